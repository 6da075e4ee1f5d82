/**
 * One burst of mail into one server, and what it cost: messages per second, CPU of its whole process tree until it is
 * idle again, peak memory, latencies, and how many messages the server says it holds more than before.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { writeMessages } from './messages.ts'
import { blastBinary } from './peers/native.ts'
import { cpuSeconds, machineCpuSeconds, waitUntilIdle, watchMemory } from './peers/processes.ts'

/** A server that takes mail, as the benches see it. */
export interface IntakePeer {
  name: string
  port: number
  /** Processes whose trees are its own. */
  roots: number[]
  /** Marks this moment; the answer says how many messages it holds since. Null when it keeps none. */
  mark(): (() => Promise<number>) | null
  /** Between rounds. */
  tidy(): Promise<void>
  stop(): Promise<void>
}

export interface Scenario {
  /** KB of a message : connections : recipients [: new]. */
  name: string
  octets: number
  connections: number
  recipients: number
  /** A new connection for each message. */
  newConnections: boolean
}

/** `20:10:1`, `20:10:1:new` */
export function scenario(name: string): Scenario {
  const [kb, connections, recipients, mode] = name.split(':')
  const numbers = [kb, connections, recipients].map(Number)
  if (numbers.some((n) => !Number.isInteger(n) || n < 1) || (mode !== undefined && mode !== 'new'))
    throw new Error(`'${name}' is no scenario: KB:CONNECTIONS:RECIPIENTS, or the same with :new`)
  const [size = 0, count = 0, addresses = 0] = numbers
  return {
    name,
    octets: size * 1024,
    connections: count,
    recipients: addresses,
    newConnections: mode === 'new',
  }
}

interface Latency {
  p50: number
  p95: number
  p99: number
  max: number
}

export interface Sent {
  accepted: number
  failed: number
  seconds: number
  rate: number
  octets: number
  /** ms */
  transaction: Latency | null
  /** ms */
  data: Latency | null
  generatorCpuSeconds: number
  /** The first unexpected reply. */
  error: string
}

export interface Burst extends Sent {
  cpuPerThousand: number
  rssMb: number
  pssMb: number
  /** How many more messages the server holds than before; null when it keeps none. */
  stored: number | null
  /** Cores that neither the server nor the generator used: who else was on the machine. */
  othersCores: number
}

let bursts = 0

/** Sends for `seconds` (at most `limit` messages); resolves with what the generator counted. */
export function send(
  folder: string,
  port: number,
  scenario: Scenario,
  seconds: number,
  limit: number,
): Promise<Sent> {
  const file = join(folder, `messages-${scenario.octets}`)
  if (!existsSync(file))
    writeMessages(file, { octets: scenario.octets, count: scenario.octets > 100_000 ? 100 : 500, seed: 7 })
  const args = [
    '-p',
    port,
    '-f',
    file,
    '-c',
    scenario.connections,
    '-r',
    scenario.recipients,
    '-s',
    seconds,
    '-n',
    limit,
  ]
  args.push('-u', (process.pid * 64 + bursts++) % 65_536)
  if (scenario.newConnections) args.push('-1')
  return new Promise((resolve, reject) => {
    const child = spawn(blastBinary(folder), args.map(String), { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (data) => {
      output += data
    })
    child.once('error', reject)
    child.once('close', () => {
      try {
        resolve(JSON.parse(output) as Sent)
      } catch {
        reject(new Error(`the load generator gave no result: ${output.slice(0, 200)}`))
      }
    })
  })
}

export async function burst(
  folder: string,
  peer: IntakePeer,
  scenario: Scenario,
  seconds: number,
  limit: number,
): Promise<Burst> {
  await waitUntilIdle(peer.roots)
  const heldSince = peer.mark()
  const cpuBefore = cpuSeconds(peer.roots)
  const machineBefore = machineCpuSeconds()
  const started = performance.now()
  const memory = watchMemory(peer.roots)
  const sent = await send(folder, peer.port, scenario, seconds, limit)
  await waitUntilIdle(peer.roots)
  const cpu = cpuSeconds(peer.roots) - cpuBefore
  const elapsed = (performance.now() - started) / 1000
  const others = machineCpuSeconds() - machineBefore - cpu - sent.generatorCpuSeconds
  const { rssMb, pssMb } = memory.stop()
  return {
    ...sent,
    cpuPerThousand: (cpu / sent.accepted) * 1000,
    rssMb,
    pssMb,
    othersCores: Math.max(0, others / elapsed),
    stored: heldSince ? await heldSince() : null,
  }
}
