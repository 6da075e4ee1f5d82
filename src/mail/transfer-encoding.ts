/**
 * Undoing quoted-printable and base64 (RFC 2045 §6) piece by piece: whatever the pieces, the same bytes come out.
 * Lenient, as readers of mail must be: what cannot be decoded is passed on as it is (quoted-printable) or skipped
 * (base64), never an error.
 */
import { hexPair } from './encoded-word.ts'

/** More than what comes in can come out, by this: escapes that turn out to be none are passed on late. */
export const decodingSlackBytes = 8

export interface Decoder {
  /**
   * Decodes from[start, end) to the beginning of `to`, which has room for as many bytes and decodingSlackBytes.
   * @returns bytes written.
   */
  decode(from: Uint8Array, start: number, end: number, to: Uint8Array): number
}

const equals = 0x3d
const cr = 0x0d
const lf = 0x0a

export class QuotedPrintable implements Decoder {
  /** 0: text. 1: after `=`. 2: after `=` and one digit. 3: after `=` and blanks, a line end should follow. */
  private state = 0
  private digit = 0
  private readonly giving = [0, 0]
  private given = 0

  decode(from: Uint8Array, start: number, end: number, to: Uint8Array): number {
    let n = 0
    let i = start
    while (i < end) {
      if (this.state === 0) {
        // Nearly everything is done in this loop; the states below are for escapes cut in two and for broken ones.
        for (; i < end; i++) {
          const byte = from[i]!
          if (byte !== equals) to[n++] = byte
          else {
            const value = i + 2 < end ? hexPair(from[i + 1]!, from[i + 2]!) : -1
            if (value < 0) break
            to[n++] = value
            i += 2
          }
        }
        if (i === end) break
        i++
        this.state = 1
      } else i = this.step(from, i)
      while (this.given > 0) to[n++] = this.giving[--this.given]!
    }
    return n
  }

  /** One byte of an escape; returns where to go on. What comes of it is in `giving`, last first. */
  private step(from: Uint8Array, at: number): number {
    const byte = from[at]!
    const isBlank = byte === cr || byte === 0x20 || byte === 0x09
    if (this.state === 2) {
      const value = hexPair(this.digit, byte)
      this.state = 0
      if (value >= 0) {
        this.giving[this.given++] = value
        return at + 1
      }
      this.giving[this.given++] = this.digit
      this.giving[this.given++] = equals
      return at // it may begin an escape of its own
    }
    if (byte === lf) {
      this.state = 0
      return at + 1
    }
    if (isBlank) {
      this.state = 3
      return at + 1
    }
    if (this.state === 1) {
      this.digit = byte
      this.state = 2
      return at + 1
    }
    this.state = 0
    this.giving[this.given++] = equals
    return at
  }
}

/** Sextet of a base64 character; 64 for padding, 65 for what is skipped. */
const sextets = new Uint8Array(256).fill(65)
/** How many of two bytes, read as one 16-bit number, are base64 characters: counting two at a time, without branches. */
const countsOfPairs = new Uint8Array(65_536)
for (const [i, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  sextets[char.charCodeAt(0)] = i
}
for (let pair = 0; pair < countsOfPairs.length; pair++)
  countsOfPairs[pair] = (sextets[pair & 255]! < 64 ? 1 : 0) + (sextets[pair >> 8]! < 64 ? 1 : 0)
sextets[equals] = 64

export class Base64 implements Decoder {
  /** Base64 characters seen so far. */
  characters = 0
  /** Data went on after padding: decoders differ in what they make of it. */
  dataAfterPadding = false
  private bits = 0
  private held = 0
  private padded = false

  decode(from: Uint8Array, start: number, end: number, to: Uint8Array): number {
    let n = 0
    let { bits, held, characters } = this
    let i = start
    while (i < end) {
      if (held === 0 && !this.padded) {
        for (; i + 4 <= end; i += 4) {
          const a = sextets[from[i]!]!
          const b = sextets[from[i + 1]!]!
          const c = sextets[from[i + 2]!]!
          const d = sextets[from[i + 3]!]!
          if ((a | b | c | d) > 63) break
          to[n] = (a << 2) | (b >> 4)
          to[n + 1] = (b << 4) | (c >> 2)
          to[n + 2] = (c << 6) | d
          n += 3
          characters += 4
        }
        if (i === end) break
      }
      const value = sextets[from[i++]!]!
      if (value < 64) {
        if (this.padded) {
          this.dataAfterPadding = true
          this.padded = false
          held = 0
        }
        characters++
        bits = (bits << 6) | value
        held += 6
        if (held >= 8) {
          held -= 8
          to[n++] = bits >>> held
          bits &= (1 << held) - 1
        }
      } else if (value === 64) this.padded = true
    }
    this.bits = bits
    this.held = held
    this.characters = characters
    return n
  }

  /** Only counts the characters: for the bulk of an attachment, whose size is all that is asked. */
  count(from: Uint8Array, start: number, end: number): void {
    if (start >= end) return
    let n = 0
    const odd = (from.byteOffset + start) & 1
    const pairs = new Uint16Array(from.buffer, from.byteOffset + start + odd, (end - start - odd) >> 1)
    const last = pairs.length - 3
    let i = 0
    for (; i < last; i += 4)
      n +=
        countsOfPairs[pairs[i]!]! +
        countsOfPairs[pairs[i + 1]!]! +
        countsOfPairs[pairs[i + 2]!]! +
        countsOfPairs[pairs[i + 3]!]!
    for (; i < pairs.length; i++) n += countsOfPairs[pairs[i]!]!
    if (odd === 1) n += countsOfPairs[from[start]!]! // a pair with NUL, which is no character
    const rest = start + odd + 2 * pairs.length
    if (rest < end) n += countsOfPairs[from[rest]!]!
    this.characters += n
  }

  /** Begins afresh at a multiple of four characters, after counting. */
  realign(): void {
    this.bits = 0
    this.held = 0
  }
}
