/** The keys that sign the links of digests, and how often links were opened without anything being done. */
import { type Kysely, sql } from 'kysely'
import type { DigestKeysTable, DigestOpensTable } from './digest-schema.ts'
import type { Schema } from './schema.ts'

export async function newestDigestKey(read: Kysely<Schema>): Promise<DigestKeysTable | undefined> {
  return await read.selectFrom('digest_keys').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirst()
}

export async function readDigestKey(read: Kysely<Schema>, id: number): Promise<DigestKeysTable | undefined> {
  return await read.selectFrom('digest_keys').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Where somebody was faster, that one's key stays. */
export async function insertDigestKey(trx: Kysely<Schema>, key: DigestKeysTable): Promise<void> {
  await trx
    .insertInto('digest_keys')
    .values(key)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

/** Before a link that lives so long leaves. False: the key is there no more. */
export async function keepDigestKey(trx: Kysely<Schema>, id: number, until: number): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`update digest_keys
    set needed_until = case when needed_until < ${until} then ${until} else needed_until end
    where id = ${id} returning id`.execute(trx)
  return rows.length > 0
}

/** Removes keys whose links have all ended, save the newest. */
export async function dropDigestKeys(trx: Kysely<Schema>, now: number): Promise<void> {
  await trx
    .deleteFrom('digest_keys')
    .where('needed_until', '<', now)
    .where('id', '<', ({ selectFrom, fn }) => selectFrom('digest_keys').select(fn.max('id').as('newest')))
    .execute()
}

export type Opened = Pick<
  DigestOpensTable,
  'user_id' | 'message_id' | 'action' | 'opens' | 'first_at' | 'last_at' | 'acted_at' | 'expires_at'
>

/** Adds these to what was counted. */
export async function addOpens(trx: Kysely<Schema>, opened: readonly Opened[]): Promise<void> {
  for (const row of opened)
    await sql`insert into digest_opens
        (user_id, message_id, action, opens, first_at, last_at, acted_at, expires_at)
      values (${row.user_id}, ${row.message_id}, ${row.action}, ${row.opens}, ${row.first_at}, ${row.last_at},
        ${row.acted_at}, ${row.expires_at})
      on conflict (user_id, message_id, action) do update set
        opens = digest_opens.opens + excluded.opens, last_at = excluded.last_at,
        acted_at = coalesce(digest_opens.acted_at, excluded.acted_at)`.execute(trx)
}

export async function dropOpens(trx: Kysely<Schema>, now: number): Promise<void> {
  await trx.deleteFrom('digest_opens').where('expires_at', '<', now).execute()
}

export interface OpensCount {
  /** Links that were opened, and in which something was done. */
  links: number
  acted: number
  /** Opened at least twice, and nothing done. */
  robots: number
}

export async function countOpens(read: Kysely<Schema>): Promise<OpensCount> {
  const row = await read
    .selectFrom('digest_opens')
    .select(({ fn }) => [
      fn.countAll<number>().as('links'),
      sql<number>`coalesce(sum(case when acted_at is not null then 1 else 0 end), 0)`.as('acted'),
      sql<number>`coalesce(sum(case when acted_at is null and opens > 1 then 1 else 0 end), 0)`.as('robots'),
    ])
    .executeTakeFirstOrThrow()
  return { links: Number(row.links), acted: Number(row.acted), robots: Number(row.robots) }
}
