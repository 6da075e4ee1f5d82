/** What the overview shows besides counts: how the store grows, which delivery waits longest, how scanners are. */
import { type Kysely, sql } from 'kysely'
import { storeBytes } from './counts.ts'
import type { Database } from './database.ts'
import type { Schema } from './schema.ts'

const dayMs = 86_400_000
/** Growth is that of so many days, or of those that are known. */
const growthDays = 7
/** Of less than this nothing is concluded. */
const growthFromMs = 0.8 * dayMs

/** Notes the store's size, once a day; samples from before `dropBefore` go. */
export async function keepSizeSample(db: Database, now: number, dropBefore: number): Promise<void> {
  const day = Math.floor(now / dayMs)
  const known = await db.read
    .selectFrom('store_sizes')
    .select('day')
    .where('day', '=', day)
    .executeTakeFirst()
  if (known) return
  const bytes = await storeBytes(db)
  await db.transaction(async (trx) => {
    await trx
      .insertInto('store_sizes')
      .values({ day, at: now, bytes })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await trx.deleteFrom('store_sizes').where('at', '<', dropBefore).execute()
  })
}

/** Bytes a day, from the oldest sample of the last days to `bytes` now; null: there is none that is old enough. */
export async function growthPerDay(
  read: Kysely<Schema>,
  { now, bytes }: { now: number; bytes: number },
): Promise<number | null> {
  const sample = await read
    .selectFrom('store_sizes')
    .select(['at', 'bytes'])
    .where('day', '>=', Math.floor(now / dayMs) - growthDays)
    .where('at', '<=', now - growthFromMs)
    .orderBy('day')
    .limit(1)
    .executeTakeFirst()
  return sample ? Math.round(((bytes - sample.bytes) * dayMs) / (now - sample.at)) : null
}

export interface OldestDelivery {
  id: number
  message_id: number
  address: string
  created_at: number
  attempts: number
  code: number | null
  status: string | null
  reply: string | null
}

/** The delivery that waits longest, with what was answered to its last attempt (nulls before the first). */
export async function oldestDelivery(read: Kysely<Schema>): Promise<OldestDelivery | null> {
  // Ordered by an expression, so that the index over what is due is read and not all deliveries there ever were.
  const { rows } = await sql<OldestDelivery>`select d.id, d.message_id, d.address, d.created_at, d.attempts,
      a.code, a.status, a.reply
    from deliveries d
    left join attempts a on a.id = (select max(id) from attempts where delivery_id = d.id)
    where d.id = (select id from deliveries where state = 'due' order by id + 0 limit 1)`.execute(read)
  return rows[0] ?? null
}

/** What a process knows of its scanners; takes the place of what it said before. */
export async function saveScannerHealth(
  db: Database,
  process: string,
  at: number,
  rows: readonly { scanner: string; figures: string }[],
): Promise<void> {
  await db.transaction(async (trx) => {
    await trx.deleteFrom('scanner_health').where('process', '=', process).execute()
    if (rows.length > 0)
      await trx
        .insertInto('scanner_health')
        .values(rows.map((row) => ({ process, at, ...row })))
        .execute()
    // Of processes that ended without a word.
    await trx
      .deleteFrom('scanner_health')
      .where('at', '<', at - dayMs)
      .execute()
  })
}

/** What other processes have said since; at most 1,000. */
export async function readScannerHealth(
  read: Kysely<Schema>,
  { since, except }: { since: number; except: string },
): Promise<{ scanner: string; figures: string }[]> {
  return await read
    .selectFrom('scanner_health')
    .select(['scanner', 'figures'])
    .where('at', '>=', since)
    .where('process', '<>', except)
    .orderBy('process')
    .limit(1000)
    .execute()
}
