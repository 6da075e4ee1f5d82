/** Rows of users' sessions and single-use tokens, found by the SHA-256 of what is secret; that itself is nowhere. */
import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import type { Schema } from './schema.ts'
import type { UserSessionsTable, UsersTable, UserTokensTable } from './user-schema.ts'

export interface LiveUserSession extends UserSessionsTable {
  user: UsersTable
}

/** The session with its user, unless that is disabled. Whether it has expired is for the caller to say. */
export async function findUserSession(
  read: Kysely<Schema>,
  hash: string,
): Promise<LiveUserSession | undefined> {
  const session = await read
    .selectFrom('user_sessions')
    .selectAll()
    .where('hash', '=', hash)
    .executeTakeFirst()
  if (!session) return undefined
  const user = await read
    .selectFrom('users')
    .selectAll()
    .where('id', '=', session.user_id)
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  return user && { ...session, user }
}

export async function insertUserSession(trx: Kysely<Schema>, session: UserSessionsTable): Promise<void> {
  await trx.insertInto('user_sessions').values(session).execute()
}

export async function touchUserSession(trx: Kysely<Schema>, hash: string, now: number): Promise<void> {
  await trx.updateTable('user_sessions').set({ seen_at: now }).where('hash', '=', hash).execute()
}

/** Whether there was one. */
export async function endUserSession(trx: Kysely<Schema>, hash: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('user_sessions').where('hash', '=', hash).executeTakeFirst()
  return numDeletedRows > 0n
}

/** All sessions of a user, but for one perhaps. */
export async function endUserSessionsOf(trx: Kysely<Schema>, userId: number, except = ''): Promise<void> {
  await trx.deleteFrom('user_sessions').where('user_id', '=', userId).where('hash', '<>', except).execute()
}

/** Those that go on, the one used last first. */
export async function userSessionsOf(
  read: Kysely<Schema>,
  userId: number,
  { now, idleSince }: { now: number; idleSince: number },
): Promise<UserSessionsTable[]> {
  return await read
    .selectFrom('user_sessions')
    .selectAll()
    .where('user_id', '=', userId)
    .where('expires_at', '>', now)
    .where('seen_at', '>', idleSince)
    .orderBy('seen_at', 'desc')
    .orderBy('hash')
    .execute()
}

/** Removes sessions past their time, and of one user all but the newest `count`. */
export async function tidyUserSessions(
  trx: Kysely<Schema>,
  now: number,
  userId: number,
  count: number,
): Promise<void> {
  await trx.deleteFrom('user_sessions').where('expires_at', '<=', now).execute()
  const old = await trx
    .selectFrom('user_sessions')
    .select('hash')
    .where('user_id', '=', userId)
    .orderBy('seen_at', 'desc')
    .orderBy('hash')
    .offset(count)
    .limit(100)
    .execute()
  const hashes = old.map(({ hash }) => hash)
  if (hashes.length > 0) await trx.deleteFrom('user_sessions').where('hash', 'in', hashes).execute()
}

/** Removes tokens that were past their time `before` that. */
export async function insertToken(
  trx: Kysely<Schema>,
  token: UserTokensTable,
  before: number,
): Promise<void> {
  await trx.deleteFrom('user_tokens').where('expires_at', '<=', before).execute()
  await trx.insertInto('user_tokens').values(token).execute()
}

export async function findToken(
  read: Kysely<Schema>,
  hash: string,
  purpose: UserTokensTable['purpose'],
): Promise<UserTokensTable | undefined> {
  return await read
    .selectFrom('user_tokens')
    .selectAll()
    .where('hash', '=', hash)
    .where('purpose', '=', purpose)
    .executeTakeFirst()
}

/** After so many wrong codes a code is good no more. */
const wrongCodesLimit = 5

/**
 * Uses it up: of two who come with the same token one gets it. Undefined: unknown, used, expired, for something else, or
 * guessed at too often.
 */
export async function useToken(
  trx: Kysely<Schema>,
  hash: string,
  purpose: UserTokensTable['purpose'],
  now: number,
): Promise<UserTokensTable | undefined> {
  return await trx
    .updateTable('user_tokens')
    .set({ used_at: now })
    .where('hash', '=', hash)
    .where('purpose', '=', purpose)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .where('attempts', '<', wrongCodesLimit)
    .returningAll()
    .executeTakeFirst()
}

/** First key of the advisory locks on addresses. */
const addressLocks = 7246

/**
 * Whether fewer than `limit` tokens were made for an address since then, used or not. Whoever wants to know the same at
 * the same time waits until this transaction is over.
 */
export async function fewTokens(
  { engine }: Database,
  trx: Kysely<Schema>,
  {
    address_key,
    purpose,
    since,
    limit,
  }: Pick<UserTokensTable, 'address_key' | 'purpose'> & { since: number; limit: number },
): Promise<boolean> {
  if (engine.kind === 'postgres')
    await sql`select pg_advisory_xact_lock(${addressLocks}, hashtext(${address_key}))`.execute(trx)
  const rows = await trx
    .selectFrom('user_tokens')
    .select('hash')
    .where('address_key', '=', address_key)
    .where('purpose', '=', purpose)
    .where('created_at', '>', since)
    .limit(limit)
    .execute()
  return rows.length < limit
}

/** Counts for all codes of a user that are open: which of them was meant nobody knows. */
export async function countWrongCode(trx: Kysely<Schema>, userId: number): Promise<void> {
  await trx
    .updateTable('user_tokens')
    .set(({ eb }) => ({ attempts: eb('attempts', '+', 1) }))
    .where('user_id', '=', userId)
    .where('purpose', '=', 'delegation')
    .where('used_at', 'is', null)
    .execute()
}

/** Of a user for one address; it is kept as one that was made, so that it still counts. */
export async function dropOpenToken(
  trx: Kysely<Schema>,
  userId: number,
  purpose: UserTokensTable['purpose'],
  addressKey: string,
): Promise<void> {
  await trx
    .updateTable('user_tokens')
    .set(({ ref }) => ({ expires_at: ref('created_at') }))
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .where('address_key', '=', addressKey)
    .where('used_at', 'is', null)
    .execute()
}

/** Tokens of a user that were not used yet are worth nothing any more. */
export async function dropTokensOf(
  trx: Kysely<Schema>,
  userId: number,
  purposes: readonly UserTokensTable['purpose'][],
): Promise<void> {
  await trx
    .deleteFrom('user_tokens')
    .where('user_id', '=', userId)
    .where('purpose', 'in', purposes)
    .where('used_at', 'is', null)
    .execute()
}

/** Users of `userIds` who were invited and can still take the invitation up, with its end. */
export async function openInvitations(
  read: Kysely<Schema>,
  userIds: readonly number[],
  now: number,
): Promise<Map<number, number>> {
  if (userIds.length === 0) return new Map()
  const rows = await read
    .selectFrom('user_tokens')
    .select(['user_id', 'expires_at'])
    .where('user_id', 'in', userIds)
    .where('purpose', '=', 'invite')
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .execute()
  return new Map(rows.flatMap(({ user_id, expires_at }) => (user_id === null ? [] : [[user_id, expires_at]])))
}
