/**
 * One client's connection: cuts its bytes into commands and content, answers each group of pipelined commands with one
 * write (RFC 2920), pauses reading while we are busy, and ends sessions that break the rules or stall. Input that came
 * before it may (content before 354, commands before the answer to EHLO) ends it: somebody else may have written it.
 */
import type { Socket } from 'node:net'
import type { Reply } from '../../mail/reply.ts'
import { CommandLines } from './command-line.ts'
import { type Chunk, Dialogue, type Peer } from './dialogue.ts'
import { Outbox } from './outbox.ts'
import { replies } from './replies.ts'
import { startTls } from './starttls.ts'
import { beginTransfer, type Transfer } from './transfer.ts'
import { overdue, tellRefused, type Wire } from './wire.ts'

/** Time for a client to take our last reply and close. */
const lingerMs = 5000

export class Connection {
  readonly peer: Peer
  readonly #wire: Wire
  readonly #dialogue: Dialogue
  readonly #lines = new CommandLines()
  readonly #replies = new Outbox()
  readonly #closed: (connection: Connection) => void
  #socket: Socket
  #transfer: Transfer | null = null
  /** The BDAT chunk whose octets are coming. */
  #chunk: Chunk | null = null
  /** We are busy: input that comes meanwhile waits in #rest. */
  #busy = false
  #ending = false
  #rest: Buffer | null = null
  #stopping = false
  #closing: { at: number; why: string } | null = null
  #gone = false
  #activeAt: number

  constructor(socket: Socket, wire: Wire, peer: Peer, closed: (connection: Connection) => void) {
    this.peer = peer
    this.#wire = wire
    this.#closed = closed
    this.#dialogue = new Dialogue(wire, peer)
    this.#socket = socket
    this.#activeAt = wire.clock.now()
    this.#attach(socket)
    wire.events.tell({ kind: 'session-opened', peer: peer.ip, protocol: wire.protocol })
    this.#replies.add(this.#dialogue.greeting())
    this.#replies.flush(this.#socket)
  }

