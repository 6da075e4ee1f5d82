/**
 * Mail of our own (digests, invitations, sign-in links) that waits to be sent: taken under a lease, as deliveries are,
 * and ended by what the next hop answered. The content goes with the end: links in it are for the recipient alone.
 */
import { zstdDecompressSync } from 'node:zlib'
import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import type { PostKind, PostsTable } from './digest-schema.ts'
import { rowsOf } from './held.ts'
import { insertRows } from './kysely.ts'
import type { Lease } from './leases.ts'
import { pieces } from './lists.ts'
import type { Schema } from './schema.ts'

export interface NewPost {
  kind: PostKind
  recipient: string
  smtputf8: boolean
  /** CRLF lines; given away with the insert. */
  bytes: Uint8Array
}

export interface DuePost
  extends Pick<PostsTable, 'id' | 'kind' | 'recipient' | 'smtputf8' | 'attempts' | 'created_at'> {
  bytes: Uint8Array
}

/** Of one post: a hundred long items stay far below. */
const postLimitBytes = 4 << 20

const columns = [
  'id',
  'kind',
  'recipient',
  'smtputf8',
  'size',
  'content',
  'state',
  'attempts',
  'next_at',
  'leased_until',
  'leased_by',
  'created_at',
  'ended_at',
  'reply',
] as const satisfies (keyof PostsTable)[]

/** In the transaction of whatever they tell of; due at once. */
export async function insertPosts(
  db: Database,
  trx: Kysely<Schema>,
  posts: readonly NewPost[],
  now: number,
): Promise<void> {
  if (posts.length === 0) return
  const rows = posts.map(
    ({ kind, recipient, smtputf8, bytes }): PostsTable => ({
      id: db.ids.next(),
      kind,
      recipient,
      smtputf8: smtputf8 ? 1 : 0,
      size: bytes.length,
      content: bytes,
      state: 'due',
      attempts: 0,
      // Somebody waits for it, and the link in it is good for minutes: it goes before a round of digests.
      next_at: kind === 'letter' ? 0 : now,
      leased_until: 0,
      leased_by: '',
      created_at: now,
      ended_at: null,
      reply: '',
    }),
  )
  await insertRows(trx, {
    table: 'posts',
    columns,
    rows: rowsOf(rows, columns),
    zstd: columns.indexOf('content'),
  })
}

/** A look that writes nothing. */
export async function anyPostDue(read: Kysely<Schema>, now: number): Promise<boolean> {
  const due = await read
    .selectFrom('posts')
    .select('id')
    .where('state', '=', sql.lit('due'))
    .where('next_at', '<=', now)
    .limit(1)
    .execute()
  return due.length > 0
}

/** Takes up to `limit` posts that are due, those waiting longest first. */
export async function claimPosts(db: Database, lease: Lease, limit: number): Promise<DuePost[]> {
  const locked = sql.raw(db.engine.kind === 'postgres' ? 'for update skip locked' : '')
  const { rows } = await db.transaction((trx) =>
    sql<Omit<DuePost, 'bytes'> & { content: Uint8Array }>`update posts
      set leased_until = ${lease.until}, leased_by = ${lease.by}, next_at = ${lease.until}
      where id in (select id from posts
        where state = 'due' and next_at <= ${lease.now} and leased_until <= ${lease.now}
        order by next_at, id limit ${limit} ${locked})
      returning id, kind, recipient, smtputf8, attempts, created_at, content`.execute(trx),
  )
  return rows
    .sort((a, b) => a.id - b.id)
    .map(({ content, ...row }) => ({
      ...row,
      bytes: zstdDecompressSync(content, { maxOutputLength: postLimitBytes }),
    }))
}

export interface FinishedPost {
  id: number
  outcome: 'delivered' | 'deferred' | 'failed'
  reply: string
  /** When to try again; null: never. */
  next_at: number | null
}

/** Records what came of them. What was delivered counts even when the lease was lost. */
export async function recordPosts(
  db: Database,
  by: string,
  now: number,
  finished: readonly FinishedPost[],
): Promise<void> {
  const nothing = new Uint8Array(0)
  const delivered = finished.filter(({ outcome }) => outcome === 'delivered').map(({ id }) => id)
  await db.transaction(async (trx) => {
    for (const piece of pieces(delivered))
      await trx
        .updateTable('posts')
        .set({ state: 'done', ended_at: now, content: nothing, leased_until: 0, leased_by: '' })
        .set(({ eb }) => ({ attempts: eb('attempts', '+', 1) }))
        .where('id', 'in', piece)
        .where('state', '=', 'due')
        .execute()
    for (const { id, outcome, reply, next_at } of finished)
      if (outcome !== 'delivered')
        await trx
          .updateTable('posts')
          .set(
            next_at === null
              ? { state: 'failed', ended_at: now, content: nothing, reply, leased_until: 0, leased_by: '' }
              : { next_at, reply, leased_until: 0, leased_by: '' },
          )
          .set(({ eb }) => ({ attempts: eb('attempts', '+', 1) }))
          .where('id', '=', id)
          .where('state', '=', 'due')
          .where('leased_by', '=', by)
          .execute()
  })
}

/** Removes up to `limit` of those that ended before. Returns how many. */
export async function dropPosts(db: Database, before: number, limit: number): Promise<number> {
  const gone = await db.transaction((trx) =>
    trx
      .deleteFrom('posts')
      .where('id', 'in', (query) =>
        query
          .selectFrom('posts')
          .select('id')
          .where('ended_at', '<', before)
          .orderBy('ended_at')
          .limit(limit),
      )
      .returning('id')
      .execute(),
  )
  return gone.length
}

/** How many posts of a kind there are in each state. */
export async function countPosts(
  read: Kysely<Schema>,
  kind: PostKind,
): Promise<Record<PostsTable['state'], number>> {
  const rows = await read
    .selectFrom('posts')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .where('kind', '=', kind)
    .groupBy('state')
    .execute()
  const counts = { due: 0, done: 0, failed: 0 }
  for (const { state, count } of rows) counts[state] = Number(count)
  return counts
}
