/**
 * Carries out releases: takes due deliveries under a lease, hands them to the courier, and has recorded what came of it,
 * many at a time (records.ts). When the database fails, nothing new is begun until what was done is recorded. When the
 * process dies, or cannot renew its leases, they end and others carry on; what was on the wire at that moment, or done
 * and not recorded yet, may arrive twice.
 */
import { hostname } from 'node:os'
import type { Context } from '../context.ts'
import type { ValuesOf } from '../options.ts'
import { Problem } from '../problem.ts'
import {
  claimDeliveries,
  type DueDelivery,
  type FinishedAttempt,
  messagesToDeliver,
  renewLeases,
} from '../store/deliveries.ts'
import { formatId } from '../store/ids.ts'
import { endStaleLeases, giveBack } from '../store/leases.ts'
import { discardSmall, smallContents } from '../store/small-contents.ts'
import { nextAttemptAt } from './backoff.ts'
import type { Courier, CourierOutcome, CourierReport } from './courier.ts'
import type { deliveryOptions } from './options.ts'
import { ahead, type Batch, batches, type ContentFault, parcelOf } from './parcel.ts'
import { Records } from './records.ts'
import { Wakes } from './wakes.ts'

export type DeliveryValues = ValuesOf<typeof deliveryOptions>

export interface DeliveryWorker extends AsyncDisposable {
  /** Works until nothing is due and everything is recorded. Rejects when the database fails. */
  drain(): Promise<void>
}

/** Attempts that may wait to be recorded before no new one is begun. */
const unrecordedLimit = 1000
/** Of contents that are read when they are claimed; others are read when their turn comes. */
const aheadBytes = 8 << 20
/** Unreadable content is taken for damaged after this many attempts. */
const contentAttempts = 3

/** Starts at once; dispose it before the courier and the store. @param server our name in the trace lines. */
export function startWorker(
  ctx: Context,
  courier: Courier,
  options: DeliveryValues,
  server: string = hostname(),
): DeliveryWorker {
  return new Worker(ctx, courier, options, server)
}

class Worker implements DeliveryWorker {
  readonly #ctx: Context
  readonly #courier: Courier
  readonly #options: DeliveryValues
  readonly #server: string
  /** No other worker has this name: ids are unique over all processes on one database. */
  readonly #name: string
  readonly #claimLimit: number
  readonly #records: Records
  readonly #timers: AsyncDisposable[]
  readonly #unlisten: () => void
  readonly #running = new Map<Batch, AbortController>()
  #queue: Batch[] = []
  #prepared = false
  #claiming = false
  /** The last look found less than it asked for, and nobody has called since. */
  #exhausted = false
  #calls = 0
  #stopping = false
  #failure: { error: unknown } | null = null
  #idle: PromiseWithResolvers<void> | null = null

