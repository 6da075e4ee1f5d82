/** Requests for release, as users make them and see what became of them. */
import type { UserSession } from '../../access/user-sessions.ts'
import type { EuqAnswer } from '../../api/euq/routes.ts'
import { iso, isoOrNull, readId } from '../../api/views.ts'
import type { Holder, MyResult } from '../../quarantine/mine.ts'
import {
  type Asked,
  type Asker,
  askForRelease,
  requestable,
  requestFor,
  withdrawRequest,
} from '../../quarantine/requests.ts'
import { formatId } from '../../store/ids.ts'
import type { MyMessage } from '../../store/my-messages.ts'
import type { EuqHandlers, EuqParts } from './parts.ts'

export function requestHandlers({ ctx, deps }: EuqParts): EuqHandlers<'askForRelease' | 'withdrawRequest'> {
  const asker = ({ actor, scope, user }: UserSession): Asker => ({
    actor,
    scope,
    areas: deps.policy().areas,
    userId: user.id,
  })
  const view = (results: readonly MyResult[]) => ({
    results: results.map((result) => ({ ...result, id: formatId(result.id) })),
  })
  return {
    askForRelease: async ({ session, body }) =>
      view(await askForRelease(ctx, asker(session), body.ids.map(readId), body.note)),
    withdrawRequest: async ({ session, body }) =>
      view(await withdrawRequest(ctx, asker(session), body.ids.map(readId))),
  }
}

/** How a message stands with its request, and what the user may do about that. */
export function requestState(
  holder: Holder,
  userId: number,
  message: MyMessage,
  asked: Asked,
): Pick<EuqAnswer<'showMyMessage'>, 'request'> & { may: { request: boolean; withdraw: boolean } } {
  const asker = { ...holder, userId }
  const last = requestFor(asker, message, asked)
  const isOwn = last?.user_id === userId
  return {
    request:
      last === null || last.state === 'withdrawn' || last.state === 'void'
        ? null
        : {
            state: last.state,
            isOwn,
            note: isOwn ? last.note : '',
            askedAt: iso(last.asked_at),
            decidedAt: isoOrNull(last.decided_at),
            answer: last.answer,
          },
    may: {
      request: requestable(asker, message, asked).length > 0,
      withdraw: isOwn && last?.state === 'open',
    },
  }
}
