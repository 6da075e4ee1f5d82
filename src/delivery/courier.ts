/**
 * A courier carries one mail to a next hop: used by the delivery worker for releases, and by intake for clean mail
 * that is passed on before we answer. Network and protocol failures are answers, never exceptions.
 */
import type { Reply } from '../mail/reply.ts'

export interface Parcel {
  /** '' is the null sender. */
  sender: string
  recipients: { address: string; parameters: Record<string, string> }[]
  body: '7BIT' | '8BITMIME' | 'BINARYMIME' | null
  smtputf8: boolean
  /** Bytes of the trace lines and the stored content together, for SIZE. */
  size: number
  /** Trace lines to prepend, CRLF-terminated; may be empty. */
  trace: Buffer
  /** The stored bytes; may throw at the end (hash mismatch): then the parcel must not be completed. */
  content: () => AsyncIterable<Uint8Array>
  /** All pieces of the content are known to be plain lines (mail/plain-lines.ts): DATA carries them as they are. */
  plain?: boolean
  /** Original client, told by XFORWARD to next hops that offer it. */
  client: { ip: string; name: string | null; helo: string | null } | null
}

export interface CourierOutcome {
  outcome: 'delivered' | 'deferred' | 'failed'
  /** The server's own words; null when there was none (connection refused, time-out): then `text` says what happened. */
  reply: Reply | null
  text: string
}

export interface CourierReport {
  host: string
  /** `TLSv1.3 …` or '' for none. */
  tls: string
  tookMs: number
  /** One per recipient, in the parcel's order. */
  outcomes: CourierOutcome[]
}

export interface Courier extends AsyncDisposable {
  carry(parcel: Parcel, signal: AbortSignal): Promise<CourierReport>
}