  constructor(ctx: Context, courier: Courier, options: DeliveryValues, server: string) {
    this.#ctx = ctx
    this.#courier = courier
    this.#options = options
    this.#server = server
    this.#name = `w${formatId(ctx.db.ids.next())}`
    this.#records = new Records(ctx, this.#name, () => this.#go())
    this.#claimLimit = Math.max(100, options.parallel * 10)
    const failed = (error: unknown) => ctx.events.tell({ kind: 'failure', where: 'delivery', error })
    // Nobody waits for the end: a mail that hangs must not keep what comes due meanwhile from being begun.
    const look = () => void this.drain().catch(failed)
    const timer = ctx.clock.every(options.poll_interval_s * 1000, async () => look(), failed)
    const renew = ctx.clock.every((options.lease_s * 1000) / 3, () => this.#renew(), failed)
    const wakes = new Wakes(ctx.clock, look)
    this.#timers = [timer, renew, wakes]
    this.#unlisten = ctx.events.listen((event) => {
      if (event.kind === 'released' && event.delayMs > 0) wakes.add(event.delayMs)
      else if (event.kind === 'released' || event.kind === 'deliveries-due') look()
    })
    look()
  }

  drain(): Promise<void> {
    this.#calls++
    this.#exhausted = false
    this.#failure = null
    this.#idle ??= Promise.withResolvers()
    const { promise } = this.#idle
    this.#go()
    return promise
  }

  /** Begins whatever can be begun; called whenever something has ended. */
  #go(): void {
    const { parallel } = this.#options
    const may = !this.#failure && !this.#stopping && !this.#records.failed
    while (may && this.#running.size < parallel && this.#records.count < unrecordedLimit) {
      const batch = this.#queue.shift()
      if (!batch) break
      // A lease that is over is somebody else's, or will be ours again.
      if (this.#ctx.clock.now() < batch.leasedUntil) this.#carry(batch)
    }
    // Early enough for the next ones to be here when the last of these is begun.
    if (may && !this.#claiming && !this.#exhausted && this.#queue.length < this.#claimLimit)
      this.#run(this.#claim())
    if (!this.#failure && this.#records.isTime(this.#running.size === 0)) this.#run(this.#records.record())
    const atWork =
      this.#running.size > 0 ||
      this.#claiming ||
      this.#records.busy ||
      (!this.#failure && this.#records.count > 0)
    if (atWork || (may && (this.#queue.length > 0 || !this.#exhausted))) return
    const idle = this.#idle
    this.#idle = null
    if (this.#failure) idle?.reject(this.#failure.error)
    else idle?.resolve()
  }

  #run(task: Promise<void>): void {
    task
      .catch((error) => {
        this.#failure ??= { error }
      })
      .then(() => this.#go())
  }

  #lease() {
    const now = this.#ctx.clock.now()
    return { by: this.#name, now, until: now + this.#options.lease_s * 1000 }
  }

  async #claim(): Promise<void> {
    this.#claiming = true
    const calls = this.#calls
    try {
      if (!this.#prepared) await endStaleLeases(this.#ctx.db, 'deliveries', this.#ctx.clock.now())
      this.#prepared = true
      const lease = this.#lease()
      const begun = new Set([...idsOf(this.#running.keys()), ...this.#records.deliveryIds])
      const claimed = await claimDeliveries(this.#ctx.db, lease, this.#claimLimit)
      // After a long sleep of the machine leases of our own are over as well: what we have already stays one.
      const again = new Set(claimed.map(({ id }) => id))
      for (const batch of [...this.#queue, ...this.#running.keys()])
        if (batch.deliveries.every(({ id }) => again.has(id))) batch.leasedUntil = lease.until
      const ours = begun.union(new Set(idsOf(this.#queue)))
      const due = claimed.filter(({ id }) => !ours.has(id))
      const ids = [...new Set(due.map((delivery) => delivery.message_id))]
      const messages = await messagesToDeliver(this.#ctx.db, ids)
      const contents = await smallContents(this.#ctx.db, ahead(messages.values(), aheadBytes))
      this.#queue.push(...batches(due, messages, contents, lease.until))
      if (claimed.length < this.#claimLimit && calls === this.#calls) this.#exhausted = true
    } finally {
      this.#claiming = false
    }
  }

  #carry(batch: Batch): void {
    const controller = new AbortController()
    this.#running.set(batch, controller)
    this.#attempt(batch, controller.signal)
      .catch((error): FinishedAttempt[] => {
        // A fault of ours in between: what happened is unknown, so it is tried again.
        this.#ctx.events.tell({ kind: 'failure', where: 'delivery', error })
        return this.#judge(batch, later('a fault inside; see the log'), null)
      })
      .then((finished) => {
        this.#running.delete(batch)
        this.#records.add(finished)
        this.#go()
      })
  }

  async #attempt(batch: Batch, signal: AbortSignal): Promise<FinishedAttempt[]> {
    const { message } = batch
    if (!message) return this.#judge(batch, never('the message is not in the store any more'), null)
    const fault: ContentFault = { error: undefined }
    const report = await this.#courier.carry(
      parcelOf(this.#ctx, { ...batch, message }, this.#server, fault),
      signal,
    )
    // The next hop has answered after the last byte: nothing of it is still on its way.
    const done = report.outcomes.every(({ outcome }) => outcome === 'delivered')
    if (done && batch.content && batch.soleReader) discardSmall(batch.content)
    return this.#judge(batch, report, fault)
  }

  #judge(batch: Batch, report: CourierReport, fault: ContentFault | null): FinishedAttempt[] {
    const { clock, db } = this.#ctx
    const now = clock.now()
    const backoff = {
      retryMinutes: this.#options.retry_minutes,
      giveUpAfterHours: this.#options.give_up_after_h,
    }
    const random = Math.random() // one for all: they stay together and are sent together again
    return batch.deliveries.map((delivery, i) => {
      const { outcome, reply, text } = this.#known(delivery, report.outcomes[i] ?? report.outcomes[0]!, fault)
      const words = [reply?.text ?? '', text].filter((part) => part !== '').join('; ')
      return {
        id: db.ids.next(),
        delivery,
        at: now - report.tookMs,
        took_ms: report.tookMs,
        outcome,
        host: report.host,
        tls: report.tls,
        code: reply?.code ?? null,
        status: reply?.status ?? /^[245]\.\d+\.\d+(?= )/.exec(text)?.[0] ?? '',
        reply: words,
        next_at:
          outcome === 'deferred'
            ? nextAttemptAt(backoff, delivery.attempts + 1, delivery.created_at, now, random)
            : null,
      }
    })
  }

  /** Content that cannot be read will not get better by waiting for long: people must see it. */
  #known(delivery: DueDelivery, outcome: CourierOutcome, fault: ContentFault | null): CourierOutcome {
    if (fault?.error === undefined || outcome.outcome !== 'deferred') return outcome
    this.#ctx.events.tell({
      kind: 'failure',
      where: `content of ${formatId(delivery.message_id)}`,
      error: fault.error,
    })
    const gone = fault.error instanceof Problem || delivery.attempts + 1 >= contentAttempts
    return gone ? { ...outcome, outcome: 'failed' } : outcome
  }

  async #renew(): Promise<void> {
    const begun = [...this.#queue, ...this.#running.keys()]
    const ids = idsOf(begun)
    const done = this.#records.deliveryIds
    if (ids.length + done.length === 0) return
    const lease = this.#lease()
    const held = await renewLeases(this.#ctx.db, lease, [...ids, ...done])
    for (const batch of begun)
      if (batch.deliveries.every(({ id }) => held.has(id))) batch.leasedUntil = lease.until
  }

  /** Begins nothing new; what is on its way gets some seconds; what was not begun is given back. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#unlisten()
    this.#stopping = true
    const grace = setTimeout(() => {
      for (const controller of this.#running.values()) controller.abort()
    }, this.#options.stop_grace_s * 1000)
    try {
      await this.drain()
      const ids = idsOf(this.#queue)
      this.#queue = []
      if (ids.length > 0) await giveBack(this.#ctx.db, 'deliveries', this.#lease(), ids)
    } catch (error) {
      // The leases end by themselves.
      this.#ctx.events.tell({ kind: 'failure', where: 'delivery', error })
    } finally {
      clearTimeout(grace)
      for (const timer of this.#timers) await timer[Symbol.asyncDispose]()
    }
  }
}

const idsOf = (batches: Iterable<Batch>): number[] =>
  [...batches].flatMap(({ deliveries }) => deliveries.map(({ id }) => id))

const nobody = { host: '', tls: '', tookMs: 0 }
const later = (text: string): CourierReport => ({
  ...nobody,
  outcomes: [{ outcome: 'deferred', reply: null, text }],
})
const never = (text: string): CourierReport => ({
  ...nobody,
  outcomes: [{ outcome: 'failed', reply: null, text }],
})
