/** Replies on their way out: those to one group of pipelined commands leave in one write (RFC 2920 §3.2). */
import type { Socket } from 'node:net'
import type { Reply } from '../../mail/reply.ts'
import { encodeReply } from './replies.ts'

export class Outbox {
  #text = ''

  add(reply: Reply): void {
    this.#text += encodeReply(reply)
  }

  /** A client that does not take its replies is not read from either, until it does. */
  flush(socket: Socket): void {
    if (this.#text === '') return
    const text = this.#text
    this.#text = ''
    if (!socket.write(text, 'latin1')) socket.pause()
  }
}
