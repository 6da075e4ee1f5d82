/**
 * Cuts what a client sends into command lines (RFC 5321 §2.3.8, §4.1.1): printable characters between CRLFs, UTF-8
 * beyond ASCII (RFC 6531), within the limits of length. A line that is none is told as the reply that refuses it.
 * Keeps no more than one line of the longest kind, however slowly it comes.
 */
import { isUtf8 } from 'node:buffer'
import type { Reply } from '../../mail/reply.ts'
import { replies } from './replies.ts'

/** Octets with CRLF: RFC 5321 §4.5.3.1.4; room for extensions of MAIL and RCPT; the figure of XFORWARD_README. */
const commandOctets = 512
const pathCommandOctets = 2048
const toldCommandOctets = 12_288

const lf = 0x0a
const cr = 0x0d

export class CommandLines {
  /** Where the next line starts, after a `take`. */
  next = 0
  #partial: Buffer | null = null
  #overlong = false

  /** The line that starts at `from`, without its CRLF; a reply when it is none; null when its end has not come. */
  take(chunk: Buffer, from: number): string | Reply | null {
    const end = chunk.indexOf(lf, from)
    if (end < 0) {
      this.next = chunk.length
      if (!this.#overlong) this.#keep(chunk.subarray(from))
      return null
    }
    this.next = end + 1
    if (this.#overlong) {
      this.#overlong = false
      return replies.lineTooLong
    }
    if (!this.#partial) return readLine(chunk, from, end)
    const line = Buffer.concat([this.#partial, chunk.subarray(from, end + 1)])
    this.#partial = null
    return readLine(line, 0, line.length - 1)
  }

  /** Forgets a line begun: what came before TLS does not count. */
  clear(): void {
    this.#partial = null
    this.#overlong = false
  }

  #keep(piece: Buffer): void {
    // Copied, so that a few bytes do not hold on to a whole read buffer.
    this.#partial = this.#partial ? Buffer.concat([this.#partial, piece]) : Buffer.from(piece)
    if (this.#partial.length <= toldCommandOctets) return
    this.#overlong = true
    this.#partial = null
  }
}

/** @param end index of the LF. */
function readLine(bytes: Buffer, start: number, end: number): string | Reply {
  const stop = end - 1
  if (stop < start || bytes[stop] !== cr) return replies.bareNewline
  const octets = end + 1 - start
  if (octets > toldCommandOctets) return replies.lineTooLong
  let text = bytes.toString('latin1', start, stop)
  if (/[^ -~]/.test(text)) {
    if (text.includes('\r')) return replies.bareNewline
    if (/[\x00-\x1f\x7f]/.test(text)) return replies.controlCharacter
    const line = bytes.subarray(start, stop)
    if (!isUtf8(line)) return replies.badUtf8
    text = line.toString('utf8')
  }
  return octets > commandOctets && octets > longest(text) ? replies.lineTooLong : text
}

function longest(command: string): number {
  if (/^X(?:FORWARD|CLIENT) /i.test(command)) return toldCommandOctets
  return /^(?:MAIL|RCPT) /i.test(command) ? pathCommandOctets : commandOctets
}
