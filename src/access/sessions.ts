/**
 * Sessions of people: begun with name and password, known by a token that only its cookie has. A sign-in always makes a
 * new token, so that one planted before is worth nothing; each ends after its hours, or earlier when idle. Wrong names
 * and wrong passwords get the same answer in the same time.
 */
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { accountKey, findAccount } from '../store/accounts.ts'
import { writeAudit } from '../store/audit.ts'
import type { AccountsTable } from '../store/schema.ts'
import {
  dropExpiredSessions,
  endSession,
  findSession,
  insertSession,
  keepNewestSessions,
  type LiveSession,
  touchSession,
} from '../store/sessions.ts'
import type { Actor } from './actor.ts'
import type { AccessOptions } from './options.ts'
import { passwordFits } from './passwords.ts'
import { addressNetwork, Throttle } from './throttle.ts'
import { randomToken, tokenHash } from './tokens.ts'

/** `seen_at` is written this often at most. */
const touchEveryMs = 60_000
const sessionsPerAccount = 100
/** From everywhere together an account may be guessed at so many times as often as from one address. */
const guessersPerAccount = 5
/** Pairs of account and network remembered. */
const familiarLimit = 10_000

export interface Session {
  actor: Actor
  /** SHA-256 of its token. */
  hash: string
  /** Milliseconds. */
  expiresAt: number
}

export interface SignIn {
  name: string
  password: string
  /** Where it comes from: an IP address. */
  origin: string
  /** Token of a session that the same client had: it ends. */
  before?: string
}

export interface Sessions {
  /** @throws Problem 'unauthenticated', or 'too-many' with `retryAfterS`. */
  signIn(order: SignIn): Promise<{ token: string; session: Session }>
  /** Null: unknown, ended, expired or idle. */
  find(token: string, origin: string): Promise<Session | null>
  signOut(session: Session): Promise<void>
  /** The account's password, asked for once more. Throttled like signing in. @throws as signIn does */
  confirmPassword(name: string, password: string, origin: string): Promise<AccountsTable>
}

/** @param options a live object: a reload changes it in place. */
export function openSessions(ctx: Context, options: AccessOptions): Sessions {
  const { db, clock, events } = ctx
  const throttle = new Throttle(clock, {
    failures: options.sign_in_failures,
    windowMs: options.sign_in_window_minutes * 60_000,
  })
  const familiar = new Set<string>()
  const idleMs = () => options.idle_minutes * 60_000

  async function confirmPassword(name: string, password: string, origin: string): Promise<AccountsTable> {
    const network = addressNetwork(origin)
    // Where somebody has signed in before, failures made elsewhere do not lock him out; and nobody is locked out
    // everywhere by failures from one address.
    const pair = `name ${accountKey(name)} from ${network}`
    const nameKey = familiar.has(pair) ? pair : `name ${accountKey(name)}`
    const attempt = throttle.begin([
      { key: nameKey, failures: guessersPerAccount * options.sign_in_failures },
      { key: `from ${network}` },
    ])
    if (typeof attempt === 'number') {
      events.tell({ kind: 'sign-in-failed', name, origin })
      throw tooMany(attempt)
    }
    try {
      const found = await findAccount(db.read, name)
      const account = found?.disabled_at === null ? found : undefined
      if ((await passwordFits(password, account?.password ?? null)) && account) {
        attempt.succeeded(nameKey)
        if (familiar.size < familiarLimit) familiar.add(pair)
        return account
      }
    } catch (error) {
      attempt.withdrawn()
      throw error
    }
    const deed = {
      actor: 'anonymous',
      origin,
      deed: 'session.refused',
      target: name.slice(0, 100),
      details: {},
    }
    await db.transaction((trx) => writeAudit(trx, [{ at: clock.now(), ...deed }]))
    events.tell({ kind: 'sign-in-failed', name, origin })
    throw new Problem(
      'unauthenticated',
      'Name or password is wrong.',
      'Check both; an administrator can set a new password.',
    )
  }

  return {
    confirmPassword,
    async signIn({ name, password, origin, before }) {
      const account = await confirmPassword(name, password, origin)
      const token = randomToken()
      const now = clock.now()
      const row = {
        hash: tokenHash(token),
        account_id: account.id,
        created_at: now,
        expires_at: now + options.session_hours * 3_600_000,
        seen_at: now,
        origin,
      }
      await db.transaction(async (trx) => {
        await dropExpiredSessions(trx, now, now - idleMs())
        if (before) await endSession(trx, tokenHash(before))
        await insertSession(trx, row)
        await keepNewestSessions(trx, account.id, sessionsPerAccount)
        await writeAudit(trx, [
          { at: now, actor: account.name, origin, deed: 'session.start', target: account.name, details: {} },
        ])
      })
      events.tell({ kind: 'signed-in', account: account.name, origin })
      return { token, session: sessionOf({ ...row, name: account.name, role: account.role }, origin) }
    },
    async find(token, origin) {
      const found = await findSession(db.read, tokenHash(token))
      const now = clock.now()
      if (!found || found.expires_at <= now || found.seen_at + idleMs() <= now) return null
      if (found.seen_at + touchEveryMs <= now) await touch(ctx, found.hash, now)
      return sessionOf(found, origin)
    },
    async signOut({ actor, hash }) {
      await db.transaction(async (trx) => {
        if (!(await endSession(trx, hash))) return
        const { name, origin } = actor
        await writeAudit(trx, [
          { at: clock.now(), actor: name, origin, deed: 'session.end', target: name, details: {} },
        ])
      })
    },
  }
}

/** A store that cannot be written to at the moment can still be looked at. */
async function touch({ db, events }: Context, hash: string, now: number): Promise<void> {
  try {
    await db.transaction((trx) => touchSession(trx, hash, now))
  } catch (error) {
    events.tell({ kind: 'failure', where: 'session', error })
  }
}

const sessionOf = ({ name, role, hash, expires_at }: LiveSession, origin: string): Session => ({
  actor: { name, role, origin },
  hash,
  expiresAt: expires_at,
})

function tooMany(waitMs: number): Problem {
  const retryAfterS = Math.ceil(waitMs / 1000)
  return new Problem(
    'too-many',
    'Too many wrong passwords for this account or from this address.',
    `Try again in ${Math.ceil(retryAfterS / 60)} minutes.`,
    { retryAfterS },
  )
}
