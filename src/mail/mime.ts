/**
 * Walks through a message in one pass while its bytes arrive: headers, multiparts (RFC 2046 §5.1), nested messages.
 * Bounded memory: what is held is a header block, the line that may be a delimiter, and the boundaries that are open.
 * The pieces in which the bytes come make no difference. Never throws; what others may read differently is noted.
 */
import { Delimiters } from './delimiters.ts'
import { type Entity, readEntity } from './entity.ts'
import type { Body, Findings } from './findings.ts'
import { readFields } from './header.ts'
import { HeaderBlock } from './header-block.ts'
import { Leaf } from './leaf.ts'
import type { Attachment, HeaderField } from './message.ts'

const lf = 0x0a
const dash = 0x2d
const lineAndDashes = Buffer.from('\n--', 'latin1')
const encodingsLimit = 3
const endsHeader = new Set(['header-line-without-colon', 'bad-header-name'])

/** A nested message, whose size is known when the part that holds it ends. */
interface Container {
  attachments: Attachment[]
  start: number
  /** Number of boundaries open around it. */
  level: number
}

export class MimeReader {
  /** Header fields of the outermost entity, as soon as they are complete. */
  fields: HeaderField[] = []
  private readonly findings: Findings
  private readonly outerDepth: number
  private readonly encodings: number
  private readonly delimiters: Delimiters
  private readonly block: HeaderBlock
  private state: 'header' | 'body' | 'rest-of-line' | 'ignored' = 'header'
  private isOutermost = true
  private defaultType = 'text/plain'
  /** After the line of a closing delimiter comes an epilogue, else the header of the next part. */
  private epilogueNext = false
  /** Null in a preamble or epilogue. */
  private leaf: Body | null = null
  private readonly containers: Container[] = []
  private atLineStart = true
  /** Bytes given back by `pump`: the beginning of a line that may be a delimiter. */
  private held: Buffer | null = null
  /** Offset in the message of the first byte given to `pump`. */
  private base = 0
  /** The two bytes before that. */
  private before = [0, 0]

  /** @param depth entities around this one. @param encodings transfer encodings around it. */
  constructor(findings: Findings, depth = 0, encodings = 0) {
    this.findings = findings
    this.outerDepth = depth
    this.encodings = encodings
    this.delimiters = new Delimiters(findings.note)
    this.block = new HeaderBlock(findings.limits.headerBlockBytes)
    if (!findings.countPart()) this.state = 'ignored'
  }

  /** The next bytes, which are not kept. */
  push(bytes: Buffer): void {
    const buffer = this.held ? Buffer.concat([this.held, bytes]) : bytes
    const used = this.pump(buffer, false)
    this.held = used < buffer.length ? Buffer.from(buffer.subarray(used)) : null
    this.advance(buffer, used)
  }

  end(): void {
    if (this.held) {
      const rest = this.held
      this.held = null
      this.pump(rest, true)
      this.advance(rest, rest.length)
    }
    if (this.state === 'header') this.headerDone(this.base)
    this.leaf?.end(0)
    this.leaf = null
    this.closeContainers(0, this.base)
    this.delimiters.closeInside(0)
  }

  private advance(buffer: Buffer, used: number): void {
    this.base += used
    if (used >= 2) this.before = [buffer[used - 2]!, buffer[used - 1]!]
    else if (used === 1) this.before = [this.before[1]!, buffer[0]!]
  }

  /** Returns how many bytes were used up; the others may be part of a delimiter and are needed again with more. */
  private pump(buffer: Buffer, isLast: boolean): number {
    let i = 0
    while (i < buffer.length) {
      if (this.state === 'ignored') return buffer.length
      if (this.state === 'rest-of-line') {
        const newline = buffer.indexOf(lf, i)
        if (newline < 0) return buffer.length
        i = newline + 1
        this.atLineStart = true
        this.state = this.epilogueNext ? 'body' : 'header'
        continue
      }
      if (this.atLineStart && buffer[i] === dash && this.delimiters.open) {
        const match = this.delimiters.match(buffer, i, isLast)
        if (match === 'unknown-yet') return i
        if (this.delimiters.isExhausted) {
          this.state = 'ignored'
          return buffer.length
        }
        if (match !== null) {
          this.delimiter(match.level, match.isClosing, buffer, i)
          i++ // at least the first dash of the line is used up
          continue
        }
      }
      i = this.state === 'header' ? this.headerBytes(buffer, i) : this.bodyBytes(buffer, i)
    }
    return i
  }

  private headerBytes(buffer: Buffer, from: number): number {
    const at = this.block.push(buffer, from, this.delimiters.open)
    this.atLineStart = this.block.atLineStart
    if (this.block.isComplete) {
      this.atLineStart = true
      this.headerDone(this.base + at)
    }
    return at
  }

