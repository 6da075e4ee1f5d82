/**
 * What workers take under a lease, so that no two send the same thing: deliveries and posts. A lease ends by itself, and
 * what a dead process held is due again then; these are the two ways in which it ends earlier.
 */
import { sql } from 'kysely'
import type { Database } from './database.ts'
import { pieces } from './lists.ts'

export interface Lease {
  /** Who takes them: a name that no other running worker has. */
  by: string
  /** Milliseconds. */
  now: number
  until: number
}

type Leased = 'deliveries' | 'posts'

/** What was taken and not tried is due again at once. */
export async function giveBack(
  db: Database,
  table: Leased,
  { by, now }: Pick<Lease, 'by' | 'now'>,
  ids: readonly number[],
): Promise<void> {
  await db.transaction(async (trx) => {
    for (const piece of pieces(ids))
      await sql`update ${sql.table(table)} set leased_until = 0, leased_by = '', next_at = ${now}
        where id in (${sql.join(piece)}) and state = 'due' and leased_by = ${by}`.execute(trx)
  })
}

/**
 * At the start of a worker: on SQLite one process owns the database, so every lease is one of a process that died and
 * ends now. On PostgreSQL others may be at work; there leases end by themselves.
 */
export async function endStaleLeases(db: Database, table: Leased, now: number): Promise<void> {
  if (db.engine.kind !== 'sqlite') return
  await db.transaction((trx) =>
    sql`update ${sql.table(table)} set leased_until = 0, leased_by = '', next_at = ${now}
      where state = 'due' and leased_by <> ''`.execute(trx),
  )
}
