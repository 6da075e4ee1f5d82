/**
 * One mail over one connection: MAIL, RCPT, then DATA or BDAT (RFC 5321 §3.3, RFC 2920, RFC 3030; LMTP: RFC 2033). Until
 * the end of the content is sent, breaking the connection means that nobody got anything, and that is what happens
 * whenever the content cannot be read to its end. After it, a lost reply leaves it open: deferred, so it may come twice.
 */
import type { Reply } from '../mail/reply.ts'
import { mailCommand, needsUtf8, rcptCommand, xforwardCommand } from './commands.ts'
import { Broken, type Connection } from './connection.ts'
import type { CourierOutcome, Parcel } from './courier.ts'
import { cleanText, type ServerReply } from './replies.ts'
import { DotStuffing, UnsafeContent } from './stuffing.ts'

export interface Transaction {
  /** One per recipient, in the parcel's order. */
  outcomes: CourierOutcome[]
  /** What the connection is good for: a next mail at once, a next mail after RSET, or nothing. */
  left: 'ready' | 'reset' | 'spent'
  /** The server was gone, or wanted to be, before it accepted anything: a fresh connection may do better. */
  again: boolean
}

/** Content is written in pieces of about this size, waiting whenever the server is slower. */
const pieceBytes = 256 * 1024

/** The content could not be read to its end. */
class ContentFault extends Error {}

/** Ends the transaction early with this answer for everybody who has none yet. */
class Refused extends Error {
  readonly outcome: CourierOutcome
  readonly left: Transaction['left']

  constructor(outcome: CourierOutcome, left: Transaction['left']) {
    super(outcome.text)
    this.outcome = outcome
    this.left = left
  }
}

const words = (reply: Reply): Reply => ({ code: reply.code, status: reply.status, text: reply.text })

function judge(reply: ServerReply): CourierOutcome {
  const outcome = reply.code < 300 ? 'delivered' : reply.code >= 500 ? 'failed' : 'deferred'
  return { outcome, reply: words(reply), text: '' }
}

const said = (outcome: CourierOutcome['outcome'], text: string): CourierOutcome => ({
  outcome,
  reply: null,
  text,
})

/** What can be known without asking: this server cannot take this mail. */
function unsuited(connection: Connection, parcel: Parcel): CourierOutcome | null {
  const { offered } = connection
  if (needsUtf8(parcel) && !offered.smtputf8)
    return said('failed', '5.6.7 the mail needs SMTPUTF8, and the next hop does not offer it')
  if (offered.size !== null && offered.size > 0 && parcel.size > offered.size)
    return said('failed', `5.3.4 the mail has ${parcel.size} bytes, and the next hop takes ${offered.size}`)
  return null
}

/** Carries the parcel. Never throws but for a bug; then the connection is broken. */
export async function transact(connection: Connection, parcel: Parcel): Promise<Transaction> {
  const unfit = unsuited(connection, parcel)
  if (unfit) return { outcomes: parcel.recipients.map(() => unfit), left: 'ready', again: false }
  const kept = connection.mails++ > 0
  const run = new Run(connection, parcel)
  let left: Transaction['left'] = 'spent'
  let rest: CourierOutcome | null = null
  let again = false
  try {
    left = await run.all()
  } catch (error) {
    if (error instanceof Refused) {
      rest = error.outcome
      left = error.left
      again = kept && rest.reply?.code === 421 && run.stage === 'opening'
    } else if (error instanceof Broken) {
      again = kept && run.stage === 'opening'
      rest = {
        outcome: 'deferred',
        reply: error.reply && words(error.reply),
        text: lost(run.stage, error.message),
      }
    } else if (error instanceof UnsafeContent) {
      const why = `5.6.0 the content has ${error.message}, and the next hop offers no CHUNKING to carry it safely`
      rest = said('failed', why)
    } else if (error instanceof ContentFault)
      rest = said('deferred', `the content cannot be read: ${error.message}`)
    else {
      connection.break('fault of ours')
      throw error
    }
  } finally {
    run.close()
  }
  if (left === 'spent') connection.break('the transaction did not end well')
  const missing = rest ?? said('deferred', 'the server gave no answer for this recipient')
  return { outcomes: run.outcomes.map((outcome) => outcome ?? missing), left, again }
}

