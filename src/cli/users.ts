/** `lazaret user`: people whose mail is held, and the addresses that they may act for. */
import { type Command, Option } from 'commander'
import type { Client } from '../api/client.ts'
import type { AnswerOf, InputOf } from '../api/routes.ts'
import { locales } from '../api/user-schemas.ts'
import { Problem } from '../problem.ts'
import { connect, type RemoteOptions, remote } from './connect.ts'
import { collect } from './query.ts'
import { localTime, say, sayJson, table, tell, terminalColumns } from './terminal.ts'

type User = AnswerOf<'showUser'>

const inviteHelp = `
Mails a link, good once, behind which the user chooses a password. With --link, or where no mail can be sent (trial
mode), it is printed instead: hand it over in a way that others do not read.

Examples:
  lazaret user invite anna@example.org --display 'Anna' --alias a@example.org --language de
  lazaret user change anna@example.org --delegate sales@example.org --delegate info@example.org
  lazaret user disable anna@example.org`

interface InviteOptions extends RemoteOptions {
  display?: string
  alias?: string[]
  link?: boolean
  language?: string
  delegate?: string[]
}

type Locale = (typeof locales)[number]

export function userCommands(program: Command): void {
  const user = program
    .command('user')
    .description(
      'users, whose mail is held: list, invite, reinvite, change, revoke, sign-out, disable, enable',
    )
  remote(user.command('list', { isDefault: true }).description('all users'))
    .option('--address <address>', 'who may act for this address')
    .action(listUsers)
  asLetter(withAddresses(remote(user.command('invite').description('make a user, and mail a link'))))
    .argument('<address>', 'the primary address')
    .addHelpText('after', inviteHelp)
    .action(invite)
  asLetter(
    remote(user.command('reinvite').description('a new link; those before it are good no more')),
    false,
  )
    .argument('<address>')
    .action(async (name: string, options: InviteOptions) => {
      const client = connect(options)
      const params = { id: (await find(client, name)).id }
      sayInvitation(await client.call('inviteUserAgain', { params, body: { mail: !options.link } }), options)
    })
  withAddresses(
    remote(user.command('change').description('set name, aliases or delegations (all of them at once)')),
  )
    .argument('<address>')
    .option('--no-aliases', 'no aliases, save those that a directory tells')
    .option('--no-delegates', 'no delegations')
    .action(change)
  remote(
    user.command('revoke').description('take an address away that the user looks after, by a code or by you'),
  )
    .argument('<user>', 'the primary address')
    .argument('<address>', 'the shared mailbox or list')
    .action(async (name: string, address: string, options: RemoteOptions) => {
      const client = connect(options)
      const params = { id: (await find(client, name)).id, address }
      const changed = await client.call('endDelegation', { params })
      if (options.json) sayJson(changed)
      else say(`${name} does not look after ${address} any more.`)
    })
  remote(user.command('sign-out').description('end all sessions of a user'))
    .argument('<user>', 'the primary address')
    .action(async (name: string, options: RemoteOptions) => {
      const client = connect(options)
      await client.call('endUserSessions', { params: { id: (await find(client, name)).id } })
      if (!options.json) say(`${name} is signed out everywhere.`)
    })
  for (const [verb, disabled] of [
    ['disable', true],
    ['enable', false],
  ] as const)
    remote(
      user.command(verb).description(disabled ? 'let sign in no more; sessions end' : 'let sign in again'),
    )
      .argument('<address>')
      .action(async (name: string, options: RemoteOptions) => {
        const client = connect(options)
        await send(client, await find(client, name), { disabled }, options, `${name} is ${verb}d.`)
      })
}

const withAddresses = (command: Command): Command =>
  command
    .option('--display <name>', 'name of the person')
    .option('--alias <address>', 'a further address of the same person (repeat)', collect)
    .option('--delegate <address>', 'a shared mailbox or list to look after (repeat)', collect)

const asLetter = (command: Command, fresh = true): Command => {
  command.option('--link', 'print the link instead of mailing it')
  return fresh
    ? command.addOption(new Option('--language <code>', 'of letters and console').choices(locales))
    : command
}

async function invite(name: string, options: InviteOptions): Promise<void> {
  const { display, alias: aliases, delegate: delegations, link } = options
  const locale = options.language as Locale | undefined
  const body = { name, display, aliases, delegations, locale, mail: !link }
  const made = await connect(options).call('inviteUser', { body })
  sayInvitation(made.invitation, options, made)
}

function sayInvitation(
  invitation: AnswerOf<'inviteUserAgain'>,
  options: RemoteOptions,
  whole: unknown = invitation,
): void {
  const { url, expiresAt } = invitation
  if (options.json) return void sayJson(whole)
  if (url === null) return void say(`The link is mailed; it is good once, until ${localTime(expiresAt)}.`)
  say(url)
  tell(`Hand it over; it is good once, until ${localTime(expiresAt)}, and not shown again.`)
}

async function change(
  name: string,
  options: InviteOptions & { aliases?: boolean; delegates?: boolean },
): Promise<void> {
  const body = {
    display: options.display,
    aliases: options.alias ?? (options.aliases === false ? [] : undefined),
    delegations: options.delegate ?? (options.delegates === false ? [] : undefined),
  }
  const client = connect(options)
  await send(client, await find(client, name), body, options, `${name} is changed.`)
}

async function send(
  client: Client,
  { id }: User,
  body: InputOf<'changeUser'>['body'],
  options: RemoteOptions,
  text: string,
): Promise<void> {
  const changed = await client.call('changeUser', { params: { id }, body })
  if (options.json) sayJson(changed)
  else say(text)
}

async function find(client: Client, name: string): Promise<User> {
  const { items } = await client.call('listUsers', { query: { name } })
  const [user] = items
  if (user) return user
  throw new Problem('not-found', `There is no user ${name}.`, 'lazaret user list shows them.')
}

async function listUsers(options: RemoteOptions & { address?: string }): Promise<void> {
  const client = connect(options)
  const items: User[] = []
  let cursor: string | undefined
  do {
    const page = await client.call('listUsers', { query: { address: options.address, cursor, limit: 500 } })
    items.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  if (options.json) return void sayJson({ items })
  const rows = items.map((user) => [
    user.name,
    user.display,
    user.addresses.length === 0 ? '0' : String(new Set(user.addresses.map(({ address }) => address)).size),
    user.seenAt ? localTime(user.seenAt) : 'never',
    user.disabledAt
      ? `disabled ${localTime(user.disabledAt)}`
      : user.invitedUntil
        ? `invited until ${localTime(user.invitedUntil)}`
        : '',
  ])
  say(table(['NAME', 'PERSON', 'ADDRESSES', 'SEEN', ''], rows, terminalColumns()))
}
