/** One request to an API and what comes back. What goes wrong is an ApiError with the words of the problem document. */

import { ApiError } from '../../src/api/api-error.ts'
import { attendance } from './attendance.ts'

export { ApiError }

export interface AnyInput {
  params?: Record<string, unknown>
  query?: Record<string, unknown>
  body?: unknown
}

/** Where a route (`METHOD /path`) is, with its parameters. */
export function urlOfRoute(route: string, { params, query }: AnyInput): string {
  const path = route.slice(route.indexOf(' ') + 1)
  return (
    path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(params?.[key]))) + queryOf(query)
  )
}

/** @throws ApiError; a DOMException 'AbortError' when the signal was given up. */
export async function request(route: string, input: AnyInput, signal?: AbortSignal): Promise<unknown> {
  const { body } = input
  const [method = 'GET'] = route.split(' ')
  const response = await reach(urlOfRoute(route, input), {
    method,
    signal,
    headers: {
      accept: 'application/json',
      ...attendance(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new ApiError(response.status, problemOf(text))
  return text === '' ? undefined : JSON.parse(text)
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
