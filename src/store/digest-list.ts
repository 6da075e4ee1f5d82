/** How digests stand, for administrators: the last and the next run, each user's, and those that do not get through. */
import type { Kysely } from 'kysely'
import type { DigestsTable, PostKind, PostsTable } from './digest-schema.ts'
import { inPieces } from './lists.ts'
import type { Schema } from './schema.ts'

export interface DigestRuns {
  /** When the next digest is due; null: none is. */
  next_at: number | null
  /** When the last one was written. */
  sent_at: number | null
}

export async function digestRuns(read: Kysely<Schema>): Promise<DigestRuns> {
  const [next, last] = await Promise.all([
    read
      .selectFrom('digests')
      .select(({ fn }) => fn.min('next_at').as('at'))
      .where('next_at', 'is not', null)
      .executeTakeFirst(),
    read
      .selectFrom('digests')
      .select(({ fn }) => fn.max('sent_at').as('at'))
      .executeTakeFirst(),
  ])
  return { next_at: next?.at ?? null, sent_at: last?.at ?? null }
}

export type UserDigest = Pick<DigestsTable, 'user_id' | 'schedule' | 'plan' | 'next_at' | 'sent_at'>

export async function digestsOf(
  read: Kysely<Schema>,
  userIds: readonly number[],
): Promise<Map<number, UserDigest>> {
  const rows = await inPieces(userIds, (piece) =>
    read
      .selectFrom('digests')
      .select(['user_id', 'schedule', 'plan', 'next_at', 'sent_at'])
      .where('user_id', 'in', piece)
      .execute(),
  )
  return new Map(rows.map((row) => [row.user_id, row]))
}

export type TroubledPost = Pick<
  PostsTable,
  'id' | 'recipient' | 'state' | 'attempts' | 'next_at' | 'ended_at' | 'created_at' | 'reply'
>

/** Posts that were given up, the newest first, and then those that wait for another attempt. */
export async function troubledPosts(
  read: Kysely<Schema>,
  kind: PostKind,
  limit: number,
): Promise<TroubledPost[]> {
  const posts = () =>
    read
      .selectFrom('posts')
      .select(['id', 'recipient', 'state', 'attempts', 'next_at', 'ended_at', 'created_at', 'reply'])
      .where('kind', '=', kind)
  const failed = await posts()
    .where('ended_at', 'is not', null)
    .where('state', '=', 'failed')
    .orderBy('ended_at', 'desc')
    .limit(limit)
    .execute()
  if (failed.length >= limit) return failed
  const waiting = await posts()
    .where('state', '=', 'due')
    .where('attempts', '>', 0)
    .orderBy('next_at')
    .limit(limit - failed.length)
    .execute()
  return [...failed, ...waiting]
}
