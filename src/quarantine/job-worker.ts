/**
 * Carries out jobs, a batch of messages at a time, in turn when there are several, by the same functions as single
 * orders and in the name of who ordered it: what somebody else has released meanwhile, what an area forbids by now and
 * what an antivirus scanner held is refused here as there, and who may no longer order it ends it. What became of each message is written in the transaction of
 * the deed itself, so a process that dies leaves nothing half done and nothing to do twice.
 *
 * When a batch fails, it is taken up again a little later, message by message; one that fails again and again is noted
 * as failed, and a job of which nothing succeeds any more ends.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type Actor, systemActor } from '../access/actor.ts'
import { actorByNow } from '../access/standing.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { writeAudit } from '../store/audit.ts'
import { formatId } from '../store/ids.ts'
import {
  type BatchReport,
  claimJob,
  endJob,
  endStaleJobLeases,
  giveBackJobs,
  type JobBatch,
  JobLost,
  nextBatch,
  recordBatch,
  runningJobs,
} from '../store/jobs.ts'
import type { JobsTable } from '../store/schema.ts'
import { type ReleaseRule, refusedByArea } from './area-rules.ts'
import { endForbiddenJob, mayOrder, tellJob } from './jobs.ts'
import type { RecipientResult } from './orders.ts'
import { release } from './release.ts'
import { remove } from './remove.ts'

const pollMs = 5000
/** A batch takes a fraction of a second; whoever is slower than this has lost the job. */
const leaseMs = 60_000
const progressMs = 1000
const attemptsPerMessage = 3
const failuresInARow = 10

export interface JobWorker extends AsyncDisposable {
  /** Works until nothing is left that it may take up now. Rejects when the database fails. */
  drain(): Promise<void>
}

/** Starts at once. @param rules the areas as configured now; asked for each batch. */
export function startJobWorker(ctx: Context, rules: () => readonly ReleaseRule[]): JobWorker {
  return new Worker(ctx, rules)
}

/** What this process remembers of a job. */
interface Memory {
  /** The batch that failed: its messages go one by one. */
  careful: number | null
  /** How often the message at its head has failed. */
  attempts: number
  failedInARow: number
  toldAt: number
}

/** A result of either order. */
interface Result {
  id: number
  result: 'released' | 'done' | 'refused' | 'confirm' | 'not-found'
  text: string
  recipients: readonly RecipientResult[]
}

type Transaction = Parameters<typeof recordBatch>[0]

class Worker implements JobWorker {
  readonly #ctx: Context
  readonly #rules: () => readonly ReleaseRule[]
  readonly #name: string
  readonly #timer: AsyncDisposable
  readonly #unlisten: () => void
  readonly #memories = new Map<number, Memory>()
  /** Jobs that have failed lately: not before the next look. */
  readonly #waiting = new Set<number>()
  #prepared = false
  #stopping = false
  #asked = false
  #work: Promise<void> | null = null

