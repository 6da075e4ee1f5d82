/**
 * The bytes between DATA and CRLF.CRLF, or in BDAT chunks: takes the transparency dots out (RFC 5321 §4.5.2), finds the
 * end, and notes what no message may contain (bare CR, bare LF, NUL; RFC 5321 §2.3.8). One pass over the bytes, four at
 * a time where nothing happens, and dots removed by moving bytes within the chunk: the cost is linear in bytes whatever
 * they are, and wherever the chunks are cut.
 */
export type Flaw = 'bare CR' | 'bare LF' | 'NUL'

const nul = 0x00
const lf = 0x0a
const cr = 0x0d
const dot = 0x2e

/** Where the last byte left us. In the last two, bytes are withheld: they may belong to the end of the data. */
const inLine = 0
const afterCr = 1
const lineStart = 2
const afterDot = 3
const afterDotCr = 4

const oneCr = Buffer.from('\r')

export class ContentReader {
  /** The first thing found that no message may contain. */
  flaw: Flaw | null = null
  /** How many bytes of content preceded it. */
  flawAt = 0
  /** Content bytes of the last `take`; a part of its chunk, or null. */
  kept: Buffer | null = null
  readonly #dots: boolean
  #at: number
  #before = 0

  /** @param dots true for DATA, false for BDAT, where there are no dots to take out and no end to find. */
  constructor(dots: boolean) {
    this.#dots = dots
    this.#at = dots ? lineStart : inLine
  }

  /**
   * Takes `chunk` from `from` on; its bytes may be moved. Sets `kept`.
   * @returns the index after the end of the data, or -1 when it has not come yet.
   */
  take(chunk: Buffer, from: number): number {
    const { length } = chunk
    const words = new DataView(chunk.buffer, chunk.byteOffset, length)
    const lastWord = length - 4
    const dots = this.#dots
    let at = this.#at
    const owesCr = at === afterDotCr // withheld at the end of an earlier chunk
    let p = from // looked at up to here
    let start = from // kept bytes that have not been moved yet start here
    let to = from // and go here

    while (p < length) {
      if (at === inLine) {
        let byte = chunk[p]!
        // Bytes below 14 are the only ones of interest. Short lines are read byte by byte; then four at a time: the
        // lowest flagged byte is one (the borrow of the subtraction can only flag higher ones in error).
        if (byte >= 14) {
          const near = Math.min(p + 8, length)
          do p++
          while (p < near && chunk[p]! >= 14)
          if (p === near) {
            let flagged = 0
            while (p <= lastWord) {
              const word = words.getInt32(p, true)
              flagged = (word - 0x0e0e0e0e) & ~word & 0x80808080
              if (flagged !== 0) break
              p += 4
            }
            if (flagged !== 0) p += (31 - Math.clz32(flagged & -flagged)) >> 3
            else while (p < length && chunk[p]! >= 14) p++
            if (p === length) break
          }
          byte = chunk[p]!
        }
        p++
        if (byte === cr) {
          if (p === length || chunk[p] !== lf) at = afterCr
          else if (++p === length) at = dots ? lineStart : inLine
          else if (dots && chunk[p] === dot) {
            if (p + 1 === length || chunk[p + 1] === cr) at = lineStart
            else {
              // The usual dot at the start of a line, without the detour over the states.
              move(chunk, start, p, to)
              to += p - start
              start = ++p
            }
          }
        } else if (byte === lf) {
          if (this.flaw === null) this.#note('bare LF', to - from + p - start - 1)
        } else if (byte === nul) {
          if (this.flaw === null) this.#note('NUL', to - from + p - start - 1)
        }
      } else if (at === lineStart) {
        if (chunk[p] === dot) {
          move(chunk, start, p, to)
          to += p - start
          start = ++p
          at = afterDot
        } else at = inLine
      } else if (at === afterCr) {
        if (chunk[p] === lf) {
          p++
          at = dots ? lineStart : inLine
        } else {
          this.#note('bare CR', to - from + p - start - 1)
          at = inLine
        }
      } else if (at === afterDot) {
        if (chunk[p] === cr) {
          p++
          at = afterDotCr
        } else at = inLine
      } else {
        if (chunk[p] === lf) {
          this.#at = afterDotCr
          this.#keep(chunk, from, to, owesCr && p > from)
          return p + 1
        }
        this.#note('bare CR', to - from + p - start - 1)
        at = inLine
      }
    }
    // A CR withheld in this chunk stays out; it is the byte at `start`.
    const end = at === afterDotCr ? Math.min(start, length) : length
    move(chunk, start, end, to)
    this.#at = at
    this.#keep(chunk, from, to + end - start, owesCr && length > from)
    return -1
  }

  /** After the last BDAT chunk: a CR at the very end is a bare one. */
  finish(): void {
    if (this.#at === afterCr) this.#note('bare CR', -1)
  }

  #note(flaw: Flaw, offset: number): void {
    if (this.flaw !== null) return
    this.flaw = flaw
    this.flawAt = Math.max(0, this.#before + offset)
  }

  #keep(chunk: Buffer, from: number, to: number, withCr: boolean): void {
    this.kept = to > from ? chunk.subarray(from, to) : null
    if (withCr) this.kept = this.kept ? Buffer.concat([oneCr, this.kept]) : Buffer.from(oneCr)
    if (this.kept) this.#before += this.kept.length
  }
}

/** Moves bytes down within a chunk; copyWithin costs as much as some forty steps of a loop. */
function move(chunk: Buffer, start: number, end: number, to: number): void {
  if (start === to) return
  if (end - start > 48) chunk.copyWithin(to, start, end)
  else for (let i = start, j = to; i < end; i++, j++) chunk[j] = chunk[i]!
}
