/**
 * Approved and blocked senders of users: the lists as people see them, and what they say about a mail. For whose mail an
 * entry counts is decided here, by the addresses that its user has at that moment.
 */
import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import { someHold } from './conditions.ts'
import type { Database } from './database.ts'
import { rowsOf } from './held.ts'
import { insertRows } from './kysely.ts'
import { inPieces } from './lists.ts'
import type { Schema } from './schema.ts'
import type { SenderKind, SendersTable } from './sender-schema.ts'

export interface SenderFilter {
  userId: number
  kind?: SenderKind | undefined
  /** In the pattern or in the note. */
  text?: string | undefined
}

/** In the order of their patterns. */
export async function listSenders(
  read: Kysely<Schema>,
  { offset, limit, ...filter }: SenderFilter & { offset: number; limit: number },
): Promise<SendersTable[]> {
  return await read
    .selectFrom('senders')
    .selectAll()
    .where((eb) => fits(eb, filter))
    .orderBy('pattern')
    .orderBy('address_key')
    .offset(offset)
    .limit(limit)
    .execute()
}

export async function countSenders(read: Kysely<Schema>, filter: SenderFilter): Promise<number> {
  const { count } = await read
    .selectFrom('senders')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where((eb) => fits(eb, filter))
    .executeTakeFirstOrThrow()
  return Number(count)
}

function fits({ and, eb }: ExpressionBuilder<Schema, 'senders'>, { userId, kind, text }: SenderFilter) {
  const conditions = [eb('user_id', '=', userId)]
  if (kind !== undefined) conditions.push(eb('kind', '=', kind))
  return and(text === undefined ? conditions : [...conditions, someHold(['pattern', 'note'], text)])
}

export async function readSender(
  read: Kysely<Schema>,
  userId: number,
  id: number,
): Promise<SendersTable | undefined> {
  return await read
    .selectFrom('senders')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst()
}

/** Those that a user has for these patterns at one address key. */
export async function sendersNamed(
  read: Kysely<Schema>,
  userId: number,
  addressKey: string,
  patterns: readonly string[],
): Promise<SendersTable[]> {
  return await inPieces(patterns, (piece) =>
    read
      .selectFrom('senders')
      .selectAll()
      .where('user_id', '=', userId)
      .where('address_key', '=', addressKey)
      .where('pattern', 'in', piece)
      .execute(),
  )
}

const counter = 'senders changed'
const columns = [
  'id',
  'user_id',
  'address_key',
  'kind',
  'pattern',
  'note',
  'created_at',
  'expires_at',
  'changed',
] as const satisfies (keyof SendersTable)[]

/** Entries that are not there yet. Writers wait for each other, so that numbers become visible in their order. */
export async function insertSenders(
  { senderMarks }: Pick<Database, 'senderMarks'>,
  trx: Kysely<Schema>,
  rows: readonly Omit<SendersTable, 'changed'>[],
): Promise<void> {
  if (rows.length === 0) return
  const { value } = await trx
    .insertInto('meta')
    .values({ key: counter, value: String(rows.length) })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({
        value: sql<string>`cast(cast(meta.value as bigint) + cast(${rows.length} as bigint) as text)`,
      }),
    )
    .returning('value')
    .executeTakeFirstOrThrow()
  let changed = Number(value) - rows.length
  const numbered = rows.map((row) => ({ ...row, changed: ++changed }))
  for (const { pattern } of rows) senderMarks.add(pattern)
  await insertRows(trx, { table: 'senders', columns, rows: rowsOf(numbered, columns) })
}

export async function updateSender(
  trx: Kysely<Schema>,
  id: number,
  change: Partial<Pick<SendersTable, 'kind' | 'note' | 'expires_at'>>,
): Promise<void> {
  if (Object.keys(change).length > 0)
    await trx.updateTable('senders').set(change).where('id', '=', id).execute()
}

export async function deleteSender(trx: Kysely<Schema>, id: number): Promise<void> {
  await trx.deleteFrom('senders').where('id', '=', id).execute()
}

/** @returns how many there were. */
export async function deleteExpiredSenders(
  trx: Kysely<Schema>,
  userId: number,
  now: number,
): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('senders')
    .where('user_id', '=', userId)
    .where('expires_at', '<=', now)
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** What somebody for whom a mail is says of a sender. */
export interface SenderSaid {
  /** Key of the address for which it counts. */
  recipient: string
  kind: SenderKind
  pattern: string
}

/**
 * What the users of these addresses say of these patterns now: an entry counts for the own addresses and aliases of its
 * user, or for the one address that it was made for while that is delegated to him. Disabled users say nothing.
 */
export async function sendersSaid(
  { read }: Pick<Database, 'read'>,
  recipients: readonly string[],
  patterns: readonly string[],
  now: number,
): Promise<SenderSaid[]> {
  return await inPieces(recipients, (some) =>
    inPieces(patterns, (named) =>
      read
        .selectFrom('user_addresses')
        .innerJoin('users', 'users.id', 'user_addresses.user_id')
        .innerJoin('senders', 'senders.user_id', 'user_addresses.user_id')
        .select(['user_addresses.address_key as recipient', 'senders.kind', 'senders.pattern'])
        .where('user_addresses.address_key', 'in', some)
        .where('users.disabled_at', 'is', null)
        .where('senders.pattern', 'in', named)
        // Both that it may be, so that an index is used; then the one that fits.
        .where(({ eb, ref, val }) =>
          eb('senders.address_key', 'in', [val(''), ref('user_addresses.address_key')]),
        )
        .where(({ or, and, eb, ref }) =>
          or([
            and([eb('senders.address_key', '=', ''), eb('user_addresses.kind', 'in', ['own', 'alias'])]),
            and([
              eb('senders.address_key', '=', ref('user_addresses.address_key')),
              eb('user_addresses.kind', '=', 'delegated'),
            ]),
          ]),
        )
        .where(({ or, eb }) => or([eb('senders.expires_at', 'is', null), eb('senders.expires_at', '>', now)]))
        .execute(),
    ),
  )
}
