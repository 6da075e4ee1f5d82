/** What the handlers work with, and what a handler is. */
import type { Actor } from '../access/actor.ts'
import type { Sessions } from '../access/sessions.ts'
import type { AnswerOf, RequestOf, RouteName } from '../api/routes.ts'
import type { Context } from '../context.ts'
import type { Caller } from './caller.ts'
import type { Counts } from './counts.ts'
import type { AdminOptions } from './options.ts'

/** An area as policy knows it. */
export interface AreaPolicy {
  name: string
  /** Null: for ever. */
  keepDays: number | null
  releasableBy: readonly string[]
}

export interface AdminDeps {
  /** Asked at every use: a reload may have changed it. */
  policy: () => { areas: readonly AreaPolicy[] }
  tls: { key: string; cert: string }
  version: string
  /** Name of this machine, by which it may be called. */
  serverName: string
  /**
   * A secret that the composition wrote into the data directory, for the command line of this machine: whoever can read
   * it can read the store beside it as well. Acts as an administrator called `local`. Null: none.
   */
  localKey: string | null
  /** Why mail cannot be taken at the moment, for /readyz; null: it can. */
  unready?: () => string | null
}

export interface Parts {
  ctx: Context
  options: AdminOptions
  deps: AdminDeps
  sessions: Sessions
  counts: Counts
  /** Milliseconds. */
  startedAt: number
}

export interface Call<N extends RouteName> extends RequestOf<N> {
  /** Who calls; for a route that anyone may call nobody (an actor without any permission). */
  actor: Actor
  caller: Caller
  /** IP address of the client. */
  origin: string
  /** Adds a header to the answer. */
  header(name: string, value: string): void
  /** For an answer that is no JSON: sent instead. */
  respond(answer: RawAnswer): void
  /** The session cookie that came along; null without one. */
  token: string | null
}

export interface RawAnswer {
  body: Uint8Array | AsyncIterable<Uint8Array>
  headers: Record<string, string>
}

export type Handler<N extends RouteName> = (call: Call<N>) => Promise<AnswerOf<N>>
export type Handlers<N extends RouteName = RouteName> = { [P in N]: Handler<P> }
