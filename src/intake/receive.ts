/**
 * THE path of a mail, from its first byte to our answer. A positive reply is given in one place, after what we keep is
 * durable and what we do not keep was taken by the next hop. Whatever fails on the way is answered 451 and nothing is
 * promised: the client keeps the mail and comes again.
 */
import type { Context } from '../context.ts'
import type { Courier } from '../delivery/courier.ts'
import type { Envelope } from '../mail/envelope.ts'
import { createReader } from '../mail/reader.ts'
import { type Reply, replyLine } from '../mail/reply.ts'
import { receivedCount } from '../mail/trace.ts'
import { decide, type Policy } from '../policy/decide.ts'
import { Problem } from '../problem.ts'
import { accept, type HeldGroup, type MailToHold } from '../quarantine/accept.ts'
import { scan } from '../scan/scan.ts'
import type { Scannable, Scanner } from '../scan/scanner.ts'
import { formatId } from '../store/ids.ts'
import { forward } from './forward.ts'
import type { SmtpOptions } from './options.ts'
import { answers, custody, planOf } from './outcome.ts'
import type { Receiver, Reception } from './reception.ts'
import { lookUpSenders } from './senders.ts'

/** What the path asks on its way; functions are asked for each mail, so that a reload counts for the next one. */
export interface ReceiveParts {
  policy(): Policy
  scanners(): readonly Scanner[]
  scanDeadlineMs(): number
  /** Authentication-Results that trusted hosts wrote. */
  authenticationOf(mail: Pick<Scannable, 'envelope' | 'facts'>): string[]
  nextHop: Courier
  options(): SmtpOptions
  /** Our own name. */
  hostname(): string
}

const sweepMs = 1000
const listsEveryMs = 1000
/** Of the time for our answer, in thousandths: what scanners leave for keeping the mail or passing it on. */
const answerShare = 100

const tooManyHops: Reply = {
  code: 554,
  status: '5.4.6',
  text: 'Too many hops: the mail goes round in circles',
}
const noRoom: Reply = { code: 452, status: '4.3.1', text: 'Not enough room on the disk, try again later' }
const localError: Reply = { code: 451, status: '4.3.0', text: 'Local error, try again later' }

export function createReceiver(ctx: Context, parts: ReceiveParts): Receiver & AsyncDisposable {
  /** Mails whose client waits for our answer. */
  const waiting = new Set<IncomingMail>()
  const { db, clock, events } = ctx
  const failed = (error: unknown) => events.tell({ kind: 'failure', where: 'intake', error })
  const timer = clock.every(
    sweepMs,
    async () => {
      const now = clock.now()
      for (const mail of waiting) if (now >= mail.answerBy) mail.late()
    },
    failed,
  )
  // What users of other services have put on their lists counts after this time.
  const listening = clock.every(listsEveryMs, () => db.senderMarks.refresh(db.read), failed)
  listening.wake()
  return {
    begin: (envelope) => new IncomingMail(ctx, parts, envelope, waiting),
    async [Symbol.asyncDispose]() {
      await Promise.all([timer[Symbol.asyncDispose](), listening[Symbol.asyncDispose]()])
    },
  }
}

class IncomingMail implements Reception {
  /** When the client must have had its answer. */
  answerBy = Number.POSITIVE_INFINITY
  readonly #ctx: Context
  readonly #parts: ReceiveParts
  readonly #envelope: Envelope
  readonly #waiting: Set<IncomingMail>
  readonly #incoming
  readonly #reader = createReader()
  /** Staging failed while bytes came in. */
  #failure: { error: unknown } | undefined
  #unwanted: string | null = null
  /** Aborted when nobody waits for our answer any more, or we have no more time. */
  readonly #giveUp = new AbortController()
  #passingOn = false

