/**
 * A server lives long and takes in mail as garbage by the megabyte. Left alone, V8 keeps a young generation of 48 MB for
 * it and the C library a heap for every thread; both are settled when a process begins, so the server begins again, as
 * the same process, with less. Where that cannot be done (no execve on this system) it runs as it is.
 */
const youngGeneration = '--max-semi-space-size=8'
const allocator = {
  MALLOC_ARENA_MAX: '2',
  // What a socket is read into comes from and goes back to the system, not into a heap full of holes.
  MALLOC_MMAP_THRESHOLD_: '60000',
  MALLOC_TRIM_THRESHOLD_: '65536',
}

/** @param environment of this process. Does not return when it begins again. */
export function beginLean(environment: Record<string, string | undefined>): void {
  const asked = process.execArgv.some((flag) => flag.startsWith('--max-semi-space-size'))
  if (asked || typeof process.execve !== 'function') return
  const args = [process.execPath, youngGeneration, ...process.execArgv, ...process.argv.slice(1)]
  process.execve(process.execPath, args, { ...allocator, ...environment })
}
