/**
 * Everything that answers users over HTTP, without a socket: their API, their console, and nothing of the
 * administrators'. The route table says what there is; what is neither there nor an address of the console is 404.
 */
import { Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type DelegationSettings, openDelegations } from '../../access/delegations.ts'
import { visibleAreas } from '../../access/scope.ts'
import { openLinks } from '../../access/signin/link.ts'
import { openUserSessions, type UserSession } from '../../access/user-sessions.ts'
import { type EuqRouteName, type EuqRoutes, euqRoutes } from '../../api/euq/routes.ts'
import type { Route } from '../../api/route.ts'
import type { Context } from '../../context.ts'
import { Problem } from '../../problem.ts'
import { cookieOf } from '../caller.ts'
import { guard, missing } from '../guard.ts'
import { type Door, type Env, mountRoute } from '../mount.ts'
import { mountSite } from '../mount-site.ts'
import { hostName } from '../origin.ts'
import { problemAnswer } from '../problems.ts'
import { clientOf } from '../proxies.ts'
import { userCookie } from './cookie.ts'
import { delegationHandlers } from './delegations.ts'
import { mountDigestLinks } from './digest-links.ts'
import { digestHandlers } from './digest-schedule.ts'
import { handedOver } from './hop.ts'
import { mountLogo } from './logo.ts'
import { messageHandlers } from './messages.ts'
import { baseUrl, type EuqOptions } from './options.ts'
import type { EuqCall, EuqDeps, EuqHandler, EuqHandlers, EuqParts } from './parts.ts'
import { providerHandlers } from './provider.ts'
import { requestHandlers } from './requests.ts'
import { senderHandlers } from './senders.ts'
import { sessionHandlers } from './session.ts'

/** What is not the API of users. */
export const euqPages = ['/', '/assets/:file', '/favicon.svg', '/logo/:file', '/healthz'] as const

export function createEuq(ctx: Context, deps: EuqDeps, options: EuqOptions): Hono<Env> {
  const parts: EuqParts = {
    ctx,
    deps,
    options,
    sessions: openUserSessions(ctx, options, deps.methods),
    links: openLinks(ctx, {
      post: deps.signIn.link ? deps.post : null,
      page: () => `${baseUrl(options)}/sign-in`,
      minutes: () => deps.signIn.link_minutes,
      sender: deps.sender,
      createsUsers: () => deps.signIn.link_creates_users,
      ownDomains: deps.ownDomains,
      areas: () => visibleAreas(deps.policy().areas),
    }),
  }
  const app = new Hono<Env>()
  const door = userDoor(parts)
  app.use(
    guard({
      section: 'euq',
      // What another service handed over, that one has looked at.
      hosts: (c) => (handedOver((name) => c.req.header(name), deps.secret) === null ? ownHosts(parts) : null),
      requestsInFlight: () => options.requests_in_flight,
      clientAddress: door.clientAddress,
    }),
  )
  const handlers: EuqHandlers = {
    ...sessionHandlers(parts),
    ...providerHandlers(parts),
    ...messageHandlers(parts),
    ...delegationHandlers(parts, openDelegations(ctx, delegationSettings(parts))),
    ...digestHandlers(parts),
    ...senderHandlers(parts),
    ...requestHandlers(parts),
  }
  for (const name of Object.keys(euqRoutes) as EuqRouteName[]) mountOne(app, door, name, handlers[name])
  if (deps.digest) mountDigestLinks(app, parts, deps.digest, door.clientAddress)
  mountLogo(app, deps.logo, nothingAt)
  app.get('/healthz', (c) => c.json({ alive: true }))
  const consoleAt = mountSite(app, 'user.html', nothingAt)
  app.notFound((c) => {
    const page = consoleAt(c)
    if (page) return page
    throw nothingAt(c.req.method, c.req.path)
  })
  app.onError((error, c) => {
    const { status, headers, body } = problemAnswer(error, `euq ${c.req.method} ${c.req.path}`, ctx.events)
    return c.body(body, status as ContentfulStatusCode, headers)
  })
  return app
}

const delegationSettings = ({ deps, options }: EuqParts): DelegationSettings => ({
  post: () => (options.delegation_by_code ? deps.post : null),
  sender: deps.sender,
  ownDomains: deps.ownDomains,
  hours: () => options.delegation_hours,
})

const nothingAt = (method: string, path: string): Error =>
  missing(
    Object.values<Route<'user'>>(euqRoutes),
    euqPages,
    method,
    path,
    'Open / in a browser; programs find the API of users under /api/v1/my.',
  )

/** Under which names users may call it. */
export const ownHosts = ({ options, deps }: Pick<EuqParts, 'options' | 'deps'>): string[] => {
  const own = hostName(baseUrl(options).slice('https://'.length))
  return [...options.hosts, deps.serverName, ...(own === null ? [] : [own])]
}

function userDoor({ ctx, deps, options, sessions }: EuqParts): Door<'user', UserSession | null> {
  const client = clientOf(options)
  return {
    ctx,
    cookieName: userCookie,
    requestTimeoutS: () => options.request_timeout_s,
    clientAddress: (c) => handedOver((name) => c.req.header(name), deps.secret) ?? client(c),
    async identify(header, origin) {
      const token = cookieOf(header('cookie'), userCookie)
      return token === null ? null : await sessions.find(token, origin)
    },
    nobody: null,
    cameByCookie: (session) => session !== null,
    demand(session) {
      if (session === null) throw new Problem('unauthenticated', 'This needs a session.', 'Sign in first.')
    },
  }
}

function mountOne<N extends EuqRouteName>(
  app: Hono<Env>,
  door: Door<'user', UserSession | null>,
  name: N,
  handle: EuqHandler<N>,
): void {
  const route: EuqRoutes[N] = euqRoutes[name]
  mountRoute<EuqRoutes[N], 'user', UserSession | null>(app, door, name, route, async (call) =>
    // The door has let nobody in without a session where one is needed.
    handle({ ...call, session: call.who as EuqCall<N>['session'] }),
  )
}
