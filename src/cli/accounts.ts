/** `lazaret account` and `lazaret key`: who may sign in, and the keys of programs. */
import { text as readAll } from 'node:stream/consumers'
import { Argument, type Command } from 'commander'
import type { InputOf } from '../api/routes.ts'
import { Problem } from '../problem.ts'
import { connect, type RemoteOptions, remote } from './connect.ts'
import { collect, wholeNumber } from './query.ts'
import { localTime, say, sayJson, table, tell, terminalColumns } from './terminal.ts'

type Role = InputOf<'createAccount'>['body']['role']

const passwordHelp = `
The password is read from standard input (one line), so that it stands in no process list. With --first it must be
changed at the next sign-in, before anything else.

Examples:
  lazaret account add helpdesk --role operator --first     asks for the password
  lazaret account add dora --role domain-administrator --domain example.org --domain '*.example.org'
  pass show lazaret/helpdesk | lazaret account password helpdesk`

interface PasswordOptions extends RemoteOptions {
  first?: boolean
}

const roleNames = 'administrator, domain-administrator, operator, reviewer or auditor'

interface DomainOptions {
  domain?: string[]
}

const domain = [
  '--domain <domain>',
  'of a domain administrator, once for each; *.example.org means every domain below it, not itself',
  collect,
] as const

const first = ['--first', 'the password must be changed at the next sign-in'] as const

interface KeyOptions extends RemoteOptions {
  role?: Role
  days?: number
  account?: string
}

export function accountCommands(program: Command): void {
  const account = program
    .command('account')
    .description('accounts: list, add, password, role, domains, second-factor, disable, enable')
  remote(account.command('list', { isDefault: true }).description('all accounts')).action(listAccounts)
  remote(account.command('add').description('make an account'))
    .argument('<name>')
    .requiredOption('--role <role>', roleNames)
    .option(...domain)
    .option(...first)
    .addHelpText('after', passwordHelp)
    .action(async (name: string, options: PasswordOptions & DomainOptions & { role: Role }) => {
      const { role, domain: domains, first: mustChangePassword = false } = options
      const body = { name, role, domains, mustChangePassword, password: await readPassword() }
      done(await connect(options).call('createAccount', { body }), options, `${name} may sign in now.`)
    })
  remote(account.command('password').description('set a new password'))
    .argument('<name>')
    .option(...first)
    .addHelpText('after', passwordHelp)
    .action(async (name: string, options: PasswordOptions) => {
      const password = await readPassword()
      const body = { password, mustChangePassword: options.first ?? false }
      await change(name, options, body, 'The password is set; the sessions of the account have ended.')
    })
  remote(account.command('role').description('change the role'))
    .argument('<name>')
    .argument('<role>', roleNames)
    .option(...domain)
    .action((name: string, role: Role, options: RemoteOptions & DomainOptions) =>
      change(
        name,
        options,
        { role, ...(options.domain ? { domains: options.domain } : {}) },
        `${name} is ${role} now.`,
      ),
    )
  remote(account.command('domains').description('set whose mail a domain administrator looks after'))
    .argument('<name>')
    .argument('<domain...>', 'all of them; *.example.org means every domain below example.org, not itself')
    .action((name: string, domains: string[], options: RemoteOptions) =>
      change(name, options, { domains }, `${name} looks after ${domains.join(', ')} now.`),
    )
  remote(account.command('second-factor').description('turn it off, for somebody who lost it; sessions end'))
    .argument('<name>')
    .addArgument(new Argument('<off>', 'off: only its owner can turn it on, in the console').choices(['off']))
    .action((name: string, _off: string, options: RemoteOptions) =>
      change(name, options, { secondFactor: 'off' }, `${name} signs in with the password alone now.`),
    )
  for (const [verb, disabled] of [
    ['disable', true],
    ['enable', false],
  ] as const)
    remote(
      account
        .command(verb)
        .description(disabled ? 'let it sign in no more; its sessions end' : 'let it sign in again'),
    )
      .argument('<name>')
      .action((name: string, options: RemoteOptions) =>
        change(name, options, { disabled }, `${name} is ${verb}d.`),
      )

  const key = program.command('key').description('API keys: list, add, revoke')
  remote(key.command('list', { isDefault: true }).description("your keys; on the server's machine all"))
    .option('--all', 'of all accounts')
    .action(listKeys)
  remote(key.command('add').description('make a key; it is shown this once'))
    .argument('<name>', 'what it is for')
    .option(
      '--account <name>',
      "whose key it is; otherwise yours, on the server's machine the first administrator's",
    )
    .option('--role <role>', 'not above that of the account')
    .option('--days <days>', 'valid for so many days', wholeNumber)
    .addHelpText('after', '\nExample:\n  lazaret key add reporting --role auditor --days 365')
    .action(addKey)
  remote(key.command('revoke').description('end a key'))
    .argument('<id>', 'as list prints it')
    .action(async (id: string, options: RemoteOptions) => {
      await connect(options).call('revokeKey', { params: { id } })
      done({ id, revoked: true }, options, `Key ${id} is revoked.`)
    })
}

