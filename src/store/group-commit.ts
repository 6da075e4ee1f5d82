/**
 * Group commit: whatever waits while one commit runs goes into the next one, so that many mails share an fsync. When a
 * commit ends, its callers are answered and those with more mail come back within a moment; waiting for them, a
 * fraction of what a commit takes, merges two half-full cohorts into one. Lone callers never wait.
 */
import type { Insert } from './engine.ts'

interface Pending {
  prepare: () => Insert[]
  resolve: () => void
  reject: (error: Error) => void
}

export interface GroupCommitLimits {
  /** Callers in one commit. */
  batchCallers: number
  /** Bytes of content in one commit, roughly. */
  batchBytes: number
}

/** Keeps the groups of inserts in one commit; one answer each: null, or why it was not kept. Rejects: none was. */
export type CommitBatch = (groups: Insert[][]) => Promise<(string | null)[]>

export class GroupCommit {
  readonly #commitBatch: CommitBatch
  readonly #limits: GroupCommitLimits
  readonly #pending: Pending[] = []
  #running = false
  /** Callers that the last commits had between them: how many may be on their way. */
  #expected = 0
  /** Smoothed time of a commit. */
  #commitMs = 1
  #gathered: (() => void) | undefined

  constructor(
    commitBatch: CommitBatch,
    limits: GroupCommitLimits = { batchCallers: 500, batchBytes: 32 << 20 },
  ) {
    this.#commitBatch = commitBatch
    this.#limits = limits
  }

  commit(prepare: () => Insert[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ prepare, resolve, reject })
      if (this.#gathered && this.#pending.length >= this.#expected) this.#gathered()
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#pending.length > 0) {
      if (this.#pending.length < this.#expected) await this.#gather()
      const { callers, groups } = this.#take()
      const began = performance.now()
      try {
        const answers = await this.#commitBatch(groups)
        callers.forEach(({ resolve, reject }, i) => {
          const why = answers[i]
          if (why === null) resolve()
          else reject(new Error(`not kept: ${why}`))
        })
      } catch (error) {
        for (const { reject } of callers) reject(error instanceof Error ? error : new Error(String(error)))
      }
      this.#commitMs += (performance.now() - began - this.#commitMs) / 8
      this.#expected = Math.min(this.#limits.batchCallers, callers.length + this.#pending.length)
      if (this.#pending.length === 0) await turnOfTheLoop() // those just answered may be back already
    }
    this.#running = false
    this.#expected = 0
  }

  /** Resolves when everybody expected is here, or after a quarter of a commit's time. */
  #gather(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#gathered = undefined
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(done, Math.max(1, Math.min(10, this.#commitMs / 4)))
      this.#gathered = done
    })
  }

  #take(): { callers: Pending[]; groups: Insert[][] } {
    const callers: Pending[] = []
    const groups: Insert[][] = []
    let bytes = 0
    while (
      this.#pending.length > 0 &&
      callers.length < this.#limits.batchCallers &&
      bytes < this.#limits.batchBytes
    ) {
      const next = this.#pending.shift() as Pending
      try {
        const inserts = next.prepare()
        bytes += contentBytes(inserts)
        callers.push(next)
        groups.push(inserts)
      } catch (error) {
        next.reject(error instanceof Error ? error : new Error(String(error)))
      }
    }
    return { callers, groups }
  }
}

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function contentBytes(inserts: Insert[]): number {
  let bytes = 0
  for (const { rows } of inserts)
    for (const row of rows)
      for (const value of row) if (value instanceof Uint8Array) bytes += value.byteLength
  return bytes
}
