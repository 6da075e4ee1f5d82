/**
 * Sends mail of our own: takes due posts under a lease, hands them to the courier, and records what came of it. As with
 * deliveries, what was on the wire when the process died, or was not recorded yet, may arrive twice; nothing is lost.
 */
import type { Context } from '../context.ts'
import { formatId } from '../store/ids.ts'
import { endStaleLeases, giveBack } from '../store/leases.ts'
import {
  anyPostDue,
  claimPosts,
  type DuePost,
  dropPosts,
  type FinishedPost,
  recordPosts,
} from '../store/posts.ts'
import { nextAttemptAt } from './backoff.ts'
import type { Courier } from './courier.ts'
import type { PostOptions } from './post-options.ts'
import type { DeliveryValues } from './worker.ts'

export interface PostWorker extends AsyncDisposable {
  /** Works until nothing is due. Rejects when the database fails. */
  drain(): Promise<void>
}

/** Taken at a time, for each that may be sent at once: their contents are in memory. */
const claimsPerParallel = 4
const dropLimit = 500
/** It is not renewed: longer than the next hop can take over what was begun within it. */
const leaseMs = 30 * 60_000
/** Nothing new is begun when so much of it is over. */
const beginMs = 5 * 60_000
const hourMs = 3_600_000

/** Starts at once; dispose it before the courier and the store. */
export function startPostWorker(
  ctx: Context,
  courier: Courier,
  options: PostOptions,
  delivery: Pick<DeliveryValues, 'retry_minutes' | 'give_up_after_h' | 'poll_interval_s'>,
): PostWorker {
  const { db, clock, events } = ctx
  const name = `p${formatId(db.ids.next())}`
  const stop = new AbortController()
  let running: Promise<void> | null = null
  let again = false
  let prepared = false
  const failed = (error: unknown) => events.tell({ kind: 'failure', where: 'post', error })

  async function work(): Promise<void> {
    if (!prepared) await endStaleLeases(db, 'posts', clock.now())
    prepared = true
    do {
      again = false
      while (!stop.signal.aborted && (await anyPostDue(db.read, clock.now()))) {
        const now = clock.now()
        const lease = { by: name, now, until: now + leaseMs }
        const due = await claimPosts(db, lease, options.parallel * claimsPerParallel)
        if (due.length === 0) break
        const finished = await carryAll(due, now + beginMs)
        await recordPosts(db, name, clock.now(), finished)
        const begun = new Set(finished.map(({ id }) => id))
        const left = due.map(({ id }) => id).filter((id) => !begun.has(id))
        if (left.length > 0) await giveBack(db, 'posts', { by: name, now: clock.now() }, left)
      }
    } while (again && !stop.signal.aborted)
  }

  async function carryAll(due: DuePost[], beginUntil: number): Promise<FinishedPost[]> {
    const finished: FinishedPost[] = []
    const queue = [...due]
    const next = async () => {
      for (let post = queue.shift(); post; post = queue.shift()) {
        if (stop.signal.aborted || clock.now() >= beginUntil) return
        finished.push(await carry(post))
      }
    }
    await Promise.all(Array.from({ length: options.parallel }, next))
    return finished
  }

  async function carry({
    id,
    recipient,
    smtputf8,
    attempts,
    created_at,
    bytes,
  }: DuePost): Promise<FinishedPost> {
    const report = await courier.carry(
      {
        sender: '',
        recipients: [{ address: recipient, parameters: {} }],
        body: smtputf8 === 1 ? '8BITMIME' : '7BIT',
        smtputf8: smtputf8 === 1,
        size: bytes.length,
        trace: Buffer.alloc(0),
        content: async function* () {
          yield bytes
        },
        client: null,
      },
      stop.signal,
    )
    const { outcome, reply, text } = report.outcomes[0] ?? { outcome: 'deferred', reply: null, text: '' }
    const now = clock.now()
    const backoff = { retryMinutes: delivery.retry_minutes, giveUpAfterHours: delivery.give_up_after_h }
    return {
      id,
      outcome,
      reply: [
        reply ? [reply.code, reply.status, reply.text].filter((word) => word !== '').join(' ') : '',
        text,
      ]
        .filter((words) => words !== '')
        .join('; '),
      next_at:
        outcome === 'deferred' ? nextAttemptAt(backoff, attempts + 1, created_at, now, Math.random()) : null,
    }
  }

  async function drain(): Promise<void> {
    again = true
    running ??= work().finally(() => {
      running = null
    })
    await running
  }

  const look = () => void drain().catch(failed)
  const unlisten = events.listen((event) => {
    if (event.kind === 'posted') look()
  })
  const timers = [
    clock.every(delivery.poll_interval_s * 1000, async () => look(), failed),
    clock.every(
      hourMs,
      async () => {
        const before = clock.now() - options.keep_days * 86_400_000
        while (!stop.signal.aborted && (await dropPosts(db, before, dropLimit)) === dropLimit);
      },
      failed,
    ),
  ]
  look()
  return {
    drain,
    async [Symbol.asyncDispose]() {
      unlisten()
      stop.abort()
      for (const timer of timers) await timer[Symbol.asyncDispose]()
      // What failed was told; the leases end by themselves.
      await running?.catch(failed)
    },
  }
}
