/** Signing in and out, and what belongs to whoever is signed in. The token is in the cookie and nowhere else. */
import { preferencesOfUser, setUserPreferences } from '../../access/user-preferences.ts'
import type { Begun, UserSession } from '../../access/user-sessions.ts'
import type { EuqAnswer } from '../../api/euq/routes.ts'
import { iso } from '../../api/views.ts'
import type { Context } from '../../context.ts'
import { addressesOf } from '../../store/users.ts'
import { sessionCookie } from '../caller.ts'
import { userCookie } from './cookie.ts'
import { type Logo, logoPath } from './logo.ts'
import type { EuqHandlers, EuqParts } from './parts.ts'

type Names =
  | 'entrance'
  | 'signIn'
  | 'whoAmI'
  | 'signOut'
  | 'askForLink'
  | 'useLink'
  | 'acceptInvitation'
  | 'changeOwnPassword'
  | 'setPreferences'

export function sessionHandlers({ ctx, deps, options, sessions, links }: EuqParts): EuqHandlers<Names> {
  const view = (session: UserSession) => viewOf(ctx, session)
  const begun = (made: Begun, header: SetHeader) => begin({ ctx }, made, header)
  const before = (token: string | null) => (token === null ? {} : { before: token })

  return {
    entrance: async () => ({
      organisation: options.organisation,
      message: options.message,
      logo: logoOf(deps.logo()),
      methods: [
        ...(deps.methods().length > 0 ? (['password'] as const) : []),
        ...(deps.signIn.link && deps.post ? (['link'] as const) : []),
      ],
      providers: deps.providers.map(({ label }, provider) => ({ provider, label })),
    }),
    async signIn({ body, origin, token, header }) {
      const signal = AbortSignal.timeout(options.request_timeout_s * 1000)
      return await begun(await sessions.signIn({ ...body, origin, ...before(token) }, signal), header)
    },
    whoAmI: async ({ session }) => await view(session),
    async signOut({ session, header }) {
      await sessions.signOut(session)
      header('set-cookie', sessionCookie(userCookie, null, 0))
    },
    async askForLink({ body, origin }) {
      // Not waited for: how long it takes would tell whether the address is known.
      const asked = links.ask({ address: body.address, language: body.language, origin })
      if (!deps.signIn.link || !deps.post) await asked
      else asked.catch((error: unknown) => ctx.events.tell({ kind: 'failure', where: 'sign-in link', error }))
    },
    useLink: async ({ body, origin, token, header }) =>
      await begun(await sessions.signInByLink({ link: body.token, origin, ...before(token) }), header),
    acceptInvitation: async ({ body, origin, token, header }) =>
      await begun(
        await sessions.accept({ link: body.token, password: body.password, origin, ...before(token) }),
        header,
      ),
    async changeOwnPassword({ session, body }) {
      await sessions.changePassword(session, body.current, body.password)
    },
    async setPreferences({ session, body }) {
      return await setUserPreferences(ctx, session.user.id, body)
    },
  }
}

const logoOf = (logo: Logo | null): string | null => logo && logoPath(logo)

type SetHeader = (name: string, value: string) => void

/** The cookie and the answer with which a session begins. */
export async function begin(
  { ctx }: Pick<EuqParts, 'ctx'>,
  { token, session }: Begun,
  header: SetHeader,
): Promise<EuqAnswer<'whoAmI'>> {
  header('set-cookie', sessionCookie(userCookie, token, (session.expiresAt - ctx.clock.now()) / 1000))
  return await viewOf(ctx, session)
}

async function viewOf({ db }: Context, { user, endsAt }: UserSession): Promise<EuqAnswer<'whoAmI'>> {
  const rows = await addressesOf(db.read, [user.id])
  // The first of each: what several sources tell is one address.
  const addresses = [...Map.groupBy(rows, ({ address_key }) => address_key).values()].flatMap(
    ([first]) => first ?? [],
  )
  return {
    name: user.name,
    display: user.display,
    addresses: addresses.map(({ address, kind }) => ({ address, kind })),
    expiresAt: iso(endsAt),
    hasPassword: user.password !== '',
    preferences: preferencesOfUser(user),
  }
}
