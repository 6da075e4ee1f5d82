/** Digests, as administrators see them. */
import type { Actor } from '../../access/actor.ts'
import { demandUser, noUser } from '../../access/user-sight.ts'
import type { AnswerOf } from '../../api/routes.ts'
import { iso, isoOrNull, readId } from '../../api/views.ts'
import type { Digests } from '../../digest/digests.ts'
import type { Standing } from '../../digest/plan.ts'
import { Problem } from '../../problem.ts'
import { countOpens } from '../../store/digest-links.ts'
import { digestRuns, troubledPosts } from '../../store/digest-list.ts'
import { formatId } from '../../store/ids.ts'
import { countPosts } from '../../store/posts.ts'
import { countUsers, listUsers } from '../../store/user-list.ts'
import type { UsersTable } from '../../store/user-schema.ts'
import { readUser } from '../../store/users.ts'
import { renderedAnswer } from '../headers.ts'
import type { Handlers, Parts } from '../parts.ts'

type Names =
  | 'showDigests'
  | 'listDigests'
  | 'showUserDigest'
  | 'renderDigest'
  | 'previewDigest'
  | 'sendDigest'

const troublesShown = 50

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
  async function views(
    rows: readonly Pick<UsersTable, 'id' | 'name' | 'display' | 'locale' | 'time_zone' | 'disabled_at'>[],
  ): Promise<AnswerOf<'showUserDigest'>[]> {
    const standings = await digests().standings(rows)
    return rows.map(({ id, name, display, disabled_at }, i) => {
      const { own, timeZone, language, nextAt, sentAt } = standings[i] as Standing
      return {
        id: formatId(id),
        name,
        display,
        disabled: disabled_at !== null,
        own: own && { times: [...own.times], days: [...own.days] },
        timeZone,
        language,
        nextAt: isoOrNull(nextAt),
        sentAt: isoOrNull(sentAt),
      }
    })
  }
  return {
    async showDigests() {
      const { read } = ctx.db
      const [posts, opens, runs, troubles] = await Promise.all([
        countPosts(read, 'digest'),
        countOpens(read),
        digestRuns(read),
        troubledPosts(read, 'digest', troublesShown),
      ])
      const usual = deps.digests?.usual() ?? null
      return {
        isOn: deps.digests !== undefined,
        usual: usual && { ...usual, times: [...usual.times], days: [...usual.days] },
        nextAt: deps.digests ? isoOrNull(runs.next_at) : null,
        sentAt: isoOrNull(runs.sent_at),
        waiting: posts.due,
        sent: posts.done,
        failed: posts.failed,
        linksOpened: opens.links,
        linksUsed: opens.acted,
        linksOpenedByRobots: opens.robots,
        troubles: troubles.map(({ recipient, state, attempts, created_at, next_at, ended_at, reply }) => ({
          recipient,
          state: state === 'failed' ? 'failed' : 'due',
          attempts,
          createdAt: iso(created_at),
          nextAt: state === 'due' ? iso(next_at) : null,
          endedAt: isoOrNull(ended_at),
          reply,
        })),
      }
    },
    async listDigests({ query: { q, page, limit } }) {
      digests()
      const filter = { text: q }
      const [rows, total] = await Promise.all([
        listUsers(ctx.db.read, { ...filter, limit, offset: (page - 1) * limit }),
        countUsers(ctx.db.read, filter),
      ])
      return { items: await views(rows), total }
    },
    async showUserDigest({ params }) {
      const found = await readUser(ctx.db.read, readId(params.id))
      const [view] = found ? await views([found]) : []
      if (view) return view
      throw noUser()
    },
    async renderDigest({ actor, params, query, respond }) {
      const written = await digests().preview(await user(actor, params.id), query.everything === 'true')
      respond({ body: Buffer.from(written?.html ?? '', 'utf8'), headers: renderedAnswer })
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
