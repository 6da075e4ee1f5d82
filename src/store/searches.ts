/** Rows of saved searches. Names are unique within an account, whatever their case. */
import type { Kysely } from 'kysely'
import type { SavedSearchesTable, Schema } from './schema.ts'

export interface SearchOfAccount extends SavedSearchesTable {
  /** Whose it is. */
  owner: string
}

const searchKey = (name: string): string => name.toLowerCase()
const shownAtMost = 1000

const withOwner = (read: Kysely<Schema>) =>
  read
    .selectFrom('saved_searches')
    .innerJoin('accounts', 'accounts.id', 'saved_searches.account_id')
    .selectAll('saved_searches')
    .select('accounts.name as owner')

/** The account's own and those that are shared, by name. */
export async function listSearches(read: Kysely<Schema>, accountId: number): Promise<SearchOfAccount[]> {
  const [own, shared] = await Promise.all([
    withOwner(read).where('account_id', '=', accountId).execute(),
    withOwner(read)
      .where('shared', '=', 1)
      .where('account_id', '<>', accountId)
      .orderBy('saved_searches.name_key')
      .orderBy('saved_searches.id')
      .limit(shownAtMost)
      .execute(),
  ])
  // Here, since databases put other letters than a–z in different orders.
  const order = (a: SearchOfAccount, b: SearchOfAccount) =>
    a.name_key < b.name_key ? -1 : a.name_key > b.name_key ? 1 : a.id - b.id
  return [...own, ...shared].sort(order)
}

export async function findSearch(read: Kysely<Schema>, id: number): Promise<SearchOfAccount | undefined> {
  return await withOwner(read).where('saved_searches.id', '=', id).executeTakeFirst()
}

export async function findSearchByName(
  read: Kysely<Schema>,
  accountId: number,
  name: string,
): Promise<SavedSearchesTable | undefined> {
  return await read
    .selectFrom('saved_searches')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('name_key', '=', searchKey(name))
    .executeTakeFirst()
}

export async function countSearches(trx: Kysely<Schema>, accountId: number): Promise<number> {
  const { count } = await trx
    .selectFrom('saved_searches')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function insertSearch(
  trx: Kysely<Schema>,
  search: Omit<SavedSearchesTable, 'name_key'>,
): Promise<void> {
  await trx
    .insertInto('saved_searches')
    .values({ ...search, name_key: searchKey(search.name) })
    .execute()
}

export async function updateSearch(
  trx: Kysely<Schema>,
  id: number,
  change: Pick<SavedSearchesTable, 'name' | 'query' | 'shared'>,
): Promise<void> {
  await trx.updateTable('saved_searches').set(change).where('id', '=', id).execute()
}

/** False when it is gone already. */
export async function deleteSearch(trx: Kysely<Schema>, id: number): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('saved_searches').where('id', '=', id).executeTakeFirst()
  return numDeletedRows === 1n
}
