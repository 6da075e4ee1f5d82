/**
 * What a user does with copies of his own: Not Spam, delete, take back. Which copies are his, and what may be done with
 * each, is decided in access/scope.ts; others' copies of the same message are neither touched nor told of.
 */
import type { Actor } from '../access/actor.ts'
import { type AreaForUsers, decideForUser, type Scope, type UserAction } from '../access/scope.ts'
import type { Context } from '../context.ts'
import { type MyMessage, myMessages, type OwnCopy } from '../store/my-messages.ts'
import type { HoldingState } from '../store/schema.ts'
import { type ListedSender, listedText, listingAlong, type SenderList } from './mine-senders.ts'
import type { Along } from './orders.ts'
import { heldForVirus, release } from './release.ts'
import { remove, restore } from './remove.ts'

/** Somebody whose mail is held, with what he may act for now. */
export interface Holder {
  actor: Actor
  scope: Scope
  areas: readonly AreaForUsers[]
}

export interface MyResult {
  id: number
  result: 'done' | 'refused' | 'not-found'
  text: string
  /** What became of its sender on the list of the user, where that was wished and the deed was done. */
  sender?: ListedSender
}

type Deed = 'not-spam' | 'delete' | 'restore'

/** The copies of a message that this user sees; none: it is not there for him. */
export function seenCopies({ scope, areas }: Holder, message: MyMessage): OwnCopy[] {
  return message.copies.filter((copy) => decide({ scope, areas }, message, copy, 'see') === 'yes')
}

/** Whether the user may do that with at least one copy. */
export const mayDo = (holder: Holder, message: MyMessage, action: UserAction): boolean =>
  message.copies.some((copy) => decide(holder, message, copy, action) === 'yes')

/** Whether the user may do that with this copy. */
export const mayWith = (holder: Holder, message: MyMessage, copy: OwnCopy, action: UserAction): boolean =>
  decide(holder, message, copy, action) === 'yes'

const decide = (
  { scope, areas }: Pick<Holder, 'scope' | 'areas'>,
  message: MyMessage,
  copy: OwnCopy,
  action: UserAction,
) => decideForUser(scope, { area: message.area, malware: heldForVirus(message) }, copy, action, areas)

/**
 * Results in the order of the ids, each id once. Durable when it resolves.
 * @param list with it, Not Spam approves the senders and deletion blocks them; the deed is done without if it has no room.
 * @throws Problem as the orders of administrators do
 */
export async function doMine(
  ctx: Context,
  holder: Holder,
  deed: Deed,
  ids: readonly number[],
  list: SenderList | null = null,
): Promise<MyResult[]> {
  const unique = [...new Set(ids)]
  const messages = await myMessages(ctx.db, unique, [...holder.scope])
  const results = new Map<number, MyResult>()
  /** Messages by the addresses whose copies are meant: mostly one group. */
  const groups = new Map<string, { recipients: string[]; messages: MyMessage[] }>()
  for (const message of messages) {
    const seen = seenCopies(holder, message)
    if (seen.length === 0) continue
    const allowed = seen.filter((copy) => decide(holder, message, copy, deed) === 'yes')
    if (allowed.length === 0) {
      results.set(message.id, { id: message.id, result: 'refused', text: forbidden(deed, message, seen) })
      continue
    }
    const recipients = [...new Set(allowed.map(({ address_key }) => address_key))].sort()
    const key = recipients.join('\n')
    const group = groups.get(key) ?? { recipients, messages: [] }
    group.messages.push(message)
    groups.set(key, group)
  }
  for (const group of groups.values()) {
    const order = { ids: group.messages.map(({ id }) => id), recipients: group.recipients }
    const kind = deed === 'not-spam' ? 'approved' : 'blocked'
    const { actor, scope } = holder
    const { recipients } = group
    const listing =
      list && deed !== 'restore'
        ? listingAlong({ ctx, actor, scope, list, kind, recipients }, group.messages)
        : null
    const changed = new Set(await carryOut(ctx, actor, deed, order, listing?.along))
    for (const { id, copies } of group.messages) {
      const sender = listing?.listed.get(id)
      const text = [done[deed], ...(sender ? [listedText(kind, sender)] : [])].join(' ')
      results.set(
        id,
        changed.has(id)
          ? { id, result: 'done', text, ...(sender ? { sender } : {}) }
          : { id, result: 'refused', text: tooLate(deed, copies) },
      )
    }
  }
  return unique.map(
    (id) => results.get(id) ?? { id, result: 'not-found', text: 'There is no such message for you.' },
  )
}

/** Ids of the messages of which at least one copy was changed. */
async function carryOut(
  ctx: Context,
  actor: Actor,
  deed: Deed,
  order: { ids: number[]; recipients: string[] },
  along?: Along<{ id: number; result: string }>,
): Promise<number[]> {
  const results: { id: number; result: string }[] =
    deed === 'not-spam'
      ? await release(ctx, actor, order, along)
      : deed === 'delete'
        ? await remove(ctx, actor, order, along)
        : await restore(ctx, actor, order)
  return results.flatMap(({ id, result }) => (result === 'released' || result === 'done' ? [id] : []))
}

const done: Record<Deed, string> = {
  'not-spam': 'It is on its way to you.',
  delete: 'It is deleted; you can take it back for some days.',
  restore: 'It is back.',
}

function forbidden(deed: Deed, message: MyMessage, seen: readonly OwnCopy[]): string {
  if (deed === 'restore')
    return seen.some(({ state }) => state === 'deleted')
      ? 'An administrator has deleted it.'
      : 'It is not deleted.'
  return heldForVirus(message)
    ? 'A virus scanner held it: it cannot be released by you.'
    : 'It cannot be released by you: ask an administrator.'
}

/** Names nobody: who else acts for the same address is not for everybody to know. */
function tooLate(deed: Deed, copies: readonly OwnCopy[]): string {
  const texts: Partial<Record<HoldingState, string>> = {
    releasing: 'It is on its way already.',
    delivered: 'It has arrived already.',
    deleted: deed === 'delete' ? 'It is deleted already.' : 'It is deleted: take it back first.',
  }
  const fallback =
    deed === 'restore' ? 'Its content has been removed for good.' : 'Look again: it has changed.'
  return copies.map(({ state }) => (deed === 'restore' ? undefined : texts[state])).find(Boolean) ?? fallback
}
