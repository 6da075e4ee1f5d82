/**
 * Intake, round by round: in each round every peer takes every scenario in turn (order reversed every other round), so
 * that noise on the machine hits all alike; ratios are taken within a round. Used by intake.ts and slow-sync.ts.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { freePort } from '../test/postgres.ts'
import { type Burst, burst, type IntakePeer, type Scenario, scenario, send } from './burst.ts'
import { median, ratios, spread, table } from './figures.ts'
import { lazaretPorts, startLazaret } from './peers/lazaret.ts'
import { holdEverything, startPostfix } from './peers/postfix.ts'
import { startSink } from './peers/sink.ts'

export interface Plan {
  /** Name of the bench: of its results and its folder. */
  name: string
  scenarios: string[]
  /** The first is what the others are compared with. */
  peers: string
  /** Environment of both servers (a preloaded library). */
  env?: (folder: string) => Record<string, string>
}

/** Bursts by peer and scenario, one for each round. */
export interface Results {
  rounds: number
  peers: string[]
  scenarios: string[]
  bursts: Record<string, Record<string, Burst[]>>
}

interface Arguments {
  rounds: number
  seconds: number
  limit: number
  peers: string[]
  scenarios: Scenario[]
  folder: string
}

function readArguments(plan: Plan): Arguments {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      limit: { type: 'string', default: '15000' },
      peers: { type: 'string', default: plan.peers },
      scenarios: { type: 'string', default: plan.scenarios.join(',') },
      folder: { type: 'string', default: join(tmpdir(), 'lazaret-bench') },
    },
  })
  return {
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    limit: Number(values.limit),
    peers: values.peers.split(','),
    scenarios: values.scenarios.split(',').map(scenario),
    folder: values.folder,
  }
}

type Start = (folder: string, env: Record<string, string>) => Promise<IntakePeer>

const starts: Record<string, Start> = {
  async 'postfix-hold'(folder, env) {
    const postfix = await startPostfix({
      folder: join(folder, 'postfix-hold'),
      port: await freePort(),
      main: holdEverything,
      env,
    })
    return {
      name: 'postfix-hold',
      port: postfix.port,
      roots: [postfix.pid],
      mark() {
        const before = postfix.queued('hold')
        return async () => postfix.queued('hold') - before
      },
      tidy: async () => postfix.empty(),
      stop: postfix.stop,
    }
  },
  async lazaret(folder, env) {
    const own = join(folder, 'lazaret')
    rmSync(own, { recursive: true, force: true })
    const server = await startLazaret({
      folder: own,
      ...(await lazaretPorts()),
      nextHopPort: 9,
      holdAll: true,
      env,
    })
    const api = await server.api()
    return {
      name: 'lazaret',
      port: server.options.smtpPort,
      roots: [server.pid],
      mark() {
        const from = new Date().toISOString()
        return async () => {
          let count = 0
          for await (const _ of api.allMessages({ from })) count++
          return count
        }
      },
      tidy: async () => {},
      async stop() {
        api.close()
        await server.stop()
      },
    }
  },
  async 'smtp-sink'(folder) {
    const sink = await startSink(folder, await freePort())
    return {
      name: 'smtp-sink',
      port: sink.port,
      roots: [sink.pid],
      mark: () => null,
      tidy: async () => {},
      stop: sink.stop,
    }
  },
}

/** Runs the plan with what the command line says; prints a line for each burst and tables at the end. */
export async function runIntake(plan: Plan): Promise<Results> {
  const given = readArguments(plan)
  const folder = join(given.folder, plan.name)
  mkdirSync(folder, { recursive: true })
  const env = plan.env?.(folder) ?? {}
  const names = given.scenarios.map(({ name }) => name)
  const bursts = Object.fromEntries(
    given.peers.map((peer) => [peer, Object.fromEntries(names.map((name): [string, Burst[]] => [name, []]))]),
  )
  const results: Results = { rounds: given.rounds, peers: given.peers, scenarios: names, bursts }
  const peers: IntakePeer[] = []
  try {
    for (const name of given.peers) {
      const start = starts[name]
      if (!start) throw new Error(`no peer '${name}'; there are ${Object.keys(starts).join(', ')}`)
      peers.push(await start(folder, env))
    }
    for (const peer of peers) for (const each of given.scenarios) await send(folder, peer.port, each, 1, 2000) // warm-up
    for (let round = 0; round < given.rounds; round++) {
      for (const each of given.scenarios)
        for (const peer of round % 2 ? peers.toReversed() : peers) {
          const result = await burst(folder, peer, each, given.seconds, given.limit)
          results.bursts[peer.name]?.[each.name]?.push(result)
          console.error(burstLine(round, each.name, peer.name, result))
        }
      for (const peer of peers) await peer.tidy()
      writeFileSync(join(given.folder, `${plan.name}.json`), JSON.stringify(results, null, 1))
    }
  } finally {
    for (const peer of peers) await peer.stop()
  }
  console.log(tables(results))
  return results
}

