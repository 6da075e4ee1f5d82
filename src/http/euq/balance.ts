/**
 * How a primary service shares requests out to all that live, itself among them: whole HTTP requests, to the one that is
 * working on the fewest. What cannot be sent is tried elsewhere; so is what is safe (GET, HEAD) and was not answered. A
 * change that may have arrived is never sent twice.
 */
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { request as send } from 'node:https'
import { pipeline } from 'node:stream'
import type { Context } from '../../context.ts'
import { Problem } from '../../problem.ts'
import { everyAnswer } from '../headers.ts'
import type { RequestAnswer } from '../listener.ts'
import { checkHost, isSafe } from '../origin.ts'
import { problemAnswer, Refusal } from '../problems.ts'
import { Shares } from '../shares.ts'
import type { Fleet, Station } from './fleet.ts'
import { clientHeader, handedOver, headerOf, secretHeader } from './hop.ts'

export interface BalanceParts {
  ctx: Context
  fleet: Fleet
  /** By which services know each other. */
  secret: string
  hosts(): readonly string[]
  /** IP address of the client. */
  client(request: IncomingMessage): string
  requestsInFlight(): number
  /** How long a service may be silent about a request. */
  silenceMs: number
  /** Answers it itself. */
  local: RequestAnswer
}

/** Of one connection (RFC 9110, 7.6.1), or ours to set. */
const ownHeaders = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  secretHeader,
  clientHeader,
])

export function balanced(parts: BalanceParts): RequestAnswer {
  const shares = new Shares()
  let ownUnderWay = 0
  let turn = 0

  function itself(request: IncomingMessage, response: ServerResponse): void {
    ownUnderWay++
    response.once('close', () => ownUnderWay--)
    parts.local(request, response)
  }

  /** The one that is working on the fewest, in turn where they are alike; null: itself. */
  function choose(tried: ReadonlySet<number>): Station | null {
    const others = parts.fleet.living().filter(({ id }) => !tried.has(id))
    const all = [...others, null]
    const load = (one: Station | null) => one?.underWay ?? ownUnderWay
    const least = Math.min(...all.map(load))
    const idle = all.filter((one) => load(one) === least)
    return idle[turn++ % idle.length] ?? null
  }

  function pass(request: IncomingMessage, response: ServerResponse, tried: Set<number>): void {
    const station = choose(tried)
    if (station === null) {
      itself(request, response)
      return
    }
    let left = false
    let isOver = false
    const over = () => {
      if (isOver) return false
      isOver = true
      station.underWay--
      response.off('close', gone)
      return true
    }
    const method = request.method ?? 'GET'
    const out = sent(parts, station, request)
    if (out === null) {
      itself(request, response)
      return
    }
    station.underWay++
    const gone = () => {
      if (over() && !response.writableFinished) out.destroy()
    }
    const failed = () => {
      if (!over() || response.destroyed) return
      parts.fleet.suspect(station)
      if (!left || (isSafe(method) && !hasBody(request))) pass(request, response, tried.add(station.id))
      else refuse(parts.ctx, request, response)
    }
    response.once('close', gone)
    out.once('error', failed)
    out.setTimeout(parts.silenceMs, () => out.destroy(new Error('no answer')))
    // Connected, and to nobody else: from here on bytes leave.
    out.once('socket', () => {
      left = true
      if (hasBody(request)) request.pipe(out)
      else out.end()
    })
    out.once('response', (answer) => {
      out.off('error', failed).on('error', () => response.destroy())
      response.writeHead(answer.statusCode ?? 502, answerHeaders(answer.rawHeaders))
      pipeline(answer, response, () => over())
    })
  }

  return (request, response) => {
    const header = headerOf(request.headers)
    // What another primary has handed over ends here; what is not for us, the application refuses.
    const isOurs = handedOver(header, parts.secret) !== null || !isForUs(header('host'), parts.hosts())
    const done = isOurs ? null : shares.take(parts.client(request), parts.requestsInFlight())
    if (done) {
      response.once('close', done)
      pass(request, response, new Set())
    } else parts.local(request, response)
  }
}

/** Null: Node takes the request, and does not send one that is like it. */
function sent(
  { ctx, secret, client }: BalanceParts,
  station: Station,
  request: IncomingMessage,
): ClientRequest | null {
  try {
    return send({
      agent: station.agent,
      host: station.host,
      port: station.port,
      method: request.method ?? 'GET',
      path: request.url,
      headers: {
        ...headersFor(request),
        [secretHeader]: secret,
        [clientHeader]: client(request),
      },
      setHost: false,
    })
  } catch (error) {
    ctx.events.tell({ kind: 'failure', where: 'euq request', error })
    return null
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

function isForUs(host: string | undefined, allowed: readonly string[]): boolean {
  try {
    checkHost(host ?? '', allowed, 'euq')
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

function headersFor(request: IncomingMessage): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(request.headers).filter(([name]) => !ownHeaders.has(name)))
}

/** Names and values in turn, as they came. */
function answerHeaders(raw: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2)
    if (!ownHeaders.has((raw[i] as string).toLowerCase())) kept.push(raw[i] as string, raw[i + 1] as string)
  return kept
}

function refuse({ events }: Context, request: IncomingMessage, response: ServerResponse): void {
  const told = new Problem(
    'unavailable',
    'The service that was working on this has failed.',
    'Look whether it was done before you try again.',
    { retryAfterS: 1 },
  )
  const { status, headers, body } = problemAnswer(told, 'euq', events)
  request.unpipe()
  request.resume()
  response.writeHead(status, { ...everyAnswer, ...headers, connection: 'close' })
  response.end(body)
}
