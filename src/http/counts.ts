/**
 * Figures of the store that are dear to count in a large one: kept for fifty times as long as counting took, so that
 * looking at them, however often, costs at most a fiftieth of a reader. What is quick to count is always fresh; and once
 * it was counted nobody waits for it: who comes too late for the last figures has those, and starts counting anew.
 */
import type { Context } from '../context.ts'
import { type AreaCount, countAreas, countHoldings } from '../store/counts.ts'
import type { HoldingState } from '../store/schema.ts'

export interface Counted<T> {
  value: T
  /** Milliseconds since the epoch. */
  at: number
}

export interface Counts {
  holdings(): Promise<Counted<Partial<Record<HoldingState, number>>>>
  /** What has not expired. */
  areas(): Promise<Counted<Map<string, AreaCount>>>
}

const alwaysFreshBelowMs = 20
const keepFactor = 50
/** So long new figures are waited for when there are old ones. */
const patienceMs = 25

export function openCounts({ db, clock, events }: Context): Counts {
  const failed = (error: unknown) => events.tell({ kind: 'failure', where: 'counts', error })
  return {
    holdings: kept(clock.now, () => countHoldings(db), failed),
    areas: kept(clock.now, () => countAreas(db), failed),
  }
}

/** @param failed told of a failure that nobody waited for. */
function kept<T>(
  now: () => number,
  count: () => Promise<T>,
  failed: (error: unknown) => void,
): () => Promise<Counted<T>> {
  let last: { counted: Counted<T>; until: number } | undefined
  let running: Promise<Counted<T>> | undefined
  const run = async () => {
    const begun = performance.now()
    const at = now()
    const counted = { value: await count(), at }
    const ended = performance.now()
    const tookMs = ended - begun
    last = { counted, until: tookMs < alwaysFreshBelowMs ? 0 : ended + keepFactor * tookMs }
    return counted
  }
  return async () => {
    if (last && performance.now() < last.until) return last.counted
    running ??= run().finally(() => {
      running = undefined
    })
    return last && last.until > 0 ? await soon(running, last.counted, failed) : await running
  }
}

/** What is ready within a moment, else what there is. */
async function soon<T>(fresh: Promise<T>, known: T, failed: (error: unknown) => void): Promise<T> {
  const { promise: late, resolve } = Promise.withResolvers<T>()
  let waited = true
  const timer = setTimeout(() => {
    waited = false
    resolve(known)
  }, patienceMs)
  const answer = fresh.catch((error: unknown) => {
    if (waited) throw error
    failed(error)
    return known
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
