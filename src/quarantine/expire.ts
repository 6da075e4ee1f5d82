/**
 * Retention, one kind of ending a function: what an area keeps no longer, what lay in the trash long enough, records
 * that nobody needs any more. Each works in batches, every batch a transaction with its audit row, and can be broken off
 * between two of them. Mail in motion is never touched.
 */
import { actorName, systemActor } from '../access/actor.ts'
import type { Context } from '../context.ts'
import { writeAudit } from '../store/audit.ts'
import { formatId, idAt } from '../store/ids.ts'
import { sweepJob } from '../store/jobs.ts'
import {
  type Candidate,
  countArea,
  expireMessages,
  listForgotten,
  pastInArea,
  pastInTrash,
  removeRecords,
  type Spared,
} from '../store/retention.ts'
import { when } from './orders.ts'

export interface AreaRetention {
  name: string
  keepDays: number
}

/** An area this small may expire as a whole: a test, a site just begun. */
const safetyFromMessages = 1000

const dayMs = 86_400_000
const forgottenAtOnce = 10_000

/** The clock or the configuration looks wrong: nothing was removed. */
export class SafetyStop extends Error {
  override readonly name = 'SafetyStop'
}

export interface AreaLimits {
  /** Releases that failed are kept at least so long, whatever the area says. */
  failedKeepDays: number
  /** 100 confirms whatever would happen. */
  purgeShareMaxPercent: number
}

/**
 * Ends the retention of the area's messages that are older than its days. Returns how many.
 * @throws SafetyStop when far more than usual would go.
 */
export async function expireArea(
  ctx: Context,
  area: AreaRetention,
  limits: AreaLimits,
  signal: AbortSignal,
): Promise<number> {
  const now = ctx.clock.now()
  const beforeMs = now - area.keepDays * dayMs
  const beforeId = idAt(beforeMs)
  await stopIfTooMany(ctx, area, beforeId, beforeMs, limits.purgeShareMaxPercent)
  const failedSince = now - limits.failedKeepDays * dayMs
  let count = 0
  for (let afterId = 0; !signal.aborted; ) {
    const batch = await pastInArea(ctx.db, area.name, { beforeId, failedSince, afterId })
    const last = batch.at(-1)
    if (!last) break
    afterId = last.id
    const spared = { states: ['releasing'], failedSince } as const
    count += await expireBatch(ctx, batch, spared, { area: area.name, keepDays: area.keepDays })
  }
  if (count > 0) ctx.events.tell({ kind: 'expired', area: area.name, messages: count })
  return count
}

async function stopIfTooMany(
  ctx: Context,
  area: AreaRetention,
  beforeId: number,
  beforeMs: number,
  shareMaxPercent: number,
): Promise<void> {
  if (shareMaxPercent >= 100) return
  const { all, past } = await countArea(ctx.db, area.name, beforeId)
  if (all <= safetyFromMessages || past * 100 <= all * shareMaxPercent) return
  throw new SafetyStop(
    `Housekeeping stopped: ${past} of ${all} messages in the area ${area.name} are from before ${when(beforeMs)} ` +
      `(${area.keepDays} days) and would be removed at once. If clock and keep_days are right, ` +
      'set retention.purge_share_max_percent = 100 for one round.',
  )
}

/** Removes the content of messages that lie in the trash, whole, for longer than `trashDays`. Returns how many. */
export async function emptyTrash(ctx: Context, trashDays: number, signal: AbortSignal): Promise<number> {
  const before = ctx.clock.now() - trashDays * dayMs
  let count = 0
  while (!signal.aborted) {
    const batch = await pastInTrash(ctx.db, before)
    if (batch.length === 0) break
    const spared = { states: ['held', 'releasing', 'release-failed'] } as const
    const ended = await expireBatch(ctx, batch, spared, { trashDays })
    if (ended === 0) break // all of them were taken back meanwhile: the next round looks again
    count += ended
  }
  return count
}

async function expireBatch(
  ctx: Context,
  batch: readonly Candidate[],
  spared: Spared,
  why: Record<string, unknown>,
): Promise<number> {
  const at = ctx.clock.now()
  const by = actorName(systemActor)
  const ended = await ctx.db.transaction(async (trx) => {
    const done = await expireMessages(ctx.db, trx, batch, spared, { at, by })
    const { messages, copies, contents } = done
    if (messages.length > 0) {
      const range = { first: formatId(Math.min(...messages)), last: formatId(Math.max(...messages)) }
      const details = { ...why, messages: messages.length, copies, contents, ...range }
      const target = typeof why.area === 'string' ? why.area : 'trash'
      await writeAudit(trx, [
        { at, actor: by, origin: systemActor.origin, deed: 'retention.expire', target, details },
      ])
    }
    return done
  })
  if (ended.contents > 0)
    ctx.events.tell({ kind: 'purged', messages: ended.messages.length, contents: ended.contents })
  return ended.messages.length
}

/** Removes the records of messages whose retention ended more than `recordsDays` ago. Returns how many. */
export async function dropRecords(ctx: Context, recordsDays: number, signal: AbortSignal): Promise<number> {
  const at = ctx.clock.now()
  const by = actorName(systemActor)
  // What the search index was not told the last time: a process that died, an index that was being made.
  const untold = await listForgotten(ctx.db, forgottenAtOnce)
  if (untold.length > 0) await ctx.db.search.forget(untold)
  let count = 0
  while (!signal.aborted) {
    const ids = await ctx.db.transaction(async (trx) => {
      const gone = await removeRecords(ctx.db, trx, at - recordsDays * dayMs)
      if (gone.length > 0) {
        const range = { first: formatId(Math.min(...gone)), last: formatId(Math.max(...gone)) }
        const details = { recordsDays, messages: gone.length, ...range }
        const target = 'records'
        await writeAudit(trx, [
          { at, actor: by, origin: systemActor.origin, deed: 'retention.purge', target, details },
        ])
      }
      return gone
    })
    if (ids.length === 0) break
    await ctx.db.search.forget(ids)
    count += ids.length
  }
  return count
}

/** Jobs are shown for so long after their end; the deeds themselves are in the audit log. */
const jobsKeepMs = 30 * dayMs

/** Removes jobs that ended long ago, with what became of their messages. Returns how many. */
export async function dropJobs(ctx: Context, signal: AbortSignal): Promise<number> {
  const before = ctx.clock.now() - jobsKeepMs
  let count = 0
  while (!signal.aborted && (await sweepJob(ctx.db, before))) count++
  return count
}
