/**
 * Questions that prove the store, each over a range of ids and each one statement, so that it sees one moment even while
 * mail comes in and goes out. What they return should be nothing.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import { pieces } from './lists.ts'
import type { Schema } from './schema.ts'

/** Ids above `after` up to `upTo`. */
export interface Range {
  after: number
  upTo: number
}

type Read = Kysely<Schema>

const faultsPerTable = 20

/**
 * What SQLite finds wrong in its own file: tables and indexes that contradict each other, pages that are none. Table by
 * table, so that no look lasts long; contents are read and compared anyway. Nothing on PostgreSQL, which has amcheck.
 */
export async function fileFaults({ engine }: Database): Promise<string[]> {
  if (engine.kind !== 'sqlite') return []
  const tables = await engine.all<{ name: string }>(
    "select name from sqlite_schema where type = 'table' and name not in ('chunks') and name not like 'sqlite_%'",
  )
  const faults: string[] = []
  for (const { name } of tables) {
    const rows = await engine.all<{ integrity_check: string }>(`pragma integrity_check(${name})`)
    for (const { integrity_check: text } of rows.slice(0, faultsPerTable))
      if (text !== 'ok') faults.push(`table ${name}: ${text}`)
  }
  return faults
}

/** The last id of the next page of messages (or contents), or null after the last. */
export async function pageEnd(
  read: Read,
  table: 'messages' | 'contents',
  { after, upTo }: Range,
  rows: number,
): Promise<{ last: number; count: number } | null> {
  const { rows: found } = await sql<{
    last: number | null
    count: number
  }>`select max(id) as last, count(*) as count
    from (select id from ${sql.table(table)} where id > ${after} and id <= ${upTo} order by id limit ${rows}) page`.execute(
    read,
  )
  const page = found[0]
  return page?.last ? { last: page.last, count: Number(page.count) } : null
}

/** Everything up to these ids was committed before the inspection began. */
export async function newest(read: Read): Promise<{ message: number; content: number; delivery: number }> {
  const max = async (table: 'messages' | 'contents' | 'deliveries') =>
    (
      await read
        .selectFrom(table)
        .select(({ fn }) => fn.max('id').as('id'))
        .executeTakeFirst()
    )?.id ?? 0
  return { message: await max('messages'), content: await max('contents'), delivery: await max('deliveries') }
}

/** Messages that need their content (until their retention ends) and have none, or a purged one. */
export async function messagesWithoutContent(read: Read, { after, upTo }: Range): Promise<number[]> {
  const { rows } = await sql<{
    id: number
  }>`select m.id from messages m left join contents c on c.id = m.content_id
    where m.id > ${after} and m.id <= ${upTo}
      and (c.id is null or (c.purged_at is not null and (m.expired_at is null or exists
        (select 1 from holdings h where h.message_id = m.id and h.state in ('held', 'releasing', 'release-failed')))))`.execute(
    read,
  )
  return rows.map(({ id }) => id)
}

/** Messages whose recipients are not numbered 0, 1, 2 … or that have none. */
export async function messagesWithWrongRecipients(read: Read, { after, upTo }: Range): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`select m.id from messages m
    left join holdings h on h.message_id = m.id
    where m.id > ${after} and m.id <= ${upTo}
    group by m.id having count(h.n) = 0 or min(h.n) <> 0 or max(h.n) <> count(h.n) - 1`.execute(read)
  return rows.map(({ id }) => id)
}

/** Holdings of messages that do not exist. */
export async function strayHoldings(read: Read, limit: number): Promise<{ message_id: number; n: number }[]> {
  const { rows } = await sql<{ message_id: number; n: number }>`select h.message_id, h.n from holdings h
    where not exists (select 1 from messages m where m.id = h.message_id) limit ${limit}`.execute(read)
  return rows
}

/** Copies on their way without exactly one due delivery, and delivered ones without a delivery that was done. */
export async function holdingsWithoutDelivery(
  read: Read,
  { after, upTo }: Range,
): Promise<{ message_id: number; n: number; state: string; due: number }[]> {
  const { rows } = await sql<{ message_id: number; n: number; state: string; due: number }>`
    select message_id, n, state, due from (
      select h.message_id, h.n, h.state,
        (select count(*) from deliveries d where d.message_id = h.message_id and d.n = h.n
          and d.state = case when h.state = 'releasing' then 'due' else 'done' end) as due
      from holdings h where h.message_id > ${after} and h.message_id <= ${upTo} and h.state in ('releasing', 'delivered')
    ) copies where due <> 1`.execute(read)
  return rows.map((row) => ({ ...row, due: Number(row.due) }))
}

