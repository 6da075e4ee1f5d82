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

// Node gives out small buffers as parts of one that they share, of Buffer.poolSize and a little more.
const smallestOwnBytes = (Buffer.poolSize >>> 1) + 64
const surelyOwn = (bytes: number): boolean => bytes < Buffer.poolSize || bytes > 2 * Buffer.poolSize

/** Length of an output buffer for `bytes` that Node shares with nobody, so that it can be given back. */
export function ownBufferBytes(bytes: number): number {
  const length = Math.max(bytes, smallestOwnBytes)
  return surelyOwn(length + 64) ? length : 2 * Buffer.poolSize + 64
}

/** Gives back the memory of bytes whose buffer nobody else sees, where that can be told. They are empty then. */
export function giveBack(bytes: Uint8Array): void {
  const { buffer } = bytes
  if (surelyOwn(buffer.byteLength) && buffer instanceof ArrayBuffer) buffer.transfer(0)
}
