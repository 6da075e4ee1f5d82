/**
 * Content as it must look between DATA and the final dot (RFC 5321 §4.5.2): a line that begins with a dot gets one more.
 * Byte-exact otherwise, and linear in the bytes. Bare CR, bare LF and NUL are never sent this way, since servers
 * disagree on whether they end a line: that is how a message ends DATA early and smuggles a second one behind it.
 */

import { isUnspecial } from '../mail/plain-lines.ts'

/** The content has a byte sequence that DATA cannot carry safely. */
export class UnsafeContent extends Error {
  override readonly name = 'UnsafeContent'
}

const cr = 13
const lf = 10
const dot = 46

// What the bytes so far end with.
const inLine = 0
const afterCr = 1
const atStart = 2

/** One content's way through DATA. */
export class DotStuffing {
  #state: number = atStart

  /**
   * What to send for `bytes`: the same array when no line in it begins with a dot.
   * @param plain somebody has looked: plain lines to their end (mail/plain-lines.ts).
   * @throws UnsafeContent when it has what must not be sent; then nothing of it may be.
   */
  push(bytes: Uint8Array, plain = false): Uint8Array {
    const before = this.#state
    if (plain && before === atStart) return bytes
    const mayBe = before !== afterCr && !(before === atStart && bytes[0] === dot) && bytes.length > 0
    if (mayBe && isUnspecial(bytes)) {
      this.#state = bytes.at(-1) === lf ? atStart : inLine
      return bytes
    }
    const dots = this.#check(bytes)
    if (dots === 0) return bytes
    const out = Buffer.allocUnsafe(bytes.length + dots)
    let lineStart = before === atStart
    let at = 0
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!
      if (lineStart && byte === dot) out[at++] = dot
      lineStart = byte === lf
      out[at++] = byte
    }
    return out
  }

  /** Number of lines that begin with a dot. */
  #check(bytes: Uint8Array): number {
    let state = this.#state
    let dots = 0
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!
      // Nearly all bytes are inside a line and above 13: one look at each.
      if (state === inLine && byte > cr) continue
      if (state === afterCr) {
        if (byte !== lf) throw new UnsafeContent('a bare CR')
        state = atStart
      } else if (byte === cr) state = afterCr
      else if (byte === lf) throw new UnsafeContent('a bare LF')
      else if (byte === 0) throw new UnsafeContent('a NUL')
      else {
        if (state === atStart && byte === dot) dots++
        state = inLine
      }
    }
    this.#state = state
    return dots
  }

  /**
   * The line end that is missing when the content does not end with one; DATA cannot carry that difference.
   * @throws UnsafeContent when the content ends with a bare CR.
   */
  end(): string {
    if (this.#state === afterCr) throw new UnsafeContent('a bare CR')
    return this.#state === inLine ? '\r\n' : ''
  }
}
