/** The door of the admin listener: sessions, API keys and roles; and its table of routes, mounted behind it. */
import type { Hono } from 'hono'
import type { Actor } from '../access/actor.ts'
import { demand, type Permission } from '../access/roles.ts'
import type { Route } from '../api/route.ts'
import { type RouteName, routes } from '../api/routes.ts'
import { adminCookie, type Caller, findCaller } from './caller.ts'
import { type Door, type Env, mountRoute } from './mount.ts'
import type { Call, Handler, Handlers, Parts } from './parts.ts'
import { clientOf } from './proxies.ts'

/** Who calls where anyone may: without any permission. */
const nobody: Actor = { name: 'anonymous', role: 'system', origin: '' }

export const adminDoor = ({ ctx, sessions, deps, options }: Parts): Door<Permission, Caller> => ({
  ctx,
  cookieName: adminCookie,
  requestTimeoutS: () => options.request_timeout_s,
  clientAddress: clientOf(options),
  identify: (header, origin) => findCaller({ ctx, sessions, localKey: deps.localKey }, header, origin),
  nobody: { actor: null, session: null, expiresAt: null },
  cameByCookie: ({ session }) => session !== null,
  demand: ({ actor }, permission) => demand(actor, permission),
})

export function mountRoutes<N extends RouteName>(
  app: Hono<Env>,
  parts: Parts,
  handlers: Handlers<N>,
  names: readonly N[],
): void {
  const door = adminDoor(parts)
  for (const name of names) {
    const handle: Handler<N> = handlers[name]
    mountRoute<Route, Permission, Caller>(app, door, name, routes[name], async ({ who, ...call }) =>
      // The table's types follow from the schemas of this very route, by which the request was checked.
      handle({ ...call, actor: who.actor ?? nobody, caller: who } as Call<N>),
    )
  }
}
