/**
 * Who is calling: a session's cookie, an API key, or the key of this machine's own command line. A key that is wrong is
 * refused, whatever cookie stands beside it; a cookie that is wrong is no cookie.
 */
import { timingSafeEqual } from 'node:crypto'
import type { Actor } from '../access/actor.ts'
import { findKeyActor } from '../access/keys.ts'
import type { Session, Sessions } from '../access/sessions.ts'
import { tokenHash } from '../access/tokens.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'

/** Sent by a console with what it asks while nobody is at it. */
const unattended = 'x-lazaret-unattended'

export const adminCookie = '__Host-lazaret'

export interface Caller {
  actor: Actor | null
  session: Session | null
  /** When the key ends, or the session if nothing more happens in it. */
  expiresAt: number | null
}

export interface CallerParts {
  ctx: Context
  sessions: Sessions
  localKey: string | null
}

export async function findCaller(
  { ctx, sessions, localKey }: CallerParts,
  header: (name: string) => string | undefined,
  origin: string,
): Promise<Caller> {
  const authorization = header('authorization')
  if (authorization !== undefined) {
    const key = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
    if (key === undefined)
      throw new Problem(
        'unauthenticated',
        'The Authorization header is not understood.',
        'Send Authorization: Bearer and an API key.',
      )
    if (localKey !== null && isSame(key, localKey))
      return {
        actor: { name: 'local', role: 'administrator', origin: 'cli' },
        session: null,
        expiresAt: null,
      }
    const found = await findKeyActor(ctx, key, origin)
    if (!found)
      throw new Problem(
        'unauthenticated',
        'The API key is not valid: unknown, revoked, expired, or its account is disabled.',
        'Create a new one with POST /api/v1/keys or `lazaret key`.',
      )
    return { ...found, session: null }
  }
  const token = cookieOf(header('cookie'), adminCookie)
  const session = token === null ? null : await sessions.find(token, origin, header(unattended) === undefined)
  return { session, actor: session?.actor ?? null, expiresAt: session?.endsAt ?? null }
}

/** Hashes are compared, so neither length nor content shows in the time. */
export const isSame = (given: string, known: string): boolean =>
  timingSafeEqual(Buffer.from(tokenHash(given)), Buffer.from(tokenHash(known)))

/** The session token of a Cookie header; the first, should there be several. */
export function cookieOf(header: string | undefined, cookieName: string): string | null {
  const value = cookieValue(header, cookieName)
  return value !== null && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : null
}

/** Whatever a browser has kept under this name. */
export function cookieValue(header: string | undefined, cookieName: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === cookieName) return pair.slice(at + 1).trim()
  }
  return null
}

/** `Set-Cookie` that starts a session, or ends it (null). `__Host-` makes browsers insist on Secure and Path=/. */
export function sessionCookie(cookieName: string, token: string | null, maxAgeS: number): string {
  const life = token === null ? 0 : Math.max(0, Math.floor(maxAgeS))
  return `${cookieName}=${token ?? ''}; Path=/; Max-Age=${life}; Secure; HttpOnly; SameSite=Strict`
}
