/**
 * Housekeeping: every some minutes one round that counts what is over, then goes over all areas, the trash, old records and
 * what broken-off transfers left.
 * A part that fails is told and does not keep the others from their turn; the next round tries again.
 */
import type { Context } from '../context.ts'
import type { ValuesOf } from '../options.ts'
import { areasInUse } from '../store/retention.ts'
import { type AreaRetention, dropJobs, dropRecords, emptyTrash, expireArea } from './expire.ts'
import type { retentionOptions } from './options.ts'
import { tally } from './tally.ts'

export type RetentionValues = ValuesOf<typeof retentionOptions>

export interface RoundReport {
  expired: number
  trashed: number
  records: number
  swept: number
  jobs: number
  /** What kept a part of the round from being done. */
  stops: string[]
}

export interface Housekeeping extends AsyncDisposable {
  /** One round now, or the one under way. Never rejects: what failed is in `stops` and was told. */
  round(): Promise<RoundReport>
}

/** Staged bytes of a message that is still coming in are younger than this: no session lasts so long. */
const stagingMs = 24 * 3_600_000

/**
 * @param areas the areas as configured now; asked for each round.
 * @param options likewise asked for each round, save the interval.
 */
export function startHousekeeping(
  ctx: Context,
  areas: () => AreaRetention[],
  options: RetentionValues | (() => RetentionValues),
): Housekeeping {
  const current = typeof options === 'function' ? options : () => options
  const stop = new AbortController()
  let running: Promise<RoundReport> | null = null
  const round = () => {
    running ??= oneRound(ctx, areas(), current(), stop.signal).finally(() => {
      running = null
    })
    return running
  }
  const failed = (error: unknown) => ctx.events.tell({ kind: 'failure', where: 'housekeeping', error })
  // What was not counted before the start, or never yet, need not wait for a round.
  const counted = tally(ctx, stop.signal).catch((error: unknown) => {
    if (error !== stop.signal.reason) failed(error)
  })
  const timer = ctx.clock.every(current().interval_minutes * 60_000, async () => void (await round()), failed)
  return {
    round,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await timer[Symbol.asyncDispose]()
      await Promise.all([running, counted])
    },
  }
}

async function oneRound(
  ctx: Context,
  configured: AreaRetention[],
  options: RetentionValues,
  signal: AbortSignal,
): Promise<RoundReport> {
  const report: RoundReport = { expired: 0, trashed: 0, records: 0, swept: 0, jobs: 0, stops: [] }
  const part = async (work: () => Promise<void>) => {
    if (signal.aborted) return
    try {
      await work()
    } catch (error) {
      if (error === signal.reason) return // broken off
      report.stops.push(error instanceof Error ? error.message : String(error))
      ctx.events.tell({ kind: 'failure', where: 'housekeeping', error })
    }
  }
  const known = new Map(configured.map((area) => [area.name, area.keepDays]))
  const limits = {
    failedKeepDays: options.failed_keep_days,
    purgeShareMaxPercent: options.purge_share_max_percent,
  }
  // Before anything is taken away.
  await part(() => tally(ctx, signal))
  let names: string[] = []
  await part(async () => {
    names = await areasInUse(ctx.db)
  })
  for (const name of names)
    await part(async () => {
      const keepDays = known.get(name) ?? options.unknown_area_keep_days
      report.expired += await expireArea(ctx, { name, keepDays }, limits, signal)
    })
  await part(async () => {
    report.trashed = await emptyTrash(ctx, options.trash_days, signal)
  })
  await part(async () => {
    report.records = await dropRecords(ctx, options.records_days, signal)
  })
  await part(async () => {
    report.jobs = await dropJobs(ctx, signal)
  })
  await part(async () => {
    report.swept = await ctx.content.sweep(ctx.clock.now() - stagingMs)
  })
  return report
}
