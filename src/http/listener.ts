/**
 * A listener on https, on every configured address. TLS 1.2 or later; what is slow, too large or too much is ended by
 * limits of the server itself, before any of our code runs. The certificate can be replaced while it runs.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { everyAnswer } from './headers.ts'
import type { Env } from './mount.ts'
import { idleMs, type ListenerOptions, parseListen } from './options.ts'
import { problemAnswer } from './problems.ts'
import { openProxies } from './proxies.ts'
import { Shares } from './shares.ts'

export interface Listener extends AsyncDisposable {
  /** Where it listens really, `host:port`, in the order of the options. */
  readonly addresses: readonly string[]
  /** Takes another certificate for new connections. Options are live objects and need no call. @throws when it is no good */
  reload(tls: { key: string; cert: string }): void
}

export interface ListenerParts {
  /** Section of the configuration and the key in it, for messages. */
  section: string
  key?: string
  /** How else somebody gets on who cannot have the address. */
  remedy?: string
  listen: readonly string[]
  tls: { key: string; cert: string }
  answer: RequestAnswer
  /** Ends what would go on for as long as somebody listens; before connections are waited for. */
  ending?(): void
}

export type RequestAnswer = (request: IncomingMessage, response: ServerResponse) => void

/** What is under way may go on for so long when it is closed. */
const graceMs = 5000
const idleLookMs = 50
/** Requests that are on their way when it is closed are still heard for so long. */
const lastHearingMs = 20
const headerBytes = 16_384

/** @throws Problem 'unavailable' when an address cannot be listened on. */
export async function startListener(
  ctx: Context,
  options: ListenerOptions,
  parts: ListenerParts,
): Promise<Listener> {
  await using opened = new AsyncDisposableStack()
  const servers: Server[] = []
  const connections = new Shares()
  const proxies = openProxies(options)
  for (const text of parts.listen) {
    const server = createServer(
      {
        ...parts.tls,
        minVersion: 'TLSv1.2',
        maxHeaderSize: headerBytes,
        requestTimeout: options.request_timeout_s * 1000,
        headersTimeout: Math.min(20, options.request_timeout_s) * 1000,
        handshakeTimeout: 20_000,
        keepAliveTimeout: options.idle_timeout_s * 1000,
        connectionsCheckingInterval: 5000,
      },
      parts.answer,
    )
    server.on('connection', (socket: Socket) => {
      const address = socket.remoteAddress ?? ''
      const done = connections.take(address, options.connections, proxies.isProxy(address))
      if (done) socket.once('close', done)
      else socket.destroy()
    })
    server.setTimeout(idleMs(options), (socket: Socket) => socket.destroy())
    await listen(server, text, parts)
    opened.defer(() => close(server))
    server.on('error', (error) =>
      ctx.events.tell({ kind: 'failure', where: `${parts.section} listener`, error }),
    )
    servers.push(server)
  }
  // Before the servers are waited for.
  opened.defer(() => parts.ending?.())
  const addresses = servers.map((server) => {
    const { address, port } = server.address() as AddressInfo
    return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
  })
  const stack = opened.move()
  return {
    addresses,
    reload(tls) {
      for (const server of servers) server.setSecureContext(tls)
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  }
}

/** An application as a server calls it. */
export const answerOf = (app: Hono<Env>, ctx: Context): RequestAnswer =>
  getRequestListener(app.fetch, { errorHandler: (error) => unreadable(error, ctx) })

/** For a request that does not reach the application, mostly since no address can be made of its path and Host. */
function unreadable(error: unknown, { events }: Context): Response {
  const told =
    error instanceof RequestError
      ? new Problem(
          'invalid',
          'The path or the Host header of the request cannot be read.',
          'Send a Host header with the name or address of this server, and a path that begins with /.',
        )
      : error
  const { status, headers, body } = problemAnswer(told, 'request', events)
  return new Response(body, { status, headers: { ...everyAnswer, ...headers } })
}

async function listen(
  server: Server,
  text: string,
  { section, key = 'listen', remedy = '' }: Pick<ListenerParts, 'section' | 'key' | 'remedy'>,
): Promise<void> {
  const address = parseListen(text)
  if (!address)
    throw new Problem(
      'invalid',
      `${text} is no address to listen on.`,
      'Write "127.0.0.1:8445" or "[::1]:8445".',
    )
  const listening = Promise.withResolvers<void>()
  server.once('error', listening.reject)
  server.listen(address.port, address.host, () => listening.resolve())
  try {
    await listening.promise
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why =
      code === 'EADDRINUSE'
        ? 'something listens there already'
        : code === 'EACCES'
          ? 'this account may not listen there'
          : message
    throw new Problem(
      'unavailable',
      `The ${section} listener cannot use ${text}: ${why}.`,
      `Stop the other program, or set another address as ${section}.${key}${remedy ? `, or ${remedy}` : ''}.`,
    )
  } finally {
    server.removeListener('error', listening.reject)
  }
}

/**
 * Takes no more connections, and no more than one request more on those that there are. Those that stay idle end soon, the
 * others after their answer, at the latest after the grace.
 */
async function close(server: Server): Promise<void> {
  server.prependListener('request', (_, response) => response.setHeader('connection', 'close'))
  const closed = new Promise<void>((resolve) => {
    // That of https would cut off what seems idle at once, and with it the requests that have come but were not read yet.
    NetServer.prototype.close.call(server, () => resolve())
  })
  await pause(lastHearingMs)
  await nextTurn() // what has come is read before it, however long this turn was
  server.closeIdleConnections()
  const idle = setInterval(() => server.closeIdleConnections(), idleLookMs)
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(idle)
  clearTimeout(timer)
  server.close() // ends the look at its connections
}
