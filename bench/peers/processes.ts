/**
 * The servers under test as processes: started in the foreground with their output in a file, ended by their own pid,
 * watched through /proc (Linux). CPU of children that have ended is in their parent's counters, so the difference of a
 * tree's sums is whole for servers that fork (Postfix) and for those that do not (Lazaret).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { atEnd } from './ending.ts'

const ticksPerSecond = 100 // USER_HZ: the same on every Linux that Node runs on

export interface Daemon {
  pid: number
  process: ChildProcess
  /** Resolves with the exit code, or the signal's name. */
  ended: Promise<number | string>
  /** SIGTERM, then SIGKILL after `graceMs`. */
  end(graceMs?: number): Promise<number | string>
}

export interface DaemonOptions {
  env?: Record<string, string>
  cwd?: string
  /** Standard output and error are appended to it. */
  log: string
}

export function startDaemon(command: string, args: string[], { env, cwd, log }: DaemonOptions): Daemon {
  const output = openSync(log, 'a')
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))
  })
  const forget = atEnd(() => child.kill('SIGKILL'))
  child.once('exit', forget)
  ended.catch(() => {}) // whoever waits for it is told; a daemon nobody waits for any more must not end the bench
  if (child.pid === undefined) throw new Error(`${command} did not start`)
  return {
    pid: child.pid,
    process: child,
    ended,
    async end(graceMs = 20_000) {
      child.kill('SIGTERM')
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs)
      try {
        return await ended
      } finally {
        clearTimeout(kill)
      }
    },
  }
}

/** Waits until an SMTP server greets on the port. */
export async function waitForGreeting(port: number, withinMs = 20_000, signal?: AbortSignal): Promise<void> {
  const until = Date.now() + withinMs
  while (Date.now() < until && !signal?.aborted) {
    if (await greets(port)) return
    await sleep(25)
  }
  throw new Error(`no SMTP greeting on 127.0.0.1:${port} within ${withinMs / 1000} s`)
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const answer = (yes: boolean) => {
      socket.destroy()
      resolve(yes)
    }
    socket.setTimeout(2000, () => answer(false))
    socket.once('error', () => answer(false))
    socket.once('close', () => answer(false))
    socket.once('data', (data) => answer(data.toString('latin1').startsWith('220')))
  })
}

interface Stat {
  pid: number
  parent: number
  cpuSeconds: number
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0)
    return { pid, parent: Number(fields[1]), cpuSeconds: ticks / ticksPerSecond }
  } catch {
    return undefined // it has ended meanwhile
  }
}

/** The processes below and including `roots` that are alive now. */
export function processTree(roots: readonly number[]): number[] {
  return treeOf(roots).map((stat) => stat.pid)
}

/** Its command line, words separated by blanks; '' when it has ended. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

function treeOf(roots: readonly number[]): Stat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat !== undefined)
  const found = new Set(roots)
  for (let grown = true; grown; ) {
    const before = found.size
    for (const stat of all) if (found.has(stat.parent)) found.add(stat.pid)
    grown = found.size > before
  }
  return all.filter((stat) => found.has(stat.pid))
}

/** Seconds of CPU that the trees have used so far, ended children included. */
export const cpuSeconds = (roots: readonly number[]): number =>
  treeOf(roots).reduce((sum, stat) => sum + stat.cpuSeconds, 0)

/** Seconds of CPU that the whole machine has used so far; those stolen by its host not counted. */
export function machineCpuSeconds(): number {
  const fields =
    readFileSync('/proc/stat', 'latin1').split('\n')[0]?.trim().split(/\s+/).slice(1).map(Number) ?? []
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = fields
  return (user + nice + system + irq + softirq) / ticksPerSecond
}

/** Waits until the trees use less than 2 % of a core (over 300 ms), at most `withinMs`. */
export async function waitUntilIdle(roots: readonly number[], withinMs = 30_000): Promise<void> {
  const until = Date.now() + withinMs
  let before = cpuSeconds(roots)
  while (Date.now() < until) {
    await sleep(300)
    const after = cpuSeconds(roots)
    if (after - before < 0.011) return
    before = after
  }
}

export interface Memory {
  /** Resident, shared pages counted in each process. */
  rssMb: number
  /** Proportional: shared pages counted once. */
  pssMb: number
}

export function memoryOf(roots: readonly number[]): Memory {
  const memory = { rssMb: 0, pssMb: 0 }
  for (const pid of processTree(roots)) {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
      memory.rssMb += Number(/^Rss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024
      memory.pssMb += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024
    } catch {
      // it has ended meanwhile
    }
  }
  return memory
}

/** Samples the memory of the trees until `stop`; the peak of each figure. */
export function watchMemory(roots: readonly number[], everyMs = 200): { stop(): Memory } {
  const peak = memoryOf(roots)
  const timer = setInterval(() => {
    const { rssMb, pssMb } = memoryOf(roots)
    peak.rssMb = Math.max(peak.rssMb, rssMb)
    peak.pssMb = Math.max(peak.pssMb, pssMb)
  }, everyMs)
  return {
    stop() {
      clearInterval(timer)
      return peak
    },
  }
}

const statusMb = (pid: number, field: 'VmHWM' | 'VmRSS'): number =>
  Number(
    new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0,
  ) / 1024

/** Resident memory of one process now, MB. */
export const residentMb = (pid: number): number => statusMb(pid, 'VmRSS')
/** The kernel's own record of the highest resident memory of one process, MB, since `resetPeakResident`. */
export const peakResidentMb = (pid: number): number => statusMb(pid, 'VmHWM')
export const resetPeakResident = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, '5')
