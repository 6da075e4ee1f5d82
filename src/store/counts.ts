/**
 * How much is in the store. Counting copies by state or messages by area reads a whole index or table, so a caller keeps
 * the figures for a while (http/counts.ts).
 */
import { sql } from 'kysely'
import type { Database } from './database.ts'
import { areasInUse } from './retention.ts'
import type { HoldingState } from './schema.ts'

export async function countHoldings({ read }: Database): Promise<Partial<Record<HoldingState, number>>> {
  const rows = await read
    .selectFrom('holdings')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute()
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]))
}

export interface AreaCount {
  messages: number
  bytes: number
  /** Copies. */
  held: number
}

/** Messages that one statement counts: a reader is not held up for longer. */
const pieceRows = 20_000

/** What has not expired, by area. */
export async function countAreas(db: Database): Promise<Map<string, AreaCount>> {
  const areas = new Map<string, AreaCount>()
  for (const name of await areasInUse(db)) {
    const area = { messages: 0, bytes: 0, held: 0 }
    for (let after = 0, more = true; more; ) {
      const { rows } = await sql<Record<'messages' | 'bytes' | 'held' | 'last', number | null>>`select
          count(*) as messages, sum(size) as bytes, sum(held) as held, max(id) as last
        from (select m.id, m.size,
            (select count(*) from holdings h where h.message_id = m.id and h.state = 'held') as held
          from messages m where m.area = ${name} and m.expired_at is null and m.id > ${after}
          order by m.id limit ${sql.lit(pieceRows)}) piece`.execute(db.read)
      const { messages, bytes, held, last } = rows[0]!
      area.messages += Number(messages)
      area.bytes += Number(bytes)
      area.held += Number(held)
      after = last ?? 0
      more = Number(messages) === pieceRows
    }
    areas.set(name, area)
  }
  return areas
}

/** Bytes that the database takes on disk; on SQLite without its search index. */
export async function storeBytes({ engine }: Database): Promise<number> {
  const [row] = await engine.all<{ bytes: number }>(
    engine.kind === 'sqlite'
      ? 'select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()'
      : 'select pg_database_size(current_database()) as bytes',
  )
  return Number(row?.bytes ?? 0)
}

export const engineName = ({ engine }: Database): 'sqlite' | 'postgres' => engine.kind

/** Whether the database takes transactions: one that only answers cannot keep mail. Rejects when not. */
export async function takesTransactions({ transaction }: Database): Promise<void> {
  await transaction((trx) => sql`select 1 as one`.execute(trx))
}
