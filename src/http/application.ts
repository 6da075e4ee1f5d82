/**
 * Everything that answers over HTTP, without a socket: the REST API, its description, health and metrics. The route
 * table says what there is; what is not in it is 404, and known paths with another method are 405.
 */
import { Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { demand } from '../access/roles.ts'
import { openSessions } from '../access/sessions.ts'
import { type RouteName, routes } from '../api/routes.ts'
import type { Context } from '../context.ts'
import { findCaller } from './caller.ts'
import { openCounts } from './counts.ts'
import { mountRoutes } from './door.ts'
import { openStreams } from './events-stream.ts'
import { guard, missing } from './guard.ts'
import { accountHandlers } from './handlers/accounts.ts'
import { deliveryHandlers } from './handlers/deliveries.ts'
import { digestHandlers } from './handlers/digests.ts'
import { exportHandlers } from './handlers/exports.ts'
import { jobHandlers } from './handlers/jobs.ts'
import { messageHandlers } from './handlers/messages.ts'
import { overviewHandlers } from './handlers/overview.ts'
import { requestHandlers } from './handlers/requests.ts'
import { searchHandlers } from './handlers/searches.ts'
import { sessionHandlers } from './handlers/session.ts'
import { systemHandlers } from './handlers/system.ts'
import { userHandlers } from './handlers/users.ts'
import { viewingHandlers } from './handlers/viewing.ts'
import { pagePolicy } from './headers.ts'
import { whyUnready } from './health.ts'
import { manualPage } from './manual.ts'
import { type Metrics, openMetrics } from './metrics.ts'
import type { Env } from './mount.ts'
import { mountSite } from './mount-site.ts'
import { openApiDocument } from './openapi.ts'
import { type AdminOptions, idleMs } from './options.ts'
import type { AdminDeps, Handlers, Parts } from './parts.ts'
import { problemAnswer } from './problems.ts'
import { clientOf } from './proxies.ts'

export interface Application extends Disposable {
  app: Hono<Env>
  /** Ends answers that would go on for as long as somebody listens. */
  endStreams(): void
}

/** What is not the REST API: path and who may. `/metrics` may be closed by an option. */
export const pages = {
  '/': 'anyone',
  '/assets/:file': 'anyone',
  '/favicon.svg': 'anyone',
  '/healthz': 'anyone',
  '/readyz': 'anyone',
  '/metrics': 'anyone',
  '/api': 'anyone',
  '/api/openapi.json': 'anyone',
} as const

export function createApplication(ctx: Context, deps: AdminDeps, options: AdminOptions): Application {
  const parts: Parts = {
    ctx,
    deps,
    options,
    sessions: openSessions(ctx, options),
    counts: openCounts(ctx),
    streams: openStreams(ctx, idleMs(options)),
    startedAt: ctx.clock.now(),
  }
  const metrics = openMetrics(ctx, parts.counts, deps.version)
  const app = new Hono<Env>()
  const clientAddress = clientOf(options)
  app.use(
    guard({
      section: 'admin',
      hosts: () => [...options.hosts, deps.serverName],
      requestsInFlight: () => options.requests_in_flight,
      clientAddress,
      answered: (...answer) => metrics.request(...answer),
    }),
  )
  const handlers: Handlers = {
    ...sessionHandlers(parts),
    ...searchHandlers(parts),
    ...messageHandlers(parts),
    ...viewingHandlers(parts),
    ...exportHandlers(parts),
    ...deliveryHandlers(parts),
    ...jobHandlers(parts),
    ...accountHandlers(parts),
    ...userHandlers(parts),
    ...digestHandlers(parts),
    ...requestHandlers(parts),
    ...systemHandlers(parts),
    ...overviewHandlers(parts),
  }
  mountRoutes(app, parts, handlers, Object.keys(routes) as RouteName[])
  mountPages(app, parts, metrics)
  const consoleAt = mountSite(app, 'index.html', nothingAt)
  app.notFound((c) => {
    const page = consoleAt(c)
    if (page) return page
    throw nothingAt(c.req.method, c.req.path)
  })
  app.onError((error, c) => {
    const { status, headers, body } = problemAnswer(error, `${c.req.method} ${c.req.path}`, ctx.events)
    return c.body(body, status as ContentfulStatusCode, headers)
  })
  return {
    app,
    endStreams: () => parts.streams.end(),
    [Symbol.dispose]() {
      parts.streams.end()
      metrics[Symbol.dispose]()
    },
  }
}

const nothingAt = (method: string, path: string): Error =>
  missing(Object.values(routes), Object.keys(pages), method, path)

function mountPages(app: Hono<Env>, parts: Parts, metrics: Metrics): void {
  const { ctx, deps, options, sessions } = parts
  const clientAddress = clientOf(options)
  let description: { json: string; html: string; policy: string } | undefined
  const describe = () => {
    if (description) return description
    const document = openApiDocument(deps.version)
    const { html, styleHash } = manualPage(document)
    description = { json: JSON.stringify(document), html, policy: pagePolicy(styleHash) }
    return description
  }
  app.get('/healthz', (c) => c.json({ alive: true }))
  app.get('/readyz', async (c) => {
    const why = await whyUnready(ctx, deps.unready)
    return why === null ? c.json({ ready: true }) : c.json({ ready: false, why }, 503)
  })
  app.get('/metrics', async (c) => {
    if (!options.open_metrics) {
      const header = (name: string) => c.req.header(name)
      const caller = await findCaller({ ctx, sessions, localKey: deps.localKey }, header, clientAddress(c))
      demand(caller.actor, 'status.view')
    }
    return c.body(await metrics.text(), 200, { 'content-type': metrics.contentType })
  })
  app.get('/api/openapi.json', (c) => c.body(describe().json, 200, { 'content-type': 'application/json' }))
  app.get('/api', (c) => {
    const { html, policy } = describe()
    return c.body(html, 200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
    })
  })
}
