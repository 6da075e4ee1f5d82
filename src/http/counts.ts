/**
 * Figures of the store that are dear to count in a large one: kept for fifty times as long as counting took, so that
 * looking at them, however often, costs at most a fiftieth of a reader. What is quick to count is always fresh.
 */
import type { Context } from '../context.ts'
import { countAreas, countHoldings } from '../store/counts.ts'
import type { HoldingState } from '../store/schema.ts'

export interface Counted<T> {
  value: T
  /** Milliseconds since the epoch. */
  at: number
}

export interface Counts {
  holdings(): Promise<Counted<Partial<Record<HoldingState, number>>>>
  /** Messages that have not expired. */
  areas(): Promise<Counted<Map<string, number>>>
}

const alwaysFreshBelowMs = 20
const keepFactor = 50

export function openCounts({ db, clock }: Context): Counts {
  return {
    holdings: kept(clock.now, () => countHoldings(db)),
    areas: kept(clock.now, () => countAreas(db)),
  }
}

function kept<T>(now: () => number, count: () => Promise<T>): () => Promise<Counted<T>> {
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
    return await running
  }
}
