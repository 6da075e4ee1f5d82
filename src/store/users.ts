/** Rows of users and of the addresses that they may act for. Names are unique whatever their case. */
import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'
import { addAddress } from './user-addresses.ts'
import type { AddressKind, UserAddressesTable, UsersTable } from './user-schema.ts'

/** What a list of users shows. */
export interface UserOverview extends Omit<UsersTable, 'password' | 'preferences'> {
  has_password: boolean
}

export const userAddressesLimit = 500

export async function findUser(read: Kysely<Schema>, nameKey: string): Promise<UsersTable | undefined> {
  return await read.selectFrom('users').selectAll().where('name_key', '=', nameKey).executeTakeFirst()
}

export async function readUser(read: Kysely<Schema>, id: number): Promise<UsersTable | undefined> {
  return await read.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function hasUsers(read: Kysely<Schema>): Promise<boolean> {
  return (await read.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined
}

export const overviewOf = ({ password, preferences: _, ...user }: UsersTable): UserOverview => ({
  ...user,
  has_password: password !== '',
})

/** False when the name is taken. */
export async function insertUser(trx: Kysely<Schema>, user: UsersTable): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('users')
    .values(user)
    .onConflict((conflict) => conflict.column('name_key').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export async function updateUser(
  trx: Kysely<Schema>,
  id: number,
  change: Partial<Omit<UsersTable, 'id' | 'name' | 'name_key'>>,
): Promise<void> {
  if (Object.keys(change).length > 0)
    await trx.updateTable('users').set(change).where('id', '=', id).execute()
}

/** Those who read and then write what belongs to one user wait for each other, on PostgreSQL too. */
export async function lockUser(trx: Kysely<Schema>, id: number): Promise<void> {
  await trx
    .updateTable('users')
    .set(({ ref }) => ({ name: ref('name') }))
    .where('id', '=', id)
    .execute()
}

/** The addresses of users, the own ones first, each as often as a source tells of it. */
export async function addressesOf(
  read: Kysely<Schema>,
  userIds: readonly number[],
): Promise<UserAddressesTable[]> {
  if (userIds.length === 0) return []
  const rows = await read
    .selectFrom('user_addresses')
    .selectAll()
    .where('user_id', 'in', userIds)
    .orderBy('address_key')
    .execute()
  const rank: Record<AddressKind, number> = { own: 0, alias: 1, delegated: 2 }
  return rows.sort((a, b) => rank[a.kind] - rank[b.kind])
}

/** Makes the addresses of these kinds that `source` tells of exactly these; what other sources tell of stays. */
export async function replaceAddresses(
  trx: Kysely<Schema>,
  { userId, source, kinds }: { userId: number; source: string; kinds: readonly AddressKind[] },
  rows: readonly UserAddressesTable[],
): Promise<void> {
  await trx
    .deleteFrom('user_addresses')
    .where('user_id', '=', userId)
    .where('source', '=', source)
    .where('kind', 'in', kinds)
    .execute()
  for (const row of rows) await addAddress(trx, row)
}

/** The enabled user whose own address or alias this is; the one who has it as an own one first. */
export async function userWithAddress(
  read: Kysely<Schema>,
  addressKey: string,
): Promise<UsersTable | undefined> {
  const found = await read
    .selectFrom('user_addresses')
    .innerJoin('users', 'users.id', 'user_addresses.user_id')
    .selectAll('users')
    .select('user_addresses.kind')
    .where('user_addresses.address_key', '=', addressKey)
    .where('user_addresses.kind', 'in', ['own', 'alias'])
    .where('users.disabled_at', 'is', null)
    .orderBy('users.id')
    .limit(100)
    .execute()
  return found.find(({ kind }) => kind === 'own') ?? found[0]
}
