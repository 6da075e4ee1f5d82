/** `lazaret digest`: how digests fare, what a user would get now, and sending it by hand. */
import type { Command } from 'commander'
import type { Client } from '../api/client.ts'
import { Problem } from '../problem.ts'
import { connect, type RemoteOptions, remote } from './connect.ts'
import { localTime, safe, say, sayJson, tell } from './terminal.ts'

const help = `
A preview sends nothing and its links lead nowhere. What is sent by hand is not new any more: the next digest of the
schedule does not list it again.

Examples:
  lazaret digest preview anna@example.org
  lazaret digest preview anna@example.org --html > digest.html
  lazaret digest send anna@example.org --everything`

interface DigestCommandOptions extends RemoteOptions {
  everything?: boolean
  html?: boolean
}

export function digestCommands(program: Command): void {
  const digest = program
    .command('digest')
    .description('digests of held mail for users: status, preview, send')
    .addHelpText('after', help)
  remote(digest.command('status', { isDefault: true }).description('how they fare')).action(status)
  withEverything(remote(digest.command('preview').description('what a user would get now')))
    .argument('<address>', 'the primary address of the user')
    .option('--html', 'its HTML instead of its text')
    .action(preview)
  withEverything(remote(digest.command('send').description('send it to the user now')))
    .argument('<address>', 'the primary address of the user')
    .action(send)
}

const withEverything = (command: Command): Command =>
  command.option('--everything', 'all that is held of the last 31 days, not only what is new')

async function status(options: RemoteOptions): Promise<void> {
  const found = await connect(options).call('showDigests')
  if (options.json) return void sayJson(found)
  say(
    [
      `digests        ${found.isOn ? 'on' : 'off (digest.enabled)'}`,
      `next           ${found.nextAt ? localTime(found.nextAt) : 'none'}`,
      `last           ${found.sentAt ? localTime(found.sentAt) : 'none'}`,
      `on their way   ${found.waiting}`,
      `sent           ${found.sent}`,
      `failed         ${found.failed}`,
      `links opened   ${found.linksOpened}, used ${found.linksUsed}, opened by robots only ${found.linksOpenedByRobots}`,
      ...found.troubles.map(({ recipient, state, reply }) =>
        safe(`${state.padEnd(6)}  ${recipient}: ${reply}`),
      ),
    ].join('\n'),
  )
}

async function preview(name: string, options: DigestCommandOptions): Promise<void> {
  const client = connect(options)
  const params = { id: await idOf(client, name) }
  const query = { everything: options.everything ? ('true' as const) : ('false' as const) }
  const found = await client.call('previewDigest', { params, query })
  if (options.json) return void sayJson(found)
  if (found.isEmpty) return void tell(`Nothing is new for ${name}: nothing would be sent.`)
  if (!options.html) tell(`Subject: ${found.subject}\n`)
  say(options.html ? found.html : found.text)
}

async function send(name: string, options: DigestCommandOptions): Promise<void> {
  const client = connect(options)
  const params = { id: await idOf(client, name) }
  const body = { everything: options.everything ?? false }
  const { isSent } = await client.call('sendDigest', { params, body })
  if (options.json) return void sayJson({ isSent })
  say(isSent ? `The digest of ${name} is on its way.` : `Nothing is new for ${name}: nothing was sent.`)
}

async function idOf(client: Client, name: string): Promise<string> {
  const { items } = await client.call('listUsers', { query: { name } })
  const [user] = items
  if (user) return user.id
  throw new Problem('not-found', `There is no user ${name}.`, 'lazaret user list shows them.')
}