function done(answer: unknown, options: RemoteOptions, text: string): void {
  if (options.json) sayJson(answer ?? {})
  else say(text)
}

async function change(
  name: string,
  options: RemoteOptions,
  body: InputOf<'changeAccount'>['body'],
  text: string,
): Promise<void> {
  done(await connect(options).call('changeAccount', { params: { name }, body }), options, text)
}

async function listAccounts(options: RemoteOptions): Promise<void> {
  const { items } = await connect(options).call('listAccounts')
  if (options.json) return void sayJson({ items })
  const rows = items.map(
    ({ name, role, domains, createdAt, secondFactor, disabledAt, mustChangePassword }) => [
      name,
      role,
      domains.join(', '),
      localTime(createdAt),
      secondFactor ? 'on' : 'off',
      disabledAt ? `disabled ${localTime(disabledAt)}` : mustChangePassword ? 'must change its password' : '',
    ],
  )
  say(table(['NAME', 'ROLE', 'DOMAINS', 'MADE', 'SECOND FACTOR', ''], rows, terminalColumns()))
}

async function listKeys(options: RemoteOptions & { all?: boolean }): Promise<void> {
  const { items } = await connect(options).call('listKeys', {
    query: { all: options.all ? 'true' : undefined },
  })
  if (options.json) return void sayJson({ items })
  const rows = items.map((key) => [
    key.id,
    key.account,
    key.name,
    key.role,
    key.usedAt ? localTime(key.usedAt) : 'never',
    key.revokedAt ? 'revoked' : key.expiresAt ? localTime(key.expiresAt) : 'does not end',
  ])
  say(table(['ID', 'ACCOUNT', 'NAME', 'ROLE', 'USED', 'ENDS'], rows, terminalColumns()))
}

async function addKey(name: string, options: KeyOptions): Promise<void> {
  const body = { name, account: options.account, role: options.role, expiresInDays: options.days }
  const made = await connect(options).call('createKey', { body })
  if (options.json) return void sayJson(made)
  say(made.key)
  tell('Keep it now: it is not shown again.')
}

/** One line from standard input; from a terminal it is asked for, twice, and not shown. */
async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) {
    const [line = ''] = (await readAll(process.stdin)).split(/\r?\n/)
    if (line === '')
      throw new Problem('invalid', 'No password came on standard input.', 'Type it, or pipe one line.')
    return line
  }
  const password = await typed('Password: ')
  if ((await typed('Once more: ')) === password) return password
  throw new Problem('invalid', 'The two passwords are not the same.', 'Try again.')
}

/** A line typed at a terminal, not shown. */
async function typed(prompt: string): Promise<string> {
  const { stdin, stderr } = process
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let line = ''
  const take = (chunk: string) => {
    for (const [i, char] of [...chunk].entries()) {
      if (char === '\r' || char === '\n' || char === '\u0004') {
        stdin.off('data', take).pause()
        const rest = [...chunk].slice(i + 1).join('')
        if (rest !== '') stdin.unshift(rest) // what was pasted together
        return resolve(line)
      }
      if (char === '\u0003') return reject(new Problem('invalid', 'Given up.'))
      if (char === '\u007f' || char === '\b') line = [...line].slice(0, -1).join('')
      else if (char >= ' ') line += char
    }
  }
  stderr.write(prompt)
  stdin.setRawMode(true).setEncoding('utf8').on('data', take).resume()
  try {
    return await promise
  } finally {
    stdin.off('data', take).pause().setRawMode(false)
    stderr.write('\n')
  }
}
