/**
 * Deliveries as the worker sees them: taken under a lease, a batch at a time, and their attempts recorded in batches. A
 * leased delivery is due again when its lease ends, so that what a dead process held is taken up by another one.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import { rowsOf } from './held.ts'
import { changeHoldings, type HoldingKey } from './holdings.ts'
import { insertRows } from './kysely.ts'
import type { Lease } from './leases.ts'
import { pieces } from './lists.ts'
import type { AttemptsTable, MessagesTable, Schema } from './schema.ts'

export interface DueDelivery {
  id: number
  release_id: number
  message_id: number
  n: number
  address: string
  attempts: number
  created_at: number
  /** JSON of the RCPT parameters; '' when there were none. */
  parameters: string
}

export type MessageToDeliver = Pick<
  MessagesTable,
  | 'id'
  | 'content_id'
  | 'sender'
  | 'body'
  | 'smtputf8'
  | 'size'
  | 'client_ip'
  | 'client_name'
  | 'helo'
  | 'protocol'
  | 'peer_ip'
>

/** Takes up to `limit` deliveries that are due, those waiting longest first. */
export async function claimDeliveries(db: Database, lease: Lease, limit: number): Promise<DueDelivery[]> {
  // The state is written out: only then do both engines use the index over what is due.
  const locked = sql.raw(db.engine.kind === 'postgres' ? 'for update skip locked' : '')
  const claimed = await db.transaction(
    async (trx) =>
      (
        await sql<Omit<DueDelivery, 'parameters'>>`update deliveries
          set leased_until = ${lease.until}, leased_by = ${lease.by}, next_at = ${lease.until}
          where id in (select id from deliveries
            where state = 'due' and next_at <= ${lease.now} and leased_until <= ${lease.now}
            order by next_at, id limit ${limit} ${locked})
          returning id, release_id, message_id, n, address, attempts, created_at`.execute(trx)
      ).rows,
  )
  const parameters = new Map<string, string>()
  for (const piece of pieces([...new Set(claimed.map((row) => row.message_id))]))
    for (const row of await db.read
      .selectFrom('holdings')
      .select(['message_id', 'n', 'parameters'])
      .where('message_id', 'in', piece)
      .where('parameters', '<>', '')
      .execute())
      parameters.set(`${row.message_id} ${row.n}`, row.parameters)
  return claimed
    .sort((a, b) => a.id - b.id)
    .map((row) => ({ ...row, parameters: parameters.get(`${row.message_id} ${row.n}`) ?? '' }))
}

/** The messages that these deliveries carry, by id. */
export async function messagesToDeliver(
  db: Database,
  ids: readonly number[],
): Promise<Map<number, MessageToDeliver>> {
  const found = new Map<number, MessageToDeliver>()
  for (const piece of pieces(ids)) {
    const rows = await db.read
      .selectFrom('messages')
      .select([
        'id',
        'content_id',
        'sender',
        'body',
        'smtputf8',
        'size',
        'client_ip',
        'client_name',
        'helo',
        'protocol',
        'peer_ip',
      ])
      .where('id', 'in', piece)
      .execute()
    for (const row of rows) found.set(row.id, row)
  }
  return found
}

/** Extends the lease of what is still under way. Which ones it has still: others may have been taken by somebody else. */
export async function renewLeases(
  db: Database,
  { by, until }: Lease,
  ids: readonly number[],
): Promise<Set<number>> {
  const held = new Set<number>()
  await db.transaction(async (trx) => {
    for (const piece of pieces(ids)) {
      const rows = await trx
        .updateTable('deliveries')
        .set({ leased_until: until, next_at: until })
        .where('id', 'in', piece)
        .where('state', '=', 'due')
        .where('leased_by', '=', by)
        .returning('id')
        .execute()
      for (const { id } of rows) held.add(id)
    }
  })
  return held
}

/**
 * One attempt that was made, and what follows from it. Its id is given once, so that recording it again, after a commit
 * of which nobody was told, adds nothing.
 */
export interface FinishedAttempt extends Omit<AttemptsTable, 'delivery_id'> {
  delivery: Pick<DueDelivery, 'id' | 'message_id' | 'n'>
  /** When to try again; null: never, the delivery ends with this attempt. */
  next_at: number | null
}

const attemptColumns = [
  'id',
  'delivery_id',
  'at',
  'took_ms',
  'outcome',
  'host',
  'tls',
  'code',
  'status',
  'reply',
] as const satisfies (keyof AttemptsTable)[]

/**
 * Records attempts with what follows for deliveries and holdings, in one transaction. A delivery that somebody else has
 * ended meanwhile stays as it is: only the attempt is noted. What was delivered counts even when the lease was lost.
 * @param by who held the leases; @param actor written as the one who changed the holdings.
 */
export async function recordAttempts(
  db: Database,
  by: string,
  actor: string,
  now: number,
  finished: readonly FinishedAttempt[],
): Promise<void> {
  const attempts = finished.map(({ delivery, ...attempt }) => ({ ...attempt, delivery_id: delivery.id }))
  const ids = (which: (one: FinishedAttempt) => boolean) =>
    finished.filter(which).map(({ delivery }) => delivery.id)
  const delivered = ids(({ outcome }) => outcome === 'delivered')
  const failed = ids(({ outcome, next_at }) => outcome !== 'delivered' && next_at === null)
  const again = Map.groupBy(
    finished.filter(({ outcome, next_at }) => outcome !== 'delivered' && next_at !== null),
    ({ next_at }) => next_at!,
  )
  await db.transaction(async (trx) => {
    const [done] = await Promise.all([
      endDeliveries(trx, delivered, 'done', now, null),
      insertRows(trx, {
        table: 'attempts',
        columns: attemptColumns,
        rows: rowsOf(attempts, attemptColumns),
        again: 'ignore',
      }),
    ])
    await changeHoldings(trx, done, { from: ['releasing'], to: 'delivered', at: now, by: actor })
    const lost = await endDeliveries(trx, failed, 'failed', now, by)
    await changeHoldings(trx, lost, { from: ['releasing'], to: 'release-failed', at: now, by: actor })
    for (const [nextAt, group] of again)
      for (const piece of pieces(group.map(({ delivery }) => delivery.id)))
        await sql`update deliveries
          set attempts = attempts + 1, next_at = ${nextAt}, leased_until = 0, leased_by = ''
          where state = 'due' and leased_by = ${by} and id in (${sql.join(piece)})`.execute(trx)
  })
}

async function endDeliveries(
  trx: Kysely<Schema>,
  ids: readonly number[],
  state: 'done' | 'failed',
  now: number,
  heldBy: string | null,
): Promise<HoldingKey[]> {
  const keys: HoldingKey[] = []
  for (const piece of pieces(ids)) {
    const mine = heldBy === null ? sql`` : sql`and leased_by = ${heldBy}`
    const { rows } = await sql<HoldingKey>`update deliveries
      set state = ${state}, attempts = attempts + 1, ended_at = ${now}, leased_until = 0, leased_by = ''
      where state = 'due' and id in (${sql.join(piece)}) ${mine}
      returning message_id, n`.execute(trx)
    keys.push(...rows)
  }
  return keys
}
