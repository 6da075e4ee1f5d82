/** The domains of domain administrators, in lower case; see mail/domains.ts for what they mean. */
import type { Kysely } from 'kysely'
import { inPieces } from './lists.ts'
import type { Schema } from './schema.ts'

/** In order; of accounts that have none there is nothing. */
export async function domainsOfAccounts(
  read: Kysely<Schema>,
  accountIds: readonly number[],
): Promise<Map<number, string[]>> {
  const rows = await inPieces(accountIds, (piece) =>
    read
      .selectFrom('account_domains')
      .selectAll()
      .where('account_id', 'in', piece)
      .orderBy('account_id')
      .orderBy('domain_key')
      .execute(),
  )
  const byAccount = Map.groupBy(rows, ({ account_id }) => account_id)
  return new Map([...byAccount].map(([id, some]) => [id, some.map(({ domain_key }) => domain_key)]))
}

export const domainsOfAccount = async (read: Kysely<Schema>, accountId: number): Promise<string[]> =>
  (await domainsOfAccounts(read, [accountId])).get(accountId) ?? []

/** Makes them exactly these. */
export async function replaceDomains(
  trx: Kysely<Schema>,
  accountId: number,
  domains: readonly string[],
): Promise<void> {
  await trx.deleteFrom('account_domains').where('account_id', '=', accountId).execute()
  for (const domain_key of new Set(domains))
    await trx.insertInto('account_domains').values({ account_id: accountId, domain_key }).execute()
}
