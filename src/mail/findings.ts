/**
 * What reading a message has brought so far, shared by the readers of all its parts and nested messages, with the
 * limits that hold for all of them together.
 */
import type { Entity } from './entity.ts'
import type { ReaderLimits } from './limits.ts'
import type { Attachment, HeaderField } from './message.ts'

/** Takes the body of a part as it stands in the message. */
export interface Body {
  /** The next bytes, still encoded. They are not kept. */
  push(raw: Buffer): void
  /** @param lineBreakBytes of the end that belong to the delimiter after it (RFC 2046 §5.1.1). */
  end(lineBreakBytes: number): void
}

/**
 * Told of every entity when its header is complete, in their order; what it gives back takes the body instead of the
 * reader, which then does not look into it. Null: the reader goes on as always.
 * @param depth how many entities are around it.
 */
export type Watch = (entity: Entity, fields: readonly HeaderField[], depth: number) => Body | null

export class Findings {
  readonly attachments: Attachment[] = []
  readonly ambiguities = new Set<string>()
  readonly patterns = new Set<string>()
  readonly limits: ReaderLimits
  /** For those who note many at once. */
  readonly note = (ambiguity: string): void => {
    this.ambiguities.add(ambiguity)
  }
  readonly watch: Watch | null
  private parts = 0

  constructor(limits: ReaderLimits, watch: Watch | null = null) {
    this.limits = limits
    this.watch = watch
  }

  /** False when there are too many parts to read this one. */
  countPart(): boolean {
    if (++this.parts <= this.limits.parts) return true
    this.note('too-many-parts')
    return false
  }

  /** One attachment, once for each name that it may be taken to have. Their sizes may be set later. */
  attach(names: readonly string[], type: string, trueType: string | null, size: number): Attachment[] {
    const added: Attachment[] = []
    for (const name of names.length > 0 ? names : ['']) {
      if (this.attachments.length >= this.limits.attachments) {
        this.note('too-many-attachments')
        break
      }
      const attachment = { name, type, trueType, size }
      this.attachments.push(attachment)
      added.push(attachment)
    }
    return added
  }
}
