/** Conditions that several queries have: a text that holds another, an address of some domains, one of some copies. */
import { type RawBuilder, sql } from 'kysely'
import { addressEnding } from '../mail/domains.ts'

/** For LIKE with `escape '\'`: a text that means itself. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

/** That one of these columns holds a text, whatever the case of ASCII. */
export function someHold(columns: readonly string[], text: string): RawBuilder<boolean> {
  const lower = text.toLowerCase()
  const each = columns.flatMap((column) => {
    const inLower = sql`lower(${sql.ref(column)}) like ${`%${escapeLike(lower)}%`} escape '\\'`
    // SQLite's lower() knows ASCII only: what was typed as it stands there is found in every script.
    const asTyped = sql`${sql.ref(column)} like ${`%${escapeLike(text)}%`} escape '\\'`
    return text === lower ? [inLower] : [inLower, asTyped]
  })
  return sql<boolean>`(${sql.join(each, sql` or `)})`
}

/** That a column of keys holds an address of one of these domains; of none, never. */
export function addressEndsIn(column: string, domains: readonly string[]): RawBuilder<boolean> {
  const likes = domains.map(
    (domain) => sql`${sql.ref(column)} like ${`%${escapeLike(addressEnding(domain))}`} escape '\\'`,
  )
  return domains.length === 0 ? sql<boolean>`1 = 0` : sql<boolean>`(${sql.join(likes, sql` or `)})`
}

/** That a row of holdings or requests is about one of these copies. */
export function isOneOf(copies: readonly { message_id: number; n: number }[]): RawBuilder<boolean> {
  const pairs = copies.map(({ message_id, n }) => sql`(cast(${message_id} as bigint), cast(${n} as bigint))`)
  return sql<boolean>`(message_id, n) in (values ${sql.join(pairs)})`
}
