/**
 * Calls the REST API from a browser, typed by its table. What goes wrong is an ApiError with the words of the problem
 * document; a session that ended is told to whoever listens, so that signing in again loses nothing that was typed.
 */
import { routes } from 'virtual:routes'
import type { AnswerOf, InputOf, RouteName } from '../../src/api/routes.ts'

export type { AnswerOf, InputOf, RouteName }

export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** 0: the server was not reached. */
  readonly status: number
  /** `conflict`, `forbidden` …: the end of the problem's type. */
  readonly code: string
  readonly remedy: string
  /** All members of the problem document. */
  readonly problem: Record<string, unknown>

  constructor(status: number, problem: Record<string, unknown>, fallback: string) {
    super(typeof problem.detail === 'string' ? problem.detail : fallback)
    this.status = status
    this.code = String(problem.type ?? '').replace(/^.*:/, '')
    this.remedy = typeof problem.remedy === 'string' ? problem.remedy : ''
    this.problem = problem
  }

  /** The field of a form that the problem is about. */
  get field(): string | null {
    return typeof this.problem.field === 'string' ? this.problem.field : null
  }
}

type CallInput<N extends RouteName> = object extends InputOf<N> ? [input?: InputOf<N>] : [input: InputOf<N>]

interface AnyInput {
  params?: Record<string, unknown>
  query?: Record<string, unknown>
  body?: unknown
}

const sessionEnds = new Set<() => void>()

/** Called when an answer says that there is no session (any more). Returns the way to stop listening. */
export function onSessionEnd(listener: () => void): () => void {
  sessionEnds.add(listener)
  return () => sessionEnds.delete(listener)
}

/** Where a route is, with its parameters: for links, frames and downloads. */
export function urlOf<N extends RouteName>(name: N, ...[input]: CallInput<N>): string {
  const { params, query } = (input ?? {}) as AnyInput
  const path = routes[name].slice(routes[name].indexOf(' ') + 1)
  return (
    path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(params?.[key]))) + queryOf(query)
  )
}

/** @throws ApiError; a DOMException 'AbortError' when the signal was given up. */
export async function call<N extends RouteName>(
  name: N,
  input: InputOf<N>,
  signal?: AbortSignal,
): Promise<AnswerOf<N>> {
  const { body } = input as AnyInput
  const [method = 'GET'] = routes[name].split(' ')
  const response = await reach(urlOf(name, ...([input] as unknown as CallInput<N>)), {
    method,
    signal,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) {
    const error = new ApiError(response.status, problemOf(text), `The server answered ${response.status}.`)
    if (error.code === 'unauthenticated' && name !== 'signIn' && name !== 'whoAmI')
      for (const listener of sessionEnds) listener()
    throw error
  }
  return (text === '' ? undefined : JSON.parse(text)) as AnswerOf<N>
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, credentials: 'same-origin', redirect: 'error' })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(
      0,
      { type: 'unreachable', remedy: 'Check the network; it is tried again when you ask again.' },
      'The server cannot be reached.',
    )
  }
}

function problemOf(text: string): Record<string, unknown> {
  try {
    const problem: unknown = JSON.parse(text)
    return typeof problem === 'object' && problem !== null ? { ...problem } : {}
  } catch {
    return {} // an answer that is no problem document, say of a proxy: its status is told
  }
}

function queryOf(query: Record<string, unknown> = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}