  constructor(ctx: Context, rules: () => readonly ReleaseRule[]) {
    this.#ctx = ctx
    this.#rules = rules
    this.#name = `j${formatId(ctx.db.ids.next())}`
    const failed = (error: unknown) => ctx.events.tell({ kind: 'failure', where: 'jobs', error })
    this.#timer = ctx.clock.every(
      pollMs,
      async () => {
        this.#waiting.clear()
        this.drain().catch(failed) // not awaited: a long job must not keep another one from its next try
      },
      failed,
    )
    this.#unlisten = ctx.events.listen((event) => {
      if (event.kind === 'job' && event.state === 'running' && event.worked === 0) this.drain().catch(failed)
    })
    this.drain().catch(failed)
  }

  drain(): Promise<void> {
    this.#asked = true
    this.#work ??= this.#loop().finally(() => {
      this.#work = null
    })
    return this.#work
  }

  async #loop(): Promise<void> {
    while (this.#asked && !this.#stopping) {
      this.#asked = false
      if (!this.#prepared) await endStaleJobLeases(this.#ctx.db)
      this.#prepared = true
      while (!this.#stopping && (await this.#round()));
    }
  }

  /** A batch of each job that can be had; whether there was one. */
  async #round(): Promise<boolean> {
    const jobs = await runningJobs(this.#ctx.db.read)
    for (const id of this.#memories.keys()) if (!jobs.some((job) => job.id === id)) this.#memories.delete(id)
    let worked = false
    for (const job of jobs) {
      const { by, now } = this.#lease()
      if (this.#stopping || this.#waiting.has(job.id)) continue
      if (job.leased_by !== by) {
        if (job.leased_until > now || !(await claimJob(this.#ctx.db, job.id, this.#lease()))) continue
      }
      const begunAt = performance.now()
      await this.#batch(job)
      worked = true
      // Half of the time is for the mail that waits to be taken in.
      await pause(performance.now() - begunAt)
    }
    return worked
  }

  async #batch(job: JobsTable): Promise<void> {
    const memory = this.#memoryOf(job)
    const batch = await nextBatch(this.#ctx.db, job.id)
    if (!batch) throw new Error(`job ${formatId(job.id)} is under way and has nothing to do`)
    const alone = memory.careful === batch.n
    const ids = alone ? batch.ids.slice(0, 1) : batch.ids
    try {
      this.#tell(memory, await this.#carryOut(job, batch, ids))
      memory.attempts = 0
      memory.failedInARow = 0
    } catch (error) {
      if (error instanceof JobLost) return
      this.#ctx.events.tell({ kind: 'failure', where: `job ${formatId(job.id)}`, error })
      memory.careful = batch.n
      memory.attempts = alone ? memory.attempts + 1 : 0
      const clear = error instanceof Problem // it will not get better by waiting
      if (alone && (clear || memory.attempts >= attemptsPerMessage))
        await this.#giveUp(job, batch, memory, error)
      else if (!clear) this.#waiting.add(job.id)
    }
  }

  /** One transaction with the deed and what is noted of it. */
  async #carryOut(job: JobsTable, batch: JobBatch, ids: readonly number[]): Promise<JobsTable> {
    const ctx = this.#ctx
    const actor = await actorByNow(ctx.db.read, JSON.parse(job.actor) as Actor)
    if (!mayOrder(actor, job.action)) return await endForbiddenJob(ctx, job)
    let after: JobsTable | undefined
    const note = async (trx: Transaction, results: readonly Result[]) => {
      after = await recordBatch(trx, this.#lease(), reportOf(job.id, batch, ids, results))
    }
    const order = { ids, job: formatId(job.id) }
    if (job.action === 'delete') await remove(ctx, actor, order, note)
    else {
      const forbidden = await refusedByArea(ctx.db, actor, this.#rules(), ids)
      const refused = [...forbidden].map(
        ([id, text]): Result => ({ id, result: 'refused', text, recipients: [] }),
      )
      const allowed = ids.filter((id) => !forbidden.has(id))
      if (allowed.length === 0) await ctx.db.transaction((trx) => note(trx, refused))
      else
        await release(ctx, actor, { ...order, ids: allowed, note: job.note }, (trx, results) =>
          note(trx, [...results, ...refused]),
        )
    }
    return after ?? job
  }

  /** The message at the head of the batch is noted as failed; after many in a row the job ends. */
  async #giveUp(job: JobsTable, batch: JobBatch, memory: Memory, error: unknown): Promise<void> {
    const ctx = this.#ctx
    const message_id = batch.ids[0] ?? 0
    const text = error instanceof Problem ? error.message : 'An error inside; see the log of the server.'
    const report: BatchReport = {
      jobId: job.id,
      batch,
      items: [{ message_id, outcome: 'failed', text }],
      recipients: 0,
    }
    const now = ctx.clock.now()
    const hopeless = memory.failedInARow + 1 >= failuresInARow
    const ended = await ctx.db.transaction(async (trx) => {
      if (hopeless)
        await writeAudit(trx, [
          {
            at: now,
            actor: systemActor.name,
            origin: systemActor.origin,
            deed: 'job.fail',
            target: formatId(job.id),
            details: {},
          },
        ])
      const noted = await recordBatch(trx, this.#lease(), report)
      if (!hopeless) return noted
      const problem = `${failuresInARow} messages in a row failed, the last one: ${text}`
      // Also one that this was the last message of: nobody is to read that it is done.
      return (await endJob(trx, job.id, 'failed', now, problem, noted.state)) ?? noted
    })
    memory.attempts = 0
    memory.failedInARow++
    this.#tell(memory, ended)
  }

  #lease() {
    const now = this.#ctx.clock.now()
    return { by: this.#name, now, until: now + leaseMs }
  }

  #memoryOf({ id }: JobsTable): Memory {
    const known = this.#memories.get(id) ?? {
      careful: null,
      attempts: 0,
      failedInARow: 0,
      toldAt: this.#ctx.clock.now(),
    }
    this.#memories.set(id, known)
    return known
  }

  /** Progress at most once a second, the end always. */
  #tell(memory: Memory, job: JobsTable): void {
    const now = this.#ctx.clock.now()
    if (job.state === 'running' && now - memory.toldAt < progressMs) return
    memory.toldAt = now
    tellJob(this.#ctx, job)
  }

  /** Ends the batch under way; the jobs are free for others at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#unlisten()
    this.#stopping = true
    try {
      await this.#timer[Symbol.asyncDispose]()
      await this.#work
      await giveBackJobs(this.#ctx.db, this.#name)
    } catch (error) {
      // The lease ends by itself.
      this.#ctx.events.tell({ kind: 'failure', where: 'jobs', error })
    }
  }
}

function reportOf(
  jobId: number,
  batch: JobBatch,
  ids: readonly number[],
  results: readonly Result[],
): BatchReport {
  const byId = new Map(results.map((result) => [result.id, result]))
  let recipients = 0
  const items = ids.map((id) => {
    const { result, text, recipients: copies } = byId.get(id)!
    recipients += copies.filter((copy) => copy.result === 'done').length
    const outcome = result === 'released' || result === 'done' ? ('done' as const) : ('refused' as const)
    return { message_id: id, outcome, text: result === 'confirm' ? virusRefusal : text }
  })
  return { jobId, batch, items, recipients }
}

const virusRefusal = 'A virus scanner held this message: a job does not release it.'
