/**
 * Jobs: deeds on everything that a search has found, in the background. A job's messages lie in batches; the transaction
 * that does a deed takes its messages out of the batch, notes what became of them and renews the lease. So whatever
 * dies, a message is done and noted or neither, and only one process works on a job at a time.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import { pieces } from './lists.ts'
import type { JobItemsTable, JobsTable, Schema } from './schema.ts'

type NewJob = Pick<
  JobsTable,
  'id' | 'action' | 'criteria' | 'as_of' | 'created_at' | 'created_by' | 'actor' | 'note'
>

/** The job and its work. One that has nothing to work on is done. */
export async function insertJob(
  trx: Kysely<Schema>,
  job: NewJob,
  messages: readonly number[],
  batchMessages: number,
): Promise<JobsTable> {
  const none = messages.length === 0
  const row: JobsTable = {
    ...job,
    state: none ? 'done' : 'running',
    ended_at: none ? job.created_at : null,
    messages: messages.length,
    worked: 0,
    done: 0,
    refused: 0,
    failed: 0,
    recipients: 0,
    problem: null,
    leased_until: 0,
    leased_by: '',
  }
  await trx.insertInto('jobs').values(row).execute()
  const batches: Schema['job_batches'][] = []
  for (let at = 0; at < messages.length; at += batchMessages)
    batches.push({
      job_id: job.id,
      n: batches.length,
      ids: JSON.stringify(messages.slice(at, at + batchMessages)),
    })
  for (let at = 0; at < batches.length; at += 100)
    await trx
      .insertInto('job_batches')
      .values(batches.slice(at, at + 100))
      .execute()
  return row
}

/** Those that are under way, the oldest first. The state is written out for the index over them. */
export async function runningJobs(read: Kysely<Schema>): Promise<JobsTable[]> {
  return await read
    .selectFrom('jobs')
    .selectAll()
    .where('state', '=', sql.lit('running'))
    .orderBy('id')
    .execute()
}

export async function readJob(read: Kysely<Schema>, id: number): Promise<JobsTable | undefined> {
  return await read.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The newest first. */
export async function listJobs(
  { read }: Database,
  { limit, before, orderedBy }: { limit: number; before?: number; orderedBy?: string },
): Promise<JobsTable[]> {
  let query = read.selectFrom('jobs').selectAll().orderBy('id', 'desc').limit(limit)
  if (before !== undefined) query = query.where('id', '<', before)
  if (orderedBy !== undefined) {
    // By himself or with a key of his. Not LIKE: _ in a name would mean something.
    const withKey = `${orderedBy} (key `
    query = query.where(({ eb, fn, val, or }) =>
      or([
        eb('created_by', '=', orderedBy),
        eb(fn<string>('substr', ['created_by', val(1), val(withKey.length)]), '=', withKey),
      ]),
    )
  }
  return await query.execute()
}

export interface ListedItem extends JobItemsTable {
  /** Null when the record of the message is gone. */
  sender: string | null
  subject: string | null
}

/** What became of each message, in order of their ids. */
export async function listJobItems(
  { read }: Database,
  jobId: number,
  { outcome, limit, after }: { outcome?: JobItemsTable['outcome']; limit: number; after?: number },
): Promise<{ items: ListedItem[]; next: number | null }> {
  let query = read
    .selectFrom('job_items')
    .leftJoin('messages', 'messages.id', 'job_items.message_id')
    .selectAll('job_items')
    .select(['messages.sender', 'messages.subject'])
    .where('job_items.job_id', '=', jobId)
    .orderBy('job_items.message_id')
    .limit(limit + 1)
  if (outcome) query = query.where('job_items.outcome', '=', sql.lit(outcome))
  if (after !== undefined) query = query.where('job_items.message_id', '>', after)
  const rows = await query.execute()
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.message_id ?? null) : null }
}

export interface JobLease {
  /** A name that no other process has. */
  by: string
  now: number
  until: number
}

/** Takes the job unless somebody else has it. */
export async function claimJob(db: Database, id: number, lease: JobLease): Promise<boolean> {
  const { by, now, until } = lease
  const claimed = await db.transaction((trx) =>
    trx
      .updateTable('jobs')
      .set({ leased_until: until, leased_by: by })
      .where('id', '=', id)
      .where('state', '=', sql.lit('running'))
      .where((where) => where.or([where('leased_until', '<=', now), where('leased_by', '=', by)]))
      .returning('id')
      .execute(),
  )
  return claimed.length > 0
}

/** What this process has is free again at once. */
export async function giveBackJobs(db: Database, by: string): Promise<void> {
  await db.transaction((trx) =>
    trx
      .updateTable('jobs')
      .set({ leased_until: 0, leased_by: '' })
      .where('state', '=', sql.lit('running'))
      .where('leased_by', '=', by)
      .execute(),
  )
}