const lost = (stage: Run['stage'], why: string): string =>
  stage === 'sent' ? `${why}; the message was sent to its end, so it may have arrived and arrive again` : why

class Run {
  readonly #connection: Connection
  readonly #parcel: Parcel
  readonly #content: AsyncIterator<Uint8Array>
  #first: Promise<IteratorResult<Uint8Array>> | null
  readonly outcomes: (CourierOutcome | null)[]
  /** `opening`: the server has accepted nothing yet. `sent`: the end of the content is on the wire. */
  stage: 'opening' | 'open' | 'sent' = 'opening'

  constructor(connection: Connection, parcel: Parcel) {
    this.#connection = connection
    this.#parcel = parcel
    this.outcomes = parcel.recipients.map(() => null)
    // Read ahead while the envelope travels: the store and the network wait for each other only once.
    this.#content = parcel.content()[Symbol.asyncIterator]()
    this.#first = this.#content.next()
    this.#first.catch(() => {}) // thrown where it is awaited, or of no more interest
  }

  close(): void {
    this.#content.return?.().catch(() => {}) // giving up reading: how that ends changes nothing any more
  }

  async #next(): Promise<Uint8Array | null> {
    try {
      const { done, value } = await (this.#first ?? this.#content.next())
      this.#first = null
      return done ? null : value
    } catch (error) {
      throw new ContentFault(cleanText(error instanceof Error ? error.message : String(error)))
    }
  }

  async all(): Promise<Transaction['left']> {
    const chunked = this.#connection.offered.chunking && this.#connection.hop.chunking
    await this.#envelope(chunked)
    if (chunked) await this.#bdat()
    else await this.#data()
    return await this.#answers()
  }

