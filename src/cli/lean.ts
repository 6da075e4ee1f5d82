/**
 * A server lives long and takes in mail as garbage by the megabyte. Left alone, V8 keeps a young generation of 48 MB for
 * it, lets the old one grow to a multiple of what is alive, and the C library keeps a heap for every thread; all of it is
 * settled when a process begins, so the server begins again, as the same process, with less. Where that cannot be done
 * (no execve on this system) it runs as it is.
 */
import { codeCache } from './code-cache.ts'
import { compileOnce } from './compile.ts'
import { tell } from './terminal.ts'

const flags = [
  '--max-semi-space-size=8',
  '--no-parallel-scavenge',
  '--heap-growing-percent=50',
  '--expose-gc', // for store/spent.ts
]
const settings = {
  MALLOC_ARENA_MAX: '2',
  // What a socket is read into comes from and goes back to the system, not into a heap full of holes.
  MALLOC_MMAP_THRESHOLD_: '60000',
  MALLOC_TRIM_THRESHOLD_: '65536',
  // Syncing the log of the store must not wait until passwords have been hashed.
  UV_THREADPOOL_SIZE: '8',
  // For the threads as well.
  NODE_COMPILE_CACHE: codeCache,
}

type Environment = Record<string, string | undefined>

/** @param environment of this process. Does not return when it begins again. */
export function beginLean(environment: Environment): void {
  const main = process.argv[1]
  if (main === undefined || isLean()) return
  const wrong = compileOnce(allFlags(), main, environment.NODE_COMPILE_CACHE ?? codeCache, environment)
  if (wrong !== null) tell(`Starting takes longer, and more memory is used: ${wrong}.`)
  beginAgain(environment)
}

/** The same process from its beginning, as lean as a server; returns where it is so already or cannot be. */
export function beginAgain(environment: Environment): void {
  if (isLean()) return
  const wanted = { ...settings, ...environment }
  process.execve?.(process.execPath, [process.execPath, ...allFlags(), ...process.argv.slice(1)], wanted)
}

const allFlags = (): string[] => [...flags, ...process.execArgv]

const isLean = (): boolean =>
  typeof process.execve !== 'function' || flags.every((flag) => process.execArgv.includes(flag))
