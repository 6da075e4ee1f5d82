/** Digests, as administrators see them. */
import type { Actor } from '../../access/actor.ts'
import { demandUser, noUser } from '../../access/user-sight.ts'
import { readId } from '../../api/views.ts'
import type { Digests } from '../../digest/digests.ts'
import { Problem } from '../../problem.ts'
import { countOpens } from '../../store/digest-links.ts'
import { countPosts } from '../../store/posts.ts'
import { readUser } from '../../store/users.ts'
import type { Handlers, Parts } from '../parts.ts'

type Names = 'showDigests' | 'previewDigest' | 'sendDigest'

export function digestHandlers({ ctx, deps }: Parts): Handlers<Names> {
  function digests(): Digests {
    if (deps.digests) return deps.digests
    throw new Problem(
      'not-found',
      'Digests are switched off.',
      'Set enabled = true in section [digest], and start the server again.',
    )
  }
  /** @throws Problem 'not-found', 'forbidden' */
  async function user(actor: Actor, id: string): Promise<number> {
    const found = await readUser(ctx.db.read, readId(id))
    if (!found) throw noUser()
    await demandUser(ctx.db.read, actor, found)
    return found.id
  }
  return {
    async showDigests() {
      const [posts, opens] = await Promise.all([countPosts(ctx.db.read, 'digest'), countOpens(ctx.db.read)])
      return {
        isOn: deps.digests !== undefined,
        waiting: posts.due,
        sent: posts.done,
        failed: posts.failed,
        linksOpened: opens.links,
        linksUsed: opens.acted,
        linksOpenedByRobots: opens.robots,
      }
    },
    async previewDigest({ actor, params, query }) {
      const written = await digests().preview(await user(actor, params.id), query.everything === 'true')
      return { isEmpty: written === null, ...(written ?? { subject: '', text: '', html: '' }) }
    },
    sendDigest: async ({ actor, params, body }) => ({
      isSent: await digests().send(actor, await user(actor, params.id), body.everything),
    }),
  }
}
