/** What the handlers work with, and what a handler is. */
import type { Actor } from '../access/actor.ts'
import type { InvitationSettings } from '../access/invitations.ts'
import type { Sessions } from '../access/sessions.ts'
import type { AnswerOf, RequestOf, RouteName } from '../api/routes.ts'
import type { Context } from '../context.ts'
import type { Digests } from '../digest/digests.ts'
import type { ScannerHealth } from '../scan/health.ts'
import type { Caller } from './caller.ts'
import type { Counts } from './counts.ts'
import type { Streams } from './events-stream.ts'
import type { AdminOptions } from './options.ts'

/** An area as policy knows it. */
export interface AreaPolicy {
  name: string
  /** Null: for ever. */
  keepDays: number | null
  releasableBy: readonly string[]
  /** Recipients see their own copies. */
  visibleToUsers: boolean
  inDigest: boolean
  /** Recipients may take attachments of their own copies out of it. */
  usersDownloadParts: boolean
  description: string
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
  /** What administrators invite users to. */
  users: InvitationSettings & { idleMinutes(): number; sendersPerUser(): number }
  /** Absent: switched off. */
  digests?: Digests | undefined
  /** Of the disk that the store is on; null when it is not ours. */
  freeBytes?: () => Promise<number | null>
  /** The configured scanners, and others that were asked lately. */
  scanners?: () => Promise<ScannerHealth[]>
  /** Why mail cannot be taken at the moment, for /readyz; null: it can. */
  unready?: () => string | null
}

export interface Parts {
  ctx: Context
  options: AdminOptions
  deps: AdminDeps
  sessions: Sessions
  counts: Counts
  streams: Streams
  /** Milliseconds. */
  startedAt: number
}

/** What a handler gets besides the request itself, on whichever listener. */
export interface BareCall {
  /** IP address of the client. */
  origin: string
  /** Adds a header to the answer. */
  header(name: string, value: string): void
  /** For an answer that is no JSON: sent instead. */
  respond(answer: RawAnswer): void
  /** The session cookie that came along; null without one. */
  token: string | null
  /** Another cookie. */
  cookie(name: string): string | null
}

export interface Call<N extends RouteName> extends RequestOf<N>, BareCall {
  /** Who calls; for a route that anyone may call nobody (an actor without any permission). */
  actor: Actor
  caller: Caller
  /** Who calls, looked up anew: for an answer that goes on for long. @throws as the call itself would */
  identify(): Promise<Caller>
}

export type RawAnswer = { headers: Record<string, string> } & (
  | { body: Uint8Array | AsyncIterable<Uint8Array> }
  /** Sent piece by piece as it comes, for as long as it goes on. */
  | { live: ReadableStream<Uint8Array<ArrayBuffer>> }
)

export type Handler<N extends RouteName> = (call: Call<N>) => Promise<AnswerOf<N>>
export type Handlers<N extends RouteName = RouteName> = { [P in N]: Handler<P> }
