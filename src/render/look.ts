/**
 * Reads a message for people who look into it, while its bytes arrive: its parts as a tree, the texts that are its body
 * and the pictures that belong to it, within limits. What is beyond them is told, not forgotten.
 */
import type { Entity } from '../mail/entity.ts'
import { fileName } from '../mail/entity.ts'
import type { Body, Watch } from '../mail/findings.ts'
import { defaultLimits } from '../mail/limits.ts'
import { isoMarkAt, trueTypeOf } from '../mail/magic.ts'
import type { HeaderField } from '../mail/message.ts'
import { createReader } from '../mail/reader.ts'
import { UuencodeSearch } from '../mail/uuencode.ts'
import { lookedAtBytes } from './limits.ts'
import {
  charsetOf,
  contentIdOf,
  encodingOf,
  fieldOf,
  isSearched,
  kindOf,
  leafType,
  shownName,
  uuencodedFrom,
} from './numbering.ts'
import { PartBody } from './part-body.ts'
import { pictureBytes, pictureType } from './pictures.ts'

export interface Part {
  part: number
  name: string
  type: string
  trueType: string | null
  size: number
  inline: boolean
}

/** A text that is body, not attachment. */
export interface BodyText {
  isHtml: boolean
  charset: string
  bytes: Buffer
  isCut: boolean
}

export interface Branch {
  /** `multipart/alternative`. */
  type: string
  children: (Branch | BodyText)[]
}

export interface Looked {
  root: Branch
  parts: Part[]
  /** By Content-ID. */
  pictures: Map<string, Buffer>
  /** Why not all of it is here, in sentences. */
  problems: string[]
}

export interface Looker {
  push(bytes: Uint8Array): void
  /** @param isCut there is more of the message than was given. */
  end(isCut: boolean): Looked
}

/** Of one text, and of all texts that are the body. */
const textBytes = 1 << 20
const textsBytes = 3 << 20
const textsLimit = 20
/** Of all pictures together. */
const picturesBytes = 20_000_000
const picturesLimit = 200
const headBytes = 4096
const isoBytes = 16
/** From which a picture is known. */
const pictureHeadBytes = 32

export function createLooker(): Looker {
  const root: Branch = { type: '', children: [] }
  const parts: Part[] = []
  const pictures = new Map<string, Buffer>()
  const problems = new Set<string>()
  /** What is around the next entity, outermost first; null: a message within the message, whose text is not the body. */
  const around: (Branch | null)[] = []
  const sizes: { part: Part; attachment: number }[] = []
  let count = 0
  let texts = 0
  let textRoom = textsBytes
  let uuencoded = uuencodedFrom
  let attachments = 0
  let pictureRoom = picturesBytes

  const watch: Watch = (entity, fields, depth) => {
    const number = count++
    around.length = Math.min(around.length, depth)
    const within = around.includes(null) ? null : (around.at(-1) ?? root)
    const kind = kindOf(entity)
    if (kind === 'multipart') {
      const branch = within && { type: entity.type, children: [] }
      if (within && branch) within.children.push(branch)
      around.push(branch)
      return null
    }
    if (kind === 'message') {
      around.push(null)
      // Its size is known to the reader when it is over.
      const part = partOf(number, entity, 'message/rfc822')
      parts.push(part)
      sizes.push({ part, attachment: attachments })
      attachments += Math.max(1, entity.names.length)
      return null
    }
    return leaf(number, entity, fields, within)
  }

  function leaf(number: number, entity: Entity, fields: readonly HeaderField[], within: Branch | null): Body {
    const type = leafType(entity)
    const encoding = encodingOf(entity, fields)
    const isText = type === 'text/plain' || type === 'text/html' || type === 'text/enriched'
    let text: BodyText | null = null
    if (within && isText && !entity.isAttachment && encoding !== 'uuencode' && texts < textsLimit) {
      texts++
      text = { isHtml: type === 'text/html', charset: charsetOf(fields), bytes: empty, isCut: false }
    }
    const contentId = contentIdOf(fieldOf(fields, 'content-id'))
    const content = new Content(contentId !== '')
    const search = isSearched(type, encoding)
      ? new UuencodeSearch((file) => {
          const name = shownName([fileName(file.name, defaultLimits.nameChars)])
          const { trueType, size } = file
          parts.push({
            part: uuencoded++,
            name,
            type: 'application/x-uuencode',
            trueType,
            size,
            inline: false,
          })
        })
      : null
    return new PartBody(
      encoding,
      (bytes) => {
        content.push(bytes, text !== null, pictureRoom)
        search?.push(bytes)
      },
      () => {
        search?.end()
        const trueType = content.trueType()
        const isBody = text !== null && (trueType === null || /^(?:text|message)\/|xml$/.test(trueType))
        if (text && isBody && within) {
          text.bytes = content.take().subarray(0, textRoom)
          textRoom -= text.bytes.length
          text.isCut = content.size > text.bytes.length
          within.children.push(text)
        }
        // The text of a message within the message is in that message.
        const isInner = within === null && isText && !entity.isAttachment
        if (entity.names.length > 0 || !(isBody || isInner)) {
          const part = partOf(number, { ...entity, type }, trueType)
          part.size = content.size
          part.inline = !entity.isAttachment && (contentId !== '' || type.startsWith('image/'))
          parts.push(part)
        }
        const picture = isBody ? null : content.picture()
        if (picture && contentId !== '' && pictures.size < picturesLimit && !pictures.has(contentId)) {
          pictures.set(contentId, picture)
          pictureRoom -= picture.length
        }
      },
    )
  }

  const reader = createReader({}, watch)
  return {
    push: (bytes) => reader.push(bytes),
    end(isCut) {
      const facts = reader.end()
      for (const { part, attachment } of sizes) part.size = facts.attachments[attachment]?.size ?? 0
      for (const ambiguity of facts.ambiguities) {
        const problem = told[ambiguity]
        if (problem) problems.add(problem)
      }
      if (isCut)
        problems.add(
          `The message is large: only its first ${lookedAtBytes >> 20} MB were looked at, so parts may be missing or cut.`,
        )
      parts.sort((a, b) => a.part - b.part)
      return { root, parts, pictures, problems: [...problems] }
    },
  }
}

