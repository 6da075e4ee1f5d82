/**
 * Attempts that were made and are not recorded yet. They are recorded many at a time: a transaction for each would cost
 * more than sending the mail. What cannot be recorded is kept and tried again; an attempt is never forgotten while the
 * process lives.
 */
import { systemActor } from '../access/actor.ts'
import type { Context } from '../context.ts'
import { type FinishedAttempt, recordAttempts } from '../store/deliveries.ts'
import { formatId } from '../store/ids.ts'

/** In one transaction, at most. */
const recordLimit = 500
/** They wait for company until they are so many, or for so long: when the process dies meanwhile they are sent again. */
const recordAtOnce = 32
const gatherMs = 8

export class Records {
  readonly #ctx: Context
  /** Who holds the leases. */
  readonly #worker: string
  readonly #wake: () => void
  #finished: FinishedAttempt[] = []
  #recording: FinishedAttempt[] = []
  #timer: NodeJS.Timeout | undefined
  #overdue = false
  /** The last try to record failed. */
  failed = false

  /** @param wake called when it is time to look again whether to record. */
  constructor(ctx: Context, worker: string, wake: () => void) {
    this.#ctx = ctx
    this.#worker = worker
    this.#wake = wake
  }

  add(attempts: readonly FinishedAttempt[]): void {
    this.#finished.push(...attempts)
  }

  get busy(): boolean {
    return this.#recording.length > 0
  }

  get count(): number {
    return this.#finished.length + this.#recording.length
  }

  get deliveryIds(): number[] {
    return [...this.#finished, ...this.#recording].map(({ delivery }) => delivery.id)
  }

  /** Whether to record now. @param idle nothing is under way whose end would be company. */
  isTime(idle: boolean): boolean {
    if (this.busy || this.#finished.length === 0) return false
    if (idle || this.#overdue || this.#finished.length >= recordAtOnce) return true
    this.#timer ??= setTimeout(() => {
      this.#overdue = true
      this.#wake()
    }, gatherMs)
    return false
  }

  /** @throws what the database throws; then everything is as before. */
  async record(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#overdue = false
    const attempts = this.#finished.splice(0, recordLimit)
    this.#recording = attempts
    try {
      await recordAttempts(this.#ctx.db, this.#worker, systemActor.name, this.#ctx.clock.now(), attempts)
      this.failed = false
    } catch (error) {
      this.#finished.unshift(...attempts)
      this.failed = true
      throw error
    } finally {
      this.#recording = []
    }
    for (const attempt of attempts) this.#tell(attempt)
  }

  #tell({ delivery, outcome, host, code, status, reply, took_ms }: FinishedAttempt): void {
    this.#ctx.events.tell({
      kind: 'attempt',
      delivery: formatId(delivery.id),
      message: formatId(delivery.message_id),
      outcome,
      host,
      reply: [code ?? '', status, reply].filter((word) => word !== '').join(' '),
      tookMs: took_ms,
    })
  }
}
