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
import { xclientNames, xforwardNames } from './told-client.ts'

export interface Wire {
  readonly protocol: 'smtp' | 'lmtp'
  readonly receiver: Receiver
  readonly clock: Clock
  readonly events: Events
  /** Name in greeting and EHLO. */
  readonly hostname: string
  readonly options: SmtpOptions
  /** One count for all listeners. */
  readonly load: { mails: number }
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

export function tellRefused(wire: Wire, peer: string, reply: Reply, size: number): void {
  wire.events.tell({ kind: 'refused', code: reply.code, text: reply.text, peer, size })
}
