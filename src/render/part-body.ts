/**
 * The body of one part, decoded while its bytes arrive (RFC 2045 §6): what a mail program would save as the file. The
 * line break before a delimiter is the delimiter's own and does not belong to it.
 */
import type { Body } from '../mail/findings.ts'
import { Base64, type Decoder, decodingSlackBytes, QuotedPrintable } from '../mail/transfer-encoding.ts'
import { UuencodeSearch } from '../mail/uuencode.ts'
import type { PartEncoding } from './numbering.ts'

const pieceBytes = 65_536
const lineFeed = Buffer.from('\n', 'latin1')
/** A delimiter takes so many bytes before it, at most. */
const breakBytes = 2

export class PartBody implements Body {
  private readonly take: (bytes: Buffer) => void
  private readonly done: () => void
  private readonly decoder: Decoder | null
  private readonly isQuotedPrintable: boolean
  private readonly uuencode: UuencodeSearch | null
  private scratch: Buffer | null = null
  /** The last bytes, which may turn out to be the delimiter's. */
  private tail: Buffer = Buffer.alloc(0)

  /** @param take is given what comes out; the bytes are not to be kept. */
  constructor(encoding: PartEncoding, take: (bytes: Buffer) => void, done: () => void) {
    this.take = take
    this.done = done
    this.isQuotedPrintable = encoding === 'quoted-printable'
    let files = 0
    const end = () => {
      files++
    }
    const content = (bytes: Buffer) => {
      if (files === 0) take(bytes)
    }
    this.uuencode = encoding === 'uuencode' ? new UuencodeSearch(end, content) : null
    this.decoder =
      encoding === 'base64' ? new Base64() : encoding === 'quoted-printable' ? new QuotedPrintable() : null
  }

  push(raw: Buffer): void {
    if (raw.length < breakBytes) {
      const together = Buffer.concat([this.tail, raw])
      const ready = Math.max(0, together.length - breakBytes)
      this.decode(together.subarray(0, ready))
      this.tail = together.subarray(ready)
      return
    }
    this.decode(this.tail)
    this.decode(raw.subarray(0, raw.length - breakBytes))
    this.tail = Buffer.from(raw.subarray(raw.length - breakBytes))
  }

  end(lineBreakBytes: number): void {
    this.decode(this.tail.subarray(0, Math.max(0, this.tail.length - lineBreakBytes)))
    if (this.isQuotedPrintable) this.flush()
    this.uuencode?.end()
    this.done()
  }

  private decode(raw: Buffer): void {
    if (raw.length === 0) return
    if (this.decoder === null) {
      if (this.uuencode) this.uuencode.push(raw)
      else this.take(raw)
      return
    }
    this.scratch ??= Buffer.allocUnsafeSlow(pieceBytes + decodingSlackBytes)
    for (let at = 0; at < raw.length; at += pieceBytes) {
      const n = this.decoder.decode(raw, at, Math.min(at + pieceBytes, raw.length), this.scratch)
      if (n > 0) this.take(this.scratch.subarray(0, n))
    }
  }

  /** An escape that was cut off comes out when a line ends; that line end is ours. */
  private flush(): void {
    const out = Buffer.alloc(1 + decodingSlackBytes)
    const n = this.decoder?.decode(lineFeed, 0, 1, out) ?? 0
    const end = n > 0 && out[n - 1] === lineFeed[0] ? n - 1 : n
    if (end > 0) this.take(out.subarray(0, end))
  }
}
