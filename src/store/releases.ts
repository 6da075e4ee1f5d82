/**
 * The rows of a release: the order itself and one due delivery for each recipient's copy. Written in the transaction
 * that turns the holdings; contents are locked against being purged meanwhile.
 */
import type { Kysely } from 'kysely'
import type { Database } from './database.ts'
import { deliveryColumns, rowsOf } from './held.ts'
import type { HoldingKey } from './holdings.ts'
import { insertRows } from './kysely.ts'
import { pieces } from './lists.ts'
import type { Schema } from './schema.ts'

/** What a release, a deletion or its undoing must know of a message. */
export interface MessageToHandle {
  id: number
  content_id: number
  reason: string
  /** JSON: Verdict[] */
  verdicts: string
  expired_at: number | null
  /** Null: the bytes are there. A number: since when they are not. */
  purged_at: number | null
}

/**
 * These messages, and nobody purges their content before the transaction ends (retention.ts takes the same locks the
 * other way). On SQLite writers take turns anyway.
 */
export async function messagesToHandle(
  db: Database,
  trx: Kysely<Schema>,
  ids: readonly number[],
): Promise<Map<number, MessageToHandle>> {
  const found = new Map<number, MessageToHandle>()
  for (const piece of pieces(ids)) {
    let query = trx
      .selectFrom('messages')
      .innerJoin('contents', 'contents.id', 'messages.content_id')
      .select([
        'messages.id',
        'messages.content_id',
        'messages.reason',
        'messages.verdicts',
        'messages.expired_at',
        'contents.purged_at',
      ])
      .where('messages.id', 'in', piece)
      .orderBy('contents.id')
    if (db.engine.kind === 'postgres') query = query.forShare('contents')
    for (const row of await query.execute()) found.set(row.id, { ...row, expired_at: row.expired_at ?? null })
  }
  return found
}

export interface ReleaseRow {
  id: number
  /** Milliseconds. */
  at: number
  actor: string
  note: string
}

/** The release and a delivery, due at `dueAt`, for each of `copies`. */
export async function insertRelease(
  db: Database,
  trx: Kysely<Schema>,
  release: ReleaseRow,
  copies: readonly (HoldingKey & { address: string })[],
  dueAt: number,
): Promise<void> {
  const rows = copies.map(({ message_id, n, address }) => ({
    id: db.ids.next(),
    release_id: release.id,
    message_id,
    n,
    address,
    state: 'due' as const,
    attempts: 0,
    next_at: dueAt,
    leased_until: 0,
    leased_by: '',
    created_at: release.at,
    ended_at: null,
  }))
  await Promise.all([
    trx.insertInto('releases').values(release).execute(),
    insertRows(trx, { table: 'deliveries', columns: deliveryColumns, rows: rowsOf(rows, deliveryColumns) }),
  ])
}
