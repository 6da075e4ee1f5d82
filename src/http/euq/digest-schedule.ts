/** A user's own choice of when digests come. */
import type { UserSession } from '../../access/user-sessions.ts'
import type { EuqAnswer } from '../../api/euq/routes.ts'
import { isoOrNull } from '../../api/views.ts'
import { setSchedule, standing } from '../../digest/plan.ts'
import { weekdays } from '../../digest/schedule.ts'
import { Problem } from '../../problem.ts'
import type { EuqHandlers, EuqParts } from './parts.ts'

const off: EuqAnswer<'showMyDigest'> = {
  isOn: false,
  usual: { times: [], days: [] },
  own: null,
  timeZone: 'UTC',
  language: 'en',
  nextAt: null,
  sentAt: null,
}

export function digestHandlers({ ctx, deps }: EuqParts): EuqHandlers<'showMyDigest' | 'setMyDigest'> {
  const options = deps.digest?.options
  async function view({ user }: UserSession): Promise<EuqAnswer<'showMyDigest'>> {
    if (!options) return off
    const { own, timeZone, language, nextAt, sentAt } = await standing(ctx, options, user)
    return {
      isOn: true,
      usual: { times: options.times, days: options.days },
      own: own && { times: [...own.times], days: [...own.days] },
      timeZone,
      language,
      nextAt: isoOrNull(nextAt),
      sentAt: isoOrNull(sentAt),
    }
  }
  return {
    showMyDigest: async ({ session }) => await view(session),
    async setMyDigest({ session, body }) {
      if (!options)
        throw new Problem('not-found', 'No digests are sent here.', 'An administrator can switch them on.')
      const own = body.own && { ...body.own, days: weekdays.filter((day) => body.own?.days.includes(day)) }
      await setSchedule(ctx, options, session.actor, session.user, own)
      return await view(session)
    },
  }
}
