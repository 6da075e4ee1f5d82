/**
 * Postfix's smtp-sink: takes mail over SMTP and forgets it, counting. The place that releases go to when only speed
 * counts.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { needPackages } from './packages.ts'
import { startDaemon, waitForGreeting } from './processes.ts'

export interface Sink {
  port: number
  pid: number
  /** Messages taken so far. */
  taken(): number
  stop(): Promise<void>
}

export async function startSink(folder: string, port: number): Promise<Sink> {
  needPackages('postfix')
  const log = join(folder, `sink-${port}.log`)
  const daemon = startDaemon('/usr/sbin/smtp-sink', ['-c', '-u', 'nobody', `127.0.0.1:${port}`, '500'], {
    log,
    cwd: folder,
  })
  await waitForGreeting(port)
  return {
    port,
    pid: daemon.pid,
    taken: () => lastCount(log),
    async stop() {
      await daemon.end()
    },
  }
}

/** It rewrites one line of counters: the last one counts. */
function lastCount(log: string): number {
  const file = openSync(log, 'r')
  try {
    const tail = Buffer.alloc(512)
    const length = readSync(file, tail, 0, tail.length, Math.max(0, fstatSync(file).size - tail.length))
    const counts = [...tail.toString('latin1', 0, length).matchAll(/mesg=(\d+)/g)]
    return Number(counts.at(-1)?.[1] ?? 0)
  } finally {
    closeSync(file)
  }
}
