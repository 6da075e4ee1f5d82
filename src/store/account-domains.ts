/** The domains of domain administrators, in lower case; see mail/domains.ts for what they mean. */
import type { Kysely } from 'kysely'
import { pieces } from './lists.ts'
import type { Schema } from './schema.ts'

/** In order; of accounts that have none there is nothing. */
export async function domainsOfAccounts(
  read: Kysely<Schema>,
  accountIds: readonly number[],
): Promise<Map<number, string[]>> {
  const found = new Map<number, string[]>()
  for (const piece of pieces(accountIds)) {
    const rows = await read
      .selectFrom('account_domains')
      .selectAll()
      .where('account_id', 'in', piece)
      .orderBy('account_id')
      .orderBy('domain_key')
      .execute()
    for (const { account_id, domain_key } of rows) {
      const known = found.get(account_id)
      if (known) known.push(domain_key)
      else found.set(account_id, [domain_key])
    }
  }
  return found
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
