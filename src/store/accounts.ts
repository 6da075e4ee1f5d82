/** Rows of accounts. Names are unique whatever their case. */
import type { Kysely } from 'kysely'
import { domainsOfAccount, domainsOfAccounts } from './account-domains.ts'
import type { AccountsTable, Role, Schema } from './schema.ts'

/** What a list of accounts shows. */
export interface AccountOverview extends Omit<AccountsTable, 'password' | 'preferences'> {
  /** Null: no second factor, or none that counts yet. */
  second_factor_at: number | null
  /** Of a domain administrator. */
  domains: string[]
}

type NewAccount = Omit<AccountsTable, 'must_change_password' | 'preferences'> & Partial<AccountsTable>

export const accountKey = (name: string): string => name.toLowerCase()

export async function findAccount(read: Kysely<Schema>, name: string): Promise<AccountsTable | undefined> {
  return await read
    .selectFrom('accounts')
    .selectAll()
    .where('name_key', '=', accountKey(name))
    .executeTakeFirst()
}

const overview = (read: Kysely<Schema>) =>
  read
    .selectFrom('accounts')
    .leftJoin('second_factors', 'second_factors.account_id', 'accounts.id')
    .select([
      'accounts.id',
      'accounts.name',
      'accounts.name_key',
      'accounts.role',
      'accounts.created_at',
      'accounts.disabled_at',
      'accounts.must_change_password',
      'second_factors.confirmed_at as second_factor_at',
    ])

export async function accountOverview(read: Kysely<Schema>, id: number): Promise<AccountOverview> {
  const account = await overview(read).where('accounts.id', '=', id).executeTakeFirstOrThrow()
  return { ...account, domains: await domainsOfAccount(read, id) }
}

/** Accounts in the order of their names; at most 10,000. */
export async function listAccounts(read: Kysely<Schema>): Promise<AccountOverview[]> {
  const accounts = await overview(read).orderBy('accounts.name_key').limit(10_000).execute()
  const restricted = accounts.filter(({ role }) => role === 'domain-administrator').map(({ id }) => id)
  const domains = await domainsOfAccounts(read, restricted)
  return accounts.map((account) => ({ ...account, domains: domains.get(account.id) ?? [] }))
}

/** Those who read and then write what belongs to one account wait for each other, on PostgreSQL too. */
export async function lockAccount(trx: Kysely<Schema>, id: number): Promise<void> {
  await trx
    .updateTable('accounts')
    .set(({ ref }) => ({ role: ref('role') }))
    .where('id', '=', id)
    .execute()
}

export async function anyAccount(read: Kysely<Schema>): Promise<boolean> {
  return (await read.selectFrom('accounts').select('id').limit(1).executeTakeFirst()) !== undefined
}

/** False when the name is taken. */
export async function insertAccount(trx: Kysely<Schema>, account: NewAccount): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('accounts')
    .values({ must_change_password: 0, preferences: '{}', ...account })
    .onConflict((conflict) => conflict.column('name_key').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export async function updateAccount(
  trx: Kysely<Schema>,
  id: number,
  change: {
    role?: Role
    password?: string
    disabled_at?: number | null
    must_change_password?: number
    preferences?: string
  },
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