  constructor(ctx: Context, parts: ReceiveParts, envelope: Envelope, waiting: Set<IncomingMail>) {
    this.#ctx = ctx
    this.#parts = parts
    this.#envelope = envelope
    this.#waiting = waiting
    this.#incoming = ctx.content.receive()
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#failure) return undefined
    this.#reader.push(bytes)
    return this.#incoming.write(bytes)?.catch((error: unknown) => {
      this.#failure = { error }
    })
  }

  async end(): Promise<Reply[]> {
    const began = this.#ctx.clock.now()
    this.answerBy = began + this.#parts.options().reply_deadline_s * 1000
    this.#waiting.add(this)
    let replies: Reply[]
    try {
      replies = await this.#takeOn(began)
    } catch (error) {
      replies = this.#failed(error)
      this.#discard()
    }
    this.#waiting.delete(this)
    return replies
  }

  abort(): void {
    this.#unwanted = 'The client left before our answer'
    this.#giveUp.abort(new Error(this.#unwanted))
    if (!this.#waiting.has(this)) this.#discard()
  }

  /** What the next hop may have taken already is waited for: the client would send it a second time. */
  hurry(): void {
    if (!this.#passingOn) this.late()
  }

  /** The time for our answer is up. What is being made durable is not stopped by it. */
  late(): void {
    this.#unwanted ??= 'Could not be decided in time, try again later'
    this.#giveUp.abort(new Error(this.#unwanted))
  }

  async #takeOn(began: number): Promise<Reply[]> {
    const envelope = this.#envelope
    const { policy, scanners, scanDeadlineMs, authenticationOf, nextHop, options, hostname } = this.#parts
    if (this.#failure) throw this.#failure.error

    const content = await this.#incoming.finish()
    const facts = this.#reader.end()
    if (receivedCount(facts) > options().received_hops) return this.#refuse(tooManyHops, content.size)

    const scannable: Scannable = { envelope, facts, content: () => content.open() }
    const deadlineMs = Math.min(scanDeadlineMs(), options().reply_deadline_s * (1000 - answerShare))
    const { signal } = this.#giveUp
    const verdicts = await scan(scanners(), scannable, { deadlineMs, clock: this.#ctx.clock, signal })
    this.#stillWanted()
    for (const { scanner, result, detail } of verdicts)
      if (result === 'failed') this.#ctx.events.tell({ kind: 'scanner-failed', scanner, detail })
    const rules = policy()
    const authentication = authenticationOf(scannable)
    const looking = lookUpSenders(this.#ctx, envelope, facts, {
      approvals: rules.settings.approvedSenders ?? 'unless-failed',
      authentication: () => authentication,
      signal,
    })
    const plan = planOf(envelope, decide(rules, { envelope, facts, verdicts }, looking && (await looking)))

    this.#stillWanted()
    const mail: MailToHold = {
      envelope,
      facts,
      content,
      contentKept: false,
      verdicts,
      authentication,
      groups: [],
    }
    const ids = await this.#keep({ ...mail, groups: plan.held.map(({ group }) => group) }, began)

    this.#passingOn = true
    const forwarding = { envelope, recipients: plan.passed, content, hostname: hostname(), atMs: began }
    const outcomes = plan.passed.length > 0 ? await forward(nextHop, forwarding, signal) : []

    const area = custodyArea(rules, options().custody_area)
    const refused = custody(envelope, plan, outcomes, area)
    await this.#keep({ ...mail, contentKept: ids.length > 0, groups: refused }, began)

    if (ids.length === 0 && refused.length === 0) this.#discard()
    const replies = answers(envelope, plan, ids, outcomes)
    this.#tell(replies, plan.passed.length, ids.length > 0, content.size, began)
    return replies
  }

  /** Durable when it resolves. Ids as people see them. */
  async #keep(mail: MailToHold, began: number): Promise<string[]> {
    if (mail.groups.length === 0) return []
    const ids = (await accept(this.#ctx, mail)).map(formatId)
    const tookMs = this.#ctx.clock.now() - began
    mail.groups.forEach(({ area, reason, recipients }: HeldGroup, i) => {
      const size = mail.content.size
      const messages = ids.slice(i, i + 1)
      this.#ctx.events.tell({
        kind: 'held',
        messages,
        area,
        reason,
        recipients: recipients.length,
        size,
        tookMs,
      })
    })
    return ids
  }

  /** Last call before anything is kept: a client that is gone, or has waited too long, sends the mail again. */
  #stillWanted(): void {
    if (this.#ctx.clock.now() >= this.answerBy) this.late()
    if (this.#unwanted !== null) throw new Problem('unavailable', this.#unwanted)
  }

  /** Nothing is promised; the client comes again. Only what is a fault of ours is told as one. */
  #failed(error: unknown): Reply[] {
    const isLate = this.#unwanted !== null && error instanceof Problem
    const reply = isFull(error)
      ? noRoom
      : error instanceof Problem
        ? { ...localError, text: error.message }
        : localError
    const { code, text } = reply
    if (!isLate) this.#ctx.events.tell({ kind: 'failure', where: 'intake', error })
    this.#ctx.events.tell({ kind: 'refused', code, text, peer: this.#envelope.peerIp, size: 0 })
    return this.#all(reply)
  }

  #refuse(reply: Reply, size: number): Reply[] {
    this.#discard()
    this.#ctx.events.tell({
      kind: 'refused',
      code: reply.code,
      text: reply.text,
      peer: this.#envelope.peerIp,
      size,
    })
    return this.#all(reply)
  }

  #all(reply: Reply): Reply[] {
    return this.#envelope.via === 'lmtp' ? this.#envelope.recipients.map(() => reply) : [reply]
  }

  #tell(replies: Reply[], passed: number, held: boolean, size: number, began: number): void {
    const { events, clock } = this.#ctx
    for (const { code, text } of replies)
      if (code >= 400) events.tell({ kind: 'refused', code, text, peer: this.#envelope.peerIp, size })
    const yes = replies.find(({ code }) => code < 400)
    if (passed > 0 && yes)
      events.tell({
        kind: 'passed',
        recipients: passed,
        size,
        tookMs: clock.now() - began,
        reply: held ? '' : replyLine(yes),
      })
  }

  #discard(): void {
    this.#incoming
      .discard()
      .catch((error: unknown) => this.#ctx.events.tell({ kind: 'failure', where: 'intake', error }))
  }
}

/** As SQLite, PostgreSQL and the system say it; it comes from other threads and machines, as text only. */
const isFull = (error: unknown): boolean =>
  error instanceof Error && /\bdisk is full\b|\bno space left\b|\bENOSPC\b/i.test(error.message)

/** The configured area, or one that exists: held mail must be in an area that people can see. */
function custodyArea({ areas, settings }: Policy, wanted: string): string {
  return areas.some(({ name }) => name === wanted) ? wanted : settings.unscannedArea
}
