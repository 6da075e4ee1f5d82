/**
 * Audit rows of what changes nothing else: looks and downloads. They have no transaction of their own deed to be part
 * of, so those that come while one is being written share the next; each caller waits until its row is durable.
 */
import type { Context } from '../context.ts'
import { type Deed, writeAudit } from '../store/audit.ts'

/** Resolves when the row is durable. */
export type Note = (deed: Deed) => Promise<void>

const rowsPerTransaction = 500

/** What waits is bounded by the requests in flight. */
export function openNotes({ db }: Context): Note {
  let waiting: { deed: Deed; done: PromiseWithResolvers<void> }[] = []
  let writing = false

  async function writeAll(): Promise<void> {
    writing = true
    while (waiting.length > 0) {
      const batch = waiting.slice(0, rowsPerTransaction)
      waiting = waiting.slice(rowsPerTransaction)
      const deeds = batch.map(({ deed }) => deed)
      try {
        await db.transaction((trx) => writeAudit(trx, deeds))
        for (const { done } of batch) done.resolve()
      } catch (error) {
        for (const { done } of batch) done.reject(error)
      }
    }
    writing = false
  }

  return async (deed) => {
    const done = Promise.withResolvers<void>()
    waiting.push({ deed, done })
    if (!writing) void writeAll()
    await done.promise
  }
}
