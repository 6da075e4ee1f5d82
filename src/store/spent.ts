/**
 * Memory of large contents that pass through. Buffers lie outside of the heap that V8 watches: it lets 64 MB of them pile
 * up, in each thread, before it looks which are done with. Those that are ours alone are given back at once; for those
 * that a socket has had, V8 is asked to look through the newest, which takes a fraction of a millisecond.
 */
const lookEveryBytes = 8 << 20

let passed = 0

/** So many bytes were handed on in buffers that will not be needed for long. */
export function passing(bytes: number): void {
  passed += bytes
  if (passed < lookEveryBytes) return
  passed = 0
  globalThis.gc?.({ type: 'minor' }) // there when the process was started for it (cli/lean.ts)
}

/** Larger than any buffer that Node shares between several (Buffer.poolSize). */
const surelyOwnBytes = 128 << 10

/** Gives back the memory of bytes whose buffer nobody else sees, where that is worth it. They are empty then. */
export function giveBack(bytes: Uint8Array): void {
  const { buffer } = bytes
  if (buffer.byteLength > surelyOwnBytes && buffer instanceof ArrayBuffer) buffer.transfer(0)
}
