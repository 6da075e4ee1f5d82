/** Requests for release, as those see them who decide. */
import { type Actor, domainsOf } from '../../access/actor.ts'
import { may, mayDecideIn } from '../../access/roles.ts'
import { seenName, seenText } from '../../access/sight.ts'
import type { AnswerOf } from '../../api/routes.ts'
import { iso, isoOrNull, readId } from '../../api/views.ts'
import { decideOnRequests } from '../../quarantine/decide-requests.ts'
import { heldForVirus } from '../../quarantine/release.ts'
import { holdingsOf } from '../../store/holdings.ts'
import { formatId, idTime } from '../../store/ids.ts'
import { countRequests, type ListedRequest, listRequests, type RequestFilter } from '../../store/requests.ts'
import type { Handlers, Parts } from '../parts.ts'

type Names = 'listRequests' | 'countRequests' | 'decideRequests'

/** Nobody needs to know how many thousands there are. */
const countTo = 1000

export function requestHandlers({ ctx, deps }: Parts): Handlers<Names> {
  const { read } = ctx.db
  const areas = () => deps.policy().areas
  const restricted = (actor: Actor): Pick<RequestFilter, 'domains'> => ({
    domains: domainsOf(actor) ?? undefined,
  })

  function view(
    actor: Actor,
    row: ListedRequest,
    others: readonly { address: string }[],
  ): AnswerOf<'listRequests'>['items'][number] {
    const area = areas().find(({ name }) => name === row.area)
    return {
      id: formatId(row.id),
      message: formatId(row.message_id),
      askedAt: iso(row.asked_at),
      askedBy: seenName(actor, row.asked_by),
      recipient: row.address,
      note: row.note,
      state: row.state,
      decidedAt: isoOrNull(row.decided_at),
      decidedBy: seenName(actor, row.decided_by),
      answer: row.answer,
      receivedAt: iso(idTime(row.message_id)),
      sender: row.sender,
      from: row.header_from,
      subject: row.subject,
      area: row.area,
      reason: row.reason,
      explanation: seenText(actor, row.explanation, others),
      copyState: row.copy_state,
      mayDecide:
        row.state === 'open' &&
        may(actor, 'request.decide') &&
        !heldForVirus(row) &&
        (!area || mayDecideIn(actor.role, area.releasableBy)),
    }
  }

  return {
    async listRequests({ actor, query: { state, q, sort, order, page, limit } }) {
      const words = q?.trim() ?? ''
      const filter: RequestFilter = {
        ...restricted(actor),
        ...(state === 'all' ? {} : { state }),
        ...(words === '' ? {} : { words }),
      }
      const [rows, count] = await Promise.all([
        listRequests(read, filter, {
          sort,
          order: order ?? (sort === 'asked' ? 'desc' : 'asc'),
          limit,
          offset: (page - 1) * limit,
        }),
        countRequests(read, filter, countTo + 1),
      ])
      // What a scanner said may name other recipients, who are not for everybody to know.
      const others =
        domainsOf(actor) === null
          ? []
          : await holdingsOf(read, [...new Set(rows.map((row) => row.message_id))])
      const byMessage = Map.groupBy(others, ({ message_id }) => message_id)
      return {
        items: rows.map((row) => view(actor, row, byMessage.get(row.message_id) ?? [])),
        total: Math.min(count, countTo),
        totalIsExact: count <= countTo,
      }
    },
    async countRequests({ actor }) {
      const count = await countRequests(read, { ...restricted(actor), state: 'open' }, countTo + 1)
      return { open: Math.min(count, countTo), isExact: count <= countTo }
    },
    async decideRequests({ actor, body: { ids, decision, answer } }) {
      const order = { ids: ids.map(readId), decision, answer }
      const results = await decideOnRequests(ctx, actor, order, areas())
      return {
        results: results.map(({ at, ...result }) => ({
          ...result,
          id: formatId(result.id),
          ...(at === undefined ? {} : { at: iso(at) }),
        })),
      }
    },
  }
}
