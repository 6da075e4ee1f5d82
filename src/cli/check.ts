/** `lazaret check`: proves the store. Reads everything; opens it itself when no server runs, else looks beside it. */
import type { Command } from 'commander'
import { loadConfig } from '../config.ts'
import { connect } from './connect.ts'
import { byteSize, safe, say, sayJson, tell } from './terminal.ts'

const help = `
Every copy that may still be sent has its bytes, every hash matches, copies and deliveries agree, nothing lies about,
search knows exactly what is there, the audit chain is whole. Works beside a running server too.
Exit code 0: nothing was found; 1: something is wrong.

Examples:
  lazaret check
  lazaret check --config /etc/lazaret/lazaret.toml --json`

export function checkCommand(program: Command): void {
  program
    .command('check')
    .description('prove the store: nothing is missing, damaged or out of step')
    .option('--config <file>', 'configuration file (LAZARET_CONFIG)')
    .option('--json', 'for programs')
    .addHelpText('after', help)
    .action(prove)
}

async function prove(options: { config?: string; json?: boolean }): Promise<void> {
  const { openToLook } = await import('../app/beside.ts')
  const { check } = await import('../quarantine/check.ts')
  const { config, dataDir } = loadConfig(options.config)
  await using store = await openToLook(config, dataDir, () => connect({ config: options.config }))
  const { stderr } = process
  const progress = ({ messages, contents, bytes }: { messages: number; contents: number; bytes: number }) => {
    if (stderr.isTTY && !options.json)
      stderr.write(`\r${messages} messages, ${contents} contents, ${byteSize(bytes)} read `)
  }
  const report = await check(store.ctx, { progress })
  if (stderr.isTTY && !options.json) stderr.write('\r\x1b[K')
  if (!report.ok) process.exitCode = 1
  if (options.json) return void sayJson(report)
  const states = Object.entries(report.states).map(([state, copies]) => `${copies} ${state}`)
  say(`${report.messages} messages, ${report.contents} contents, ${byteSize(report.bytes)} read and compared`)
  if (states.length > 0) say(`Copies: ${states.join(', ')}`)
  say(`Audit log: ${report.auditRows} rows, head ${report.auditHead}`)
  for (const { kind, target, text } of report.findings) say(`✖ ${safe(`${kind} ${target}: ${text}`)}`)
  if (report.findingsTotal > report.findings.length)
    tell(`… and ${report.findingsTotal - report.findings.length} more.`)
  say(report.ok ? 'The store is whole.' : `${report.findingsTotal} findings.`)
}
