/**
 * Signing in and out, and what belongs to whoever is signed in. The token is in the cookie and nowhere else: no answer
 * and no log has it.
 */
import { changeOwnPassword } from '../../access/accounts.ts'
import { domainsOf } from '../../access/actor.ts'
import { openGuesses, tooMany } from '../../access/guesses.ts'
import { preferencesOf, setPreferences } from '../../access/preferences.ts'
import { permissionsOf } from '../../access/roles.ts'
import {
  beginSecondFactor,
  confirmSecondFactor,
  endSecondFactor,
  inForce,
  renewRecoveryCodes,
  secondFactorView,
} from '../../access/second-factor.ts'
import type { Session } from '../../access/sessions.ts'
import type { AnswerOf } from '../../api/routes.ts'
import { Problem } from '../../problem.ts'
import { findAccount } from '../../store/accounts.ts'
import { findSecondFactor } from '../../store/second-factors.ts'
import { adminCookie, type Caller, sessionCookie } from '../caller.ts'
import type { Handlers, Parts } from '../parts.ts'

type Names =
  | 'signIn'
  | 'whoAmI'
  | 'signOut'
  | 'changeOwnPassword'
  | 'setPreferences'
  | 'beginSecondFactor'
  | 'confirmSecondFactor'
  | 'renewRecoveryCodes'
  | 'endSecondFactor'

export function sessionHandlers({ ctx, sessions, deps, options }: Parts): Handlers<Names> {
  const guesses = openGuesses(ctx.clock, options)

  async function sessionView({ actor, session, expiresAt }: Caller): Promise<AnswerOf<'whoAmI'>> {
    if (!actor || actor.role === 'system' || actor.role === 'user')
      throw new Error('a session without an account')
    const account = await findAccount(ctx.db.read, actor.name)
    const ownDomains = domainsOf(actor)
    const factor = session && account ? inForce(await findSecondFactor(ctx.db.read, account.id)) : null
    return {
      name: actor.name,
      role: actor.role,
      domains: ownDomains && [...ownDomains],
      key: actor.key ?? null,
      expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
      permissions: permissionsOf(actor),
      mustChangePassword: actor.mustChangePassword ?? false,
      secondFactor: session ? secondFactorView(factor) : null,
      preferences: preferencesOf(account),
    }
  }

  /** Whoever is signed in, once more by the password, and by a code where that is given. */
  async function confirmed(caller: Caller, proof: { password: string; code?: string }, field = 'password') {
    const { actor } = sessionOf(caller)
    try {
      return (await sessions.confirm({ ...proof, name: actor.name, origin: actor.origin })).account
    } catch (error) {
      if (error instanceof Problem && error.facts.field === 'password')
        throw new Problem(error.code, error.message, error.remedy, { ...error.facts, field })
      throw error
    }
  }

  return {
    async signIn({ body, origin, token: before, header }) {
      const { token, session } = await sessions.signIn({ ...body, origin, before: before ?? undefined })
      header('set-cookie', sessionCookie(adminCookie, token, (session.expiresAt - ctx.clock.now()) / 1000))
      return await sessionView({ actor: session.actor, session, expiresAt: session.endsAt })
    },
    whoAmI: async ({ caller }) => await sessionView(caller),
    async signOut({ caller, header }) {
      await sessions.signOut(sessionOf(caller))
      header('set-cookie', sessionCookie(adminCookie, null, 0))
    },
    async changeOwnPassword({ caller, actor, body }) {
      const { hash } = sessionOf(caller)
      const account = await confirmed(caller, { password: body.current }, 'current')
      await changeOwnPassword(ctx, actor, account, body.password, hash)
    },
    setPreferences: async ({ actor, body }) => await setPreferences(ctx, actor, body),
    async beginSecondFactor({ caller, actor, body }) {
      return await beginSecondFactor(ctx, actor, await confirmed(caller, body), deps.serverName)
    },
    async confirmSecondFactor({ caller, actor, body }) {
      const account = await findAccount(ctx.db.read, sessionOf(caller).actor.name)
      if (!account) throw new Error('a session without an account')
      // Whoever has got hold of the session alone must not find the code by trying, which shows the recovery codes.
      const guess = guesses.begin(account.name_key, actor.origin)
      if (typeof guess === 'number') throw tooMany(guess)
      try {
        const recoveryCodes = await confirmSecondFactor(ctx, actor, account, body.code)
        guess.succeeded()
        return { recoveryCodes }
      } catch (error) {
        if (!(error instanceof Problem && error.facts.field === 'code')) guess.withdrawn()
        throw error
      }
    },
    async renewRecoveryCodes({ caller, actor, body }) {
      return { recoveryCodes: await renewRecoveryCodes(ctx, actor, await confirmed(caller, body)) }
    },
    async endSecondFactor({ caller, actor, body }) {
      await endSecondFactor(ctx, actor, await confirmed(caller, body))
    },
  }
}

function sessionOf({ session }: Caller): Session {
  if (session) return session
  throw new Problem(
    'invalid',
    'There is no session: the request came with an API key.',
    'Sign in first; a key is ended with DELETE /api/v1/keys/{id}.',
  )
}
