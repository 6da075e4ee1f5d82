/**
 * What every session of one listener shares: its protocol, its limits as they are now (reload replaces them), the way
 * to the receiver, and the count of mails on their way in.
 */
import type { SecureContext } from 'node:tls'
import type { Clock } from '../../clock.ts'
import type { Events } from '../../events.ts'
import type { Reply } from '../../mail/reply.ts'
import type { SmtpOptions } from '../options.ts'
import type { Receiver } from '../reception.ts'
import { replies } from './replies.ts'
import { xclientNames, xforwardNames } from './told-client.ts'

/** A mail whose content is coming in. */
export interface Incoming {
  readonly startedAt: number
  /** Bytes of content so far. */
  readonly size: number
  /** Ends it, and its session. */
  giveWay(): void
}

/** Mails on their way in, over all listeners. */
export interface Load {
  /** Until they are answered. */
  mails: number
  /** Until their last byte is there. */
  readonly incoming: Set<Incoming>
}

export interface Wire {
  readonly protocol: 'smtp' | 'lmtp'
  readonly receiver: Receiver
  readonly clock: Clock
  readonly events: Events
  /** Name in greeting and EHLO. */
  readonly hostname: string
  readonly options: SmtpOptions
  readonly load: Load
  /** Bytes. */
  messageLimit(): number
  /** Why no mail can be taken at the moment, in words for the client; null when it can. */
  pressure(): string | null
  /** For STARTTLS; null when there is no certificate. */
  secureContext(): SecureContext | null
}

export const bytesPerMb = 1_000_000

/** The extensions of EHLO and LHLO, one a line. */
export function offers(wire: Wire, trusted: boolean, secure: boolean): string {
  const lines = [
    'PIPELINING',
    `SIZE ${wire.messageLimit()}`,
    '8BITMIME',
    'SMTPUTF8',
    'ENHANCEDSTATUSCODES',
    'CHUNKING',
  ]
  if (!secure && wire.secureContext()) lines.push('STARTTLS')
  if (trusted) lines.push(`XFORWARD ${xforwardNames.join(' ')}`, `XCLIENT ${xclientNames.join(' ')}`)
  return lines.join('\n')
}

/** The reply that ends a session whose client takes too long: over its message, or to say anything at all. */
export function overdue(options: SmtpOptions, now: number, messageSince: number, idleSince: number) {
  if (now - messageSince > options.data_deadline_s * 1000) return replies.dataTooSlow
  return now - idleSince > options.idle_timeout_s * 1000 ? replies.idle : null
}

/** Whose content comes slower than this, and has for so long, gives way when others are turned away. */
const slowBytesPerS = 1000
const patienceMs = 10_000

/** Ends the slowest of the mails that only drip in, if there is one: they must not keep others out. */
export function makeWay({ load, clock }: Wire): boolean {
  let slowest: Incoming | null = null
  let least = slowBytesPerS / 1000
  for (const mail of load.incoming) {
    const forMs = clock.now() - mail.startedAt
    if (forMs < patienceMs || mail.size / forMs >= least) continue
    slowest = mail
    least = mail.size / forMs
  }
  slowest?.giveWay()
  return slowest !== null
}

export function tellRefused(wire: Wire, peer: string, reply: Reply, size: number): void {
  wire.events.tell({ kind: 'refused', code: reply.code, text: reply.text, peer, size })
}
