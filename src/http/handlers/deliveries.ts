/** Deliveries of released mail. The cursor is a position in the list: number and time of the last row. */
import type { Actor } from '../../access/actor.ts'
import { seenName, seenText, sees, seesAll } from '../../access/sight.ts'
import type { AnswerOf } from '../../api/routes.ts'
import { attemptView, deliveryView, readId } from '../../api/views.ts'
import {
  cancelDeliveries,
  type DeliveryPage,
  type ListedDelivery,
  listDeliveries,
  readDelivery,
  retryDeliveries,
} from '../../delivery/operations.ts'
import { Problem } from '../../problem.ts'
import { recipientsOf } from '../../store/holdings.ts'
import { formatId, parseId } from '../../store/ids.ts'
import type { Handlers, Parts } from '../parts.ts'

export function deliveryHandlers({
  ctx,
}: Parts): Handlers<'listDeliveries' | 'showDelivery' | 'retryDeliveries' | 'cancelDeliveries'> {
  return {
    async listDeliveries({ actor, query }) {
      const { state, message, limit, cursor } = query
      const page = await listDeliveries(ctx.db, {
        state,
        limit,
        ...(seesAll(actor) ? {} : { sees: (address) => sees(actor, address) }),
        ...(message === undefined ? {} : { messageId: readId(message) }),
        ...(cursor === undefined ? {} : { after: readCursor(cursor) }),
      })
      const items = await seenReplies(ctx, actor, page.items)
      return { items: items.map(rowView), nextCursor: page.next && writeCursor(page.next) }
    },
    async showDelivery({ actor, params }) {
      const row = await readDelivery(ctx.db, readId(params.id))
      if (!row || !sees(actor, row.address))
        throw new Problem('not-found', 'There is no such delivery.', 'Check the id.')
      const others = seesAll(actor) ? [] : await recipientsOf(ctx.db.read, [row.message_id])
      const attempted = row.attempted.map((one) => ({ ...one, reply: seenText(actor, one.reply, others) }))
      const attempts = attempted.map(attemptView)
      const attempt = attempted[0] ?? null
      const orderedBy = seenName(actor, row.ordered_by)
      // Of an order that may have been about others' copies as well.
      const note = seesAll(actor) || row.ordered_by === actor.name ? row.note : ''
      return { ...rowView({ ...row, attempt }), orderedBy, note, attempts }
    },
    async retryDeliveries({ actor, body }) {
      const results = await retryDeliveries(ctx, actor, body.ids.map(readId))
      return { results: results.map((result) => ({ ...result, id: formatId(result.id) })) }
    },
    async cancelDeliveries({ actor, body }) {
      const results = await cancelDeliveries(ctx, actor, body.ids.map(readId))
      return { results: results.map((result) => ({ ...result, id: formatId(result.id) })) }
    },
  }
}

/** A server may name other recipients in what it says. */
async function seenReplies(
  { db }: Parts['ctx'],
  actor: Actor,
  rows: readonly ListedDelivery[],
): Promise<readonly ListedDelivery[]> {
  if (seesAll(actor)) return rows
  const ids = [...new Set(rows.map(({ message_id }) => message_id))]
  const others = Map.groupBy(await recipientsOf(db.read, ids), ({ message_id }) => message_id)
  return rows.map(({ attempt, ...row }) => {
    const recipients = others.get(row.message_id) ?? []
    return { ...row, attempt: attempt && { ...attempt, reply: seenText(actor, attempt.reply, recipients) } }
  })
}

const rowView = (row: ListedDelivery): AnswerOf<'listDeliveries'>['items'][number] => ({
  ...deliveryView(row),
  message: formatId(row.message_id),
  release: formatId(row.release_id),
  recipient: row.address,
  sender: row.sender,
  subject: row.subject,
  lastAttempt: row.attempt && attemptView(row.attempt),
})

type Position = NonNullable<DeliveryPage['next']>

const writeCursor = ({ nextAt, id }: Position): string => `${formatId(id)}-${nextAt.toString(36)}`

function readCursor(cursor: string): Position {
  const [, text = '', time = ''] = /^([0-9a-z]{11})-([0-9a-z]{1,10})$/.exec(cursor) ?? []
  const id = parseId(text)
  const nextAt = Number.parseInt(time, 36)
  if (id === null || !Number.isSafeInteger(nextAt))
    throw new Problem('invalid', 'The cursor is damaged.', 'Use nextCursor of the page before as it came.', {
      field: 'cursor',
    })
  return { id, nextAt }
}
