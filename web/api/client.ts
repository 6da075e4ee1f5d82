/**
 * Calls the REST API from a browser, typed by its table. A session that ended is told to whoever listens, so that signing
 * in again loses nothing that was typed.
 */
import { routes } from 'virtual:routes'
import type { AnswerOf, InputOf, RouteName } from '../../src/api/routes.ts'
import { type AnyInput, ApiError, request, urlOfRoute } from './request.ts'

export { type AnswerOf, ApiError, type InputOf, type RouteName }

type CallInput<N extends RouteName> = object extends InputOf<N> ? [input?: InputOf<N>] : [input: InputOf<N>]

const sessionEnds = new Set<() => void>()

/** Called when an answer says that there is no session (any more). Returns the way to stop listening. */
export function onSessionEnd(listener: () => void): () => void {
  sessionEnds.add(listener)
  return () => sessionEnds.delete(listener)
}

/** Where a route is, with its parameters: for links, frames and downloads. */
export function urlOf<N extends RouteName>(name: N, ...[input]: CallInput<N>): string {
  return urlOfRoute(routes[name], (input ?? {}) as AnyInput)
}

/** @throws ApiError; a DOMException 'AbortError' when the signal was given up. */
export async function call<N extends RouteName>(
  name: N,
  input: InputOf<N>,
  signal?: AbortSignal,
): Promise<AnswerOf<N>> {
  try {
    return (await request(routes[name], input as AnyInput, signal)) as AnswerOf<N>
  } catch (error) {
    if (
      error instanceof ApiError &&
      error.code === 'unauthenticated' &&
      name !== 'signIn' &&
      name !== 'whoAmI'
    )
      for (const listener of sessionEnds) listener()
    throw error
  }
}
