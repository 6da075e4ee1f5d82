/**
 * What people do with deliveries: look at them, try one now, give one up. Each deed with its audit row in one
 * transaction; a delivery that is being carried at this moment is refused, since nobody can know how it ends.
 */
import { type Actor, actorName } from '../access/actor.ts'
import { sees } from '../access/sight.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { writeAudit } from '../store/audit.ts'
import {
  cancelDeliveries as cancelRows,
  deliveriesById,
  type HandledDelivery,
  retryDeliveries as retryRows,
} from '../store/delivery-list.ts'
import { formatId } from '../store/ids.ts'
import type { DeliveriesTable } from '../store/schema.ts'

export {
  attemptsOf,
  type DeliveryPage,
  dueSummary,
  type ListedDelivery,
  listDeliveries,
  readDelivery,
} from '../store/delivery-list.ts'

export const deliveriesPerOrder = 1000

export interface DeliveryResult {
  id: number
  result: 'done' | 'refused' | 'not-found'
  /** What happened, or why not; one sentence. */
  text: string
}

/** Makes waiting deliveries due now and wakes the worker. @throws Problem 'invalid' for more than 1,000 ids. */
export async function retryDeliveries(ctx: Context, actor: Actor, ids: number[]): Promise<DeliveryResult[]> {
  const results = await handle(
    ctx,
    actor,
    ids,
    'delivery.retry',
    () => 'It is tried now.',
    (trx, unique, now) => retryRows(trx, unique, now),
  )
  const deliveries = results.filter(({ result }) => result === 'done').length
  if (deliveries > 0) ctx.events.tell({ kind: 'deliveries-due', deliveries, actor: actorName(actor) })
  return results
}

/**
 * Gives up waiting deliveries: the recipients' copies are held again. Before the first attempt that undoes the release;
 * what was tried is told so. @throws Problem 'invalid' for more than 1,000 ids.
 */
export function cancelDeliveries(ctx: Context, actor: Actor, ids: number[]): Promise<DeliveryResult[]> {
  return handle(
    ctx,
    actor,
    ids,
    'delivery.cancel',
    ({ attempts }) =>
      attempts === 0
        ? 'It was given up before anything was sent; the mail is held again.'
        : `It was given up after ${attempts === 1 ? 'an attempt' : `${attempts} attempts`}; the mail is held again.`,
    (trx, unique, now) => cancelRows(trx, unique, { now, by: actorName(actor), to: 'held' }),
  )
}

type Transaction = Parameters<Parameters<Context['db']['transaction']>[0]>[0]

async function handle(
  ctx: Context,
  actor: Actor,
  ids: number[],
  deed: string,
  done: (delivery: HandledDelivery) => string,
  change: (trx: Transaction, ids: number[], now: number) => Promise<HandledDelivery[]>,
): Promise<DeliveryResult[]> {
  const unique = [...new Set(ids)]
  if (unique.length > deliveriesPerOrder)
    throw new Problem(
      'invalid',
      `${unique.length} deliveries in one order; at most ${deliveriesPerOrder} are taken`,
      'Send several orders.',
    )
  const now = ctx.clock.now()
  return await ctx.db.transaction(async (trx) => {
    const named = await deliveriesById(trx, unique)
    const mine = unique.filter((id) => sees(actor, named.get(id)?.address ?? ''))
    const changed = await change(trx, mine, now)
    // As they are by now: somebody else may have been faster.
    const rows = await deliveriesById(trx, mine)
    await writeAudit(
      trx,
      changed.map((delivery) => ({
        at: now,
        actor: actorName(actor),
        origin: actor.origin,
        deed,
        target: formatId(delivery.message_id),
        details: { delivery: formatId(delivery.id), recipient: delivery.address },
      })),
    )
    const changedById = new Map(changed.map((delivery) => [delivery.id, delivery]))
    return unique.map((id) => {
      const delivery = changedById.get(id)
      return delivery ? { id, result: 'done', text: done(delivery) } : { id, ...whyNot(rows.get(id)) }
    })
  })
}

function whyNot(row: DeliveriesTable | undefined): Pick<DeliveryResult, 'result' | 'text'> {
  if (!row) return { result: 'not-found', text: 'There is no such delivery.' }
  const words = {
    due: 'It is being delivered at this moment.',
    done: 'It was delivered already.',
    failed: 'It has failed; release the message again.',
    cancelled: 'It was given up before; release the message again.',
  }
  return { result: 'refused', text: words[row.state] }
}
