/**
 * The part of housekeeping that counts what is over: messages held and deliveries ended, a quarter-hour at a time, before
 * retention takes anything away. Several processes may do it side by side; what one has kept the others leave.
 *
 * A quarter-hour is counted some minutes after its end: by then what was on its way is committed. The mark only moves past
 * what was counted, so a clock that ran ahead for a while leaves no gap; and each is looked at again an hour and a day
 * later, for what another node's clock has put into the past.
 */
import type { Context } from '../context.ts'
import { keepSizeSample } from '../store/overview.ts'
import {
  bucketMs,
  countSpan,
  dropTallies,
  firstSince,
  keepTallies,
  raiseTallies,
  talliedTo,
} from '../store/tallies.ts'

const dayMs = 86_400_000
const graceMs = 5 * 60_000
const looksAfterMs = [3_600_000, dayMs]
/** Counted and kept in one transaction, at most. */
const spanMs = dayMs
const keepDays = 400

/** Counts all that is over. Can be broken off and goes on there the next time. */
export async function tally(ctx: Context, signal: AbortSignal): Promise<void> {
  const { db, clock } = ctx
  const over = floor(clock.now() - graceMs)
  const begun = await talliedTo(db.read)
  let mark = begun
  while (!signal.aborted) {
    const first = await firstSince(db.read, mark)
    if (first === null || first >= over) break
    const to = Math.min(floor(first) + spanMs, over)
    const tallies = await countSpan(db.read, { from: mark, to }, signal)
    // Nothing lies between the last of them and `to`; whatever comes there yet is counted the next time.
    const end = Math.max(...tallies.map(({ bucket }) => bucket)) + bucketMs
    if (tallies.length === 0 || !(await keepTallies(db, tallies, { from: mark, to: end }))) break
    mark = end
  }
  if (begun > 0 && mark > begun)
    for (const after of looksAfterMs) {
      const span = { from: begun - after, to: Math.min(mark - after, begun) }
      await raiseTallies(db, await countSpan(db.read, span, signal))
    }
  await dropTallies(db, clock.now() - keepDays * dayMs)
  await keepSizeSample(db, clock.now(), clock.now() - keepDays * dayMs)
}

const floor = (ms: number): number => Math.floor(ms / bucketMs) * bucketMs
