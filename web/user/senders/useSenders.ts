/** Adds, changes and removes senders; says what was done, with the way back. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../../api/request.ts'
import { useWords } from '../../text/user.ts'
import { visible } from '../../ui/MailText.tsx'
import { type EuqAnswer, type EuqInput, my } from '../api.ts'
import { useNotices } from '../notices.tsx'
import { plainFailure } from '../Trouble.tsx'

export type Sender = EuqAnswer<'changeMySender'>
type Wanted = EuqInput<'addMySenders'>['body']

export function useSenders() {
  const text = useWords()
  const { senders } = text
  const client = useQueryClient()
  const { tell } = useNotices()
  const [busy, setBusy] = useState(false)

  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    setBusy(true)
    try {
      return await work()
    } finally {
      setBusy(false)
      void client.invalidateQueries({ queryKey: ['findMySenders'] })
    }
  }
  const failed = (error: unknown) => tell(plainFailure(error, text))

  /** Null: done. Else what is wrong with what was written, in words. */
  async function add(wanted: Wanted, allowed: number): Promise<string | null> {
    try {
      const { items } = await attempt(async () => await my('addMySenders', { body: wanted }))
      tell(senders.added(items.length, visible(items[0]?.pattern ?? '')))
      return null
    } catch (error) {
      if (error instanceof ApiError && error.status === 400) return senders.bad
      if (error instanceof ApiError && error.status === 409) return senders.full(allowed)
      return plainFailure(error, text)
    }
  }

  async function change(sender: Sender, changes: EuqInput<'changeMySender'>['body']): Promise<void> {
    try {
      await attempt(async () => await my('changeMySender', { params: { id: sender.id }, body: changes }))
      const { kind, expiresAt, expired } = sender
      const before = { kind, ...(expired ? {} : { expiresAt }) }
      tell(senders.changed(visible(sender.pattern)), () => void change({ ...sender, ...changes }, before))
    } catch (error) {
      failed(error)
    }
  }

  async function remove(sender: Sender): Promise<void> {
    try {
      await attempt(async () => await my('removeMySender', { params: { id: sender.id } }))
      const { pattern, kind, address, note, expiresAt, expired } = sender
      const body = { senders: [pattern], kind, note, expiresAt, ...(address === null ? {} : { address }) }
      const back = () =>
        void attempt(async () => await my('addMySenders', { body })).then(
          () => tell(senders.added(1, visible(pattern))),
          failed,
        )
      // What is over cannot begin again.
      tell(senders.removed(visible(pattern)), expired ? undefined : back)
    } catch (error) {
      failed(error)
    }
  }
  return { busy, add, change, remove }
}
