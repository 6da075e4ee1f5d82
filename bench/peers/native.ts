/** Compiles the C parts of the benches (native/) with gcc into a work folder, once for each version of their source. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { needPackages } from './packages.ts'

const native = join(import.meta.dirname, '..', 'native')

/** Path of the load generator. */
export const blastBinary = (folder: string): string =>
  compiled(join(folder, 'blast'), ['blast.c', 'session.c', 'messages.c'], [])

/** Path of the library to preload for slower fsyncs. */
export const slowSyncLibrary = (folder: string): string =>
  compiled(join(folder, 'slowsync.so'), ['slowsync.c'], ['-shared', '-fPIC', '-ldl'])

function compiled(target: string, sources: string[], options: string[]): string {
  const changed = Math.max(...readdirSync(native).map((name) => statSync(join(native, name)).mtimeMs))
  if (existsSync(target) && statSync(target).mtimeMs > changed) return target
  needPackages('gcc', 'libc6-dev')
  mkdirSync(join(target, '..'), { recursive: true })
  execFileSync('gcc', [
    '-O2',
    '-Wall',
    '-o',
    target,
    ...sources.map((name) => join(native, name)),
    ...options,
  ])
  return target
}
