/**
 * Before everything, on every listener: is it meant for us, is there room, and the headers that every answer has. And
 * what is answered where there is nothing.
 */
import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import type { Route } from '../api/route.ts'
import { Problem } from '../problem.ts'
import { everyAnswer } from './headers.ts'
import { type Env, routerPath } from './mount.ts'
import { checkHost } from './origin.ts'
import { Refusal } from './problems.ts'
import { Shares } from './shares.ts'

export interface GuardParts {
  /** Section of the configuration that has `hosts`. */
  section: string
  /** Under which names it answers; null: somebody else has looked at that. */
  hosts(c: HonoContext<Env>): readonly string[] | null
  requestsInFlight(): number
  clientAddress(c: HonoContext<Env>): string
  /** Hears of every request when it was answered. */
  answered?(route: string, method: string, status: number, seconds: number): void
}

export function guard(parts: GuardParts): MiddlewareHandler<Env> {
  const inFlight = new Shares()
  return async (c, next) => {
    const begun = performance.now()
    for (const [name, value] of Object.entries(everyAnswer)) c.header(name, value)
    const hosts = parts.hosts(c)
    if (hosts) checkHost(c.req.header('host') ?? new URL(c.req.url).host, hosts, parts.section)
    const done = inFlight.take(parts.clientAddress(c), parts.requestsInFlight())
    if (!done && c.req.path !== '/healthz')
      throw new Problem('unavailable', 'Too many requests are being worked on.', 'Try again shortly.', {
        retryAfterS: 1,
      })
    try {
      await next()
    } finally {
      done?.()
      parts.answered?.(
        c.get('route') ?? 'other',
        c.req.method.slice(0, 10),
        c.res.status,
        (performance.now() - begun) / 1000,
      )
    }
  }
}

/** 405 with the methods that the path has, or 404. */
export function missing(
  routes: readonly Route<string>[],
  pages: readonly string[],
  method: string,
  path: string,
  remedy = 'See /api for what there is.',
): Error {
  const all = [
    ...routes.map((route) => ({ path: routerPath(route.path), method: route.method.toUpperCase() })),
    ...pages.map((page) => ({ path: page, method: 'GET' })),
  ]
  const allow = all.filter((route) => fits(route.path, path)).map((route) => route.method)
  if (allow.length === 0) return new Problem('not-found', 'There is nothing at this path.', remedy)
  if (allow.includes('GET')) allow.push('HEAD')
  return new Refusal(
    405,
    'Method not allowed',
    `${method} is not possible at this path.`,
    `Use ${allow.join(' or ')}; see /api.`,
    { allow: [...new Set(allow)] },
  )
}

function fits(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const given = path.split('/')
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => (part.startsWith(':') ? given[i] !== '' : part === given[i]))
  )
}
