/** Users: people whose mail is held, as administrators see them. */
import { type Actor, domainsOf } from '../../access/actor.ts'
import { revokeDelegation } from '../../access/delegations.ts'
import { type Invitation, inviteAgain, inviteUser } from '../../access/invitations.ts'
import { demandListOf, removeSender } from '../../access/senders.ts'
import { sees } from '../../access/sight.ts'
import type { Locale } from '../../access/user-preferences.ts'
import { demandUser, noUser, seenUser } from '../../access/user-sight.ts'
import { changeUser, endUsersSessions } from '../../access/users.ts'
import type { AnswerOf } from '../../api/routes.ts'
import { iso, isoOrNull, readId } from '../../api/views.ts'
import { addressKey } from '../../mail/envelope.ts'
import { Problem } from '../../problem.ts'
import { formatId } from '../../store/ids.ts'
import { countUsers, listUsers } from '../../store/user-list.ts'
import { openInvitations, userSessionsOf } from '../../store/user-sessions.ts'
import { addressesOf, overviewOf, readUser, type UserOverview } from '../../store/users.ts'
import type { Handlers, Parts } from '../parts.ts'
import { senderPage } from '../senders.ts'

type Names =
  | 'listUsers'
  | 'inviteUser'
  | 'showUser'
  | 'changeUser'
  | 'inviteUserAgain'
  | 'listUserSessions'
  | 'endUserSessions'
  | 'endDelegation'
  | 'findUserSenders'
  | 'removeUserSender'

export function userHandlers({ ctx, deps }: Parts): Handlers<Names> {
  const { read } = ctx.db

  async function views(actor: Actor, rows: readonly UserOverview[]): Promise<AnswerOf<'showUser'>[]> {
    const ids = rows.map(({ id }) => id)
    const [addresses, invited] = await Promise.all([
      addressesOf(read, ids),
      openInvitations(read, ids, ctx.clock.now()),
    ])
    const byUser = Map.groupBy(addresses, ({ user_id }) => user_id)
    const seen = rows.flatMap((row) => seenUser(actor, row, byUser.get(row.id) ?? []) ?? [])
    return seen.map(({ user: row, addresses: shown, elsewhere }) => ({
      id: formatId(row.id),
      name: row.name,
      display: row.display,
      source: row.source,
      hasPassword: row.has_password,
      invitedUntil: isoOrNull(invited.get(row.id) ?? null),
      createdAt: iso(row.created_at),
      disabledAt: isoOrNull(row.disabled_at),
      seenAt: isoOrNull(row.seen_at),
      locale: row.locale === '' ? null : (row.locale as Locale),
      timeZone: row.time_zone === '' ? null : row.time_zone,
      elsewhere,
      addresses: shown.map((address) => ({
        address: address.address,
        kind: address.kind,
        source: address.source,
        addedBy: address.added_by,
        addedAt: iso(address.added_at),
      })),
    }))
  }

  async function view(actor: Actor, id: number): Promise<AnswerOf<'showUser'>> {
    const user = await readUser(read, id)
    const [shown] = user ? await views(actor, [overviewOf(user)]) : []
    if (shown) return shown
    throw noUser()
  }

  const invitationView = ({ url, expiresAt }: Invitation): AnswerOf<'inviteUserAgain'> => ({
    url,
    mailed: url === null,
    expiresAt: iso(expiresAt),
  })

  return {
    async listUsers({ actor, query: { name, address, q, state, page: number, cursor, limit } }) {
      if (cursor !== undefined && number !== undefined)
        throw new Problem('invalid', 'page and cursor exclude each other.', 'Give one of them.', {
          field: 'page',
        })
      // Whoever knows one address of somebody must not learn by asking that another is his as well.
      if ([name, address].some((asked) => asked !== undefined && !sees(actor, asked)))
        return { items: [], total: 0, nextCursor: null }
      const domains = domainsOf(actor)
      const filter = {
        nameKey: name && addressKey(name),
        addressKey: address && addressKey(address),
        text: q,
        state,
        domains: domains ?? undefined,
      }
      const [rows, total] = await Promise.all([
        listUsers(read, {
          ...filter,
          limit: limit + 1,
          ...(number === undefined ? {} : { offset: (number - 1) * limit }),
          ...(cursor === undefined ? {} : domains ? { afterId: readId(cursor) } : { after: cursor }),
        }),
        countUsers(read, filter),
      ])
      const page = rows.slice(0, limit)
      const last = rows.length > limit ? page.at(-1) : undefined
      return {
        items: await views(actor, page),
        total,
        nextCursor: last ? (domains ? formatId(last.id) : last.name_key) : null,
      }
    },
    async inviteUser({ actor, body: { mail, ...order } }) {
      const { user, invitation } = await inviteUser(ctx, actor, order, deps.users, mail)
      return { user: await view(actor, user.id), invitation: invitationView(invitation) }
    },
    showUser: async ({ actor, params }) => await view(actor, readId(params.id)),
    async changeUser({ actor, params, body }) {
      const id = readId(params.id)
      await changeUser(ctx, actor, id, body)
      return await view(actor, id)
    },
    async listUserSessions({ actor, params }) {
      const user = await readUser(read, readId(params.id))
      if (!user) throw noUser()
      await demandUser(read, actor, user)
      const now = ctx.clock.now()
      const lasting = { now, idleSince: now - deps.users.idleMinutes() * 60_000 }
      const items = (await userSessionsOf(read, user.id, lasting)).map((row) => ({
        createdAt: iso(row.created_at),
        seenAt: iso(row.seen_at),
        expiresAt: iso(row.expires_at),
        origin: row.origin,
        method: row.method,
      }))
      return { items }
    },
    async endUserSessions({ actor, params }) {
      await endUsersSessions(ctx, actor, readId(params.id))
    },
    async endDelegation({ actor, params }) {
      const id = readId(params.id)
      await revokeDelegation(ctx, actor, id, params.address)
      return await view(actor, id)
    },
    async findUserSenders({ actor, params, query }) {
      const user = await demandListOf(read, actor, await readUser(read, readId(params.id)))
      return await senderPage(ctx, user.id, deps.users.sendersPerUser(), query)
    },
    async removeUserSender({ actor, params }) {
      const user = await demandListOf(read, actor, await readUser(read, readId(params.id)))
      await removeSender(ctx, actor, user, readId(params.sender))
    },
    inviteUserAgain: async ({ actor, params, body }) =>
      invitationView(await inviteAgain(ctx, actor, readId(params.id), deps.users, body.mail)),
  }
}
