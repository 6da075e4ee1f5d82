/**
 * Digests: whose is due, taken under a lease; and the one write with which a digest is queued and its watermark moved, so
 * that nobody gets one twice and nobody none.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import type { DigestsTable } from './digest-schema.ts'
import { rowsOf } from './held.ts'
import { insertRows } from './kysely.ts'
import type { Lease } from './leases.ts'
import { pieces } from './lists.ts'
import type { Schema } from './schema.ts'
import type { UserAddressesTable, UsersTable } from './user-schema.ts'

const columns = [
  'user_id',
  'schedule',
  'plan',
  'next_at',
  'watermark',
  'sent_at',
  'leased_until',
  'leased_by',
] as const satisfies (keyof DigestsTable)[]

export interface PlannedUser {
  id: number
  time_zone: string
  disabled_at: number | null
  /** Null: has no row yet. */
  plan: string | null
  schedule: string | null
}

/** Users in the order of their ids, with what their digests are planned by. */
export async function plannedUsers(
  read: Kysely<Schema>,
  afterId: number,
  limit: number,
): Promise<PlannedUser[]> {
  return await read
    .selectFrom('users')
    .leftJoin('digests', 'digests.user_id', 'users.id')
    .select(['users.id', 'users.time_zone', 'users.disabled_at', 'digests.plan', 'digests.schedule'])
    .where('users.id', '>', afterId)
    .orderBy('users.id')
    .limit(limit)
    .execute()
}

export interface Plan {
  user_id: number
  /** The plan that this replaces; null: there is no row yet. */
  before: string | null
  plan: string
  next_at: number | null
}

/** @param watermark of those who had none. */
export async function writePlans(
  trx: Kysely<Schema>,
  plans: readonly Plan[],
  watermark: number,
): Promise<void> {
  const fresh = plans.filter(({ before }) => before === null)
  if (fresh.length > 0)
    await insertRows(trx, {
      table: 'digests',
      columns,
      again: 'ignore',
      rows: rowsOf<DigestsTable>(
        fresh.map(({ user_id, plan, next_at }) => ({
          user_id,
          schedule: '',
          plan,
          next_at,
          watermark,
          sent_at: null,
          leased_until: 0,
          leased_by: '',
        })),
        columns,
      ),
    })
  const changed = plans.filter(({ before }) => before !== null)
  for (const group of Map.groupBy(changed, ({ before, plan }) => `${before}\n${plan}`).values()) {
    const { before, plan, next_at } = group[0] as Plan
    for (const piece of pieces(group.map(({ user_id }) => user_id)))
      await trx
        .updateTable('digests')
        .set({ plan, next_at })
        .where('user_id', 'in', piece)
        .where('plan', '=', before)
        .execute()
  }
}

/** Writes somebody's own schedule; the plan is reckoned anew. */
export async function writeSchedule(
  trx: Kysely<Schema>,
  userId: number,
  set: Pick<DigestsTable, 'schedule' | 'plan' | 'next_at'>,
  watermark: number,
): Promise<void> {
  await trx
    .insertInto('digests')
    .values({ user_id: userId, ...set, watermark, sent_at: null, leased_until: 0, leased_by: '' })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(set))
    .execute()
}

export interface Recipient extends Pick<UsersTable, 'id' | 'name' | 'name_key' | 'locale' | 'time_zone'> {
  disabled_at: number | null
  watermark: number
  schedule: string
  addresses: Pick<UserAddressesTable, 'address_key' | 'address' | 'kind'>[]
}

/** A look that writes nothing. */
export async function anyDigestDue(read: Kysely<Schema>, now: number): Promise<boolean> {
  const due = await read
    .selectFrom('digests')
    .select('user_id')
    .where('next_at', 'is not', null)
    .where('next_at', '<=', now)
    .where('leased_until', '<=', now)
    .limit(1)
    .execute()
  return due.length > 0
}