function burstLine(round: number, scenario: string, peer: string, result: Burst): string {
  const { rate, cpuPerThousand, pssMb, accepted, failed, stored, transaction, othersCores, error } = result
  return [
    `round ${round + 1}  ${scenario.padEnd(11)} ${peer.padEnd(13)}`,
    `${rate.toFixed(0).padStart(6)} msg/s  ${cpuPerThousand.toFixed(2)} CPU s/1000  ${pssMb.toFixed(0)} MB`,
    `p50 ${transaction?.p50 ?? '–'} p99 ${transaction?.p99 ?? '–'} ms`,
    `accepted ${accepted} failed ${failed} stored ${stored ?? '–'} others ${othersCores.toFixed(2)} cores${error ? `  ${error}` : ''}`,
  ].join('  ')
}

/** One figure of every burst of a peer, by round. */
export const figures = (
  results: Results,
  peer: string,
  scenario: string,
  of: (burst: Burst) => number,
): number[] => (results.bursts[peer]?.[scenario] ?? []).map(of)

/** Medians over rounds with lowest and highest; ratios to postfix-hold within each round. */
function tables(results: Results): string {
  const reference = results.peers[0] ?? ''
  const of = (peer: string, name: string, figure: (burst: Burst) => number) =>
    figures(results, peer, name, figure)
  const whole = (figure: (burst: Burst) => number) =>
    results.peers.map((peer) => [peer, ...results.scenarios.map((name) => spread(of(peer, name, figure)))])
  const relative = (figure: (burst: Burst) => number) =>
    results.peers
      .slice(1)
      .map((peer) => [
        peer,
        ...results.scenarios.map((name) =>
          spread(ratios(of(peer, name, figure), of(reference, name, figure))),
        ),
      ])
  const part = (title: string, rows: string[][]) => `${title}\n\n${table(['', ...results.scenarios], rows)}\n`
  return [
    part(
      'Messages per second',
      whole((one) => one.rate),
    ),
    part(
      `Messages per second, ratio to ${reference}`,
      relative((one) => one.rate),
    ),
    part(
      'CPU seconds per 1,000 messages',
      whole((one) => one.cpuPerThousand),
    ),
    part(
      `CPU per message, ratio to ${reference}`,
      relative((one) => one.cpuPerThousand),
    ),
    part(
      'Latency of a transaction, p50 ms',
      whole((one) => one.transaction?.p50 ?? Number.NaN),
    ),
    part(
      'Latency of a transaction, p99 ms',
      whole((one) => one.transaction?.p99 ?? Number.NaN),
    ),
    part(
      'Peak memory (PSS), MB',
      whole((one) => one.pssMb),
    ),
    part(
      'Peak memory (RSS), MB',
      whole((one) => one.rssMb),
    ),
  ].join('\n')
}

/** Median of the ratios of lazaret to postfix-hold in one scenario. */
export const ratioTo = (results: Results, scenario: string, of: (burst: Burst) => number): number =>
  median(ratios(figures(results, 'lazaret', scenario, of), figures(results, 'postfix-hold', scenario, of)))

/** Messages that were answered 250 and are not in the store, or failed, over all rounds. */
export function integrity(results: Results): string {
  const lines = results.peers.map((peer) => {
    const all = Object.values(results.bursts[peer] ?? {}).flat()
    const accepted = all.reduce((sum, one) => sum + one.accepted, 0)
    const failed = all.reduce((sum, one) => sum + one.failed, 0)
    const known = all.filter((one) => one.stored !== null)
    const missing = known.reduce((sum, one) => sum + one.accepted - (one.stored ?? 0), 0)
    return `${peer}: ${accepted} accepted, ${failed} failed, ${known.length > 0 ? `${missing} not held` : 'keeps nothing'}`
  })
  return lines.join('\n')
}