/** Due deliveries whose copy is not on its way. */
export async function deliveriesWithoutHolding(read: Read, limit: number): Promise<number[]> {
  const { rows } = await sql<{
    id: number
  }>`select d.id from deliveries d where d.state = 'due' and not exists
    (select 1 from holdings h where h.message_id = d.message_id and h.n = d.n and h.state = 'releasing')
    limit ${limit}`.execute(read)
  return rows.map(({ id }) => id)
}

/** Contents whose chunks are not all there, or still there although purged. */
export async function contentsWithWrongChunks(
  read: Read,
  { after, upTo }: Range,
): Promise<{ id: number; chunks: number; found: number }[]> {
  const { rows } = await sql<{ id: number; chunks: number; found: number }>`select id, chunks, found from (
      select c.id, case when c.purged_at is null then c.chunks else 0 end as chunks,
        (select count(*) from chunks k where k.content_id = c.id) as found
      from contents c where c.id > ${after} and c.id <= ${upTo}
    ) counted where chunks <> found`.execute(read)
  return rows.map((row) => ({ id: row.id, chunks: Number(row.chunks), found: Number(row.found) }))
}

export async function contentsWithoutMessage(read: Read, { after, upTo }: Range): Promise<number[]> {
  const { rows } = await sql<{
    id: number
  }>`select c.id from contents c where c.id > ${after} and c.id <= ${upTo}
    and not exists (select 1 from messages m where m.content_id = c.id)
    and not exists (select 1 from staging s where s.content_id = c.id)`.execute(read)
  return rows.map(({ id }) => id)
}

/** Chunks that belong to no content and to no transfer under way. */
export async function strayChunks(read: Read, limit: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`select distinct k.content_id as id from chunks k
    where not exists (select 1 from contents c where c.id = k.content_id)
    and not exists (select 1 from staging s where s.content_id = k.content_id) limit ${limit}`.execute(read)
  return rows.map(({ id }) => id)
}

/** Contents whose bytes are there, in order. */
export async function contentsToRead(read: Read, { after, upTo }: Range): Promise<number[]> {
  const rows = await read
    .selectFrom('contents')
    .select('id')
    .where('id', '>', after)
    .where('id', '<=', upTo)
    .where('purged_at', 'is', null)
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Whether the bytes were removed, or everything of it, since somebody looked. */
export async function isPurged(read: Read, contentId: number): Promise<boolean> {
  const row = await read
    .selectFrom('contents')
    .select('purged_at')
    .where('id', '=', contentId)
    .executeTakeFirst()
  return row === undefined || row.purged_at !== null
}

/** Ids of the first messages of this range, in order. */
export async function messageIds(read: Read, { after, upTo }: Range, limit: number): Promise<number[]> {
  const rows = await read
    .selectFrom('messages')
    .select('id')
    .where('id', '>', after)
    .where('id', '<=', upTo)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** Those of these messages that exist now. */
export async function existing(read: Read, ids: readonly number[]): Promise<number[]> {
  const found: number[] = []
  for (const piece of pieces(ids))
    found.push(
      ...(await read.selectFrom('messages').select('id').where('id', 'in', piece).execute()).map(
        ({ id }) => id,
      ),
    )
  return found
}

/** Those of these ids that are no messages, and that the index has not been told to forget. */
export async function unknownMessages(read: Read, ids: readonly number[]): Promise<number[]> {
  const known = new Set(await existing(read, ids))
  for (const piece of pieces(ids))
    for (const { id } of await read.selectFrom('forgotten').select('id').where('id', 'in', piece).execute())
      known.add(id)
  return ids.filter((id) => !known.has(id))
}

/** How many copies are in each state. */
export async function countStates(read: Read): Promise<Record<string, number>> {
  const rows = await read
    .selectFrom('holdings')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .groupBy('state')
    .orderBy('state')
    .execute()
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]))
}
