/**
 * How many messages were held and how many deliveries ended, by quarter-hours of UTC: every time zone's days begin with
 * one. What is over is counted once and kept (quarantine/tally.ts), so that retention takes nothing from it; up to where
 * it was counted stands beside it and moves in the same transaction. Counting goes in pieces, so that no reader is
 * held up.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import { idAt } from './ids.ts'
import type { Schema, TallyKind } from './schema.ts'

export const bucketMs = 900_000
/** Messages that one statement counts. */
const pieceRows = 20_000
/** Ids of a bucket: its milliseconds, times the ids in one. */
const bucketIds = sql.lit(bucketMs * 4096)
const rowsAtOnce = 200
const mark = 'tallied-to'

export interface Tally {
  /** When it begins, milliseconds. */
  bucket: number
  kind: TallyKind
  /** The reason; '' for deliveries. */
  name: string
  count: number
  bytes: number
}

export interface Span {
  /** Milliseconds. */
  from: number
  to: number
}

/** Up to where everything was counted and kept; milliseconds, 0: nothing was yet. */
export async function talliedTo(read: Kysely<Schema>): Promise<number> {
  const row = await read.selectFrom('meta').select('value').where('key', '=', mark).executeTakeFirst()
  return Number(row?.value ?? 0)
}

/** When the first message at or after `from` was held, or the first delivery ended; null: nothing has happened since. */
export async function firstSince(read: Kysely<Schema>, from: number): Promise<number | null> {
  const message = await read
    .selectFrom('messages')
    .select('id')
    .where('id', '>=', idAt(from))
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  const delivery = await read
    .selectFrom('deliveries')
    .select('ended_at')
    .where('ended_at', 'is not', null)
    .where('ended_at', '>=', from)
    .where('state', 'in', ['done', 'failed'])
    .orderBy('ended_at')
    .limit(1)
    .executeTakeFirst()
  const held = message ? bucketOfId(message.id) : Number.POSITIVE_INFINITY
  const first = Math.min(held, delivery?.ended_at ?? Number.POSITIVE_INFINITY)
  return first === Number.POSITIVE_INFINITY ? null : first
}

const idEpoch = Date.UTC(2020, 0, 1)
const bucketOfId = (id: number): number => idEpoch + Math.floor(id / (bucketMs * 4096)) * bucketMs

/** What is in the tables of this time. @throws the signal's reason when it is broken off */
export async function countSpan(
  read: Kysely<Schema>,
  { from, to }: Span,
  signal?: AbortSignal,
): Promise<Tally[]> {
  const tallies: Tally[] = []
  const end = to === Number.POSITIVE_INFINITY ? Number.MAX_SAFE_INTEGER : idAt(to)
  for (let next = idAt(from); ; ) {
    signal?.throwIfAborted()
    const { rows } = await sql<{
      quarter: number
      reason: string
      count: number
      bytes: number
      last: number
    }>`select id / ${bucketIds} as quarter, reason, count(*) as count, sum(size) as bytes, max(id) as last
      from (select id, reason, size from messages where id >= ${next} and id < ${end} order by id limit ${sql.lit(pieceRows)}) piece
      group by 1, 2`.execute(read)
    let counted = 0
    for (const { quarter, reason, count, bytes, last } of rows) {
      const bucket = idEpoch + Number(quarter) * bucketMs
      tallies.push({ bucket, kind: 'held', name: reason, count: Number(count), bytes: Number(bytes) })
      counted += Number(count)
      next = Math.max(next, Number(last) + 1)
    }
    if (counted < pieceRows) break
  }
  const { rows } = await sql<{
    quarter: number
    state: 'done' | 'failed'
    count: number
  }>`select ended_at / ${sql.lit(bucketMs)} as quarter, state, count(*) as count from deliveries
    where ended_at is not null and ended_at >= ${from} and ended_at < ${Math.min(to, Number.MAX_SAFE_INTEGER)}
      and state in ('done', 'failed')
    group by 1, 2`.execute(read)
  for (const { quarter, state, count } of rows)
    tallies.push({
      bucket: Number(quarter) * bucketMs,
      kind: state,
      name: '',
      count: Number(count),
      bytes: 0,
    })
  return addedUp(tallies)
}

/** One for each bucket, kind and name. */
export function addedUp(tallies: readonly Tally[]): Tally[] {
  const sums = new Map<string, Tally>()
  for (const tally of tallies) {
    const key = `${tally.bucket} ${tally.kind} ${tally.name}`
    const sum = sums.get(key)
    if (!sum) sums.set(key, { ...tally })
    else {
      sum.count += tally.count
      sum.bytes += tally.bytes
    }
  }
  return [...sums.values()]
}

/** Keeps what was counted from where counting had come to. False: another process was first, and nothing is kept. */
export async function keepTallies(db: Database, tallies: readonly Tally[], span: Span): Promise<boolean> {
  return await db.transaction(async (trx) => {
    await trx
      .insertInto('meta')
      .values({ key: mark, value: '0' })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const { numUpdatedRows } = await trx
      .updateTable('meta')
      .set({ value: String(span.to) })
      .where('key', '=', mark)
      .where('value', '=', String(span.from))
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return false
    await write(trx, tallies)
    return true
  })
}

/** What a second look at what was counted before has found; where it found more, that stands. */
export async function raiseTallies(db: Database, tallies: readonly Tally[]): Promise<void> {
  if (tallies.length > 0) await db.transaction((trx) => write(trx, tallies))
}

async function write(trx: Kysely<Schema>, tallies: readonly Tally[]): Promise<void> {
  for (let at = 0; at < tallies.length; at += rowsAtOnce)
    await trx
      .insertInto('tallies')
      .values(tallies.slice(at, at + rowsAtOnce))
      .onConflict((conflict) =>
        conflict.columns(['bucket', 'kind', 'name']).doUpdateSet({
          count: sql<number>`case when excluded.count > tallies.count then excluded.count else tallies.count end`,
          bytes: sql<number>`case when excluded.bytes > tallies.bytes then excluded.bytes else tallies.bytes end`,
        }),
      )
      .execute()
}

/** Sums of what is kept from before `before`, for each of these spans. */
export async function sumTallies(
  read: Kysely<Schema>,
  spans: readonly Span[],
  before: number,
): Promise<(Omit<Tally, 'bucket'> & { span: number })[]> {
  if (spans.length === 0) return []
  const rows = spans.map(
    ({ from, to }, n) =>
      sql`(${sql.lit(n)}, cast(${from} as bigint), cast(${Math.min(to, before)} as bigint))`,
  )
  const found = await sql<{ span: number; kind: TallyKind; name: string; count: number; bytes: number }>`
    with spans (span, first, past) as (values ${sql.join(rows)})
    select span, kind, name, sum(count) as count, sum(bytes) as bytes
    from spans join tallies on bucket >= first and bucket < past group by span, kind, name`.execute(read)
  return found.rows.map((row) => ({ ...row, count: Number(row.count), bytes: Number(row.bytes) }))
}

/** Removes what was kept of the time before. */
export async function dropTallies(db: Database, before: number): Promise<void> {
  const old = await db.read
    .selectFrom('tallies')
    .select('bucket')
    .where('bucket', '<', before)
    .limit(1)
    .executeTakeFirst()
  if (old)
    await db.transaction(async (trx) => {
      await trx.deleteFrom('tallies').where('bucket', '<', before).execute()
    })
}
