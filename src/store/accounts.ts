/** Rows of accounts. Names are unique whatever their case. */
import type { Kysely } from 'kysely'
import type { AccountsTable, Role, Schema } from './schema.ts'

export const accountKey = (name: string): string => name.toLowerCase()

export async function findAccount(read: Kysely<Schema>, name: string): Promise<AccountsTable | undefined> {
  return await read
    .selectFrom('accounts')
    .selectAll()
    .where('name_key', '=', accountKey(name))
    .executeTakeFirst()
}

/** Accounts in the order of their names; at most 10,000. */
export async function listAccounts(read: Kysely<Schema>): Promise<Omit<AccountsTable, 'password'>[]> {
  return await read
    .selectFrom('accounts')
    .select(['id', 'name', 'name_key', 'role', 'created_at', 'disabled_at'])
    .orderBy('name_key')
    .limit(10_000)
    .execute()
}

export async function anyAccount(read: Kysely<Schema>): Promise<boolean> {
  return (await read.selectFrom('accounts').select('id').limit(1).executeTakeFirst()) !== undefined
}

/** False when the name is taken. */
export async function insertAccount(trx: Kysely<Schema>, account: AccountsTable): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('accounts')
    .values(account)
    .onConflict((conflict) => conflict.column('name_key').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export async function updateAccount(
  trx: Kysely<Schema>,
  id: number,
  change: { role?: Role; password?: string; disabled_at?: number | null },
): Promise<void> {
  await trx.updateTable('accounts').set(change).where('id', '=', id).execute()
}

export async function countAdministrators(trx: Kysely<Schema>): Promise<number> {
  const { count } = await trx
    .selectFrom('accounts')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('role', '=', 'administrator')
    .where('disabled_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** The enabled administrator who was there first. */
export async function firstAdministrator(read: Kysely<Schema>): Promise<AccountsTable | undefined> {
  return await read
    .selectFrom('accounts')
    .selectAll()
    .where('role', '=', 'administrator')
    .where('disabled_at', 'is', null)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
}
