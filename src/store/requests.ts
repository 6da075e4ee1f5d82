/**
 * Rows of requests for release. There is one open request a copy, by a unique index; it ends by compare-and-set, so that
 * of two who decide at once one loses and sees it. Whatever else happens to the copy ends it as well (holdings.ts).
 */
import { type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import { addressEndsIn, isOneOf, someHold } from './conditions.ts'
import { inPieces, pieces } from './lists.ts'
import type { RequestState, RequestsTable } from './request-schema.ts'
import type { HoldingState, Schema } from './schema.ts'

type CopyKey = Pick<RequestsTable, 'message_id' | 'n'>

/** Ends the open requests for copies that something else has happened to. Inside that deed's transaction. */
export async function closeRequests(
  trx: Kysely<Schema>,
  copies: readonly CopyKey[],
  { at, by }: { at: number; by: string },
): Promise<void> {
  for (const piece of pieces(copies))
    await sql`update requests set state = 'void', decided_at = ${at}, decided_by = ${by}
      where state = 'open' and ${isOneOf(piece)}`.execute(trx)
}

/** Those for which nothing is open yet; returns which. */
export async function insertRequests(
  trx: Kysely<Schema>,
  rows: readonly RequestsTable[],
): Promise<CopyKey[]> {
  const inserted: CopyKey[] = []
  for (const row of rows)
    inserted.push(
      ...(await trx
        .insertInto('requests')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .returning(['message_id', 'n'])
        .execute()),
    )
  return inserted
}

/** What was asked for last of each copy of these messages. */
export async function lastRequests(
  read: Kysely<Schema>,
  messageIds: readonly number[],
): Promise<RequestsTable[]> {
  return await inPieces(messageIds, (piece) =>
    read
      .selectFrom('requests')
      .selectAll()
      .where('id', 'in', (query) =>
        query
          .selectFrom('requests')
          .select(({ fn }) => fn.max('id').as('id'))
          .where('message_id', 'in', piece)
          .groupBy(['message_id', 'n']),
      )
      .execute(),
  )
}

/** What a user has open, and has asked for with ids from `sinceId` on. */
export async function countOfUser(
  read: Kysely<Schema>,
  userId: number,
  sinceId: number,
): Promise<{ open: number; lately: number }> {
  const row = await read
    .selectFrom('requests')
    .select([
      sql<number>`coalesce(sum(case when state = 'open' then 1 else 0 end), 0)`.as('open'),
      sql<number>`coalesce(sum(case when id >= ${sinceId} then 1 else 0 end), 0)`.as('lately'),
    ])
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return { open: Number(row.open), lately: Number(row.lately) }
}

/** Takes back what a user has asked for; returns which. */
export async function withdrawRequests(
  trx: Kysely<Schema>,
  { userId, messageIds, at, by }: { userId: number; messageIds: readonly number[]; at: number; by: string },
): Promise<RequestsTable[]> {
  return await inPieces(messageIds, (piece) =>
    trx
      .updateTable('requests')
      .set({ state: 'withdrawn', decided_at: at, decided_by: by })
      .where('message_id', 'in', piece)
      .where('user_id', '=', userId)
      .where('state', '=', sql.lit('open'))
      .returningAll()
      .execute(),
  )
}

/** Decides about those that are open; returns which. */
export async function decideRequests(
  trx: Kysely<Schema>,
  ids: readonly number[],
  decision: { state: 'approved' | 'denied'; at: number; by: string; answer: string },
): Promise<number[]> {
  const decided = await inPieces(ids, (piece) =>
    trx
      .updateTable('requests')
      .set({
        state: decision.state,
        decided_at: decision.at,
        decided_by: decision.by,
        answer: decision.answer,
      })
      .where('id', 'in', piece)
      .where('state', '=', sql.lit('open'))
      .returning('id')
      .execute(),
  )
  return decided.map(({ id }) => id)
}

export interface ListedRequest extends RequestsTable {
  sender: string
  subject: string
  header_from: string
  area: string
  reason: string
  explanation: string
  /** JSON: Verdict[] */
  verdicts: string
  copy_state: HoldingState
}

const listed = (read: Kysely<Schema>) =>
  read
    .selectFrom('requests')
    .innerJoin('messages', 'messages.id', 'requests.message_id')
    .innerJoin('holdings', (join) =>
      join.onRef('holdings.message_id', '=', 'requests.message_id').onRef('holdings.n', '=', 'requests.n'),
    )
    .selectAll('requests')
    .select([
      'messages.sender',
      'messages.subject',
      'messages.header_from',
      'messages.area',
      'messages.reason',
      'messages.explanation',
      'messages.verdicts',
      'holdings.state as copy_state',
    ])

export async function requestsById(
  read: Kysely<Schema>,
  ids: readonly number[],
): Promise<Map<number, ListedRequest>> {
  const rows = await inPieces(ids, (piece) => listed(read).where('requests.id', 'in', piece).execute())
  return new Map(rows.map((row) => [row.id, row]))
}

export interface RequestFilter {
  /** open, or how it ended; all without it. */
  state?: RequestState | undefined
  /** In sender, subject, recipient, who asked, or note. */
  words?: string | undefined
  /** For addresses of these domains. */
  domains?: readonly string[] | undefined
}

const sortColumns = {
  asked: 'requests.id',
  recipient: 'requests.address_key',
  sender: 'messages.sender',
  subject: 'messages.subject',
  reason: 'messages.reason',
} as const
export type RequestSort = keyof typeof sortColumns

export async function listRequests(
  read: Kysely<Schema>,
  filter: RequestFilter,
  { sort, order, limit, offset }: { sort: RequestSort; order: 'asc' | 'desc'; limit: number; offset: number },
): Promise<ListedRequest[]> {
  return await narrowed(listed(read), filter)
    .orderBy(sql.ref(sortColumns[sort]), order)
    .orderBy('requests.id', order)
    .limit(limit)
    .offset(offset)
    .execute()
}

/** Counts up to `upTo`. */
export async function countRequests(
  read: Kysely<Schema>,
  filter: RequestFilter,
  upTo: number,
): Promise<number> {
  const some = read
    .selectFrom('requests')
    .$if(filter.words !== undefined, (query) =>
      query.innerJoin('messages', 'messages.id', 'requests.message_id'),
    )
    .select('requests.id')
  const { count } = await read
    .selectFrom(narrowed(some, filter).limit(upTo).as('some'))
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

function narrowed<Tables extends keyof Schema, O>(
  query: SelectQueryBuilder<Schema, Tables | 'requests', O>,
  { state, words, domains }: RequestFilter,
): SelectQueryBuilder<Schema, Tables | 'requests', O> {
  let some = query
  // Written out, so that the index over open ones can be used.
  if (state) some = some.where(sql<boolean>`requests.state = ${sql.lit(state)}`)
  if (domains) some = some.where(addressEndsIn('requests.address_key', domains))
  if (words !== undefined) {
    const columns = ['messages.sender', 'messages.subject', 'requests.address', 'requests.note']
    // Who acts for an address of these domains may be somebody of another, who is not told.
    if (!domains) columns.push('requests.asked_by')
    some = some.where(someHold(columns, words))
  }
  return some
}

/** Whether anybody has ever asked for a copy of this message. */
export async function wasRequested(read: Kysely<Schema>, messageId: number): Promise<boolean> {
  const row = await read
    .selectFrom('requests')
    .select('id')
    .where('message_id', '=', messageId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
