/**
 * Deliveries as people see them: listed with their attempts, tried at once, given up. One that is being carried at this
 * moment (its lease runs) is left alone: nobody can know how it ends.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import { changeHoldings } from './holdings.ts'
import { inPieces } from './lists.ts'
import type { AttemptsTable, DeliveriesTable, DeliveryState, HoldingState, Schema } from './schema.ts'

export interface DeliveryFilter {
  state?: DeliveryState
  messageId?: number
  /** At most 500. */
  limit: number
  /** What the page before gave as `next`. */
  after?: DeliveryPosition
  /** Only those to such an address. A bounded number is looked at for it: a page may be short and not the last. */
  sees?: (address: string) => boolean
}

/** Deliveries that are looked at for one page, and how many at a time. */
const looksPerPage = 20_000
const rowsPerLook = 2000

export interface DeliveryPosition {
  nextAt: number
  id: number
}

export interface ListedDelivery extends DeliveriesTable {
  sender: string
  subject: string
  /** The last one; null before the first. */
  attempt: AttemptsTable | null
}

export interface DeliveryPage {
  items: ListedDelivery[]
  next: DeliveryPosition | null
}

/** Due ones in the order in which they will be tried, others the newest first. */
export async function listDeliveries(db: Database, filter: DeliveryFilter): Promise<DeliveryPage> {
  const limit = Math.max(1, Math.min(500, filter.limit))
  if (filter.sees) return await listSeen(db, { ...filter, sees: filter.sees }, limit)
  const rows = await wholeRows(ordered(db, filter))
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit)
  const end = items.at(-1)
  return { items: await withAttempts(db, items), next: rows.length > limit && end ? positionOf(end) : null }
}

async function listSeen(
  db: Database,
  filter: DeliveryFilter & Required<Pick<DeliveryFilter, 'sees'>>,
  limit: number,
): Promise<DeliveryPage> {
  const seen: { id: number; next_at: number }[] = []
  let { after } = filter
  for (let looked = 0; looked < looksPerPage && seen.length <= limit; looked += rowsPerLook) {
    const rows = await ordered(db, { ...filter, after })
      .select(['deliveries.id', 'deliveries.next_at', 'deliveries.address'])
      .limit(rowsPerLook)
      .execute()
    seen.push(...rows.filter(({ address }) => filter.sees(address)))
    const last = rows.at(-1)
    after = last && rows.length === rowsPerLook ? positionOf(last) : undefined
    if (!after) break
  }
  const ids = seen.slice(0, limit).map(({ id }) => id)
  const rows = await inPieces(ids, (piece) =>
    wholeRows(ordered(db, { limit })).where('deliveries.id', 'in', piece).execute(),
  )
  const items = new Map(rows.map((row) => [row.id, row]))
  const end = seen[limit - 1]
  return {
    items: await withAttempts(
      db,
      seen.flatMap(({ id }) => items.get(id) ?? []),
    ),
    next: seen.length > limit && end ? positionOf(end) : (after ?? null),
  }
}

const positionOf = ({ id, next_at }: { id: number; next_at: number }): DeliveryPosition => ({
  nextAt: next_at,
  id,
})

function ordered({ read }: Database, { state, messageId, after }: DeliveryFilter) {
  let query = read.selectFrom('deliveries').innerJoin('messages', 'messages.id', 'deliveries.message_id')
  if (messageId !== undefined) query = query.where('deliveries.message_id', '=', messageId)
  // Written out, so that the indexes over one state can be used.
  if (state) query = query.where('deliveries.state', '=', sql.lit(state))
  if (state === 'due') {
    query = query.orderBy('deliveries.next_at').orderBy('deliveries.id')
    if (after)
      query = query.where(
        sql<boolean>`(deliveries.next_at, deliveries.id) > (cast(${after.nextAt} as bigint), cast(${after.id} as bigint))`,
      )
  } else {
    query = query.orderBy('deliveries.id', 'desc')
    if (after) query = query.where('deliveries.id', '<', after.id)
  }
  return query
}

const wholeRows = (query: ReturnType<typeof ordered>) =>
  query.selectAll('deliveries').select(['messages.sender', 'messages.subject'])

async function withAttempts(
  db: Database,
  rows: readonly Omit<ListedDelivery, 'attempt'>[],
): Promise<ListedDelivery[]> {
  const last = await lastAttempts(
    db,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => ({ ...row, attempt: last.get(row.id) ?? null }))
}

export interface WholeDelivery extends Omit<ListedDelivery, 'attempt'> {
  /** Who ordered the release, and why. */
  ordered_by: string
  note: string
  /** The newest first, at most 500. */
  attempted: AttemptsTable[]
}

