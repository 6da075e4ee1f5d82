/**
 * Group commit: whatever waits while one batch is on its way goes into the next, so that many mails share an fsync.
 * While a batch is being synced the next one is written already, so that processor and disk work at the same time: the
 * callers fall into a few cohorts that take turns. When callers have been answered, those with more mail come back
 * within a moment; waiting for them, a fraction of what a commit takes, keeps the cohorts full. Lone callers never wait.
 */
import type { Insert } from './engine.ts'

interface Pending {
  prepare: () => Insert[]
  resolve: () => void
  reject: (error: Error) => void
}

export interface GroupCommitLimits {
  /** Callers in one batch. */
  batchCallers: number
  /** Bytes of content in one batch, roughly. */
  batchBytes: number
  /** Batches that may be on their way at the same time; one more where syncing is slow. */
  cohorts: number
}

/** A commit that takes longer waits mostly for the disk. */
const slowCommitMs = 4

export interface Written {
  /** For each group: null, or why it is not kept. */
  answers: (string | null)[]
  /** Resolves when what was written is durable; rejects when that cannot be said. */
  durable: Promise<void>
}

/** Writes the groups of inserts in one transaction. Rejects: nothing was kept. */
export type WriteBatch = (groups: Insert[][]) => Promise<Written>

export class GroupCommit {
  readonly #write: WriteBatch
  readonly #limits: GroupCommitLimits
  readonly #pending: Pending[] = []
  #writing = false
  /** Batches that are written but not durable yet, and their callers. */
  #syncing = 0
  #unanswered = 0
  /** Smoothed number of callers at the same time: how many may be on their way. */
  #expected = 1
  /** Smoothed time of a commit. */
  #commitMs = 1
  #timer: NodeJS.Timeout | undefined

  constructor(write: WriteBatch, limits: Partial<GroupCommitLimits> = {}) {
    this.#write = write
    this.#limits = { batchCallers: 500, batchBytes: 32 << 20, cohorts: 1, ...limits }
  }

  commit(prepare: () => Insert[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ prepare, resolve, reject })
      this.#consider()
    })
  }

  /** Begins the next batch when it is time; called whenever something has changed. */
  #consider(): void {
    const { batchCallers } = this.#limits
    const cohorts = this.#cohorts
    if (this.#pending.length === 0 || this.#writing || this.#syncing >= cohorts) return
    const wanted = Math.min(batchCallers, Math.round(this.#expected / cohorts))
    if (this.#pending.length >= wanted) this.#begin()
    else if (this.#syncing === 0) this.#timer ??= setTimeout(() => this.#begin(), this.#patienceMs())
    // else: the batch that is being synced ends soon, and looks again
  }

  get #cohorts(): number {
    const { cohorts } = this.#limits
    return cohorts > 1 && this.#commitMs > slowCommitMs ? cohorts + 1 : cohorts
  }

  /** A quarter of what a commit takes. */
  #patienceMs(): number {
    return Math.max(1, Math.min(10, this.#commitMs / 4))
  }

  #begin(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const present = this.#unanswered + this.#pending.length
    this.#expected = Math.max(present, this.#expected + (present - this.#expected) / 4)
    const { callers, groups } = this.#take()
    if (callers.length > 0) void this.#carry(callers, groups)
    else this.#consider()
  }

  async #carry(callers: Pending[], groups: Insert[][]): Promise<void> {
    const began = performance.now()
    this.#writing = true
    this.#unanswered += callers.length
    let syncing = false
    try {
      const { answers, durable } = await this.#write(groups)
      this.#writing = false
      this.#syncing++
      syncing = true
      this.#consider()
      await durable
      callers.forEach(({ resolve, reject }, i) => {
        const why = answers[i]
        if (why === null) resolve()
        else reject(new Error(`not kept: ${why}`))
      })
    } catch (error) {
      for (const { reject } of callers) reject(error instanceof Error ? error : new Error(String(error)))
    }
    if (syncing) this.#syncing--
    else this.#writing = false
    this.#unanswered -= callers.length
    this.#commitMs += (performance.now() - began - this.#commitMs) / 8
    setImmediate(() => this.#consider()) // those just answered may be back already
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

function contentBytes(inserts: Insert[]): number {
  let bytes = 0
  for (const { rows } of inserts)
    for (const row of rows)
      for (const value of row) if (value instanceof Uint8Array) bytes += value.byteLength
  return bytes
}
