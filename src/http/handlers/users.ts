/** Users: people whose mail is held, as administrators see them. */
import { type Invitation, inviteAgain, inviteUser } from '../../access/invitations.ts'
import type { Locale } from '../../access/user-preferences.ts'
import { changeUser } from '../../access/users.ts'
import type { AnswerOf } from '../../api/routes.ts'
import { iso, isoOrNull, readId } from '../../api/views.ts'
import { addressKey } from '../../mail/envelope.ts'
import { Problem } from '../../problem.ts'
import { formatId } from '../../store/ids.ts'
import { openInvitations } from '../../store/user-sessions.ts'
import { addressesOf, listUsers, overviewOf, readUser, type UserOverview } from '../../store/users.ts'
import type { Handlers, Parts } from '../parts.ts'

type Names = 'listUsers' | 'inviteUser' | 'showUser' | 'changeUser' | 'inviteUserAgain'

export function userHandlers({ ctx, deps }: Parts): Handlers<Names> {
  const { read } = ctx.db

  async function views(rows: readonly UserOverview[]): Promise<AnswerOf<'showUser'>[]> {
    const ids = rows.map(({ id }) => id)
    const [addresses, invited] = await Promise.all([
      addressesOf(read, ids),
      openInvitations(read, ids, ctx.clock.now()),
    ])
    const byUser = Map.groupBy(addresses, ({ user_id }) => user_id)
    return rows.map((row) => ({
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
      addresses: (byUser.get(row.id) ?? []).map((address) => ({
        address: address.address,
        kind: address.kind,
        source: address.source,
        addedBy: address.added_by,
        addedAt: iso(address.added_at),
      })),
    }))
  }

  async function view(id: number): Promise<AnswerOf<'showUser'>> {
    const user = await readUser(read, id)
    const [shown] = user ? await views([overviewOf(user)]) : []
    if (shown) return shown
    throw new Problem('not-found', 'There is no such user.', 'GET /api/v1/users lists them.')
  }

  const invitationView = ({ url, expiresAt }: Invitation): AnswerOf<'inviteUserAgain'> => ({
    url,
    mailed: url === null,
    expiresAt: iso(expiresAt),
  })

  return {
    async listUsers({ query: { name, address, cursor, limit } }) {
      const rows = await listUsers(read, {
        limit: limit + 1,
        ...(name === undefined ? {} : { nameKey: addressKey(name) }),
        ...(address === undefined ? {} : { addressKey: addressKey(address) }),
        ...(cursor === undefined ? {} : { after: cursor }),
      })
      const page = rows.slice(0, limit)
      return {
        items: await views(page),
        nextCursor: rows.length > limit ? (page.at(-1)?.name_key ?? null) : null,
      }
    },
    async inviteUser({ actor, body: { mail, ...order } }) {
      const { user, invitation } = await inviteUser(ctx, actor, order, deps.users, mail)
      return { user: await view(user.id), invitation: invitationView(invitation) }
    },
    showUser: async ({ params }) => await view(readId(params.id)),
    async changeUser({ actor, params, body }) {
      const id = readId(params.id)
      await changeUser(ctx, actor, id, body)
      return await view(id)
    },
    inviteUserAgain: async ({ actor, params, body }) =>
      invitationView(await inviteAgain(ctx, actor, readId(params.id), deps.users, body.mail)),
  }
}
