/**
 * Sessions of people: begun with name, password and second factor (proof.ts), known by a token that only its cookie has.
 * A sign-in always makes a new token, so that one planted before is worth nothing; each ends after its hours, or earlier
 * when idle.
 */
import type { Context } from '../context.ts'
import { findAccount, lockAccount } from '../store/accounts.ts'
import { writeAudit } from '../store/audit.ts'
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
import { openProofs, type Proof, type Proven, refusedSignIn } from './proof.ts'
import { restrictionOf } from './standing.ts'
import { randomToken, tokenHash } from './tokens.ts'

/** `seen_at` is written this often at most. */
const touchEveryMs = 60_000
const sessionsPerAccount = 100

export interface Session {
  actor: Actor
  /** SHA-256 of its token. */
  hash: string
  /** The end of its hours, in milliseconds: its cookie lives so long. */
  expiresAt: number
  /** When it ends if nothing more happens in it: the end of its hours, or earlier by idleness. */
  endsAt: number
}

export interface SignIn extends Proof {
  /** Token of a session that the same client had: it ends. */
  before?: string
}

export interface Sessions {
  /** @throws Problem 'unauthenticated', 'second-factor', or 'too-many' with `retryAfterS`. */
  signIn(order: SignIn): Promise<{ token: string; session: Session }>
  /** Null: unknown, ended, expired or idle. Something happens in it by that, unless nobody is there. */
  find(token: string, origin: string, attended?: boolean): Promise<Session | null>
  signOut(session: Session): Promise<void>
  /** Password, and code where it is given, of whoever is signed in, asked for once more. @throws as proof.ts says */
  confirm(proof: Proof): Promise<Proven>
}

/** @param options a live object: a reload changes it in place. */
export function openSessions(ctx: Context, options: AccessOptions): Sessions {
  const { db, clock, events } = ctx
  const prove = openProofs(ctx, options)
  const idleMs = () => options.idle_minutes * 60_000

  /** @param seen when something happened in it last, as far as it is written down. */
  const sessionOf = async (row: LiveSession, seen: number, origin: string): Promise<Session> => ({
    actor: {
      name: row.name,
      role: row.role,
      origin,
      ...(await restrictionOf(db.read, row.account_id, row.role)),
      ...(row.must_change_password === 1 ? { mustChangePassword: true } : {}),
    },
    hash: row.hash,
    expiresAt: row.expires_at,
    endsAt: Math.min(row.expires_at, seen + idleMs()),
  })

  return {
    confirm: (proof) => prove(proof, 'session'),
    async signIn({ before, ...proof }) {
      const { account, used } = await prove(proof, 'sign-in')
      const { origin } = proof
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
      const { role, must_change_password } = await db.transaction(async (trx) => {
        // A password that is changed at this moment ends all sessions; this one, proved by the old, must not come after.
        await lockAccount(trx, account.id)
        const still = await findAccount(trx, account.name)
        if (still?.password !== account.password || still.disabled_at !== null) throw refusedSignIn(proof)
        await dropExpiredSessions(trx, now, now - idleMs())
        if (before) await endSession(trx, tokenHash(before))
        await insertSession(trx, row)
        await keepNewestSessions(trx, account.id, sessionsPerAccount)
        await writeAudit(trx, [
          {
            at: now,
            actor: account.name,
            origin,
            deed: 'session.start',
            target: account.name,
            details: used === 'recovery code' ? { used } : {},
          },
        ])
        return still
      })
      events.tell({ kind: 'signed-in', account: account.name, origin })
      const { name } = account
      return { token, session: await sessionOf({ ...row, name, role, must_change_password }, now, origin) }
    },
    async find(token, origin, attended = true) {
      const found = await findSession(db.read, tokenHash(token))
      const now = clock.now()
      if (!found || found.expires_at <= now || found.seen_at + idleMs() <= now) return null
      const isDue = attended && found.seen_at + touchEveryMs <= now
      const written = isDue && (await touch(ctx, found.hash, now))
      return await sessionOf(found, written ? now : found.seen_at, origin)
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

/** A store that cannot be written to at the moment can still be looked at: then false. */
async function touch({ db, events }: Context, hash: string, now: number): Promise<boolean> {
  try {
    await db.transaction((trx) => touchSession(trx, hash, now))
    return true
  } catch (error) {
    events.tell({ kind: 'failure', where: 'session', error })
    return false
  }
}
