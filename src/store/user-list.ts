/** Lists of users, as administrators ask for them. What somebody restricted to domains does not see finds him nothing. */
import type { ExpressionBuilder, Kysely } from 'kysely'
import { addressEndsIn, someHold } from './conditions.ts'
import type { Schema } from './schema.ts'
import { overviewOf, type UserOverview } from './users.ts'

export interface UserFilter {
  /** A whole name. */
  nameKey?: string | undefined
  addressKey?: string | undefined
  /** In an address or in the name of the person, whatever the case of ASCII. */
  text?: string | undefined
  state?: 'enabled' | 'disabled' | 'unseen' | undefined
  /** With an address of one of these; then text is looked for in such addresses only. */
  domains?: readonly string[] | undefined
}

/** In the order of their names. */
export async function listUsers(
  read: Kysely<Schema>,
  {
    after,
    afterId,
    offset,
    limit,
    ...filter
  }: UserFilter & {
    /** The name before the page. */
    after?: string | undefined
    /** The user before the page, for who is not to know the name. */
    afterId?: number | undefined
    offset?: number | undefined
    limit: number
  },
): Promise<UserOverview[]> {
  let query = read
    .selectFrom('users')
    .selectAll()
    .where((eb) => fits(eb, filter))
    .orderBy('name_key')
    .limit(limit)
  if (after !== undefined) query = query.where('name_key', '>', after)
  if (afterId !== undefined)
    query = query.where(
      'name_key',
      '>',
      read.selectFrom('users').select('name_key').where('id', '=', afterId),
    )
  if (offset !== undefined) query = query.offset(offset)
  return (await query.execute()).map(overviewOf)
}

export async function countUsers(read: Kysely<Schema>, filter: UserFilter): Promise<number> {
  const { count } = await read
    .selectFrom('users')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where((eb) => fits(eb, filter))
    .executeTakeFirstOrThrow()
  return Number(count)
}

function fits(
  { and, or, exists, selectFrom, eb }: ExpressionBuilder<Schema, 'users'>,
  { nameKey, addressKey, text, state, domains }: UserFilter,
) {
  const addresses = () => selectFrom('user_addresses').select('user_id').whereRef('user_id', '=', 'users.id')
  const conditions = []
  if (nameKey !== undefined) conditions.push(eb('name_key', '=', nameKey))
  if (addressKey !== undefined) {
    const those = selectFrom('user_addresses').select('user_id').where('address_key', '=', addressKey)
    conditions.push(eb('id', 'in', those))
  }
  if (domains) conditions.push(exists(addresses().where(addressEndsIn('address_key', domains))))
  if (text !== undefined) {
    const inAddress = addresses().where(someHold(['address_key'], text))
    conditions.push(
      domains
        ? exists(inAddress.where(addressEndsIn('address_key', domains)))
        : or([someHold(['name_key', 'display'], text), exists(inAddress)]),
    )
  }
  if (state === 'unseen') conditions.push(eb('seen_at', 'is', null))
  else if (state !== undefined)
    conditions.push(eb('disabled_at', state === 'disabled' ? 'is not' : 'is', null))
  return and(conditions)
}
