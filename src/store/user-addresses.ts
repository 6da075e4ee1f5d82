/** Single addresses that users may act for; users.ts has all of one source at once. */
import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'
import type { UserAddressesTable } from './user-schema.ts'

/** Whether it is the own address or an alias of somebody who is disabled: nobody becomes a user by it. */
export async function isDisabledUsers(read: Kysely<Schema>, addressKey: string): Promise<boolean> {
  const found = await read
    .selectFrom('user_addresses')
    .innerJoin('users', 'users.id', 'user_addresses.user_id')
    .select('users.id')
    .where('user_addresses.address_key', '=', addressKey)
    .where('user_addresses.kind', 'in', ['own', 'alias'])
    .where('users.disabled_at', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}

/** How many rows a user has: what several sources tell counts as often. */
export async function countAddresses(trx: Kysely<Schema>, userId: number): Promise<number> {
  const { count } = await trx
    .selectFrom('user_addresses')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Told again by the same source it stays as it was. */
export async function addAddress(trx: Kysely<Schema>, row: UserAddressesTable): Promise<void> {
  await trx
    .insertInto('user_addresses')
    .values(row)
    .onConflict((conflict) => conflict.columns(['user_id', 'address_key', 'source']).doNothing())
    .execute()
}

/** Takes a delegation away as far as these sources told it. False: there was none of theirs. */
export async function dropDelegation(
  trx: Kysely<Schema>,
  userId: number,
  addressKey: string,
  sources: readonly string[],
): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('user_addresses')
    .where('user_id', '=', userId)
    .where('address_key', '=', addressKey)
    .where('kind', '=', 'delegated')
    .where('source', 'in', sources)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
