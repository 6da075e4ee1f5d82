/**
 * How much is in the store. Counting copies by state or messages by area reads a whole index or table, so a caller keeps
 * the figures for a while (http/counts.ts).
 */
import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { HoldingState } from './schema.ts'

export async function countHoldings({ read }: Database): Promise<Partial<Record<HoldingState, number>>> {
  const rows = await read
    .selectFrom('holdings')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute()
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]))
}

/** Messages that have not expired, by area. */
export async function countAreas({ read }: Database): Promise<Map<string, number>> {
  const rows = await read
    .selectFrom('messages')
    .select(({ fn }) => ['area', fn.countAll<number>().as('count')])
    .where('expired_at', 'is', null)
    .groupBy('area')
    .execute()
  return new Map(rows.map(({ area, count }) => [area, Number(count)]))
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
