/**
 * What reading a message has brought so far, shared by the readers of all its parts and nested messages, with the
 * limits that hold for all of them together.
 */
import type { ReaderLimits } from './limits.ts'
import type { Attachment } from './message.ts'

export class Findings {
  readonly attachments: Attachment[] = []
  readonly ambiguities = new Set<string>()
  readonly patterns = new Set<string>()
  readonly limits: ReaderLimits
  /** For those who note many at once. */
  readonly note = (ambiguity: string): void => {
    this.ambiguities.add(ambiguity)
  }
  private parts = 0

  constructor(limits: ReaderLimits) {
    this.limits = limits
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
