/** A service for users: its application on https, its row among the services; a primary shares requests out as well. */
import { X509Certificate } from 'node:crypto'
import type { Context } from '../../context.ts'
import { answerOf, type Listener, startListener } from '../listener.ts'
import { parseListen } from '../options.ts'
import { openProxies } from '../proxies.ts'
import { createEuq, ownHosts } from './application.ts'
import { balanced } from './balance.ts'
import { type Fleet, openFleet } from './fleet.ts'
import { headerOf } from './hop.ts'
import type { EuqOptions } from './options.ts'
import type { EuqDeps } from './parts.ts'

/** @throws Problem 'unavailable' when an address cannot be listened on. */
export async function startEuq(
  ctx: Context,
  kind: 'primary' | 'secondary',
  options: EuqOptions,
  deps: EuqDeps,
): Promise<Listener> {
  await using opened = new AsyncDisposableStack()
  const local = answerOf(createEuq(ctx, deps, options), ctx)
  const proxies = openProxies(options)
  let answer = local
  let fleet: Fleet | undefined
  // Last: what others are working on for us has been answered by then.
  opened.defer(() => fleet?.[Symbol.asyncDispose]())
  const listener = opened.use(
    await startListener(ctx, options, {
      section: 'euq',
      ...(kind === 'primary'
        ? { key: 'listen', listen: options.listen }
        : { key: 'secondary_listen', listen: options.secondary_listen }),
      remedy: 'euq.enabled = false if users are to have no quarantine here',
      tls: deps.tls,
      answer: (request, response) => answer(request, response),
    }),
  )
  const known = await openFleet(
    ctx,
    {
      kind,
      machine: deps.serverName,
      url: reachableUrl(listener.addresses[0] ?? '', deps.serverName),
      fingerprint: fingerprintOf(deps.tls),
      version: deps.version,
    },
    kind === 'primary',
  )
  fleet = known
  // First: while others may still send us something we listen.
  opened.defer(() => known.leave())
  if (kind === 'primary')
    answer = balanced({
      ctx,
      fleet: known,
      secret: deps.secret,
      hosts: () => ownHosts({ options, deps }),
      client: ({ socket, headers }) =>
        proxies.client(socket.remoteAddress ?? '', headerOf(headers)('x-forwarded-for')),
      requestsInFlight: () => options.requests_in_flight,
      silenceMs: (options.request_timeout_s + 5) * 1000,
      local,
    })
  const { addresses } = listener
  const stack = opened.move()
  return {
    addresses,
    reload(tls) {
      listener.reload(tls)
      known
        .renew(fingerprintOf(tls))
        .catch((error: unknown) => ctx.events.tell({ kind: 'failure', where: 'euq services', error }))
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  }
}

const fingerprintOf = ({ cert }: { cert: string }): string => new X509Certificate(cert).fingerprint256

/** One that listens everywhere is reached by the name of its machine. */
function reachableUrl(address: string, machine: string): string {
  const { host = '', port = 0 } = parseListen(address) ?? {}
  const everywhere = host === '0.0.0.0' || host === '::'
  return `https://${everywhere ? `${machine}:${port}` : address}`
}