  /** Called every second or so: ends what has taken too long. */
  sweep(now: number): void {
    if (this.#closing && now - this.#closing.at > lingerMs) this.#socket.destroy()
    if (this.#closing || this.#ending) return
    const messageSince = (this.#transfer ?? this.#chunk)?.startedAt ?? now
    const late = overdue(this.#wire.options, now, messageSince, this.#busy ? now : this.#activeAt)
    if (late) this.#end(late, late.text)
  }

  /** Since when nothing goes on; infinity while something does, or the session is ending. */
  get idleSince(): number {
    return this.#transfer || this.#busy || this.#closing ? Number.POSITIVE_INFINITY : this.#activeAt
  }

  /** Ends the session now, or after the mail that is on its way. */
  stop(): void {
    this.#stopping = true
    if (!this.#transfer && !this.#busy) this.giveUp()
  }

  /** Mail that is still coming in has had its time. What is being decided is to hurry, and gets its reply. */
  giveUp(reply: Reply = replies.stopping): void {
    if (this.#ending) this.#transfer?.hurry()
    else this.#end(reply, reply.text)
  }

  #attach(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('drain', () => this.#continue())
    socket.on('end', () => this.#continue())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => socket === this.#socket && this.#leave())
  }

  #receive(chunk: Buffer): void {
    if (this.#closing) return
    if (this.#rest) this.#rest = Buffer.concat([this.#rest, chunk])
    else this.#consume(chunk)
    this.#replies.flush(this.#socket)
  }

  #consume(chunk: Buffer): void {
    const socket = this.#socket
    let p = 0
    try {
      // What follows STARTTLS in the clear is thrown away with the old socket (RFC 3207 §4.2, CVE-2011-0411).
      while (p < chunk.length && !this.#closing && socket === this.#socket && !this.#busy)
        if (this.#chunk) p = this.#octets(this.#chunk, chunk, p)
        else if (this.#transfer?.dots) p = this.#data(this.#transfer, chunk, p)
        else p = this.#line(chunk, p)
    } catch (error) {
      this.#failed(error)
      this.#end(replies.bug, 'failure')
    }
    if (!this.#busy || p === chunk.length || this.#closing) return
    this.#rest = p === 0 ? chunk : chunk.subarray(p)
    this.#socket.pause()
  }

  #data(transfer: Transfer, chunk: Buffer, from: number): number {
    this.#activeAt = this.#wire.clock.now()
    const end = transfer.take(chunk, from)
    if (end < 0) {
      this.#wait(transfer.pending)
      return chunk.length
    }
    this.#finish(transfer)
    return end
  }

  #octets(chunk: Chunk, bytes: Buffer, from: number): number {
    this.#activeAt = this.#wire.clock.now()
    const end = Math.min(bytes.length, from + chunk.left)
    chunk.left -= end - from
    if (this.#transfer && !chunk.refusal) {
      this.#transfer.take(bytes.subarray(from, end), 0)
      this.#wait(this.#transfer.pending)
    }
    if (chunk.left === 0) this.#chunkEnded(chunk)
    return end
  }

  #chunkEnded(chunk: Chunk): void {
    const transfer = this.#transfer
    this.#chunk = null
    if (chunk.refusal || !transfer) this.#answer(chunk.refusal ?? replies.mailFirst)
    else if (chunk.last) this.#finish(transfer)
    else this.#replies.add(transfer.refusal?.code === 552 ? transfer.refusal : replies.ok)
  }

  /** Reading goes on when `pending` resolves. */
  #wait(pending: Promise<void> | undefined): void {
    if (!pending) return
    this.#busy = true
    this.#socket.pause()
    pending.catch(this.#failed).then(() => {
      if (!this.#ending) this.#idleAgain()
    })
  }

  #finish(transfer: Transfer): void {
    this.#busy = true
    this.#ending = true
    const recipients = this.#dialogue.envelope().recipients.length
    transfer
      .finish()
      .catch(this.#failed)
      .then((given) => {
        this.#ending = false
        this.#transfer = null
        if (this.#gone) return
        if (transfer.refusal) tellRefused(this.#wire, this.peer.ip, transfer.refusal, transfer.size)
        const answers = this.#wire.protocol === 'lmtp' ? recipients : 1
        for (let i = 0; i < answers; i++) this.#replies.add(given[i] ?? given[0] ?? replies.localError)
        this.#dialogue.ended()
        this.#idleAgain()
      })
  }

  /** The time that we took is not the client's. */
  #idleAgain(): void {
    this.#busy = false
    this.#activeAt = this.#wire.clock.now()
    this.#continue()
  }

  /** After having been busy, or blocked by a client that does not read. */
  #continue(): void {
    if (this.#gone || this.#busy) return
    if (this.#stopping && !this.#transfer) this.giveUp()
    if (this.#closing) return
    const rest = this.#rest
    this.#rest = null
    if (rest) this.#consume(rest)
    this.#replies.flush(this.#socket)
    if (this.#busy || this.#closing) return
    if (this.#socket.readableEnded) this.#close('client left')
    else if (!this.#socket.writableNeedDrain) this.#socket.resume()
  }

  /** @returns where the next line starts. */
  #line(chunk: Buffer, from: number): number {
    const line = this.#lines.take(chunk, from)
    const { next } = this.#lines
    if (line === null) return next
    this.#activeAt = this.#wire.clock.now()
    if (typeof line === 'string') {
      if (/^BDAT(?: |$)/i.test(line)) this.#bdatCommand(line.slice(5))
      else this.#command(line, chunk.length > next || this.#socket.readableLength > 0)
    } else {
      this.#dialogue.faults++
      this.#answer(line)
    }
    return next
  }

  /** @param more something came right behind it. */
  #command(text: string, more: boolean): void {
    const { reply, next } = this.#dialogue.command(text)
    // A client may take back what it sent by BDAT (RSET, or a greeting).
    if (this.#transfer && !this.#dialogue.inMail) this.#abandon()
    if (next === 'close') this.#end(reply, 'quit')
    else if (next === 'tls') this.#secure(reply)
    else if (next !== undefined && more) this.#end(replies.outOfSync, 'input before its time')
    else this.#answer(next === 'data' ? (this.#begin(true) ?? reply) : reply)
  }

  #bdatCommand(rest: string): void {
    const chunk = this.#dialogue.chunk(rest)
    if (!chunk) return void this.#end(replies.bdatSyntax, 'bad BDAT')
    if (chunk.refusal === null && this.#transfer === null) {
      chunk.refusal = this.#begin(false)
      // The rest of the message would make another one: none of it counts (RFC 3030 §2).
      if (chunk.refusal) this.#dialogue.reset()
    }
    this.#chunk = chunk
    if (chunk.left === 0) this.#chunkEnded(chunk)
  }

  /** A message is about to come. @returns why it may not. */
  #begin(dots: boolean): Reply | null {
    const begun = beginTransfer(this.#wire, this.#dialogue.envelope(), dots, this)
    if ('code' in begun) return begun
    this.#transfer = begun
    return null
  }

  #secure(reply: Reply): void {
    const context = this.#wire.secureContext()
    this.#replies.add(context ? reply : replies.noTls)
    if (!context) return
    this.#replies.flush(this.#socket)
    this.#abandon()
    this.#dialogue.secured()
    this.#lines.clear()
    this.#socket = startTls(this.#socket, context)
    this.#attach(this.#socket)
  }

  #answer(reply: Reply): void {
    this.#replies.add(reply)
    if (this.#dialogue.faults > this.#wire.options.errors_per_session)
      this.#end(replies.tooManyErrors, 'too many errors')
  }

  #end(reply: Reply, why: string): void {
    if (this.#closing) return
    if (reply.code >= 400) tellRefused(this.#wire, this.peer.ip, reply, this.#transfer?.size ?? 0)
    this.#replies.add(reply)
    this.#close(why)
  }

  /** Says what is left to say, then reads on (and forgets) until the client closes, so that it can read our reply. */
  #close(why: string): void {
    if (this.#closing) return
    this.#closing = { at: this.#wire.clock.now(), why }
    if (!this.#ending) this.#abandon()
    this.#rest = null
    this.#replies.flush(this.#socket)
    this.#socket.end()
    this.#socket.resume()
  }

  /** Something that should not happen; it ends this session or mail and nothing else. */
  readonly #failed = (error: unknown): Reply[] => {
    this.#wire.events.tell({ kind: 'failure', where: this.#wire.protocol, error })
    return [replies.localError]
  }

  #abandon(): void {
    if (!this.#transfer) return
    this.#transfer.abort()
    this.#transfer = null
    this.#chunk = null
  }

  #leave(): void {
    this.#gone = true
    this.#abandon()
    this.#closed(this)
    this.#wire.events.tell({
      kind: 'session-closed',
      peer: this.peer.ip,
      protocol: this.#wire.protocol,
      mails: this.#dialogue.mails,
      why: this.#closing?.why ?? 'connection lost',
    })
  }
}
