/**
 * Not Spam that approves the sender, deletion that blocks him: the entry is made in the transaction of the deed, for the
 * addresses whose copies it was about. A list without room, or a mail without a sender, does not keep back the deed.
 */
import type { Actor } from '../access/actor.ts'
import type { Scope } from '../access/scope.ts'
import { senderOf } from '../access/sender-patterns.ts'
import { delegatedTo, type Listed, putSenders } from '../access/senders.ts'
import type { Context } from '../context.ts'
import type { MyMessage } from '../store/my-messages.ts'
import type { SenderKind } from '../store/sender-schema.ts'
import type { Along } from './orders.ts'

/** Whose list, and how long it may get. */
export interface SenderList {
  user: { id: number; name: string }
  limit: number
}

export interface ListedSender {
  /** Null: the message has no sender that could be on a list. */
  pattern: string | null
  result: Listed | 'none'
}

interface Deed {
  ctx: Context
  actor: Actor
  scope: Scope
  list: SenderList
  kind: SenderKind
  /** Keys of the addresses whose copies are meant. */
  recipients: readonly string[]
}

/** The worst first: of several entries for one sender. */
const gravity = ['full', 'added', 'changed', 'there'] as const satisfies readonly Listed[]

/** What goes along with the deed, and what became of it, by message, once that is durable. */
export function listingAlong(
  { ctx, actor, scope, list, kind, recipients }: Deed,
  messages: readonly MyMessage[],
): { along: Along<{ id: number; result: string }>; listed: Map<number, ListedSender> } {
  const listed = new Map<number, ListedSender>()
  return {
    listed,
    async along(trx, results) {
      // A transaction that lost to another runs again.
      listed.clear()
      const done = new Set(
        results.flatMap(({ id, result }) => (result === 'released' || result === 'done' ? [id] : [])),
      )
      const patterns = new Map<number, string>()
      for (const message of messages) {
        if (!done.has(message.id)) continue
        const pattern = senderOf(message, (key) => scope.has(key))
        if (pattern === null) listed.set(message.id, { pattern, result: 'none' })
        else patterns.set(message.id, pattern)
      }
      if (patterns.size === 0) return
      const others = await delegatedTo(trx, list.user)
      const keys = [...new Set(recipients.map((key) => (others.has(key) ? key : '')))]
      const wishes = [...new Set(patterns.values())].flatMap((pattern) =>
        keys.map((addressKey) => ({ kind, pattern, addressKey })),
      )
      const outcomes = await putSenders(ctx, trx, actor, list.user, wishes, list.limit)
      for (const [id, pattern] of patterns) {
        const those = outcomes.filter((_, i) => wishes[i]?.pattern === pattern)
        const result = gravity.find((one) => those.includes(one)) ?? 'there'
        listed.set(id, { pattern, result })
      }
    },
  }
}

/** The sentence for people. */
export function listedText(kind: SenderKind, { pattern, result }: ListedSender): string {
  if (result === 'none') return `It has no sender that could be ${kind}.`
  if (result === 'full') return `The list of senders is full: ${pattern} was not put on it.`
  return kind === 'approved' ? `${pattern} is an approved sender.` : `${pattern} is a blocked sender.`
}
