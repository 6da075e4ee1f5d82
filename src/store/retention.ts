/**
 * What goes when its time is over, a batch in a transaction: first the content (and copies still held become expired),
 * much later the records. Mail in motion is never touched: contents are locked first, then looked at, and a release
 * takes the same locks (releases.ts), so that one of the two sees the other.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import { changeHoldings, type HoldingKey } from './holdings.ts'
import { pieces } from './lists.ts'
import type { HoldingState, Schema } from './schema.ts'

/** At most so many messages in one transaction, and about so many bytes of content: writers wait meanwhile. */
export const batchMessages = 500
const batchBytes = 128 << 20

/** Names of the areas that have messages whose retention has not ended. */
export async function areasInUse(db: Database): Promise<string[]> {
  const names: string[] = []
  for (;;) {
    // Jumps from name to name in the index, however many messages there are.
    const row = await db.read
      .selectFrom('messages')
      .select(({ fn }) => fn.min('area').as('area'))
      .where('expired_at', 'is', null)
      .$if(names.length > 0, (query) => query.where('area', '>', names.at(-1)!))
      .executeTakeFirst()
    if (row?.area === null || row?.area === undefined) return names
    names.push(row.area)
  }
}

/** Messages of an area whose retention has not ended: all, and those received before. */
export async function countArea(
  db: Database,
  area: string,
  beforeId: number,
): Promise<{ all: number; past: number }> {
  const row = await db.read
    .selectFrom('messages')
    .select(({ fn }) => [
      fn.countAll<number>().as('all'),
      sql<number>`coalesce(sum(case when id < ${beforeId} then 1 else 0 end), 0)`.as('past'),
    ])
    .where('area', '=', area)
    .where('expired_at', 'is', null)
    .executeTakeFirstOrThrow()
  return { all: Number(row.all), past: Number(row.past) }
}

export interface Candidate {
  id: number
  content_id: number
  size: number
}

/**
 * The next messages of the area that were received before `beforeId`, are not in motion, and of which no release has
 * failed since `failedSince`.
 */
export async function pastInArea(
  db: Database,
  area: string,
  { beforeId, failedSince, afterId }: { beforeId: number; failedSince: number; afterId: number },
): Promise<Candidate[]> {
  const rows = await db.read
    .selectFrom('messages')
    .select(['id', 'content_id', 'size'])
    .where('area', '=', area)
    .where('expired_at', 'is', null)
    .where('id', '<', beforeId)
    .where('id', '>', afterId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('holdings')
            .select(sql`1`.as('one'))
            .whereRef('holdings.message_id', '=', 'messages.id')
            .where(({ or, eb }) =>
              or([
                eb('holdings.state', '=', 'releasing'),
                eb('holdings.state', '=', 'release-failed').and('holdings.changed_at', '>=', failedSince),
              ]),
            ),
        ),
      ),
    )
    .orderBy('id')
    .limit(batchMessages)
    .execute()
  return bounded(rows)
}

/** The next messages that lie in the trash, whole, since before `before`: nothing of them is held or in motion. */
export async function pastInTrash(db: Database, before: number): Promise<Candidate[]> {
  const rows = await db.read
    .selectFrom('messages')
    .select(['id', 'content_id', 'size'])
    .where('expired_at', 'is', null)
    .where('id', 'in', (query) =>
      query
        .selectFrom('holdings as deleted')
        .select('deleted.message_id')
        .where('deleted.state', '=', sql.lit('deleted'))
        .where('deleted.changed_at', '<', before)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('holdings')
                .select(sql`1`.as('one'))
                .whereRef('holdings.message_id', '=', 'deleted.message_id')
                .where(({ or, eb }) =>
                  or([
                    eb('holdings.state', 'in', ['held', 'releasing', 'release-failed']),
                    eb('holdings.state', '=', 'deleted').and('holdings.changed_at', '>=', before),
                  ]),
                ),
            ),
          ),
        )
        .orderBy('deleted.changed_at')
        .limit(batchMessages),
    )
    .orderBy('id')
    .limit(batchMessages)
    .execute()
  return bounded(rows)
}

/** As many as stay within the bytes of a batch; at least one. */
function bounded(rows: Candidate[]): Candidate[] {
  let bytes = 0
  return rows.filter(({ size }, i) => {
    bytes += size
    return i === 0 || bytes <= batchBytes
  })
}

export interface Expired {
  messages: number[]
  /** Copies that were held and are now expired. */
  copies: number
  contents: number
}

export interface Spared {
  states: readonly HoldingState[]
  /** Releases that have failed since (milliseconds) are spared as well. */
  failedSince?: number
}

