/**
 * The REST API as one table: name, method, path, who may, what goes in and what comes out. The server mounts it, OpenAPI
 * is made from it, the client is typed by it, and a test calls every route as everybody. Paths and names are fixed:
 * scripts depend on them.
 */
import type { AnswerFrom, InputTo, RequestTo } from './route.ts'
import { accountsRoutes } from './routes/accounts.ts'
import { digestsRoutes } from './routes/digests.ts'
import { jobsRoutes } from './routes/jobs.ts'
import { messagesRoutes } from './routes/messages.ts'
import { requestsRoutes } from './routes/requests.ts'
import { sessionRoutes } from './routes/session.ts'
import { systemRoutes } from './routes/system.ts'
import { usersRoutes } from './routes/users.ts'

export const routes = {
  ...sessionRoutes,
  ...messagesRoutes,
  ...jobsRoutes,
  ...systemRoutes,
  ...accountsRoutes,
  ...usersRoutes,
  ...digestsRoutes,
  ...requestsRoutes,
}

export type Routes = typeof routes
export type RouteName = keyof Routes

/** What a caller gives: params, query and body, as far as the route has them. */
export type InputOf<N extends RouteName> = InputTo<Routes[N]>

/** What a handler gets, after the checks. */
export type RequestOf<N extends RouteName> = RequestTo<Routes[N]>

export type AnswerOf<N extends RouteName> = AnswerFrom<Routes[N]>
