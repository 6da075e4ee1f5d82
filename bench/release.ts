/**
 * bench/release: held messages of 20 KB released into smtp-sink: Lazaret by its API (listing the messages included)
 * against Postfix releasing its HOLD queue (postsuper -H ALL, postqueue -f). The clock runs from the order to the last
 * message at the sink; CPU is that of the server and of Postfix's two commands.
 *
 *   node bench/release.ts [--rounds 5] [--messages 2000]
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { freePort } from '../test/postgres.ts'
import { scenario, send } from './burst.ts'
import { judged, median, ratios, spread, table } from './figures.ts'
import { lazaretPorts, startLazaret } from './peers/lazaret.ts'
import { holdEverything, startPostfix } from './peers/postfix.ts'
import { cpuSeconds, peakResidentMb, waitUntilIdle } from './peers/processes.ts'
import { startSink } from './peers/sink.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '2000' },
    folder: { type: 'string', default: join(tmpdir(), 'lazaret-bench') },
  },
})
const count = Number(values.messages)
const idsPerRequest = 500
const folder = join(values.folder, 'release')
mkdirSync(folder, { recursive: true })

interface Releaser {
  name: string
  port: number
  pid: number
  /** Orders the release of everything held since `since`; seconds of CPU of the commands that did it. */
  release(since: string): Promise<number>
  stop(): Promise<void>
}

async function postfix(sinkPort: number): Promise<Releaser> {
  const main = { ...holdEverything, relayhost: `[127.0.0.1]:${sinkPort}` }
  const { port, pid, config, stop } = await startPostfix({
    folder: join(folder, 'postfix-hold'),
    port: await freePort(),
    main,
  })
  const script = 'postsuper -c "$1" -H ALL && postqueue -c "$1" -f; times'
  return {
    name: 'postfix-hold',
    port,
    pid,
    stop,
    async release() {
      const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }
      const output = execFileSync('bash', ['-c', script, 'bash', config], {
        encoding: 'utf8',
        env,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      const children = /(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s*$/.exec(output)?.slice(1).map(Number) ?? []
      return (children[0] ?? 0) * 60 + (children[1] ?? 0) + (children[2] ?? 0) * 60 + (children[3] ?? 0)
    },
  }
}

async function lazaret(sinkPort: number): Promise<Releaser> {
  const own = join(folder, 'lazaret')
  rmSync(own, { recursive: true, force: true })
  const server = await startLazaret({
    folder: own,
    ...(await lazaretPorts()),
    nextHopPort: sinkPort,
    holdAll: true,
  })
  const api = await server.api()
  return {
    name: 'lazaret',
    port: server.options.smtpPort,
    pid: server.pid,
    async release(since) {
      let ids: string[] = []
      const order = () => api.post('/api/v1/messages/release', { ids })
      for await (const { id } of api.allMessages({ from: since })) {
        ids.push(id)
        if (ids.length < idsPerRequest) continue
        await order()
        ids = []
      }
      if (ids.length > 0) await order()
      return 0
    },
    async stop() {
      console.log(`lazaret: peak resident memory ${peakResidentMb(server.pid).toFixed(0)} MB`)
      api.close()
      await server.stop()
    },
  }
}

const rates: Record<string, number[]> = {}
const cpu: Record<string, number[]> = {}
const peers: Releaser[] = []
const sink = await startSink(folder, await freePort())
try {
  peers.push(await postfix(sink.port), await lazaret(sink.port))
  for (const { name } of peers) {
    rates[name] = []
    cpu[name] = []
  }
  for (let round = -1; round < Number(values.rounds); round++)
    for (const peer of round % 2 ? peers.toReversed() : peers) {
      const since = new Date(Date.now() - 1).toISOString()
      const { accepted } = await send(folder, peer.port, scenario('20:10:1'), 60, round < 0 ? 300 : count)
      await waitUntilIdle([peer.pid])
      const before = sink.taken()
      const cpuBefore = cpuSeconds([peer.pid])
      const started = performance.now()
      const commandsCpu = await peer.release(since)
      while (sink.taken() < before + accepted && performance.now() - started < 120_000) await sleep(10)
      const seconds = (performance.now() - started) / 1000
      await waitUntilIdle([peer.pid])
      const used = cpuSeconds([peer.pid]) - cpuBefore + commandsCpu
      const delivered = sink.taken() - before
      const line = `${peer.name}  ${accepted} held, ${delivered} delivered in ${seconds.toFixed(2)} s`
      console.error(
        `${round < 0 ? 'warm-up ' : `round ${round + 1} `} ${line}: ${(delivered / seconds).toFixed(0)} msg/s`,
      )
      if (delivered !== accepted) console.log(`WRONG COUNT  ${line}`)
      if (round < 0) continue
      rates[peer.name]?.push(delivered / seconds)
      cpu[peer.name]?.push((used / delivered) * 1000)
    }
} finally {
  for (const peer of peers) await peer.stop()
  await sink.stop()
}
const of = (figures: Record<string, number[]>, name: string) => figures[name] ?? []
const rows = peers.map(({ name }) => [
  name,
  spread(of(rates, name)),
  spread(ratios(of(rates, name), of(rates, 'postfix-hold'))),
  spread(of(cpu, name)),
  spread(ratios(of(cpu, name), of(cpu, 'postfix-hold'))),
])
console.log(table(['', 'msg/s', 'ratio', 'CPU s/1,000', 'ratio'], rows))
const value = median(ratios(of(rates, 'lazaret'), of(rates, 'postfix-hold')))
console.log(`\n${judged([{ what: 'release, times Postfix', value, atLeast: 2 }])}`)