  /** A reply other than 2xx ends the transaction for everybody. */
  #refuse(reply: ServerReply, left: Transaction['left']): never {
    if (reply.code < 400) throw new Broken(`the server answered out of turn: ${reply.code} ${reply.text}`)
    throw new Refused(judge(reply), reply.code === 421 ? 'spent' : left)
  }

  async #envelope(chunked: boolean): Promise<void> {
    const connection = this.#connection
    const { offered } = connection
    const xforward = xforwardCommand(this.#parcel.client, offered)
    const mail = mailCommand(this.#parcel, offered)
    const recipients = this.#parcel.recipients.map((recipient) => rcptCommand(recipient, offered))
    const group = offered.pipelining
    if (group) connection.write([xforward + mail + recipients.join('') + (chunked ? '' : 'DATA\r\n')])
    if (xforward !== '') {
      if (!group) connection.write([xforward])
      // It only informs: a server that refuses it gets the mail all the same.
      const told = await connection.reply('the answer to XFORWARD')
      if (told.code === 421) this.#refuse(told, 'spent')
    }
    if (!group) connection.write([mail])
    const sender = await connection.reply('the answer to MAIL')
    // In a group the answers to RCPT and DATA are still to come: not worth reading, the connection goes.
    if (sender.code >= 300) this.#refuse(sender, group ? await this.#skip(chunked) : 'reset')
    this.stage = 'open'
    for (const [i, command] of recipients.entries()) {
      if (!group) connection.write([command])
      const reply = await connection.reply('the answer to RCPT')
      if (reply.code === 421 || (reply.code >= 300 && reply.code < 400)) this.#refuse(reply, 'spent')
      if (reply.code >= 400) this.outcomes[i] = judge(reply)
    }
    const nobody = this.outcomes.every((outcome) => outcome !== null)
    const none = said('deferred', 'no recipient was accepted')
    if (chunked) {
      if (nobody) throw new Refused(none, 'reset')
      return
    }
    if (!group) {
      if (nobody) throw new Refused(none, 'reset')
      connection.write(['DATA\r\n'])
    }
    const go = await connection.reply('the answer to DATA')
    // 354 although nobody was accepted: rather than send a message to nobody (RFC 2920 §3.1) we hang up.
    if (nobody) throw new Refused(none, go.code >= 400 ? 'reset' : 'spent')
    if (go.code !== 354) this.#refuse(go, 'reset')
  }

  /** Reads what a refused MAIL leaves of its group, so that the connection can be kept. */
  async #skip(chunked: boolean): Promise<Transaction['left']> {
    let last: ServerReply | undefined
    const count = this.#parcel.recipients.length + (chunked ? 0 : 1)
    try {
      for (let i = 0; i < count; i++) last = await this.#connection.reply('the answers to a refused group')
    } catch (error) {
      if (error instanceof Broken) return 'spent' // the refusal itself is known, and that is the answer
      throw error
    }
    return last !== undefined && last.code >= 400 ? 'reset' : 'spent'
  }

  /** The server spoke before the content had ended: it does not want it, and what it says is the answer. */
  async #interrupted(): Promise<void> {
    if (this.#connection.spokenTo) this.#refuse(await this.#connection.reply('the rest of a reply'), 'spent')
  }

  async #data(): Promise<void> {
    const connection = this.#connection
    const stuffing = new DotStuffing()
    let out: (Uint8Array | string)[] = [stuffing.push(this.#parcel.trace)]
    let bytes = this.#parcel.trace.length
    for (let next = await this.#next(); next !== null; next = await this.#next()) {
      if (bytes >= pieceBytes) {
        connection.write(out)
        out = []
        bytes = 0
        await connection.flow()
      }
      await this.#interrupted()
      out.push(stuffing.push(next, this.#parcel.plain))
      bytes += next.length
    }
    out.push(`${stuffing.end()}.\r\n`)
    await this.#interrupted()
    this.stage = 'sent'
    connection.write(out)
  }

  async #bdat(): Promise<void> {
    const connection = this.#connection
    let out: Uint8Array[] = [this.#parcel.trace]
    let bytes = this.#parcel.trace.length
    // One piece is always kept back: LAST is said only when the content was read to its very end.
    for (let next = await this.#next(); next !== null; next = await this.#next()) {
      if (bytes >= pieceBytes) {
        connection.write([`BDAT ${bytes}\r\n`, ...out])
        out = []
        bytes = 0
        await connection.flow()
        const reply = await connection.reply('the answer to BDAT', connection.hop.dataTimeoutMs)
        if (reply.code !== 250) this.#refuse(reply, 'spent')
      }
      await this.#interrupted()
      out.push(next)
      bytes += next.length
    }
    await this.#interrupted()
    this.stage = 'sent'
    connection.write([`BDAT ${bytes} LAST\r\n`, ...out])
  }

  /** SMTP: one reply for all. LMTP: one for each accepted recipient, in order (RFC 2033 §4.2). */
  async #answers(): Promise<Transaction['left']> {
    const connection = this.#connection
    const { lmtp, dataTimeoutMs } = connection.hop
    let reply: ServerReply | null = null
    for (const [i, outcome] of this.outcomes.entries()) {
      if (outcome !== null) continue
      if (reply === null || lmtp) {
        await connection.flow()
        reply = await connection.reply('the answer to the message', dataTimeoutMs)
        if (reply.code >= 300 && reply.code < 400)
          throw new Broken(`the server answered out of turn: ${reply.code} ${reply.text}`)
        if (reply.code < 300) await connection.written()
      }
      this.outcomes[i] = judge(reply)
    }
    if (reply === null || reply.code === 421 || !connection.usable) return 'spent'
    return reply.code < 300 ? 'ready' : 'reset'
  }
}
