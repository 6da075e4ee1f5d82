/**
 * The REST API as one table: name, method, path, who may, what goes in and what comes out. The server mounts it, OpenAPI
 * is made from it, the client is typed by it, and a test calls every route as everybody. Paths and names are fixed:
 * scripts depend on them.
 */
import type { z } from 'zod'
import { accountsRoutes } from './routes/accounts.ts'
import { jobsRoutes } from './routes/jobs.ts'
import { messagesRoutes } from './routes/messages.ts'
import { sessionRoutes } from './routes/session.ts'
import { systemRoutes } from './routes/system.ts'

export const routes = {
  ...sessionRoutes,
  ...messagesRoutes,
  ...jobsRoutes,
  ...systemRoutes,
  ...accountsRoutes,
}

export type Routes = typeof routes
export type RouteName = keyof Routes

type Given<R, K extends string> = R extends { [P in K]: infer S extends z.ZodType } ? S : never
type Part<K extends string, S extends z.ZodType> = [S] extends [never]
  ? unknown
  : object extends z.input<S>
    ? { [P in K]?: z.input<S> }
    : { [P in K]: z.input<S> }

/** What a caller gives: params, query and body, as far as the route has them. */
export type InputOf<N extends RouteName> = Part<'params', Given<Routes[N], 'params'>> &
  Part<'query', Given<Routes[N], 'query'>> &
  Part<'body', Given<Routes[N], 'body'>>

/** What a handler gets, after the checks. */
export interface RequestOf<N extends RouteName> {
  params: [Given<Routes[N], 'params'>] extends [never] ? undefined : z.output<Given<Routes[N], 'params'>>
  query: [Given<Routes[N], 'query'>] extends [never] ? undefined : z.output<Given<Routes[N], 'query'>>
  body: [Given<Routes[N], 'body'>] extends [never] ? undefined : z.output<Given<Routes[N], 'body'>>
}

export type AnswerOf<N extends RouteName> = [Given<Routes[N], 'answer'>] extends [never]
  ? undefined
  : z.output<Given<Routes[N], 'answer'>>
