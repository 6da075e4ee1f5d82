/** What the handlers of users' routes work with, and what a handler is. */
import type { Post, Sender } from '../../access/letters/letter.ts'
import type { Links } from '../../access/signin/link.ts'
import type { SignInMethod } from '../../access/signin/method.ts'
import type { OidcMethod } from '../../access/signin/oidc.ts'
import type { SignInOptions } from '../../access/signin/options.ts'
import type { UserSession, UserSessions } from '../../access/user-sessions.ts'
import type { EuqAnswer, EuqRequest, EuqRouteName, EuqRoutes } from '../../api/euq/routes.ts'
import type { Context } from '../../context.ts'
import type { DigestLinks } from '../../digest/opens.ts'
import type { AreaPolicy, BareCall } from '../parts.ts'
import type { Logo } from './logo.ts'
import type { EuqOptions } from './options.ts'

export interface EuqDeps {
  /** Asked at every use: a reload may have changed it. */
  policy: () => { areas: readonly AreaPolicy[] }
  /** Ways of signing in with name and password, in the order in which they are asked. */
  methods: () => readonly SignInMethod[]
  /** OpenID providers, in the order in which they are offered. */
  providers: readonly OidcMethod[]
  signIn: SignInOptions
  /** Null: no mail of our own can be sent. */
  post: Post | null
  sender: Sender
  /** Asked at every use: a reload may have changed it. */
  logo: () => Logo | null
  /** Absent: no digests are sent, and there are no links of them. */
  digest?: DigestLinks | undefined
  /** For addresses of these domains people may prove that they read their mail. */
  ownDomains: () => readonly string[]
  tls: { key: string; cert: string }
  version: string
  /** Name of this machine, by which it may be called. */
  serverName: string
  /** By which services know each other. */
  secret: string
}

export interface EuqParts {
  ctx: Context
  options: EuqOptions
  deps: EuqDeps
  sessions: UserSessions
  links: Links
}

export interface EuqCall<N extends EuqRouteName> extends EuqRequest<N>, BareCall {
  /** Null where anyone may call. */
  session: EuqRoutes[N]['permission'] extends 'user' ? UserSession : null
}

export type EuqHandler<N extends EuqRouteName> = (call: EuqCall<N>) => Promise<EuqAnswer<N>>
export type EuqHandlers<N extends EuqRouteName = EuqRouteName> = { [P in N]: EuqHandler<P> }
