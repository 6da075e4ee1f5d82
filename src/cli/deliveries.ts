/** `lazaret deliveries` and `lazaret audit`: what became of releases, and who did what. */
import type { Command } from 'commander'
import type { InputOf } from '../api/routes.ts'
import { connect, type RemoteOptions, remote } from './connect.ts'
import { wholeNumber } from './query.ts'
import { localTime, say, sayJson, table, tell, terminalColumns } from './terminal.ts'

type DeliveryQuery = NonNullable<InputOf<'listDeliveries'>['query']>

interface DeliveryOptions extends RemoteOptions {
  state?: DeliveryQuery['state']
  message?: string
  limit?: number
  cursor?: string
}

interface AuditOptions extends RemoteOptions {
  actor?: string
  deed?: string
  target?: string
  from?: string
  to?: string
  limit?: number
  verify?: boolean
}

export function recordCommands(program: Command): void {
  remote(program.command('deliveries').description("released mail on its way, with the next hop's own words"))
    .option('--state <state>', 'due, done, failed or cancelled')
    .option('--message <id>', 'of this message')
    .option('--limit <rows>', '1 to 500', wholeNumber)
    .option('--cursor <cursor>', 'goes on where a page ended')
    .addHelpText(
      'after',
      '\nExamples:\n  lazaret deliveries --state due\n  lazaret deliveries --state failed --json',
    )
    .action(deliveries)
  remote(program.command('audit').description('who did what, from a log in which a changed row shows'))
    .option('--actor <name>')
    .option('--deed <deed>', "message.release, session.start …; 'message.*'")
    .option('--target <what>', 'a message id, an account name')
    .option('--from <date>')
    .option('--to <date>')
    .option('--limit <rows>', '1 to 500', wholeNumber)
    .option('--verify', 'check the whole chain')
    .addHelpText(
      'after',
      "\nExamples:\n  lazaret audit --deed 'message.*' --from 2026-01-01\n  lazaret audit --verify",
    )
    .action(audit)
}

async function deliveries({ state, message, limit, cursor, ...options }: DeliveryOptions): Promise<void> {
  const page = await connect(options).call('listDeliveries', { query: { state, message, limit, cursor } })
  if (options.json) return void sayJson(page)
  const rows = page.items.map(({ message, recipient, state, attemptCount, nextAttemptAt, lastAttempt }) => [
    message,
    recipient,
    state,
    String(attemptCount),
    nextAttemptAt ? localTime(nextAttemptAt) : '',
    lastAttempt ? [lastAttempt.code, lastAttempt.status, lastAttempt.reply].filter(Boolean).join(' ') : '',
  ])
  if (rows.length > 0)
    say(table(['MESSAGE', 'RECIPIENT', 'STATE', 'TRIED', 'NEXT', 'LAST ANSWER'], rows, terminalColumns()))
  else tell('No deliveries.')
  if (page.nextCursor) tell(`More: --cursor ${page.nextCursor}`)
}

async function audit({
  actor,
  deed,
  target,
  from,
  to,
  limit,
  verify,
  ...options
}: AuditOptions): Promise<void> {
  const api = connect(options)
  if (verify) {
    const report = await api.call('verifyAudit')
    if (options.json) sayJson(report)
    else
      say(
        report.brokenAt === null
          ? `The chain is whole: ${report.rows} rows, head ${report.head}`
          : `The chain is broken at row ${report.brokenAt}.`,
      )
    if (report.brokenAt !== null) process.exitCode = 1
    return
  }
  const page = await api.call('listAudit', { query: { actor, deed, target, from, to, limit } })
  if (options.json) return void sayJson(page)
  const rows = page.items.map((entry) => [
    String(entry.seq),
    localTime(entry.at),
    `${entry.actor} (${entry.origin})`,
    entry.deed,
    entry.target,
    JSON.stringify(entry.details),
  ])
  say(table(['ROW', 'AT', 'WHO', 'DEED', 'TARGET', 'DETAILS'], rows, terminalColumns()))
}
