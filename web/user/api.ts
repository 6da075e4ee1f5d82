/** The API of users in React, typed by its table. A session that ended makes the log-on page come. */
import { routes } from 'virtual:my-routes'
import { keepPreviousData, QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { EuqAnswer, EuqRouteName, EuqRoutes } from '../../src/api/euq/routes.ts'
import type { InputTo } from '../../src/api/route.ts'
import { type AnyInput, ApiError, request, urlOfRoute } from '../api/request.ts'

export type { EuqAnswer }
export type MyMessage = EuqAnswer<'showMyMessage'>
export type MySession = EuqAnswer<'whoAmI'>
export type Results = EuqAnswer<'notSpam'>['results']

export type EuqInput<N extends EuqRouteName> = InputTo<EuqRoutes[N]>

export const createMyClient = (): QueryClient => {
  const client: QueryClient = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5000,
        // Once more when the server was not reached or is busy; what it refuses it refuses again.
        retry: (count, error) => count < 1 && (error.status === 0 || error.status >= 502),
        retryDelay: 500,
      },
    },
  })
  return client
}

export const myUrl = <N extends EuqRouteName>(name: N, input: EuqInput<N>): string =>
  urlOfRoute(routes[name], input as AnyInput)

/** @throws ApiError; a DOMException 'AbortError' when the signal was given up. */
export async function my<N extends EuqRouteName>(
  name: N,
  input: EuqInput<N>,
  signal?: AbortSignal,
): Promise<EuqAnswer<N>> {
  return (await request(routes[name], input as AnyInput, signal)) as EuqAnswer<N>
}

export interface AskOptions<N extends EuqRouteName> {
  enabled?: boolean
  /** Shows the answer before while the next one is on its way. */
  keepPrevious?: boolean
  staleTime?: number
  /** Asks again after so many milliseconds; false: not by itself. */
  again?: (answer: EuqAnswer<N> | undefined) => number | false
}

/** Asks a route that changes nothing. The key is [route, input]. */
export function useMy<N extends EuqRouteName>(
  name: N,
  input: EuqInput<N>,
  { enabled = true, keepPrevious = false, staleTime, again }: AskOptions<N> = {},
): UseQueryResult<EuqAnswer<N>, ApiError> {
  return useQuery<EuqAnswer<N>, ApiError>({
    queryKey: [name, input],
    queryFn: async ({ signal }) => await my(name, input, signal),
    enabled,
    ...(staleTime === undefined ? {} : { staleTime }),
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
    ...(again ? { refetchInterval: ({ state }) => again(state.data) } : {}),
  })
}

/** What is on the screen of messages is asked for again, all of it: a deed on one changes lists, too. */
export const messagesChanged = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({
    predicate: ({ queryKey: [name] }) => name === 'findMyMessages' || name === 'showMyMessage',
  })

/** Whoever logs on next sees nothing of who was there before. */
export const forget = (client: QueryClient): void =>
  client.removeQueries({ predicate: ({ queryKey: [name] }) => name !== 'whoAmI' && name !== 'entrance' })

export const isSignedOut = (error: unknown): boolean =>
  error instanceof ApiError && error.code === 'unauthenticated'