const empty = Buffer.alloc(0)

/** What the reader notes, as far as something is missing for it. */
const told: Record<string, string> = {
  'too-deep': 'Its parts are nested too deep: the innermost are not shown.',
  'too-many-parts': `It has more than ${defaultLimits.parts} parts: the others are not shown.`,
  'too-many-false-delimiters':
    'It has too many lines that look like delimiters: what follows them is not shown.',
}

const partOf = (part: number, { names, type }: Entity, trueType: string | null): Part => ({
  part,
  name: shownName(names),
  type,
  trueType,
  size: 0,
  inline: false,
})

/** What is kept of a part while it passes: its beginning, or the whole of a text or a picture. */
class Content {
  size = 0
  private mayBePicture: boolean
  private kept: Buffer[] = []
  private keptBytes = 0
  private iso: Buffer = empty
  private isPicture = false

  constructor(mayBePicture: boolean) {
    this.mayBePicture = mayBePicture
  }

  push(bytes: Buffer, isText: boolean, pictureRoom: number): void {
    const room = this.mayBePicture ? Math.min(pictureBytes, pictureRoom) : 0
    const limit = isText ? textBytes : Math.max(headBytes, room)
    if (this.keptBytes < limit) {
      const piece = Buffer.from(bytes.subarray(0, limit - this.keptBytes))
      this.kept.push(piece)
      this.keptBytes += piece.length
    }
    const mark = isoMarkAt - this.size
    if (mark < bytes.length && mark + isoBytes > 0)
      this.iso = Buffer.concat([this.iso, bytes.subarray(Math.max(mark, 0), Math.max(mark + isoBytes, 0))])
    this.size += bytes.length
    if (!this.mayBePicture || isText || this.isPicture || this.keptBytes < pictureHeadBytes) return
    this.isPicture = pictureType(this.head()) !== null
    if (this.isPicture) return
    this.mayBePicture = false
    this.kept = [Buffer.from(this.head())]
    this.keptBytes = this.kept[0]!.length
  }

  private head(): Buffer {
    return Buffer.concat(this.kept).subarray(0, headBytes)
  }

  trueType(): string | null {
    return trueTypeOf(this.head(), this.iso)
  }

  take(): Buffer {
    return Buffer.concat(this.kept)
  }

  /** The whole of it; null when it is none or does not fit. */
  picture(): Buffer | null {
    return this.isPicture && this.keptBytes === this.size ? this.take() : null
  }
}
