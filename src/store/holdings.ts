/**
 * The one place in which a holding changes: by compare-and-set, along the transitions below and no others. Whoever loses
 * a race changes nothing and sees it in the answer. Accepting mail makes holdings (held.ts), removing the records of
 * expired messages ends them (retention.ts); neither changes one.
 */
import { type Kysely, sql } from 'kysely'
import { isOneOf } from './conditions.ts'
import type { Database } from './database.ts'
import { inPieces, pieces } from './lists.ts'
import { closeRequests } from './requests.ts'
import type { HoldingState, HoldingsTable, Schema } from './schema.ts'

/** To each state, from which others. `delivered` and `expired` are final. */
export const transitions: Readonly<Record<HoldingState, readonly HoldingState[]>> = {
  // A delivery given up by hand; a deletion undone.
  held: ['releasing', 'deleted'],
  releasing: ['held', 'release-failed'],
  delivered: ['releasing'],
  'release-failed': ['releasing'],
  deleted: ['held', 'release-failed'],
  expired: ['held', 'release-failed', 'deleted'],
}

export interface HoldingKey {
  message_id: number
  n: number
}

export interface HoldingChange {
  from: readonly HoldingState[]
  to: HoldingState
  /** Milliseconds. */
  at: number
  by: string
  /** Set with `releasing`; otherwise the last release stays noted. */
  releaseId?: number
}

/** In these there is nothing left that could be asked for. */
const endsRequests: readonly HoldingState[] = ['releasing', 'deleted', 'expired']

/**
 * Changes those of `keys` that are in one of the states `from`; returns which. Inside the deed's transaction. Requests
 * for a copy that is not held any more end with it.
 */
export async function changeHoldings(
  trx: Kysely<Schema>,
  keys: readonly HoldingKey[],
  { from, to, at, by, releaseId }: HoldingChange,
): Promise<HoldingKey[]> {
  const forbidden = from.find((state) => !transitions[to].includes(state))
  if (forbidden) throw new Error(`no transition of a holding from ${forbidden} to ${to}`)
  if ((to === 'releasing') !== (releaseId !== undefined))
    throw new Error('a release has its id, nothing else has')
  const changed = await inPieces(keys, async (piece) => {
    const { rows } = await sql<HoldingKey>`update holdings
      set state = ${to}, changed_at = ${at}, changed_by = ${by}, release_id = coalesce(${releaseId ?? null}, release_id)
      where state in (${sql.join(from)}) and ${isOneOf(piece)}
      returning message_id, n`.execute(trx)
    return rows
  })
  if (endsRequests.includes(to)) await closeRequests(trx, changed, { at, by })
  return changed
}

/** Nobody else changes these copies before the transaction ends. Copies are locked before requests for them. */
export async function lockHoldings(
  { engine }: Pick<Database, 'engine'>,
  trx: Kysely<Schema>,
  keys: readonly HoldingKey[],
): Promise<void> {
  if (engine.kind !== 'postgres') return // the only writer is us
  for (const piece of pieces(keys)) {
    await sql`select 1 as one from holdings where ${isOneOf(piece)}
      order by message_id, n for update`.execute(trx)
  }
}

export type Holding = Pick<
  HoldingsTable,
  'message_id' | 'n' | 'address' | 'address_key' | 'state' | 'changed_at' | 'changed_by' | 'release_id'
> & { released_by: string | null; released_at: number | null }

/** Whom these messages were for. */
export async function recipientsOf(
  read: Kysely<Schema>,
  messageIds: readonly number[],
): Promise<Pick<HoldingsTable, 'message_id' | 'address'>[]> {
  return await inPieces(messageIds, (piece) =>
    read.selectFrom('holdings').select(['message_id', 'address']).where('message_id', 'in', piece).execute(),
  )
}

/** The holdings of these messages with who released them last, in order of message and recipient. */
export async function holdingsOf(read: Kysely<Schema>, messageIds: readonly number[]): Promise<Holding[]> {
  return await inPieces(messageIds, (piece) =>
    read
      .selectFrom('holdings')
      .leftJoin('releases', 'releases.id', 'holdings.release_id')
      .select([
        'message_id',
        'n',
        'address',
        'address_key',
        'state',
        'changed_at',
        'changed_by',
        'release_id',
        'releases.actor as released_by',
        'releases.at as released_at',
      ])
      .where('message_id', 'in', piece)
      .orderBy('message_id')
      .orderBy('n')
      .execute(),
  )
}
