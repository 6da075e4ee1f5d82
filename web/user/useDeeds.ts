/**
 * Not Spam, delete, take back: orders them, says what was done and what not, and for Not Spam what became of it. More
 * than the server takes at once goes in several orders.
 */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../text/user.ts'
import { messagesChanged, my, type Results } from './api.ts'
import { useArrivals } from './arrivals.tsx'
import { useNotices } from './notices.tsx'
import { sendersNow, unlist } from './senders/along.ts'
import { plainFailure } from './Trouble.tsx'

type Deed = 'notSpam' | 'deleteMyMessages' | 'restoreMyMessages' | 'askForRelease' | 'withdrawRequest'

export interface Deeds {
  busy: boolean
  /** @param approve their senders as well. */
  notSpam: (ids: readonly string[], approve?: boolean) => Promise<void>
  /** True: at least one was deleted. @param block their senders as well. */
  remove: (ids: readonly string[], block?: boolean) => Promise<boolean>
  restore: (ids: readonly string[]) => Promise<void>
  /** True: it was sent, though perhaps not for all. */
  request: (ids: readonly string[], note: string) => Promise<boolean>
  withdraw: (ids: readonly string[]) => Promise<void>
}

export function useDeeds(): Deeds {
  const text = useWords()
  const client = useQueryClient()
  const { tell } = useNotices()
  const { follow } = useArrivals()
  const [busy, setBusy] = useState(false)

  /** Ids of what was done; [] when the order failed, which is told. */
  async function order(
    deed: Deed,
    ids: readonly string[],
    more: { note?: string; approve?: boolean; block?: boolean } = {},
  ): Promise<Results> {
    setBusy(true)
    try {
      const { results } = await my(deed, { body: { ids: [...ids], ...more } })
      return results
    } catch (error) {
      tell(plainFailure(error, text))
      return []
    } finally {
      setBusy(false)
      void messagesChanged(client)
      if (more.approve || more.block) void client.invalidateQueries({ queryKey: ['findMySenders'] })
    }
  }
  const idsOf = (results: Results, result: Results[number]['result']) =>
    results.flatMap((one) => (one.result === result ? [one.id] : []))
  /** What could not be done is told with what was. */
  const report = (results: Results, done: string, refused: (n: number) => string, undo?: () => void) => {
    if (results.length === 0) return
    const not = results.length - idsOf(results, 'done').length
    const sentences = [...(not < results.length ? [done] : []), ...(not > 0 ? [refused(not)] : [])]
    tell(sentences.join(' '), undo)
  }
  const restore = async (ids: readonly string[]) => {
    const results = await order('restoreMyMessages', ids)
    report(results, text.deeds.restored(idsOf(results, 'done').length), text.deeds.notDone)
  }
  return {
    busy,
    restore,
    async notSpam(ids, approve = false) {
      const results = await order('notSpam', ids, approve ? { approve } : {})
      const done = idsOf(results, 'done')
      const said = [text.deeds.coming(done.length), ...sendersNow(results, 'approved', text)]
      report(results, said.join(' '), text.deeds.mayNot)
      follow(done)
    },
    async request(ids, note) {
      const results = await order('askForRelease', ids, { note })
      report(results, text.requests.sent(idsOf(results, 'done').length), text.requests.notSent)
      return results.length > 0
    },
    async withdraw(ids) {
      const results = await order('withdrawRequest', ids)
      report(results, text.requests.withdrawn(idsOf(results, 'done').length), text.deeds.notDone)
    },
    async remove(ids, block = false) {
      const results = await order('deleteMyMessages', ids, block ? { block } : {})
      const done = idsOf(results, 'done')
      const undo = async () => {
        await restore(done)
        await unlist(results).catch((error: unknown) => tell(plainFailure(error, text)))
        if (block) void client.invalidateQueries({ queryKey: ['findMySenders'] })
      }
      const said = [text.deeds.deleted(done.length), ...sendersNow(results, 'blocked', text)]
      report(results, said.join(' '), text.deeds.notDone, done.length > 0 ? () => void undo() : undefined)
      return done.length > 0
    },
  }
}
