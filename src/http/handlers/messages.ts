/** Finding messages, looking at one, downloading one, and the deeds on them. */
import type { Actor } from '../../access/actor.ts'
import {
  readSeen,
  seenDeeds,
  seenFilter,
  seenHoldings,
  seenMessage,
  seenText,
  seesAll,
} from '../../access/sight.ts'
import type { AnswerOf } from '../../api/routes.ts'
import { cursorTime, decodeCursor, encodeCursor, parseFilter } from '../../api/search.ts'
import { detailView, iso, readId } from '../../api/views.ts'
import {
  attemptsOf,
  type DeliveryPage,
  type ListedDelivery,
  listDeliveries,
} from '../../delivery/operations.ts'
import { Problem } from '../../problem.ts'
import { refusedByArea } from '../../quarantine/area-rules.ts'
import type { RecipientResult } from '../../quarantine/orders.ts'
import { type ReleaseOrder, type ReleaseResult, release } from '../../quarantine/release.ts'
import { remove, restore } from '../../quarantine/remove.ts'
import { listAudit } from '../../store/auditlog.ts'
import { holdingsOf } from '../../store/holdings.ts'
import { formatId, idTime } from '../../store/ids.ts'
import { listedItems } from '../listing.ts'
import type { Handlers, Parts } from '../parts.ts'
import { openViewing, readHeaders } from '../viewing.ts'

type Names =
  | 'findMessages'
  | 'showMessage'
  | 'downloadMessage'
  | 'releaseMessages'
  | 'deleteMessages'
  | 'restoreMessages'

const auditRowsShown = 100

export function messageHandlers(parts: Parts): Handlers<Names> {
  const { ctx } = parts
  const viewing = openViewing(ctx)
  return {
    findMessages: ({ actor, query }) => findMessages(parts, actor, query),
    async showMessage({ actor, params }) {
      const id = readId(params.id)
      const detail = await showMessage(parts, actor, id)
      await viewing.seen(actor, id)
      return detail
    },
    async downloadMessage({ actor, params, respond }) {
      respond(await viewing.download(actor, await readSeen(ctx.db, actor, readId(params.id))))
    },
    async releaseMessages({ actor, body }) {
      return {
        results: (await releaseAllowed(parts, actor, { ...body, ids: body.ids.map(readId) })).map(
          orderResult,
        ),
      }
    },
    async deleteMessages({ actor, body }) {
      const results = await remove(ctx, actor, { ids: body.ids.map(readId) })
      return { results: results.map(orderResult) }
    },
    async restoreMessages({ actor, body }) {
      const results = await restore(ctx, actor, { ids: body.ids.map(readId) })
      return { results: results.map(orderResult) }
    },
  }
}

type MessageQuery = Parameters<Handlers['findMessages']>[0]['query']

async function findMessages(
  { ctx }: Parts,
  actor: Actor,
  query: MessageQuery,
): Promise<AnswerOf<'findMessages'>> {
  const { sort, order = sort === 'timestamp' ? 'desc' : 'asc', page, limit, cursor, ...criteria } = query
  if (cursor !== undefined && page !== undefined)
    throw new Problem('invalid', 'page and cursor exclude each other.', 'Give one of them.', {
      field: 'page',
    })
  const now = cursor === undefined ? ctx.clock.now() : cursorTime(cursor)
  const filter = seenFilter(actor, parseFilter(criteria, now))
  const wanted = { filter, sort, order }
  const found = await ctx.db.search.search({
    ...wanted,
    limit,
    ...(cursor === undefined
      ? { offset: ((page ?? 1) - 1) * limit }
      : { after: decodeCursor(cursor, wanted) }),
  })
  return {
    items: await listedItems(ctx, actor, found.ids),
    total: found.total,
    totalIsExact: found.totalIsExact,
    nextCursor: found.next === null ? null : encodeCursor(found.next, wanted, now),
  }
}

async function showMessage({ ctx, deps }: Parts, actor: Actor, id: number): Promise<AnswerOf<'showMessage'>> {
  const { db } = ctx
  const message = await readSeen(db, actor, id)
  // Of somebody who is not to see what is done to others' copies more rows are looked at: few of them may be for him.
  const rowsRead = auditRowsShown * (seesAll(actor) ? 1 : 10)
  const [holdings, { deliveries, attempts }, audit, headers] = await Promise.all([
    holdingsOf(db.read, [id]),
    deliveriesOf(ctx, id),
    listAudit(db.read, { target: formatId(id), limit: rowsRead }),
    message.purged_at === null ? readHeaders(ctx, message.content_id) : [],
  ])
  const keepDays = deps.policy().areas.find(({ name }) => name === message.area)?.keepDays ?? null
  const keptUntil = keepDays === null ? null : idTime(id) + keepDays * 86_400_000
  const rows = { message: seenMessage(actor, message, holdings), headers, keptUntil }
  // Deliveries are shown with their recipients.
  const shown = seenHoldings(actor, holdings)
  const deeds = seenDeeds(actor, audit).slice(0, auditRowsShown)
  const replies = attempts.map((row) => ({ ...row, reply: seenText(actor, row.reply, holdings) }))
  return detailView({ ...rows, holdings: shown, deliveries, attempts: replies, audit: deeds })
}

const deliveriesShown = 5000

/** Deliveries of a message, the newest first, and the attempts at them. */
async function deliveriesOf({ db }: Parts['ctx'], messageId: number) {
  const deliveries: ListedDelivery[] = []
  const attempts: Awaited<ReturnType<typeof attemptsOf>> = []
  for (let after: DeliveryPage['next'] | undefined; after !== null && deliveries.length < deliveriesShown; ) {
    const page = await listDeliveries(db, { messageId, limit: 500, after })
    deliveries.push(...page.items)
    const ids = page.items.map(({ id }) => id)
    attempts.push(...(await attemptsOf(db, ids)))
    after = page.next
  }
  return { deliveries, attempts }
}

/** Releases what lies in areas from which the actor may release, and refuses the rest one by one. */
async function releaseAllowed(
  { ctx, deps }: Parts,
  actor: Actor,
  order: ReleaseOrder,
): Promise<ReleaseResult[]> {
  const ids = [...new Set(order.ids)]
  const texts = await refusedByArea(ctx.db, actor, deps.policy().areas, ids)
  const refused = [...texts].map(
    ([id, text]): ReleaseResult => ({ id, result: 'refused', text, release: null, recipients: [] }),
  )
  const allowed = ids.filter((id) => !texts.has(id))
  const released = allowed.length === 0 ? [] : await release(ctx, actor, { ...order, ids: allowed })
  const results = new Map([...refused, ...released].map((result) => [result.id, result]))
  return ids.flatMap((id) => results.get(id) ?? [])
}

interface OrderResult {
  id: number
  result: AnswerOf<'releaseMessages'>['results'][number]['result']
  text: string
  release?: number | null
  recipients: RecipientResult[]
}

const orderResult = ({ id, result, text, release: releaseId, recipients }: OrderResult) => ({
  id: formatId(id),
  result,
  text,
  ...(releaseId === undefined ? {} : { release: releaseId === null ? null : formatId(releaseId) }),
  recipients: recipients.map(({ at, ...rest }) => ({
    ...rest,
    ...(at === undefined ? {} : { at: iso(at) }),
  })),
})