/** At the start: on SQLite one process owns the database, so every lease is one of a process that died. */
export async function endStaleJobLeases(db: Database): Promise<void> {
  if (db.engine.kind !== 'sqlite') return
  await db.transaction((trx) =>
    trx
      .updateTable('jobs')
      .set({ leased_until: 0, leased_by: '' })
      .where('state', '=', sql.lit('running'))
      .where('leased_by', '<>', '')
      .execute(),
  )
}

export interface JobBatch {
  n: number
  ids: number[]
}

/** What is to be worked on next; undefined when nothing is left. */
export async function nextBatch({ read }: Database, jobId: number): Promise<JobBatch | undefined> {
  const row = await read
    .selectFrom('job_batches')
    .select(['n', 'ids'])
    .where('job_id', '=', jobId)
    .orderBy('n')
    .limit(1)
    .executeTakeFirst()
  return row && { n: row.n, ids: JSON.parse(row.ids) as number[] }
}

export interface BatchReport {
  jobId: number
  /** The batch as it was read, and what became of its first messages. */
  batch: JobBatch
  items: readonly Omit<JobItemsTable, 'job_id'>[]
  /** Copies changed. */
  recipients: number
}

/** The job was stopped, or is somebody else's now: nothing of the transaction may stay. */
export class JobLost extends Error {
  override readonly name = 'JobLost'
}

/**
 * Notes the outcomes in the transaction of the deed, and ends the job with its last batch.
 * @throws JobLost
 */
export async function recordBatch(
  trx: Kysely<Schema>,
  lease: JobLease,
  { jobId, batch, items, recipients }: BatchReport,
): Promise<JobsTable> {
  const rest = batch.ids.slice(items.length)
  if (rest.length === 0)
    await trx.deleteFrom('job_batches').where('job_id', '=', jobId).where('n', '=', batch.n).execute()
  else
    await trx
      .updateTable('job_batches')
      .set({ ids: JSON.stringify(rest) })
      .where('job_id', '=', jobId)
      .where('n', '=', batch.n)
      .execute()
  await trx
    .insertInto('job_items')
    .values(items.map((item) => ({ ...item, job_id: jobId })))
    .execute()
  const count = (outcome: JobItemsTable['outcome']) => items.filter((item) => item.outcome === outcome).length
  const left = sql<number>`exists (select 1 from job_batches where job_id = ${jobId})`
  const updated = await trx
    .updateTable('jobs')
    .set({
      worked: sql`worked + ${items.length}`,
      done: sql`done + ${count('done')}`,
      refused: sql`refused + ${count('refused')}`,
      failed: sql`failed + ${count('failed')}`,
      recipients: sql`recipients + ${recipients}`,
      state: sql`case when ${left} then 'running' else 'done' end`,
      ended_at: sql`case when ${left} then null else cast(${lease.now} as bigint) end`,
      leased_until: lease.until,
    })
    .where('id', '=', jobId)
    .where('state', '=', sql.lit('running'))
    .where('leased_by', '=', lease.by)
    .returningAll()
    .executeTakeFirst()
  if (!updated) throw new JobLost('the job was stopped, or another process has it')
  return updated
}

/** Ends a job that is under way, or in state `from`; undefined when it is not. */
export async function endJob(
  trx: Kysely<Schema>,
  id: number,
  state: 'stopped' | 'failed',
  now: number,
  problem: string | null = null,
  from: JobsTable['state'] = 'running',
): Promise<JobsTable | undefined> {
  return await trx
    .updateTable('jobs')
    .set({ state, ended_at: now, problem, leased_until: 0, leased_by: '' })
    .where('id', '=', id)
    .where('state', '=', sql.lit(from))
    .returningAll()
    .executeTakeFirst()
}

/** Rows that are removed at once. */
const sweepRows = 2000

/** Removes one job that ended before `before`, a part of its items at a time. False: there is none. */
export async function sweepJob(db: Database, before: number): Promise<boolean> {
  const job = await db.read
    .selectFrom('jobs')
    .select('id')
    .where('ended_at', '<', before)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  if (!job) return false
  for (let more = true; more; )
    more = await db.transaction(async (trx) => {
      const rows = await trx
        .selectFrom('job_items')
        .select('message_id')
        .where('job_id', '=', job.id)
        .limit(sweepRows)
        .execute()
      for (const piece of pieces(rows.map(({ message_id }) => message_id)))
        await trx
          .deleteFrom('job_items')
          .where('job_id', '=', job.id)
          .where('message_id', 'in', piece)
          .execute()
      if (rows.length === sweepRows) return true
      await trx.deleteFrom('job_batches').where('job_id', '=', job.id).execute()
      await trx.deleteFrom('jobs').where('id', '=', job.id).execute()
      return false
    })
  return true
}
