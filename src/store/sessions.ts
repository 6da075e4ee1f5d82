/** Rows of sessions, found by the SHA-256 of their token; the token itself is nowhere. */
import type { Kysely } from 'kysely'
import type { Role, Schema, SessionsTable } from './schema.ts'

export interface LiveSession extends SessionsTable {
  name: string
  role: Role
  must_change_password: number
}

/** The session with its account, unless that is disabled. Whether it has expired is for the caller to say. */
export async function findSession(read: Kysely<Schema>, hash: string): Promise<LiveSession | undefined> {
  return await read
    .selectFrom('sessions')
    .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
    .selectAll('sessions')
    .select(['accounts.name', 'accounts.role', 'accounts.must_change_password'])
    .where('sessions.hash', '=', hash)
    .where('accounts.disabled_at', 'is', null)
    .executeTakeFirst()
}

export async function insertSession(trx: Kysely<Schema>, session: SessionsTable): Promise<void> {
  await trx.insertInto('sessions').values(session).execute()
}

export async function touchSession(trx: Kysely<Schema>, hash: string, now: number): Promise<void> {
  await trx.updateTable('sessions').set({ seen_at: now }).where('hash', '=', hash).execute()
}

/** Whether there was one. */
export async function endSession(trx: Kysely<Schema>, hash: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('sessions').where('hash', '=', hash).executeTakeFirst()
  return numDeletedRows > 0n
}

/** All sessions of an account, but for one perhaps. */
export async function endSessionsOf(trx: Kysely<Schema>, accountId: number, except = ''): Promise<void> {
  await trx.deleteFrom('sessions').where('account_id', '=', accountId).where('hash', '<>', except).execute()
}

/** Removes those that are past their time anyway. */
export async function dropExpiredSessions(
  trx: Kysely<Schema>,
  now: number,
  seenBefore: number,
): Promise<void> {
  await trx
    .deleteFrom('sessions')
    .where((or) => or.or([or('expires_at', '<=', now), or('seen_at', '<=', seenBefore)]))
    .execute()
}

/** Keeps the newest of an account, so that a script that never signs out does not pile them up. */
export async function keepNewestSessions(
  trx: Kysely<Schema>,
  accountId: number,
  count: number,
): Promise<void> {
  const old = await trx
    .selectFrom('sessions')
    .select('hash')
    .where('account_id', '=', accountId)
    .orderBy('seen_at', 'desc')
    .orderBy('hash')
    .offset(count)
    .limit(100)
    .execute()
  if (old.length > 0)
    await trx
      .deleteFrom('sessions')
      .where(
        'hash',
        'in',
        old.map(({ hash }) => hash),
      )
      .execute()
}