const attemptsShown = 500

/** Undefined when there is no such delivery. */
export async function readDelivery({ read }: Database, id: number): Promise<WholeDelivery | undefined> {
  const row = await read
    .selectFrom('deliveries')
    .innerJoin('messages', 'messages.id', 'deliveries.message_id')
    .leftJoin('releases', 'releases.id', 'deliveries.release_id')
    .selectAll('deliveries')
    .select(['messages.sender', 'messages.subject', 'releases.actor as ordered_by', 'releases.note'])
    .where('deliveries.id', '=', id)
    .executeTakeFirst()
  if (!row) return undefined
  const attempted = await read
    .selectFrom('attempts')
    .selectAll()
    .where('delivery_id', '=', id)
    .orderBy('id', 'desc')
    .limit(attemptsShown)
    .execute()
  return { ...row, ordered_by: row.ordered_by ?? '', note: row.note ?? '', attempted }
}

async function lastAttempts(db: Database, ids: readonly number[]): Promise<Map<number, AttemptsTable>> {
  const rows = await inPieces(ids, (piece) =>
    db.read
      .selectFrom('attempts')
      .selectAll()
      .where('id', 'in', (query) =>
        query
          .selectFrom('attempts')
          .select(({ fn }) => fn.max('id').as('id'))
          .where('delivery_id', 'in', piece)
          .groupBy('delivery_id'),
      )
      .execute(),
  )
  return new Map(rows.map((row) => [row.delivery_id, row]))
}

/** All attempts at these deliveries, oldest first; at most 1,000. */
export async function attemptsOf(db: Database, deliveryIds: readonly number[]): Promise<AttemptsTable[]> {
  const found = await inPieces(deliveryIds, (piece) =>
    db.read
      .selectFrom('attempts')
      .selectAll()
      .where('delivery_id', 'in', piece)
      .orderBy('id')
      .limit(1000)
      .execute(),
  )
  return found.slice(0, 1000)
}

/** How many are due, how many of them were tried before, and since when the oldest waits (for metrics and health). */
export async function dueSummary(
  db: Database,
): Promise<{ due: number; deferred: number; oldest: number | null }> {
  const row = await db.read
    .selectFrom('deliveries')
    .select(({ fn }) => [
      fn.countAll<number>().as('due'),
      sql<number>`coalesce(sum(case when attempts > 0 then 1 else 0 end), 0)`.as('deferred'),
      fn.min('created_at').as('oldest'),
    ])
    .where('state', '=', sql.lit('due'))
    .executeTakeFirstOrThrow()
  return { due: Number(row.due), deferred: Number(row.deferred), oldest: row.oldest }
}

export type HandledDelivery = Pick<DeliveriesTable, 'id' | 'message_id' | 'n' | 'address' | 'attempts'>

export async function deliveriesById(
  read: Kysely<Schema>,
  ids: readonly number[],
): Promise<Map<number, DeliveriesTable>> {
  const rows = await inPieces(ids, (piece) =>
    read.selectFrom('deliveries').selectAll().where('id', 'in', piece).execute(),
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** Makes those that wait due now; returns which. */
export async function retryDeliveries(
  trx: Kysely<Schema>,
  ids: readonly number[],
  now: number,
): Promise<HandledDelivery[]> {
  return await inPieces(ids, (piece) =>
    trx
      .updateTable('deliveries')
      .set({ next_at: now })
      .where('id', 'in', piece)
      .where('state', '=', 'due')
      .where('leased_until', '<=', now)
      .returning(['id', 'message_id', 'n', 'address', 'attempts'])
      .execute(),
  )
}

/**
 * Gives up those that wait; their recipients' copies go back to `to`. Returns which. A lease that ran out and was not
 * given back says nothing: its holder may be sending yet, and what was sent must not be held again.
 */
export async function cancelDeliveries(
  trx: Kysely<Schema>,
  ids: readonly number[],
  { now, by, to }: { now: number; by: string; to: HoldingState & ('held' | 'release-failed') },
): Promise<HandledDelivery[]> {
  const changed = await inPieces(ids, (piece) =>
    trx
      .updateTable('deliveries')
      .set({ state: 'cancelled', ended_at: now, leased_until: 0, leased_by: '' })
      .where('id', 'in', piece)
      .where('state', '=', 'due')
      .where('leased_by', '=', '')
      .returning(['id', 'message_id', 'n', 'address', 'attempts'])
      .execute(),
  )
  await changeHoldings(trx, changed, { from: ['releasing'], to, at: now, by })
  return changed
}