/** Takes up to `limit` digests that are due, those waiting longest first. */
export async function claimDigests(db: Database, lease: Lease, limit: number): Promise<Recipient[]> {
  const locked = sql.raw(db.engine.kind === 'postgres' ? 'for update skip locked' : '')
  const { rows } = await db.transaction((trx) =>
    sql<{ user_id: number }>`update digests set leased_until = ${lease.until}, leased_by = ${lease.by}
      where user_id in (select user_id from digests
        where next_at is not null and next_at <= ${lease.now} and leased_until <= ${lease.now}
        order by next_at, user_id limit ${limit} ${locked})
      returning user_id`.execute(trx),
  )
  return await recipients(
    db.read,
    rows.map(({ user_id }) => user_id),
    0,
  )
}

/** Takes the digest of one user, due or not; false when somebody is at it. */
export async function claimDigestOf(trx: Kysely<Schema>, userId: number, lease: Lease): Promise<boolean> {
  const taken = await trx
    .updateTable('digests')
    .set({ leased_until: lease.until, leased_by: lease.by })
    .where('user_id', '=', userId)
    .where('leased_until', '<=', lease.now)
    .returning('user_id')
    .execute()
  return taken.length > 0
}

/**
 * Users with their addresses, each address once, the own ones first.
 * @param watermark of those who have none yet.
 */
export async function recipients(
  read: Kysely<Schema>,
  ids: readonly number[],
  watermark: number,
): Promise<Recipient[]> {
  const found = new Map<number, Recipient>()
  const addresses: UserAddressesTable[] = []
  for (const piece of pieces(ids)) {
    const users = await read
      .selectFrom('users')
      .leftJoin('digests', 'digests.user_id', 'users.id')
      .select(['id', 'name', 'name_key', 'locale', 'time_zone', 'disabled_at', 'watermark', 'schedule'])
      .where('id', 'in', piece)
      .execute()
    for (const user of users)
      found.set(user.id, {
        ...user,
        watermark: user.watermark ?? watermark,
        schedule: user.schedule ?? '',
        addresses: [],
      })
    addresses.push(
      ...(await read.selectFrom('user_addresses').selectAll().where('user_id', 'in', piece).execute()),
    )
  }
  const rank = { own: 0, alias: 1, delegated: 2 }
  for (const row of addresses.sort((a, b) => rank[a.kind] - rank[b.kind])) {
    const list = found.get(row.user_id)?.addresses
    if (list && !list.some(({ address_key }) => address_key === row.address_key)) list.push(row)
  }
  return ids.flatMap((id) => found.get(id) ?? [])
}

export interface DoneDigest {
  user_id: number
  plan: string
  next_at: number | null
  /** Whether something is sent. */
  sent: boolean
}

/**
 * Moves the watermarks of those that are still under this lease; returns whose they are: only they may be sent anything.
 * In the transaction that queues it.
 */
export async function finishDigests(
  trx: Kysely<Schema>,
  by: string,
  done: readonly DoneDigest[],
  watermark: number,
  now: number,
): Promise<Set<number>> {
  const finished = new Set<number>()
  const groups = Map.groupBy(done, ({ plan, next_at, sent }) => `${sent} ${next_at} ${plan}`)
  for (const group of groups.values()) {
    const { plan, next_at, sent } = group[0] as DoneDigest
    for (const piece of pieces(group.map(({ user_id }) => user_id))) {
      const rows = await trx
        .updateTable('digests')
        .set({ plan, next_at, leased_until: 0, leased_by: '' })
        // A clock that was set back does not make anything new again.
        .set({
          watermark: sql<number>`case when watermark < ${watermark} then ${watermark} else watermark end`,
        })
        .$if(sent, (query) => query.set({ sent_at: now }))
        .where('user_id', 'in', piece)
        .where('leased_by', '=', by)
        .returning('user_id')
        .execute()
      for (const { user_id } of rows) finished.add(user_id)
    }
  }
  return finished
}

/** What was taken and not finished is due again at once. */
export async function giveBackDigests(db: Database, by: string): Promise<void> {
  await db.transaction((trx) =>
    trx.updateTable('digests').set({ leased_until: 0, leased_by: '' }).where('leased_by', '=', by).execute(),
  )
}

/** On SQLite one process owns the database: every lease at its start is one of a process that died. */
export async function endStaleDigestLeases(db: Database): Promise<void> {
  if (db.engine.kind !== 'sqlite') return
  await db.transaction((trx) =>
    trx.updateTable('digests').set({ leased_until: 0, leased_by: '' }).where('leased_by', '<>', '').execute(),
  )
}
