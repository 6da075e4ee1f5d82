/**
 * Sessions of users: begun by a way of signing in, an invitation or a mailed link, known by a token that only its cookie
 * has, and kept in the database, so that every service knows them. For which addresses a user may act is looked up with
 * the session, each time: what was taken away is gone at once.
 */
import type { Kysely } from 'kysely'
import type { Context } from '../context.ts'
import { addressKey } from '../mail/envelope.ts'
import { Problem } from '../problem.ts'
import { writeAudit } from '../store/audit.ts'
import type { Schema } from '../store/schema.ts'
import { isDisabledUsers } from '../store/user-addresses.ts'
import type { UserSessionsTable, UsersTable } from '../store/user-schema.ts'
import {
  endUserSession,
  findUserSession,
  insertUserSession,
  tidyUserSessions,
  touchUserSession,
  useToken,
} from '../store/user-sessions.ts'
import { updateUser, userWithAddress } from '../store/users.ts'
import { type Actor, actorName } from './actor.ts'
import { openGuesses, tooMany, withdrawnOnError } from './guesses.ts'
import { passwordFits } from './passwords.ts'
import { type Scope, scopeOf } from './scope.ts'
import { recognisedBy } from './signin/chain.ts'
import type { Recognised, SignInMethod } from './signin/method.ts'
import { randomToken, tokenHash } from './tokens.ts'
import { acceptInvitation, choosePassword } from './user-passwords.ts'
import { recognise, usedUp } from './users.ts'

/** `seen_at` is written this often at most. */
const touchEveryMs = 60_000
const sessionsPerUser = 50

export interface UserSession {
  user: UsersTable
  actor: Actor
  scope: Scope
  hash: string
  /** The end of its hours. */
  expiresAt: number
  /** When it ends if nothing more happens in it. */
  endsAt: number
}

interface Begin {
  origin: string
  /** Token of a session that the same client had: it ends. */
  before?: string
}

export interface Begun {
  token: string
  session: UserSession
}

export interface UserSessionOptions {
  session_hours: number
  idle_minutes: number
  sign_in_failures: number
  sign_in_window_minutes: number
}

export interface UserSessions {
  /** @throws Problem 'unauthenticated', 'unavailable', or 'too-many' with `retryAfterS`. */
  signIn(order: Begin & { name: string; password: string }, signal: AbortSignal): Promise<Begun>
  /** Somebody whom another party has proved to be who he is. @throws Problem 'unauthenticated' when disabled */
  signInAs(recognised: Recognised, order: Begin): Promise<Begun>
  /** @throws Problem 'not-found' when the link is good no more. */
  signInByLink(order: Begin & { link: string }): Promise<Begun>
  /** @throws Problem 'not-found' when the link is good no more, 'invalid' for a bad password. */
  accept(order: Begin & { link: string; password: string }): Promise<Begun>
  /** All other sessions end. @throws Problem 'invalid' with the field, 'too-many' */
  changePassword(session: UserSession, current: string, password: string): Promise<void>
  /** Null: unknown, ended, expired or idle. Something happens in it by that. */
  find(token: string, origin: string): Promise<UserSession | null>
  signOut(session: UserSession): Promise<void>
}

