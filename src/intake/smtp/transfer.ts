/**
 * One message on its way in, by DATA or BDAT: counts and checks its bytes, hands them to the reception, and has the
 * replies at the end. A message that breaks a rule is read to its end all the same, without being kept, so that the
 * client hears why.
 */
import type { Envelope } from '../../mail/envelope.ts'
import type { Reply } from '../../mail/reply.ts'
import type { Reception } from '../reception.ts'
import { ContentReader } from './content.ts'
import { replies, reply } from './replies.ts'
import { type Incoming, makeWay, type Wire } from './wire.ts'

/** Pieces below this are gathered, up to that. */
const smallOctets = 4096
const gatheredOctets = 16_384

/**
 * A message is about to come: a transfer for it, or why there can be none.
 * @param session given up when the message comes too slowly while others wait.
 */
export function beginTransfer(
  wire: Wire,
  envelope: Envelope,
  dots: boolean,
  session: { giveUp(reply: Reply): void },
): Transfer | Reply {
  if (wire.load.mails >= wire.options.mails_in_flight && !makeWay(wire)) return replies.tooManyMails
  try {
    const giveWay = () => session.giveUp(replies.tooSlow)
    return new Transfer(wire, wire.receiver.begin(envelope), dots, giveWay)
  } catch (error) {
    wire.events.tell({ kind: 'failure', where: 'intake', error })
    return replies.localError
  }
}

export class Transfer implements Incoming {
  /** By DATA, ended by a dot; otherwise by BDAT. */
  readonly dots: boolean
  readonly startedAt: number
  /** Set when the message is not going to be kept. */
  refusal: Reply | null = null
  /** Bytes of content so far. */
  size = 0
  readonly giveWay: () => void
  readonly #reception: Reception
  readonly #reader: ContentReader
  readonly #wire: Wire
  readonly #limitBytes: number
  #open = true
  #finishing = false
  #small: Buffer | null = null
  #smallOctets = 0
  #pending: Promise<void> | undefined

  constructor(wire: Wire, reception: Reception, dots: boolean, giveWay: () => void) {
    this.giveWay = giveWay
    this.#wire = wire
    this.#reception = reception
    this.#reader = new ContentReader(dots)
    this.dots = dots
    this.startedAt = wire.clock.now()
    this.#limitBytes = wire.messageLimit()
    wire.load.mails++
    wire.load.incoming.add(this)
  }

  /**
   * Takes the bytes of `chunk` from `from` on; they are given away.
   * @returns the index after the end of the data, or -1.
   */
  take(chunk: Buffer, from: number): number {
    const reader = this.#reader
    const end = reader.take(chunk, from)
    const { kept } = reader
    if (kept !== null) this.size += kept.length
    this.#judge()
    this.#pending = kept !== null && this.refusal === null ? this.#give(kept, end >= 0) : undefined
    return end
  }

  /** Of the last `take`: read no more from the client until it resolves. */
  get pending(): Promise<void> | undefined {
    return this.#pending
  }

  /** The replies: one, or one for each recipient, as the reception says. */
  async finish(): Promise<Reply[]> {
    this.#finishing = true
    this.#wire.load.incoming.delete(this)
    try {
      this.#reader.finish()
      this.#judge()
      if (this.#pending !== undefined) await this.#pending
      if (this.#smallOctets > 0 && this.refusal === null) await this.#reception.write(this.#takeSmall())
      return this.refusal === null ? await this.#reception.end() : [this.refusal]
    } finally {
      this.#close()
    }
  }

  /** The client left, or may not go on. A mail that is being decided counts until it is: it takes memory so long. */
  abort(): void {
    this.#reception.abort()
    if (!this.#finishing) this.#close()
  }

  /** We have no more time for it: what is not being made durable yet is answered "later". */
  hurry(): void {
    this.#reception.hurry?.()
  }

  /** A client that drips must not make us keep a buffer for every byte: small pieces are gathered. */
  #give(kept: Buffer, last: boolean): Promise<void> | undefined {
    if (this.#smallOctets === 0 && (last || kept.length >= smallOctets)) return this.#reception.write(kept)
    if (this.#smallOctets + kept.length > gatheredOctets)
      return this.#reception.write(Buffer.concat([this.#takeSmall(), kept]))
    this.#small ??= Buffer.allocUnsafeSlow(gatheredOctets)
    kept.copy(this.#small, this.#smallOctets)
    this.#smallOctets += kept.length
    return undefined
  }

  #takeSmall(): Buffer {
    const gathered = this.#small?.subarray(0, this.#smallOctets) ?? Buffer.alloc(0)
    this.#small = null
    this.#smallOctets = 0
    return gathered
  }

  #close(): void {
    if (this.#open) this.#wire.load.mails--
    this.#open = false
    this.#wire.load.incoming.delete(this)
  }

  #judge(): void {
    if (this.refusal !== null) return
    const { flaw, flawAt } = this.#reader
    if (this.size > this.#limitBytes) this.#refuse(replies.tooLarge)
    else if (flaw !== null && this.#wire.options.bare_newline === 'refuse')
      this.#refuse(
        reply(
          550,
          '5.6.0',
          `Message has a ${flaw} after ${flawAt} bytes; lines end in CRLF, and NUL has no place in mail`,
        ),
      )
  }

  #refuse(refusal: Reply): void {
    this.refusal = refusal
    this.#reception.abort()
  }
}
