/**
 * bench/syncs: fsyncs for each message answered 250. The server runs under strace from its start, which stops it at the
 * sync calls only (--seccomp-bpf), so that it is hardly slowed down and groups its commits as it does in real life; the
 * calls between the first and the last message, and until it is idle again, are counted.
 *
 *   node bench/syncs.ts [--rounds 3] [--seconds 3]
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { freePort } from '../test/postgres.ts'
import { scenario, send } from './burst.ts'
import { judged, median, spread, table } from './figures.ts'
import { lazaretPorts, startLazaret } from './peers/lazaret.ts'
import { needPackages } from './peers/packages.ts'
import { holdEverything, startPostfix } from './peers/postfix.ts'
import { waitUntilIdle } from './peers/processes.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    folder: { type: 'string', default: join(tmpdir(), 'lazaret-bench') },
  },
})
needPackages('strace')
const folder = join(values.folder, 'syncs')
mkdirSync(folder, { recursive: true })
const scenarios = ['20:1:1', '20:10:1', '20:50:1'].map(scenario)

const traceOf = (name: string) => join(folder, `${name}.trace`)
const strace = (name: string) => {
  rmSync(traceOf(name), { force: true })
  const calls = 'trace=fsync,fdatasync,syncfs,sync,sync_file_range,msync'
  return ['strace', '-f', '--seccomp-bpf', '-qq', '-e', calls, '-o', traceOf(name)]
}
/** A call that another thread interrupted takes two lines: `<unfinished ...>` and `<... resumed>`. */
const callsIn = (name: string): number =>
  (readFileSync(traceOf(name), 'latin1').match(/^\d+ +\w+\(/gm) ?? []).length

async function lazaret() {
  const own = join(folder, 'lazaret')
  rmSync(own, { recursive: true, force: true })
  const options = {
    folder: own,
    ...(await lazaretPorts()),
    nextHopPort: 9,
    holdAll: true,
    under: strace('lazaret'),
  }
  const server = await startLazaret(options)
  return { name: 'lazaret', port: server.options.smtpPort, pid: server.pid, stop: server.stop }
}
async function postfix() {
  const options = { folder: join(folder, 'postfix-hold'), port: await freePort(), main: holdEverything }
  const { port, pid, stop } = await startPostfix({ ...options, under: strace('postfix-hold') })
  return { name: 'postfix-hold', port, pid, stop }
}

const found: Record<string, Record<string, number[]>> = {}
const peers: { name: string; port: number; pid: number; stop(): Promise<unknown> }[] = []
try {
  peers.push(await postfix(), await lazaret())
  for (const { name, port } of peers) {
    found[name] = Object.fromEntries(scenarios.map((each): [string, number[]] => [each.name, []]))
    await send(folder, port, scenario('20:10:1'), 1, 1000)
  }
  for (let round = 0; round < Number(values.rounds); round++)
    for (const each of scenarios)
      for (const { name, port, pid } of peers) {
        await waitUntilIdle([pid])
        const before = callsIn(name)
        const { accepted, rate, error } = await send(folder, port, each, Number(values.seconds), 15_000)
        await waitUntilIdle([pid])
        const each1 = (callsIn(name) - before) / accepted
        found[name]?.[each.name]?.push(each1)
        console.error(
          `round ${round + 1}  ${each.name}  ${name}  ${each1.toFixed(3)} syncs a message, ${accepted} at ${rate.toFixed(0)}/s ${error}`,
        )
      }
} finally {
  for (const peer of peers) await peer.stop()
}
const names = scenarios.map(({ name }) => name)
const rows = Object.entries(found).map(([peer, all]) => [
  peer,
  ...names.map((name) => spread(all[name] ?? [])),
])
console.log(`fsyncs for each accepted message\n\n${table(['', ...names], rows)}\n`)
const ours = (name: string) => median(found.lazaret?.[name] ?? [])
console.log(
  judged([
    { what: 'fsyncs a message at 10 connections', value: ours('20:10:1'), atMost: 0.35 },
    { what: 'fsyncs a message at 50 connections', value: ours('20:50:1'), atMost: 0.1 },
  ]),
)
