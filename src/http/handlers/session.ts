/** Signing in and out. The token is in the cookie and nowhere else: no answer and no log has it. */
import { changeOwnPassword } from '../../access/accounts.ts'
import { permissionsOf } from '../../access/roles.ts'
import type { Session } from '../../access/sessions.ts'
import type { AnswerOf } from '../../api/routes.ts'
import { Problem } from '../../problem.ts'
import { type Caller, sessionCookie } from '../caller.ts'
import type { Handlers, Parts } from '../parts.ts'

export function sessionHandlers({
  ctx,
  sessions,
}: Parts): Handlers<'signIn' | 'whoAmI' | 'signOut' | 'changeOwnPassword'> {
  return {
    async signIn({ body, origin, token: before, header }) {
      const { token, session } = await sessions.signIn({ ...body, origin, before: before ?? undefined })
      header('set-cookie', sessionCookie(token, (session.expiresAt - ctx.clock.now()) / 1000))
      return sessionView({ actor: session.actor, expiresAt: session.expiresAt })
    },
    whoAmI: async ({ caller }) => sessionView(caller),
    async signOut({ caller, header }) {
      await sessions.signOut(sessionOf(caller))
      header('set-cookie', sessionCookie(null, 0))
    },
    async changeOwnPassword({ caller, actor, origin, body }) {
      const session = sessionOf(caller)
      const account = await sessions.confirmPassword(actor.name, body.current, origin)
      await changeOwnPassword(ctx, actor, account, body.password, session.hash)
    },
  }
}

function sessionView({ actor, expiresAt }: Pick<Caller, 'actor' | 'expiresAt'>): AnswerOf<'whoAmI'> {
  if (!actor || actor.role === 'system') throw new Error('a session without an account')
  return {
    name: actor.name,
    role: actor.role,
    key: actor.key ?? null,
    expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    permissions: permissionsOf(actor.role),
  }
}

function sessionOf({ session }: Caller): Session {
  if (session) return session
  throw new Problem(
    'invalid',
    'There is no session: the request came with an API key.',
    'Revoke the key with DELETE /api/v1/keys/{id}, or sign in first.',
  )
}