/** Ends the retention of these messages, save those of which a copy is (again) to be spared. Inside the deed's transaction. */
export async function expireMessages(
  db: Database,
  trx: Kysely<Schema>,
  candidates: readonly Candidate[],
  { states, failedSince = Number.POSITIVE_INFINITY }: Spared,
  change: { at: number; by: string },
): Promise<Expired> {
  const contentIds = [...new Set(candidates.map(({ content_id }) => content_id))].sort((a, b) => a - b)
  await lockContents(db, trx, contentIds)
  const spared = new Set<number>()
  const ending: HoldingKey[] = []
  for (const piece of pieces(candidates.map(({ id }) => id))) {
    const rows = await trx
      .selectFrom('holdings')
      .select(['message_id', 'n', 'state', 'changed_at'])
      .where('message_id', 'in', piece)
      .where('state', '<>', 'delivered')
      .execute()
    for (const { message_id, n, state, changed_at } of rows) {
      const failedLately = state === 'release-failed' && changed_at >= failedSince
      if (failedLately || states.includes(state)) spared.add(message_id)
      else ending.push({ message_id, n })
    }
  }
  const messages: number[] = []
  for (const piece of pieces(candidates.map(({ id }) => id).filter((id) => !spared.has(id)))) {
    const ended = await trx
      .updateTable('messages')
      .set({ expired_at: change.at })
      .where('id', 'in', piece)
      .where('expired_at', 'is', null)
      .returning('id')
      .execute()
    messages.push(...ended.map(({ id }) => id))
  }
  const copies = await changeHoldings(
    trx,
    ending.filter(({ message_id }) => !spared.has(message_id)),
    { from: ['held', 'release-failed', 'deleted'], to: 'expired', ...change },
  )
  return { messages, copies: copies.length, contents: await purgeContents(trx, contentIds, change.at) }
}

async function lockContents(db: Database, trx: Kysely<Schema>, ids: readonly number[]): Promise<void> {
  if (db.engine.kind !== 'postgres') return // the only writer is us
  for (const piece of pieces(ids))
    await trx.selectFrom('contents').select('id').where('id', 'in', piece).orderBy('id').forUpdate().execute()
}

/** Removes the bytes of those contents all of whose messages are past. Returns how many. */
async function purgeContents(trx: Kysely<Schema>, ids: readonly number[], at: number): Promise<number> {
  let count = 0
  for (const piece of pieces(ids)) {
    const purged = await trx
      .updateTable('contents')
      .set({ purged_at: at })
      .where('id', 'in', piece)
      .where('purged_at', 'is', null)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('messages')
              .select(sql`1`.as('one'))
              .whereRef('messages.content_id', '=', 'contents.id')
              .where('messages.expired_at', 'is', null),
          ),
        ),
      )
      .returning('id')
      .execute()
    count += purged.length
    for (const gone of pieces(purged.map(({ id }) => id)))
      await trx.deleteFrom('chunks').where('content_id', 'in', gone).execute()
  }
  return count
}

/**
 * Removes everything about the next messages whose retention ended before `before`: they are forgotten. Returns their
 * ids, which are in `forgotten` until the search index has dropped them.
 */
export async function removeRecords(db: Database, trx: Kysely<Schema>, before: number): Promise<number[]> {
  const rows = await trx
    .selectFrom('messages')
    .select(['id', 'content_id'])
    .where('expired_at', '<', before)
    .orderBy('expired_at')
    .orderBy('id')
    .limit(batchMessages)
    .execute()
  const ids = rows.map(({ id }) => id)
  await lockContents(
    db,
    trx,
    [...new Set(rows.map(({ content_id }) => content_id))].sort((a, b) => a - b),
  )
  for (const piece of pieces(ids)) {
    const deliveries = await trx
      .deleteFrom('deliveries')
      .where('message_id', 'in', piece)
      .returning(['id', 'release_id'])
      .execute()
    for (const part of pieces(deliveries.map(({ id }) => id)))
      await trx.deleteFrom('attempts').where('delivery_id', 'in', part).execute()
    for (const part of pieces([...new Set(deliveries.map(({ release_id }) => release_id))]))
      await trx
        .deleteFrom('releases')
        .where('id', 'in', part)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('deliveries')
                .select(sql`1`.as('one'))
                .whereRef('deliveries.release_id', '=', 'releases.id'),
            ),
          ),
        )
        .execute()
    await trx.deleteFrom('requests').where('message_id', 'in', piece).execute()
    await trx.deleteFrom('holdings').where('message_id', 'in', piece).execute()
    await trx.deleteFrom('messages').where('id', 'in', piece).execute()
    await trx
      .insertInto('forgotten')
      .values([...new Set(piece)].map((id) => ({ id })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  for (const piece of pieces([...new Set(rows.map(({ content_id }) => content_id))]))
    await trx
      .deleteFrom('contents')
      .where('id', 'in', piece)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('messages')
              .select(sql`1`.as('one'))
              .whereRef('messages.content_id', '=', 'contents.id'),
          ),
        ),
      )
      .execute()
  return ids
}

/** Messages whose records are gone and that the search index may still have; at most `limit`. */
export async function listForgotten({ read }: Database, limit: number): Promise<number[]> {
  const rows = await read.selectFrom('forgotten').select('id').orderBy('id').limit(limit).execute()
  return rows.map(({ id }) => id)
}
