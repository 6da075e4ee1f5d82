/**
 * What others think of a mail. A scanner answers with a Verdict; one that fails or times out answers `failed`, and
 * `failed` is never clean.
 */
import type { Envelope } from '../mail/envelope.ts'
import type { MessageFacts } from '../mail/message.ts'

export type VerdictResult = 'clean' | 'suspect' | 'bulk' | 'spam' | 'phishing' | 'malware' | 'failed'

export interface Symptom {
  /** The scanner's own name for it, e.g. BAYES_99. */
  name: string
  score: number | null
  detail: string
}

export interface Verdict {
  scanner: string
  result: VerdictResult
  score: number | null
  /** The score from which the scanner calls it spam, when it told. */
  threshold: number | null
  symptoms: Symptom[]
  /** One line in the scanner's words: virus name, error text … */
  detail: string
  tookMs: number
}

/** A mail as scanners see it. `content` streams the original bytes, from the beginning, as often as asked. */
export interface Scannable {
  envelope: Envelope
  facts: MessageFacts
  content: () => AsyncIterable<Uint8Array>
}

export type Scanner = AskedScanner | ImmediateScanner

export interface AskedScanner {
  readonly name: string
  readonly immediate?: false
  /** Null: nothing to say about this mail. Throwing means failed. */
  scan(mail: Scannable, signal: AbortSignal): Promise<Verdict | null>
}

/** One that answers out of what the reader has found already: there is nothing to wait for and nothing to stop. */
export interface ImmediateScanner {
  readonly name: string
  readonly immediate: true
  /** As that of the others. */
  scan(mail: Scannable): Verdict | null
}
