/**
 * Delete and restore: deleted copies lie in the trash, where they can be taken back while the bytes are there
 * (housekeeping purges them after some days). Each order is one transaction with an audit row for each message. Mail in
 * motion is left alone, and what was delivered stays delivered.
 */
import { type Actor, actorName } from '../access/actor.ts'
import { seenHoldings, seesAll } from '../access/sight.ts'
import type { Context } from '../context.ts'
import { writeAudit } from '../store/audit.ts'
import { changeHoldings, type Holding, holdingsOf } from '../store/holdings.ts'
import { formatId } from '../store/ids.ts'
import { type MessageToHandle, messagesToHandle } from '../store/releases.ts'
import type { HoldingState } from '../store/schema.ts'
import {
  type Along,
  checkCopies,
  checkOrder,
  copyKey,
  type Order,
  type RecipientResult,
  select,
  when,
} from './orders.ts'

export interface RemoveResult {
  id: number
  /** done: at least one copy was changed. */
  result: 'done' | 'refused' | 'not-found'
  text: string
  recipients: RecipientResult[]
}

interface Kind {
  deed: 'message.delete' | 'message.restore'
  event: 'deleted' | 'restored'
  from: HoldingState[]
  to: HoldingState
  done: string
  /** Needs the bytes. */
  needsContent: boolean
  refusal(holding: Holding): string
}

const deleting: Kind = {
  deed: 'message.delete',
  event: 'deleted',
  from: ['held', 'release-failed'],
  to: 'deleted',
  done: 'Deleted; it can be restored for some days.',
  needsContent: false,
  refusal: ({ state, changed_by, changed_at, released_by, released_at }) =>
    ({
      releasing: `It is on its way: released by ${released_by ?? changed_by} on ${when(released_at ?? changed_at)}.`,
      delivered: `It was delivered on ${when(changed_at)}, released by ${released_by ?? changed_by}.`,
      deleted: `Deleted already by ${changed_by} on ${when(changed_at)}.`,
      expired: `Its retention period was over on ${when(changed_at)}.`,
      held: 'Somebody else is at it; try again.',
      'release-failed': 'Somebody else is at it; try again.',
    })[state],
}

const restoring: Kind = {
  deed: 'message.restore',
  event: 'restored',
  from: ['deleted'],
  to: 'held',
  done: 'It is held again.',
  needsContent: true,
  refusal: ({ state, changed_at }) =>
    state === 'expired'
      ? `Its content was removed on ${when(changed_at)}.`
      : `It is not deleted: it is ${state}.`,
}

/**
 * @param along what must become true together with it.
 * @throws Problem 'invalid' for an empty order or more than 1,000 ids, 'too-large' for more than 20,000 recipients.
 */
export function remove(
  ctx: Context,
  actor: Actor,
  order: Order,
  along?: Along<RemoveResult>,
): Promise<RemoveResult[]> {
  return change(ctx, actor, order, deleting, along)
}

/** Takes back a deletion. @throws as remove does */
export function restore(ctx: Context, actor: Actor, order: Order): Promise<RemoveResult[]> {
  return change(ctx, actor, order, restoring)
}

async function change(
  ctx: Context,
  actor: Actor,
  order: Order,
  kind: Kind,
  along?: Along<RemoveResult>,
): Promise<RemoveResult[]> {
  const ids = checkOrder(order)
  const { db } = ctx
  const at = ctx.clock.now()
  const by = actorName(actor)
  const results = await db.transaction(async (trx) => {
    const messages = await messagesToHandle(db, trx, ids)
    const found = await holdingsOf(trx, [...messages.keys()])
    const holdings = Map.groupBy(seenHoldings(actor, found), (holding) => holding.message_id)
    if (!seesAll(actor)) for (const id of ids) if (!holdings.has(id)) messages.delete(id)
    const chosen = new Map(ids.map((id) => [id, select(holdings.get(id) ?? [], order.recipients)]))
    const wanted = ids.flatMap((id) =>
      gone(messages.get(id), kind)
        ? []
        : chosen.get(id)!.copies.filter(({ state }) => kind.from.includes(state)),
    )
    checkCopies(wanted.length)
    const turned = await changeHoldings(trx, wanted, { from: kind.from, to: kind.to, at, by })
    const done = new Set(turned.map(copyKey))
    const mine = Map.groupBy(
      wanted.filter((copy) => done.has(copyKey(copy))),
      (copy) => copy.message_id,
    )
    await writeAudit(
      trx,
      [...mine].map(([id, copies]) => ({
        at,
        actor: by,
        origin: actor.origin,
        deed: kind.deed,
        target: formatId(id),
        details: {
          recipients: copies.map(({ address }) => address),
          ...(order.job === undefined ? {} : { job: order.job }),
        },
      })),
    )
    const answers = ids.map((id): RemoveResult => {
      const message = messages.get(id)
      if (!message) return { id, result: 'not-found', text: 'There is no such message.', recipients: [] }
      const { copies, strangers } = chosen.get(id)!
      const recipients = copies.map((copy): RecipientResult => {
        if (done.has(copyKey(copy))) return { address: copy.address, result: 'done', text: kind.done }
        const text = gone(message, kind) ?? kind.refusal(copy)
        return { address: copy.address, result: 'refused', text, by: copy.changed_by, at: copy.changed_at }
      })
      const all = [...recipients, ...strangers]
      if (mine.has(id)) return { id, result: 'done', text: kind.done, recipients: all }
      const text = all.length === 1 ? all[0]!.text : 'Nothing was changed; see the recipients.'
      return { id, result: 'refused', text, recipients: all }
    })
    await along?.(trx, answers)
    return answers
  })
  const changed = results.filter(({ result }) => result === 'done')
  if (changed.length > 0)
    ctx.events.tell({
      kind: kind.event,
      messages: changed.map(({ id }) => formatId(id)),
      recipients: changed.flatMap(({ recipients }) => recipients).filter(({ result }) => result === 'done')
        .length,
      actor: by,
    })
  return results
}

/** Why there is nothing left to restore. */
function gone(message: MessageToHandle | undefined, kind: Kind): string | null {
  if (!kind.needsContent || !message || message.purged_at === null) return null
  return `Its content was removed on ${when(message.purged_at)}.`
}
