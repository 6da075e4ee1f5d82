/** What is listed in digests: copies held for some addresses, and what is told of their messages. */
import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import { inPieces } from './lists.ts'
import type { MessagesTable, Schema } from './schema.ts'

export interface HeldCopy {
  message_id: number
  address_key: string
}

export interface HeldSpan {
  addressKeys: readonly string[]
  areas: readonly string[]
  /** Message ids: greater than the one, up to the other. */
  after: number
  until: number
}

/**
 * Copies that are held for any of these addresses, the newest first; ends after `limit` rows. It walks the span once for
 * all of them: there is no index by address beside the mail path, and what is walked is what came since the last time.
 */
export async function heldCopies(db: Database, span: HeldSpan, limit: number): Promise<HeldCopy[]> {
  const keys = JSON.stringify(span.addressKeys)
  const listed =
    db.engine.kind === 'postgres'
      ? sql`select jsonb_array_elements_text(cast(${keys} as jsonb))`
      : sql`select value from json_each(${keys})`
  // The holdings first, and messages only where an address fits. "is true" keeps PostgreSQL from making a join of the
  // list, whose length it does not know: it makes a hash table of it.
  const { rows } = await sql<HeldCopy>`with copies as materialized (
      select message_id, n, address_key from holdings
      where message_id > ${span.after} and message_id <= ${span.until} and state = 'held'
        and (address_key in (${listed})) is true)
    select copies.message_id, copies.address_key
    from copies cross join messages
    where messages.id = copies.message_id and messages.area in (${sql.join(span.areas)})
    order by copies.message_id desc, copies.n desc limit ${limit}`.execute(db.read)
  return rows
}

const messageColumns = [
  'id',
  'sender',
  'header_from',
  'subject',
  'area',
  'reason',
  'verdicts',
] as const satisfies (keyof MessagesTable)[]

export type ListedMessage = Pick<MessagesTable, (typeof messageColumns)[number]>

export async function listedMessages(
  read: Kysely<Schema>,
  ids: readonly number[],
): Promise<Map<number, ListedMessage>> {
  const rows = await inPieces(ids, (piece) =>
    read.selectFrom('messages').select(messageColumns).where('id', 'in', piece).execute(),
  )
  return new Map(rows.map((row) => [row.id, row]))
}