  private bodyBytes(buffer: Buffer, from: number): number {
    if (!this.delimiters.open) {
      this.leaf?.push(from === 0 ? buffer : buffer.subarray(from))
      return buffer.length
    }
    let found = buffer.indexOf(lineAndDashes, from)
    while (found >= 0 && !this.delimiters.mayMatch(buffer, found + lineAndDashes.length)) {
      if (this.delimiters.isExhausted) {
        this.state = 'ignored'
        break
      }
      found = buffer.indexOf(lineAndDashes, found + lineAndDashes.length)
    }
    let stop = buffer.length
    if (found >= 0) stop = found + 1
    else if (buffer[stop - 1] === dash && stop - 2 >= from && buffer[stop - 2] === lf) stop--
    this.atLineStart = buffer[stop - 1] === lf
    const bytes = buffer.subarray(from, stop)
    if (this.leaf) this.leaf.push(bytes)
    else this.delimiters.outside(bytes)
    return stop
  }

  private delimiter(level: number, isClosing: boolean, buffer: Buffer, at: number): void {
    if (this.state === 'header') {
      if (!this.block.isEmpty) this.findings.note('header-without-end')
      this.headerDone(this.base + at)
    }
    const last = at >= 1 ? buffer[at - 1] : this.before[1]
    const secondLast = at >= 2 ? buffer[at - 2] : this.before[at === 1 ? 1 : 0]
    const lineBreakBytes = last === lf ? (secondLast === 0x0d ? 2 : 1) : 0
    this.leaf?.end(lineBreakBytes)
    this.leaf = null
    this.closeContainers(level + 1, this.base + at - lineBreakBytes)
    this.defaultType = this.delimiters.reached(level, isClosing)
    this.epilogueNext = isClosing
    this.state = 'rest-of-line'
    this.atLineStart = false
    if (!isClosing && !this.findings.countPart()) this.state = 'ignored'
  }

  private closeContainers(level: number, end: number): void {
    while (this.containers.length > 0 && this.containers.at(-1)!.level >= level) {
      const { attachments, start } = this.containers.pop()!
      for (const attachment of attachments) attachment.size = Math.max(0, end - start)
    }
  }

  /** The header of an entity is complete: what is its body? */
  private headerDone(bodyStart: number): void {
    const { findings } = this
    const { limits, note } = findings
    if (this.block.isTruncated) note('header-block-too-large')
    const fields = readFields(this.block.take(), limits, (ambiguity) => {
      note(ambiguity)
      // Mail servers (Postfix) begin the body there, so the message that arrives is another one.
      if (this.isOutermost && this.outerDepth === 0 && endsHeader.has(ambiguity))
        note('broken-message-header')
    })
    if (this.isOutermost) this.fields = fields
    this.isOutermost = false
    this.state = 'body'
    const entity = readEntity(fields, this.defaultType, limits, note)
    const depth = this.outerDepth + this.delimiters.count + this.containers.length
    const watched = findings.watch?.(entity, fields, depth)
    if (watched) {
      this.leaf = watched
      return
    }
    const isMultipart = entity.boundary !== ''
    const isMessage = entity.type === 'message/rfc822' || entity.type === 'message/global'
    if (!isMultipart && !isMessage) {
      this.leaf = new Leaf(asText(entity), findings, this.encodings, null)
      return
    }
    if (
      depth >= limits.depth ||
      (isMessage && entity.encoding !== 'identity' && this.encodings >= encodingsLimit)
    ) {
      note('too-deep')
      this.leaf = new Leaf(entity, findings, this.encodings, null)
    } else if (isMultipart) {
      this.delimiters.add(
        entity.boundary,
        entity.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain',
      )
    } else if (entity.encoding === 'identity') this.descend(entity, bodyStart)
    else
      this.leaf = new Leaf(
        entity,
        findings,
        this.encodings,
        new MimeReader(findings, depth + 1, this.encodings + 1),
      )
  }

  private descend(entity: Entity, bodyStart: number): void {
    const attachments = this.findings.attach(entity.names, entity.type, 'message/rfc822', 0)
    this.containers.push({ attachments, start: bodyStart, level: this.delimiters.count })
    this.state = this.findings.countPart() ? 'header' : 'ignored'
    this.defaultType = 'text/plain'
  }
}

/** A multipart that cannot be taken apart is read as the text that it is. */
const asText = (entity: Entity): Entity =>
  entity.type.startsWith('multipart/') && entity.names.length === 0
    ? { ...entity, type: 'text/plain' }
    : entity
