/** Rows of API keys, found by the SHA-256 of the key; the key itself is nowhere. Revoked ones stay, for the record. */
import type { Kysely } from 'kysely'
import type { ApiKeysTable, Role, Schema } from './schema.ts'

export interface KeyOfAccount extends Omit<ApiKeysTable, 'hash'> {
  account: string
  account_role: Role
  account_disabled_at: number | null
}

const withAccount = (read: Kysely<Schema>) =>
  read
    .selectFrom('api_keys')
    .innerJoin('accounts', 'accounts.id', 'api_keys.account_id')
    .select([
      'api_keys.id',
      'api_keys.account_id',
      'api_keys.name',
      'api_keys.role',
      'api_keys.created_at',
      'api_keys.expires_at',
      'api_keys.used_at',
      'api_keys.revoked_at',
      'accounts.name as account',
      'accounts.role as account_role',
      'accounts.disabled_at as account_disabled_at',
    ])

export async function findKeyByHash(read: Kysely<Schema>, hash: string): Promise<KeyOfAccount | undefined> {
  return await withAccount(read).where('api_keys.hash', '=', hash).executeTakeFirst()
}

export async function findKey(read: Kysely<Schema>, id: number): Promise<KeyOfAccount | undefined> {
  return await withAccount(read).where('api_keys.id', '=', id).executeTakeFirst()
}

/** The newest first, at most 10,000; of one account, or of all. */
export async function listKeys(read: Kysely<Schema>, account?: string): Promise<KeyOfAccount[]> {
  const all = withAccount(read).orderBy('api_keys.id', 'desc').limit(10_000)
  return await (account === undefined ? all : all.where('accounts.name', '=', account)).execute()
}

export async function countLiveKeys(trx: Kysely<Schema>, accountId: number): Promise<number> {
  const { count } = await trx
    .selectFrom('api_keys')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function insertKey(trx: Kysely<Schema>, key: ApiKeysTable): Promise<void> {
  await trx.insertInto('api_keys').values(key).execute()
}

export async function touchKey(trx: Kysely<Schema>, id: number, now: number): Promise<void> {
  await trx.updateTable('api_keys').set({ used_at: now }).where('id', '=', id).execute()
}

/** False when it was revoked before. */
export async function revokeKey(trx: Kysely<Schema>, id: number, now: number): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
