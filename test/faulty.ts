/**
 * An engine whose Nth call fails, the way SQLite tests itself: run for N = 1, 2, 3 … until a run has no fault. A fault
 * before a call leaves nothing done; a fault after a commit is the worst kind: done, but nobody is told.
 */
import type { Engine, Tx } from '../src/store/engine.ts'

export class Fault extends Error {
  override readonly name = 'Fault'
}

export interface Faults {
  /** Fails the call with this number, counted from 1 and from now on. */
  arm(n: number, when: 'before' | 'after'): void
  disarm(): void
  /** Whether the armed fault has happened. */
  readonly hit: boolean
}

export function faultyEngine(): { wrap: (engine: Engine) => Engine; faults: Faults } {
  let left = 0
  let when: 'before' | 'after' = 'before'
  let hit = false
  async function call<T>(work: () => Promise<T>): Promise<T> {
    const mine = left > 0 && --left === 0
    if (mine) hit = true
    if (mine && when === 'before') throw new Fault('planted before')
    const result = await work()
    if (mine) throw new Fault('planted after')
    return result
  }
  const wrapTx = (tx: Tx): Tx => ({
    all: (sql, params) => call(() => tx.all(sql, params)),
    run: (sql, params) => call(() => tx.run(sql, params)),
    insert: (insert) => call(() => tx.insert(insert)),
  })
  return {
    wrap: (engine) => ({
      kind: engine.kind,
      all: (sql, params) => call(() => engine.all(sql, params)),
      contents: (sql, params) => call(() => engine.contents(sql, params)),
      commit: (prepare) => call(() => engine.commit(prepare)),
      transaction: (work, access) => call(() => engine.transaction((tx) => work(wrapTx(tx)), access)),
      [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
    }),
    faults: {
      arm(n, moment) {
        left = n
        when = moment
        hit = false
      },
      disarm() {
        left = 0
      },
      get hit() {
        return hit
      },
    },
  }
}
