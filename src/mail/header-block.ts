/**
 * Finds the empty line that ends a header block while bytes arrive, and keeps the block, up to a limit. A block that is
 * within one buffer, as nearly all are, is cut out of it without another copy.
 */
const lf = 0x0a
const cr = 0x0d
const dash = 0x2d

export class HeaderBlock {
  isComplete = false
  isTruncated = false
  atLineStart = true
  private readonly limitBytes: number
  private sawCr = false
  private kept: Buffer = Buffer.alloc(0)
  private size = 0
  private block: string | null = null

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes
  }

  /** Nothing but, perhaps, its empty line has come. */
  get isEmpty(): boolean {
    return this.size === 0
  }

  /**
   * Takes bytes from `start` on. Stops behind the empty line, and, when watching for delimiters, before a line that
   * begins with a dash. Returns the index after the bytes taken; always takes one at least.
   */
  push(buffer: Buffer, start: number, watch: boolean): number {
    let i = start
    while (i < buffer.length) {
      if (this.atLineStart || this.sawCr) {
        const byte = buffer[i]!
        if (byte === lf) return this.complete(buffer, start, i)
        if (this.atLineStart && byte === cr) {
          this.sawCr = true
          this.atLineStart = false
          i++
          continue
        }
        if (this.atLineStart && watch && byte === dash && i > start) break
        this.atLineStart = false
        this.sawCr = false
      }
      const newline = buffer.indexOf(lf, i)
      i = newline < 0 ? buffer.length : newline + 1
      this.atLineStart = newline >= 0
    }
    this.keep(buffer, start, i)
    return i
  }

  private complete(buffer: Buffer, start: number, newline: number): number {
    this.isComplete = true
    if (this.size === 0) {
      this.isTruncated = newline - start > this.limitBytes
      this.block = buffer.toString('latin1', start, Math.min(newline, start + this.limitBytes))
    } else this.keep(buffer, start, newline)
    return newline + 1
  }

  private keep(buffer: Buffer, start: number, end: number): void {
    const room = this.limitBytes - this.size
    if (end - start > room) this.isTruncated = true
    const n = Math.min(end - start, room)
    if (this.size + n > this.kept.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.limitBytes, Math.max(1_024, 2 * (this.size + n))))
      this.kept.copy(grown, 0, 0, this.size)
      this.kept = grown
    }
    this.size += buffer.copy(this.kept, this.size, start, start + n)
  }

  /** The block as Latin-1, without its empty line (a carriage return of it may be left); ready for the next one. */
  take(): string {
    const block = this.block ?? this.kept.toString('latin1', 0, this.size)
    this.isComplete = false
    this.isTruncated = false
    this.atLineStart = true
    this.sawCr = false
    this.size = 0
    this.block = null
    this.kept = Buffer.alloc(0)
    return block.endsWith('\n\r') ? block.slice(0, -1) : block === '\r' ? '' : block
  }
}
