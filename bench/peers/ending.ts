/**
 * What was started is ended, however we end: at a normal exit, an error, Ctrl-C, or a runner's SIGTERM. Only kill -9
 * leaves something behind.
 */
const duties = new Set<() => void>()
let watching = false

/** Registers what must be done, synchronously, should we end before it was done; the answer takes it off the list. */
export function atEnd(duty: () => void): () => void {
  duties.add(duty)
  if (!watching) {
    watching = true
    process.once('exit', doAll)
    for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const])
      process.once(signal, () => process.exit(code))
  }
  return () => duties.delete(duty)
}

function doAll(): void {
  for (const duty of duties) duty()
}
