/** What became of the senders of messages that were ordered with it: in words, and taken back. */
import type { UserText } from '../../text/user.ts'
import { visible } from '../../ui/MailText.tsx'
import { my, type Results } from '../api.ts'

export function sendersNow(
  results: Results,
  kind: 'approved' | 'blocked',
  { senders: { now } }: UserText,
): string[] {
  const told = results.flatMap(({ sender }) => (sender ? [sender] : []))
  const listed = new Set(
    told.flatMap(({ pattern, result }) => (pattern !== null && result !== 'full' ? [pattern] : [])),
  )
  const [first = ''] = listed
  const all = kind === 'approved' ? now.allApproved : now.allBlocked
  return [
    ...(listed.size === 0 ? [] : [listed.size === 1 ? now[kind](visible(first)) : all]),
    ...(told.some(({ result }) => result === 'full') ? [now.full] : []),
    ...(told.some(({ result }) => result === 'none') ? [now.none] : []),
  ]
}

/** Takes off the list whom the order has put on it. */
export async function unlist(results: Results): Promise<void> {
  const added = new Set(results.flatMap(({ sender }) => (sender?.result === 'added' ? [sender.pattern] : [])))
  for (const pattern of added) {
    if (pattern === null) continue
    const { items } = await my('findMySenders', { query: { q: pattern, kind: 'blocked', limit: 200 } })
    for (const { id, pattern: found } of items)
      if (found === pattern) await my('removeMySender', { params: { id } })
  }
}
