/**
 * The body of one part that is no multipart: its true type from the first bytes, its size when decoded, test patterns
 * and uuencoded files in text. Nothing of it is kept but its head of 4 KB.
 */
import { type Entity, fileName } from './entity.ts'
import type { Findings } from './findings.ts'
import { isoMarkAt, trueTypeOf } from './magic.ts'
import { GtubeSearch, isEicar } from './test-patterns.ts'
import { Base64, decodingSlackBytes, QuotedPrintable } from './transfer-encoding.ts'
import { UuencodeSearch } from './uuencode.ts'

const headBytes = 4_096
/** Multiples of four. Most types show in their first kilobyte; of zip and OLE2 containers more is needed. */
const headCharacters = 1_408
const containerHeadCharacters = 5_464
/** 32,766 bytes: just before the mark of ISO images. */
const isoCharacters = 43_688
const isoWindowCharacters = 16
const pieceBytes = 65_536

/** A message nested in this part behind a transfer encoding is read by another reader. */
export interface Nested {
  push(bytes: Buffer): void
  end(): void
}

/** Decoding is synchronous, so all leaves of one nesting level share a scratch buffer; heads are lent from a pool. */
const scratches: Buffer[] = []
const spareHeads: Buffer[] = []
const spareHeadsLimit = 256

const scratchOf = (level: number): Buffer => {
  scratches[level] ??= Buffer.allocUnsafeSlow(pieceBytes + decodingSlackBytes)
  return scratches[level]
}

export class Leaf {
  private readonly entity: Entity
  private readonly findings: Findings
  private readonly level: number
  private readonly nested: Nested | null
  private readonly decoder: Base64 | QuotedPrintable | null
  private readonly gtube: GtubeSearch | null
  private readonly uuencode: UuencodeSearch | null
  private readonly isText: boolean
  private head: Buffer | null = null
  private headSize = 0
  private headEnd = headCharacters
  private isoMark: Buffer | null = null
  private size = 0

  /** @param level how many transfer encodings this leaf is behind. */
  constructor(entity: Entity, findings: Findings, level: number, nested: Nested | null) {
    this.entity = entity
    this.findings = findings
    this.level = level
    this.nested = nested
    this.isText = entity.type.startsWith('text/')
    const { encoding } = entity
    this.decoder =
      encoding === 'base64' ? new Base64() : encoding === 'quoted-printable' ? new QuotedPrintable() : null
    // Text that is not encoded is searched with the raw message.
    this.gtube = this.isText && this.decoder ? new GtubeSearch() : null
    this.uuencode = this.isText
      ? new UuencodeSearch((file) => {
          findings.note('uuencoded-file')
          if (file.isEicar) findings.patterns.add('eicar')
          findings.attach(
            [fileName(file.name, findings.limits.nameChars)],
            'application/x-uuencode',
            file.trueType,
            file.size,
          )
        })
      : null
  }

  /** The next bytes of the body, still encoded. They are not kept. */
  push(raw: Buffer): void {
    if (this.decoder === null) this.decoded(raw)
    else if (this.decoder instanceof Base64 && !this.isText && !this.nested) this.measure(this.decoder, raw)
    else
      for (let at = 0; at < raw.length; at += pieceBytes) {
        const scratch = scratchOf(this.level)
        this.decoded(
          scratch.subarray(0, this.decoder.decode(raw, at, Math.min(at + pieceBytes, raw.length), scratch)),
        )
      }
  }

  /** Base64 of which only the head, the place of the ISO mark and the size matter. */
  private measure(base64: Base64, raw: Buffer): void {
    let at = 0
    while (at < raw.length) {
      const { characters } = base64
      if (characters === headCharacters && this.isContainer()) this.headEnd = containerHeadCharacters
      const isHead = characters < this.headEnd
      const next = isHead
        ? this.headEnd
        : characters < isoCharacters
          ? isoCharacters
          : isoCharacters + isoWindowCharacters
      // A step never passes the next mark, however the bytes come: each holds one character at most.
      const stop = characters < next ? Math.min(raw.length, at + next - characters) : raw.length
      if (!isHead && (characters < isoCharacters || characters >= next)) base64.count(raw, at, stop)
      else {
        if (characters === isoCharacters) base64.realign()
        const scratch = scratchOf(this.level)
        const bytes = scratch.subarray(0, base64.decode(raw, at, stop, scratch))
        if (isHead) this.decoded(bytes)
        else this.isoMark = Buffer.concat([this.isoMark ?? Buffer.alloc(0), bytes])
      }
      at = stop
    }
  }

  private isContainer(): boolean {
    return this.head !== null && (this.head[0] === 0x50 || this.head[0] === 0xd0)
  }

  private decoded(bytes: Buffer): void {
    if (this.headSize < headBytes && bytes.length > 0) {
      this.head ??= spareHeads.pop() ?? Buffer.allocUnsafeSlow(headBytes)
      this.headSize += bytes.copy(this.head, this.headSize)
    }
    const from = isoMarkAt - 2 - this.size
    if (from < bytes.length && from + 12 > 0)
      this.isoMark = Buffer.concat([
        this.isoMark ?? Buffer.alloc(0),
        bytes.subarray(Math.max(from, 0), from + 12),
      ])
    this.size += bytes.length
    if (this.gtube) {
      this.gtube.push(bytes)
      if (this.gtube.found) this.findings.patterns.add('gtube')
    }
    this.uuencode?.push(bytes)
    this.nested?.push(bytes)
  }

  /** @param lineBreakBytes of the end that belong to the delimiter after it (RFC 2046 §5.1.1). */
  end(lineBreakBytes: number): void {
    this.uuencode?.end()
    const { entity, findings, decoder } = this
    if (decoder instanceof Base64) {
      if (decoder.dataAfterPadding) findings.note('base64-data-after-padding')
      this.size = Math.floor((decoder.characters * 3) / 4)
    } else this.size = Math.max(0, this.size - lineBreakBytes)
    let trueType: string | null = null
    if (this.head) {
      const head = this.head.subarray(
        0,
        Math.min(this.headSize, decoder instanceof Base64 ? this.headSize : this.size),
      )
      trueType = trueTypeOf(head, this.isoMark?.subarray(2))
      if (isEicar(head)) findings.patterns.add('eicar')
      if (spareHeads.length < spareHeadsLimit) spareHeads.push(this.head)
      this.head = null
    }
    const isBody = this.isText && !entity.isAttachment && entity.names.length === 0
    // A body that is really a program, an archive … is an attachment to those who open it.
    if (!isBody || (trueType !== null && !isTextual(trueType)))
      findings.attach(entity.names, entity.type, trueType, this.size)
    this.nested?.end()
  }
}

const textualTypes = new Set([
  'application/xml',
  'image/svg+xml',
  'application/pgp-encrypted',
  'application/x-mswinurl',
])
const isTextual = (type: string): boolean =>
  type.startsWith('text/') || type.startsWith('message/') || textualTypes.has(type)
