/** A user's own approved and blocked senders. */
import { addSenders, changeSender, removeSender } from '../../access/senders.ts'
import { readId } from '../../api/views.ts'
import { senderPage, senderView } from '../senders.ts'
import type { EuqHandlers, EuqParts } from './parts.ts'

type Names = 'findMySenders' | 'addMySenders' | 'changeMySender' | 'removeMySender'

const msOf = (time: string | null | undefined): number | null | undefined =>
  typeof time === 'string' ? Date.parse(time) : time

export function senderHandlers({ ctx, options }: EuqParts): EuqHandlers<Names> {
  return {
    findMySenders: async ({ session, query }) =>
      await senderPage(ctx, session.user.id, options.senders_per_user, query),
    async addMySenders({ session, body: { senders, expiresAt, ...more } }) {
      const wishes = senders.map((sender) => ({ ...more, sender, expiresAt: msOf(expiresAt) }))
      const { actor, user } = session
      const rows = await addSenders(ctx, actor, user, wishes, options.senders_per_user)
      return { items: rows.map((row) => senderView(row, ctx.clock.now())) }
    },
    async changeMySender({ session, params, body: { expiresAt, ...more } }) {
      const change = { ...more, expiresAt: msOf(expiresAt) }
      const row = await changeSender(ctx, session.actor, session.user, readId(params.id), change)
      return senderView(row, ctx.clock.now())
    },
    async removeMySender({ session, params }) {
      await removeSender(ctx, session.actor, session.user, readId(params.id))
    },
  }
}
