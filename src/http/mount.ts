/**
 * From a request to a handler and back, the same steps for every route of the table, in this order: who calls, may it be
 * from there, may they do this, what do they give; then the handler, under a deadline. Nothing that a request gives is
 * looked at before its caller may make it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Hono, Context as HonoContext } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { RequestTo, Route } from '../api/route.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { bodyLimitBytes, readJson, strangersBodyLimitBytes } from './body.ts'
import { cookieOf, cookieValue } from './caller.ts'
import { checkProvenance } from './origin.ts'
import type { BareCall, RawAnswer } from './parts.ts'
import { checked, readQuery } from './query.ts'
import { streamOf } from './streaming.ts'

export interface Env {
  /** Absent when a test calls the application without a socket. */
  Bindings: { incoming?: IncomingMessage; outgoing?: ServerResponse }
  /** Name of the route, for metrics. */
  Variables: { route: string }
}

/** What differs between the listeners: who calls, and who may. */
export interface Door<P extends string, Who> {
  ctx: Context
  cookieName: string
  requestTimeoutS(): number
  /** IP address of the client. */
  clientAddress(c: HonoContext<Env>): string
  identify(header: (name: string) => string | undefined, origin: string): Promise<Who>
  /** Who calls where anyone may: without any permission. */
  nobody: Who
  /** A key cannot ride along with what another site makes a browser send; a cookie can. */
  cameByCookie(who: Who): boolean
  /** @throws Problem 'unauthenticated' or 'forbidden' */
  demand(who: Who, permission: P): void
}

export interface MountedCall<R, Who> extends RequestTo<R>, BareCall {
  who: Who
  identify(): Promise<Who>
}

/** @param handle gives the answer; undefined where the route has none or it was given by `respond`. */
export function mountRoute<R extends Route<P>, P extends string, Who>(
  app: Hono<Env>,
  door: Door<P, Who>,
  name: string,
  route: R,
  handle: (call: MountedCall<R, Who>) => Promise<unknown>,
): void {
  app.on(route.method.toUpperCase(), routerPath(route.path), async (c) => {
    c.set('route', name)
    const origin = door.clientAddress(c)
    const header = (wanted: string) => c.req.header(wanted)
    const identify = async () =>
      route.permission === 'anyone' ? door.nobody : await door.identify(header, origin)
    const who = await identify()
    // What anyone may change is a session, which is begun.
    if (door.cameByCookie(who) || route.permission === 'anyone')
      checkProvenance({ method: c.req.method, host: header('host') ?? new URL(c.req.url).host, header })
    if (route.permission !== 'anyone') door.demand(who, route.permission)
    let raw: RawAnswer | undefined
    let isLate = false
    const call: MountedCall<R, Who> = {
      ...(await requestOf(c, route)),
      who,
      origin,
      token: cookieOf(header('cookie'), door.cookieName),
      cookie: (cookieName) => cookieValue(header('cookie'), cookieName),
      header: (headerName, value) => c.header(headerName, value),
      respond: (answer) => {
        raw = answer
        if (isLate) void leave(answer)
      },
      identify,
    }
    const answer = await withDeadline(handle(call), door.requestTimeoutS()).finally(() => {
      isLate = true
    })
    if (raw) return await rawResponse(c, raw, door)
    if (route.status === 204) return c.body(null, 204)
    return c.body(JSON.stringify(answer), route.status, { 'content-type': 'application/json' })
  })
}

/** `/a/{id}` as the router writes it: `/a/:id`. */
export const routerPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1')

async function requestOf<R extends Route<string>>(c: HonoContext<Env>, route: R): Promise<RequestTo<R>> {
  const params = route.params ? checked(route.params, c.req.param(), 'path') : undefined
  const given = readQuery(c.req.url)
  const [unknown] = Object.keys(given)
  if (!route.query && unknown !== undefined)
    throw new Problem(
      'invalid',
      `${unknown.slice(0, 100)} is no known parameter; there are none here.`,
      'See /api.',
      {
        field: unknown.slice(0, 100),
      },
    )
  const query = route.query ? checked(route.query, given, 'query') : undefined
  const limitBytes = route.permission === 'anyone' ? strangersBodyLimitBytes : bodyLimitBytes
  const body = route.body ? checked(route.body, await readJson(c.req.raw, limitBytes), 'body') : undefined
  // What the schemas of this very route made of it: the table's types follow from the same schemas.
  return { params, query, body } as RequestTo<R>
}

/** The IP address of the socket: nobody is asked who else it might be. */
export const socketAddress = (c: HonoContext<Env>): string =>
  (c.env?.incoming?.socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '')

async function withDeadline<T>(work: Promise<T>, timeoutS: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new Problem(
          'unavailable',
          `This took longer than ${timeoutS} seconds.`,
          'Ask for less. If it was to change something, look whether it has before you try again.',
          { retryAfterS: 10 },
        ),
      )
    }, timeoutS * 1000)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Nobody takes it: what it holds on to is given back. */
async function leave(answer: RawAnswer): Promise<void> {
  if ('live' in answer) await answer.live.cancel()
  else if (!(answer.body instanceof Uint8Array)) await answer.body[Symbol.asyncIterator]().return?.()
}

async function rawResponse(
  c: HonoContext<Env>,
  answer: RawAnswer,
  { ctx }: { ctx: Context },
): Promise<Response> {
  const status: ContentfulStatusCode = 200
  if (c.req.method === 'HEAD') {
    await leave(answer)
    return c.body(null, status, answer.headers)
  }
  if ('live' in answer) return c.body(answer.live, status, answer.headers)
  const { body, headers } = answer
  if (body instanceof Uint8Array) return c.body(new Uint8Array(body), status, headers)
  const stream = streamOf(body, (error) => {
    ctx.events.tell({ kind: 'failure', where: `http ${c.req.path}`, error })
    // Cut off: a client must not take half of it for the whole.
    return c.env?.outgoing?.destroy() !== undefined
  })
  return c.body(stream, status, headers)
}
