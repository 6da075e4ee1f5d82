/** A user's own held mail: the list, one message, looking into it, and what may be done with it. */

import { visibleAreas } from '../../access/scope.ts'
import type { UserSession } from '../../access/user-sessions.ts'
import type { EuqAnswer, EuqRequest } from '../../api/euq/routes.ts'
import { cursorTime, decodeCursor, encodeCursor, parsePattern } from '../../api/search.ts'
import { iso, readId } from '../../api/views.ts'
import type { Attachment } from '../../mail/message.ts'
import { Problem } from '../../problem.ts'
import { doMine, type Holder, mayDo, seenCopies } from '../../quarantine/mine.ts'
import { heldForVirus } from '../../quarantine/release.ts'
import { type Asked, askedFor } from '../../quarantine/requests.ts'
import { formatId, idTime } from '../../store/ids.ts'
import { readMessage, type WholeMessage } from '../../store/messages.ts'
import { type MyMessage, myMessages } from '../../store/my-messages.ts'
import type { HoldingState } from '../../store/schema.ts'
import type { Filter, SearchRequest } from '../../store/search/index.ts'
import { openLooking } from '../looking.ts'
import { openViewing } from '../viewing.ts'
import type { EuqHandlers, EuqParts } from './parts.ts'
import { requestState } from './requests.ts'

type Names =
  | 'findMyMessages'
  | 'showMyMessage'
  | 'readMyMessage'
  | 'renderMyMessage'
  | 'downloadMyPart'
  | 'notSpam'
  | 'deleteMyMessages'
  | 'restoreMyMessages'

/** Nobody needs to know how many hundreds there are. */
const countTo = 500
const dayMs = 86_400_000

const states: Record<EuqRequest<'findMyMessages'>['query']['show'], readonly HoldingState[]> = {
  held: ['held', 'release-failed', 'releasing'],
  delivered: ['delivered'],
  deleted: ['deleted'],
}

export function messageHandlers({ ctx, deps, options }: EuqParts): EuqHandlers<Names> {
  const looking = openLooking(ctx)
  const viewing = openViewing(ctx)
  const areas = () => deps.policy().areas
  const holderOf = ({ actor, scope }: UserSession): Holder => ({ actor, scope, areas: areas() })

  function view(
    holder: Holder,
    userId: number,
    message: MyMessage,
    asked: Asked,
  ): EuqAnswer<'showMyMessage'> {
    const keepDays = areas().find(({ name }) => name === message.area)?.keepDays ?? null
    const copies = seenCopies(holder, message)
    const waiting = copies.some(({ state }) => state === 'held' || state === 'release-failed')
    const { request, may } = requestState(holder, userId, message, asked)
    return {
      id: formatId(message.id),
      receivedAt: iso(idTime(message.id)),
      sender: message.sender,
      from: message.header_from,
      subject: message.subject,
      reason: message.reason,
      explanation: message.explanation,
      area: message.area,
      size: message.size,
      attachments: (JSON.parse(message.attachments) as Attachment[]).map(({ name }) => name),
      expiresAt: keepDays === null ? null : iso(idTime(message.id) + keepDays * dayMs),
      copies: copies.map(({ address, state, changed_at }) => ({
        address,
        state,
        changedAt: iso(changed_at),
      })),
      request,
      may: {
        download: mayDo(holder, message, 'download'),
        notSpam: waiting && mayDo(holder, message, 'not-spam'),
        ...may,
        delete: waiting && mayDo(holder, message, 'delete'),
        restore: mayDo(holder, message, 'restore'),
      },
    }
  }

  /** @throws Problem 'not-found' when it is not there for this user. */
  async function find(session: UserSession, id: string): Promise<MyMessage> {
    const holder = holderOf(session)
    const [message] = await myMessages(ctx.db, [readId(id)], [...holder.scope])
    if (message && seenCopies(holder, message).length > 0) return message
    throw new Problem('not-found', 'There is no such message for you.', 'It may have been removed.')
  }

  async function findWhole(session: UserSession, id: string): Promise<WholeMessage> {
    const { id: number } = await find(session, id)
    const message = await readMessage(ctx.db, number)
    if (message) return message
    throw new Problem('not-found', 'There is no such message for you.', 'It may have been removed.')
  }

  const act =
    (deed: Parameters<typeof doMine>[2]) =>
    async ({
      session,
      body,
    }: {
      session: UserSession
      body: { ids: string[]; approve?: boolean; block?: boolean }
    }) => {
      const { user } = session
      const list = body.approve || body.block ? { user, limit: options.senders_per_user } : null
      const results = await doMine(ctx, holderOf(session), deed, body.ids.map(readId), list)
      return { results: results.map((result) => ({ ...result, id: formatId(result.id) })) }
    }

  return {
    async findMyMessages({ session, query }) {
      const holder = holderOf(session)
      const { sort, order = sort === 'timestamp' ? 'desc' : 'asc', page, limit, cursor } = query
      if (cursor !== undefined && page !== undefined)
        throw new Problem('invalid', 'page and cursor exclude each other.', 'Give one of them.', {
          field: 'page',
        })
      const now = cursor === undefined ? ctx.clock.now() : cursorTime(cursor)
      const wanted = { filter: filterOf(holder, query), sort, order }
      const request: SearchRequest = {
        ...wanted,
        limit,
        countTo,
        ...(cursor === undefined
          ? { offset: ((page ?? 1) - 1) * limit }
          : { after: decodeCursor(cursor, wanted) }),
      }
      const found = await ctx.db.search.search(request)
      const messages = await myMessages(ctx.db, found.ids, [...holder.scope])
      const asked = await askedFor(ctx, messages)
      return {
        // Once more by the one decision: what the index finds is where to look, not what may be seen.
        items: messages
          .filter((message) => seenCopies(holder, message).length > 0)
          .map((message) => view(holder, session.user.id, message, asked)),
        total: found.total,
        totalIsExact: found.totalIsExact,
        nextCursor: found.next === null ? null : encodeCursor(found.next, wanted, now),
      }
    },
    async showMyMessage({ session, params }) {
      const message = await find(session, params.id)
      return view(holderOf(session), session.user.id, message, await askedFor(ctx, [message]))
    },
    readMyMessage: async ({ session, params }) =>
      await looking.content(session.actor, await findWhole(session, params.id)),
    async renderMyMessage({ session, params, query: { theme }, respond }) {
      respond(await looking.page(session.actor, await findWhole(session, params.id), theme))
    },
    async downloadMyPart({ session, params, respond }) {
      const mine = await find(session, params.id)
      if (!mayDo(holderOf(session), mine, 'download'))
        throw new Problem(
          'forbidden',
          heldForVirus(mine)
            ? 'A virus scanner held this message: its attachments cannot be downloaded by you.'
            : 'Attachments of this message cannot be downloaded by you.',
          'Ask an administrator.',
        )
      const message = await findWhole(session, params.id)
      respond(await viewing.downloadPart(session.actor, message, params.part, false))
    },
    notSpam: act('not-spam'),
    deleteMyMessages: act('delete'),
    restoreMyMessages: act('restore'),
  }
}

function filterOf(
  { scope, areas }: Holder,
  { q, reason, show }: EuqRequest<'findMyMessages'>['query'],
): Filter {
  const words = q?.trim() ?? ''
  return {
    copies: { recipients: [...scope].sort(), states: states[show] },
    areas: visibleAreas(areas),
    ...(words === '' ? {} : { text: parsePattern(words.includes('*') ? words : `*${words}*`) }),
    ...(reason === undefined ? {} : { reason: { start: true, pieces: [reason.toLowerCase()], end: true } }),
  }
}