/** @param options a live object: a reload changes it in place. */
export function openUserSessions(
  ctx: Context,
  options: UserSessionOptions,
  methods: () => readonly SignInMethod[],
): UserSessions {
  const { db, clock, events } = ctx
  const guesses = openGuesses(clock, options)
  const idleMs = () => options.idle_minutes * 60_000

  async function sessionOf(
    read: Kysely<Schema>,
    user: UsersTable,
    row: UserSessionsTable,
    seenAt: number,
    origin: string,
  ): Promise<UserSession> {
    return {
      user,
      actor: { name: user.name, role: 'user', origin },
      scope: await scopeOf(read, user.id),
      hash: row.hash,
      expiresAt: row.expires_at,
      endsAt: Math.min(row.expires_at, seenAt + idleMs()),
    }
  }

  async function begin(
    trx: Kysely<Schema>,
    user: UsersTable,
    method: string,
    { origin, before }: Begin,
  ): Promise<Begun> {
    const now = clock.now()
    const token = randomToken()
    const row: UserSessionsTable = {
      hash: tokenHash(token),
      user_id: user.id,
      created_at: now,
      expires_at: now + options.session_hours * 3_600_000,
      seen_at: now,
      origin,
      method,
    }
    if (before) await endUserSession(trx, tokenHash(before))
    await insertUserSession(trx, row)
    await tidyUserSessions(trx, now, user.id, sessionsPerUser)
    const session = await sessionOf(trx, user, row, now, origin)
    const { actor } = session
    const deed = { actor: actorName(actor), origin, deed: 'session.start', target: user.name }
    await writeAudit(trx, [{ at: now, ...deed, details: { method } }])
    return { token, session }
  }

  /** @throws Problem 'unauthenticated' when disabled: as if the name were not known. */
  async function beginAs(recognised: Recognised, order: Begin): Promise<Begun | null> {
    return await db.transaction(async (trx) => {
      const user = await recognise(ctx, trx, recognised, order.origin)
      // Changed while it was being compared: all sessions with the old one have just been ended.
      if (recognised.passwordHash !== undefined && user?.password !== recognised.passwordHash) return null
      return user && (await begin(trx, user, recognised.source, order))
    })
  }

  async function refused(name: string, origin: string): Promise<Problem> {
    const deed = { actor: 'anonymous', origin, deed: 'session.refused', target: name.slice(0, 100) }
    await db.transaction((trx) => writeAudit(trx, [{ at: clock.now(), ...deed, details: { user: true } }]))
    events.tell({ kind: 'sign-in-failed', name, origin })
    return new Problem('unauthenticated', 'Name or password is wrong.', 'Check both.')
  }

  const told = (begun: Begun, origin: string): Begun => {
    events.tell({ kind: 'signed-in', account: actorName(begun.session.actor), origin })
    return begun
  }

  return {
    async signIn({ name, password, ...order }, signal) {
      const { origin } = order
      const guess = guesses.begin(addressKey(name.trim()), origin)
      if (typeof guess === 'number') {
        events.tell({ kind: 'sign-in-failed', name, origin })
        throw tooMany(guess)
      }
      const work = async () => {
        const recognised = await recognisedBy(methods(), name, password, signal, (error) =>
          events.tell({ kind: 'failure', where: 'sign-in', error }),
        )
        return recognised && (await beginAs(recognised, order))
      }
      const begun = await withdrawnOnError(guess, work())
      if (!begun) throw await refused(name, origin)
      guess.succeeded()
      return told(begun, origin)
    },
    async signInAs(recognised, order) {
      const begun = await beginAs(recognised, order)
      if (!begun) throw await refused(recognised.name, order.origin)
      return told(begun, order.origin)
    },
    async signInByLink({ link, ...order }) {
      const begun = await db.transaction(async (trx) => {
        const used = await useToken(trx, tokenHash(link), 'sign-in', clock.now())
        if (!used) return null
        const { address_key: name } = used
        // Whose address it is now: it may have been taken from somebody, or given to somebody, since it was asked for.
        const known = await userWithAddress(trx, name)
        if (known && (used.user_id === null || used.user_id === known.id)) {
          await updateUser(trx, known.id, { seen_at: clock.now() })
          return await begin(trx, known, 'link', order)
        }
        if (known || used.user_id !== null || (await isDisabledUsers(trx, name))) return null
        const user = await recognise(
          ctx,
          trx,
          { name, display: '', addresses: [name], source: 'link' },
          order.origin,
        )
        return user && (await begin(trx, user, 'link', order))
      })
      if (!begun) throw usedUp()
      return told(begun, order.origin)
    },
    async accept({ link, password, ...order }) {
      const user = await acceptInvitation(ctx, link, password, order.origin)
      return told(await db.transaction((trx) => begin(trx, user, 'invitation', order)), order.origin)
    },
    async changePassword({ user, actor, hash }, current, password) {
      const guess = guesses.begin(user.name_key, actor.origin)
      if (typeof guess === 'number') throw tooMany(guess)
      const fits = await withdrawnOnError(guess, passwordFits(current, user.password || null))
      if (!fits)
        throw new Problem('invalid', 'The password is wrong.', 'Type the one that you have now.', {
          field: 'current',
        })
      guess.succeeded()
      await choosePassword(ctx, actor, user, password, hash)
    },
    async find(token, origin) {
      const found = await findUserSession(db.read, tokenHash(token))
      const now = clock.now()
      if (!found || found.expires_at <= now || found.seen_at + idleMs() <= now) return null
      const written = found.seen_at + touchEveryMs <= now && (await touch(ctx, found.hash, now))
      return await sessionOf(db.read, found.user, found, written ? now : found.seen_at, origin)
    },
    async signOut({ actor, hash }) {
      const { name, origin } = actor
      await db.transaction(async (trx) => {
        if (!(await endUserSession(trx, hash))) return
        const deed = { actor: actorName(actor), origin, deed: 'session.end', target: name, details: {} }
        await writeAudit(trx, [{ at: clock.now(), ...deed }])
      })
    },
  }
}

/** A store that cannot be written to at the moment can still be looked at: then false. */
async function touch({ db, events }: Context, hash: string, now: number): Promise<boolean> {
  try {
    await db.transaction((trx) => touchUserSession(trx, hash, now))
    return true
  } catch (error) {
    events.tell({ kind: 'failure', where: 'session', error })
    return false
  }
}
