/**
 * A client of the REST API, typed by the route table: for the command line, tests and scripts in this repository. Errors
 * that the server tells are ApiError, with the members of its problem document; that it cannot be reached is whatever
 * the transport throws.
 */
import { ApiError } from './api-error.ts'
import type { Route } from './route.ts'
import { type AnswerOf, type InputOf, type RouteName, routes } from './routes.ts'

export interface ClientOptions {
  /** `https://host:port`, nothing behind it. */
  url: string
  /** API key; otherwise a session, after signIn. */
  key?: string
  /** A session cookie kept from before: `__Host-lazaret=…`. */
  cookie?: string
  transport: Transport
}

export interface ClientRequest {
  url: string
  method: string
  headers: Record<string, string>
  body?: string
}

export interface ClientResponse {
  status: number
  /** Lower-case names. */
  headers: Record<string, string>
  setCookie: string[]
  body: AsyncIterable<Uint8Array>
}

/** Sends one request; api/transport.ts has the one over TLS. */
export type Transport = (request: ClientRequest) => Promise<ClientResponse>

export interface Client {
  /** Calls a route that answers with JSON or nothing. @throws ApiError */
  call<N extends RouteName>(name: N, ...input: CallInput<N>): Promise<AnswerOf<N>>
  /** The exact bytes of a message. @throws ApiError */
  raw(id: string): Promise<AsyncIterable<Uint8Array>>
  /** The session cookie that the server gave, to be used again; null without one. */
  readonly cookie: string | null
}

type CallInput<N extends RouteName> = object extends InputOf<N> ? [input?: InputOf<N>] : [input: InputOf<N>]

/** An answer in JSON is never larger. */
const answerLimitBytes = 64 * 1024 * 1024

export function createClient({ url, key, cookie: kept, transport }: ClientOptions): Client {
  const origin = new URL(url).origin
  let cookie = kept ?? null

  async function send(name: RouteName, input: AnyInput): Promise<ClientResponse> {
    const route: Route = routes[name]
    const headers: Record<string, string> = { accept: 'application/json', origin }
    if (key) headers.authorization = `Bearer ${key}`
    else if (cookie) headers.cookie = cookie
    const body = input.body === undefined ? undefined : JSON.stringify(input.body)
    if (body !== undefined) headers['content-type'] = 'application/json'
    const target = origin + pathOf(route.path, input.params) + queryOf(input.query)
    const response = await transport({ url: target, method: route.method.toUpperCase(), headers, body })
    for (const line of response.setCookie) {
      const pair = line.split(';', 1)[0] ?? ''
      cookie = pair.endsWith('=') ? null : pair
    }
    if (response.status < 200 || response.status > 299) throw await errorOf(response)
    return response
  }

  return {
    async call<N extends RouteName>(name: N, ...[input]: CallInput<N>) {
      const response = await send(name, (input ?? {}) as AnyInput)
      const text = await textOf(response)
      return (text === '' ? undefined : JSON.parse(text)) as AnswerOf<N>
    },
    raw: async (id) => (await send('downloadMessage', { params: { id } })).body,
    get cookie() {
      return cookie
    },
  }
}

interface AnyInput {
  params?: Record<string, unknown>
  query?: Record<string, unknown>
  body?: unknown
}

const pathOf = (path: string, params: Record<string, unknown> = {}): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))

function queryOf(query: Record<string, unknown> = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}

async function textOf(response: ClientResponse): Promise<string> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of response.body) {
    size += piece.length
    if (size > answerLimitBytes)
      throw new Error(`the server's answer is larger than ${answerLimitBytes} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

async function errorOf(response: ClientResponse): Promise<ApiError> {
  const text = await textOf(response)
  const isProblem = /^application\/(problem\+)?json\b/.test(response.headers['content-type'] ?? '')
  if (!isProblem) return new ApiError(response.status, {})
  const problem: unknown = JSON.parse(text)
  return new ApiError(response.status, typeof problem === 'object' && problem !== null ? { ...problem } : {})
}
