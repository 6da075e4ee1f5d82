/**
 * The seam between the wire (intake/smtp/) and the journey of a mail (intake/receive.ts).
 */
import type { Envelope } from '../mail/envelope.ts'
import type { Reply } from '../mail/reply.ts'

export interface Receiver {
  /** A client has given its envelope and is about to send content. May throw a Problem: nothing was begun. */
  begin(envelope: Envelope): Reception
}

export interface Reception {
  /**
   * The next bytes of the message as they are to be kept: dot-unstuffed, line ends untouched. The buffer now belongs
   * to the reception. A promise asks to pause reading until it resolves; it never rejects (errors show in end()).
   */
  write(bytes: Uint8Array): Promise<void> | undefined
  /** All bytes are there. One reply for SMTP; for LMTP one for each recipient, in order. Never rejects. */
  end(): Promise<Reply[]>
  /** We have no more time (the server stops): answer soon, and say "later" unless it is being kept or passed on already. Missing where answers come at once. */
  hurry?(): void
  /** The client vanished or broke the rules: nothing is kept. */
  abort(): void
}
