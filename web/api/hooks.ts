/** The API in React: answers that are kept and asked for again when they change, and deeds that make them change. */
import {
  keepPreviousData,
  type Query,
  QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { type AnswerOf, type ApiError, call, type InputOf, type RouteName } from './client.ts'

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: ApiError
  }
}

export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      // The quarantine may well be reached while the browser believes itself offline; what fails says so, nothing waits.
      mutations: { networkMode: 'always' },
      queries: {
        networkMode: 'always',
        staleTime: 5_000,
        refetchOnWindowFocus: false,
        // Once more when the server was not reached or is busy; what it refuses it refuses again.
        retry: (count, error) => count < 1 && (error.status === 0 || error.status >= 502),
        retryDelay: 500,
      },
    },
  })

export interface AskOptions {
  enabled?: boolean
  /** Shows the answer before while the next one is on its way: nothing jumps. */
  keepPrevious?: boolean
  staleTime?: number
}

/** Asks a route that changes nothing. The key is [route, input]. */
export function useApi<N extends RouteName>(
  name: N,
  input: InputOf<N>,
  { enabled = true, keepPrevious = false, staleTime }: AskOptions = {},
): UseQueryResult<AnswerOf<N>, ApiError> {
  return useQuery<AnswerOf<N>, ApiError>({
    queryKey: [name, input],
    queryFn: async ({ signal }) => await call(name, input, signal),
    enabled,
    ...(staleTime === undefined ? {} : { staleTime }),
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
  })
}

/** Routes to ask again after a deed or a change, by what changed. */
const shownIn = {
  // Not findMessages: rows must not move under somebody's hand because mail came in.
  held: ['showOverview', 'listAreas', 'listCriteria'],
  messages: ['findMessages', 'showMessage', 'showOverview', 'listRequests', 'countRequests'],
  deliveries: ['listDeliveries', 'showDelivery', 'showOverview', 'showMessage'],
  jobs: ['listJobs', 'showJob', 'listJobItems'],
  requests: ['listRequests', 'countRequests'],
  areas: ['listAreas', 'listRequests', 'countRequests'],
  audit: ['listAudit'],
  accounts: ['listAccounts'],
  users: ['listUsers', 'showUser', 'listUserSessions', 'findUserSenders'],
  digests: ['showDigests', 'listDigests', 'showUserDigest', 'previewDigest'],
  keys: ['listKeys'],
  searches: ['listSearches'],
  session: ['whoAmI'],
} as const satisfies Record<string, readonly RouteName[]>

export type Changeable = keyof typeof shownIn

/**
 * Marks answers as out of date; those on screen are asked for again, at once, and a first answer that is on its way, which
 * may be of before the change, as soon as it is there.
 * @param concerned which of them; all without it.
 */
export function changed(
  client: QueryClient,
  what: readonly Changeable[],
  concerned: (query: Query) => boolean = () => true,
): void {
  const names = new Set<unknown>(what.flatMap((one): readonly RouteName[] => shownIn[one]))
  const predicate = (query: Query) => names.has(query.queryKey[0]) && concerned(query)
  for (const query of client.getQueryCache().findAll({ fetchStatus: 'fetching', predicate }))
    if (query.state.data === undefined)
      void query.promise?.then(
        // Once, however many changes came meanwhile.
        () => client.invalidateQueries({ queryKey: query.queryKey, exact: true }, { cancelRefetch: false }),
        () => undefined, // It says on the page itself that it failed.
      )
  void client.invalidateQueries({ predicate })
}

/** A deed: `mutate` or `mutateAsync` with the route's input; then what it changes is asked for again. */
export function useDeed<N extends RouteName>(
  name: N,
  changes: readonly Changeable[] = [],
): UseMutationResult<AnswerOf<N>, ApiError, InputOf<N>> {
  const client = useQueryClient()
  return useMutation<AnswerOf<N>, ApiError, InputOf<N>>({
    mutationFn: (input) => call(name, input),
    onSettled: () => changed(client, changes),
  })
}
