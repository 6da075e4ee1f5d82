/** Users: people whose mail is held, as administrators see them. */
import { type Actor, domainsOf } from '../../access/actor.ts'
import { type Invitation, inviteAgain, inviteUser } from '../../access/invitations.ts'
import { sees } from '../../access/sight.ts'
import type { Locale } from '../../access/user-preferences.ts'
import { noUser, seenUser } from '../../access/user-sight.ts'
import { changeUser } from '../../access/users.ts'
import type { AnswerOf } from '../../api/routes.ts'
import { iso, isoOrNull, readId } from '../../api/views.ts'
import { addressKey } from '../../mail/envelope.ts'
import { formatId } from '../../store/ids.ts'
import { openInvitations } from '../../store/user-sessions.ts'
import { addressesOf, listUsers, overviewOf, readUser, type UserOverview } from '../../store/users.ts'
import type { Handlers, Parts } from '../parts.ts'

type Names = 'listUsers' | 'inviteUser' | 'showUser' | 'changeUser' | 'inviteUserAgain'

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
    async listUsers({ actor, query: { name, address, cursor, limit } }) {
      // Whoever knows one address of somebody must not learn by asking that another is his as well.
      if ([name, address].some((asked) => asked !== undefined && !sees(actor, asked)))
        return { items: [], nextCursor: null }
      const domains = domainsOf(actor)
      const rows = await listUsers(read, {
        limit: limit + 1,
        ...(name === undefined ? {} : { nameKey: addressKey(name) }),
        ...(address === undefined ? {} : { addressKey: addressKey(address) }),
        ...(domains ? { domains } : {}),
        ...(cursor === undefined ? {} : domains ? { afterId: readId(cursor) } : { after: cursor }),
      })
      const page = rows.slice(0, limit)
      const last = rows.length > limit ? page.at(-1) : undefined
      return {
        items: await views(actor, page),
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
    inviteUserAgain: async ({ actor, params, body }) =>
      invitationView(await inviteAgain(ctx, actor, readId(params.id), deps.users, body.mail)),
  }
}
