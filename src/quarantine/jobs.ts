/**
 * Jobs as people order them: what one would do, starting one, stopping one. Carrying it out is job-worker.ts. Each deed
 * with its audit row in one transaction. Nobody gets more than they were shown: a job that finds more than the preview
 * said is refused.
 */
import { type Actor, actorName, systemActor } from '../access/actor.ts'
import { demand, may } from '../access/roles.ts'
import { seesAll } from '../access/sight.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { writeAudit } from '../store/audit.ts'
import { formatId } from '../store/ids.ts'
import { endJob, insertJob, readJob, runningJobs } from '../store/jobs.ts'
import type { JobsTable } from '../store/schema.ts'
import type { ReleaseRule } from './area-rules.ts'
import { type JobAction, type JobLimits, type JobOrder, jobLimits, type Scope, scopeOf } from './job-scope.ts'

/** Jobs that may be under way in one store. */
export const jobsAtOnce = 4
const noteLimitChars = 1000

export interface NewJob extends JobOrder {
  /** The search in the words that were given, for the record. */
  criteria: Record<string, string>
  /** What the preview said. */
  messages: number
  note?: string
}

/** @throws Problem 'forbidden', 'unavailable' when looking takes too long. */
export async function previewJob(
  ctx: Context,
  actor: Actor,
  rules: readonly ReleaseRule[],
  order: JobOrder,
  limits: JobLimits = jobLimits,
): Promise<Scope> {
  demandFor(actor, order.action)
  return await scopeOf(ctx, actor, rules, order, limits)
}

/**
 * Durable when it resolves.
 * @throws Problem 'forbidden', 'conflict' when there is more than the preview said, 'too-large', 'too-many'.
 */
export async function startJob(
  ctx: Context,
  actor: Actor,
  rules: readonly ReleaseRule[],
  order: NewJob,
  limits: JobLimits = jobLimits,
): Promise<JobsTable> {
  demandFor(actor, order.action)
  const scope = await scopeOf(ctx, actor, rules, order, limits)
  if (scope.tooMany)
    throw new Problem(
      'too-large',
      `More than ${limits.messages} messages match; a job takes no more.`,
      'Narrow the criteria, for example by dates, and start several jobs.',
      { limit: limits.messages },
    )
  if (scope.messages.length > order.messages)
    throw new Problem(
      'conflict',
      `${scope.messages.length} messages match now; the preview said ${order.messages}.`,
      'Look at a new preview, then start the job with its figures.',
      { messages: scope.messages.length },
    )
  const at = ctx.clock.now()
  const by = actorName(actor)
  const note = (order.note ?? '').slice(0, noteLimitChars)
  const id = ctx.db.ids.next()
  const job = await ctx.db.transaction(async (trx) => {
    // The audit row comes first: writers of the log wait for each other, so nobody else is counting now.
    await writeAudit(trx, [
      {
        at,
        actor: by,
        origin: actor.origin,
        deed: 'job.start',
        target: formatId(id),
        details: {
          action: order.action,
          criteria: order.criteria,
          asOf: formatId(order.asOf),
          messages: scope.messages.length,
          recipients: scope.recipients,
          ...(note === '' ? {} : { note }),
        },
      },
    ])
    if ((await runningJobs(trx)).length >= jobsAtOnce)
      throw new Problem(
        'too-many',
        `${jobsAtOnce} jobs are under way; there may be no more at a time.`,
        'Wait until one has ended, or stop one.',
        { limit: jobsAtOnce },
      )
    const row = {
      id,
      action: order.action,
      criteria: JSON.stringify(order.criteria),
      as_of: order.asOf,
      created_at: at,
      created_by: by,
      actor: JSON.stringify(actor),
      note,
    }
    return await insertJob(trx, row, scope.messages, limits.batchMessages)
  })
  tellJob(ctx, job)
  return job
}

/** What it has done stays done; a batch under way is done whole or not at all. One that has ended stays as it is. */
export async function stopJob(ctx: Context, actor: Actor, id: number): Promise<JobsTable> {
  const job = await readJob(ctx.db.read, id)
  if (!job || !seesJob(actor, job)) throw noJob()
  if (job.state !== 'running') return job
  const at = ctx.clock.now()
  const stopped = await ctx.db.transaction(async (trx) => {
    const by = actorName(actor)
    // First: a batch takes the audit log before the job, and whoever takes them the other way round waits for ever.
    await writeAudit(trx, [
      { at, actor: by, origin: actor.origin, deed: 'job.stop', target: formatId(id), details: {} },
    ])
    const row = await endJob(trx, id, 'stopped', at)
    if (!row) throw new Problem('conflict', 'The job has ended just now.', 'Look at what it has done.')
    return row
  })
  tellJob(ctx, stopped)
  return stopped
}

/** Who is restricted to domains sees the jobs that he has ordered as such, and no others. */
export function seesJob(actor: Actor, job: JobsTable): boolean {
  if (seesAll(actor)) return true
  const orderer = JSON.parse(job.actor) as Actor
  return orderer.name === actor.name && !seesAll(orderer)
}

export const noJob = () =>
  new Problem(
    'not-found',
    'There is no such job.',
    'Jobs are kept for 30 days after their end; check the id.',
  )

export function tellJob({ events }: Context, { id, state, worked, messages }: JobsTable): void {
  events.tell({ kind: 'job', job: formatId(id), state, worked, messages })
}

/** For who ordered it may do it no longer. What it has done stays done. */
export async function endForbiddenJob(ctx: Context, job: JobsTable): Promise<JobsTable> {
  const at = ctx.clock.now()
  return await ctx.db.transaction(async (trx) => {
    const { name: actor, origin } = systemActor
    const why = { why: 'forbidden', orderedBy: job.created_by }
    await writeAudit(trx, [{ at, actor, origin, deed: 'job.fail', target: formatId(job.id), details: why }])
    const problem = `${job.created_by}, who ordered it, may not do this any more.`
    return (await endJob(trx, job.id, 'failed', at, problem)) ?? job
  })
}

const permissionFor = (action: JobAction) => (action === 'release' ? 'message.release' : 'message.delete')

const demandFor = (actor: Actor, action: JobAction): void => demand(actor, permissionFor(action))

/** @param actor as he stands now; null: disabled. */
export const mayOrder = (actor: Actor | null, action: JobAction): actor is Actor =>
  may(actor, permissionFor(action))
