/** `lazaret audit`, `lazaret status` and `lazaret areas`: who did what, and how things stand. */
import type { Command } from 'commander'
import { connect, type RemoteOptions, remote } from './connect.ts'
import { wholeNumber } from './query.ts'
import { byteSize, facts, localTime, say, sayJson, table, terminalColumns } from './terminal.ts'

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
  remote(program.command('status').description('how many copies are held, what waits to be delivered'))
    .addHelpText('after', '\nExample:\n  lazaret status --json')
    .action(status)
  remote(program.command('areas').description('the quarantine areas, and what lies in them')).action(areas)
}

async function status(options: RemoteOptions): Promise<void> {
  const now = await connect(options).call('showStatus')
  if (options.json) return void sayJson(now)
  const { due, deferred, oldestDueSince } = now.deliveries
  const waiting = oldestDueSince ? `, the oldest since ${localTime(oldestDueSince)}` : ''
  say(
    facts([
      ['Version', now.version],
      ['Running since', localTime(now.startedAt)],
      ['Store', `${now.engine}, ${byteSize(now.storeBytes)}`],
      ...Object.entries(now.recipients).map(([state, copies]): [string, string] => [state, String(copies)]),
      ['Deliveries due', `${due}, of which ${deferred} were tried before${waiting}`],
    ]),
  )
}

async function areas(options: RemoteOptions): Promise<void> {
  const list = await connect(options).call('listAreas')
  if (options.json) return void sayJson(list)
  const rows = list.items.map((area) => [
    area.name,
    String(area.messages ?? ''),
    area.keepDays === null ? 'for ever' : `${area.keepDays} days`,
  ])
  say(table(['AREA', 'MESSAGES', 'KEPT'], rows, terminalColumns()))
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
