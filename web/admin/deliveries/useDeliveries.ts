/** Deliveries of one state, page behind page; asked for again when something changed, some seconds apart. */
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { type AnswerOf, type ApiError, call } from '../../api/client.ts'
import type { Changeable } from '../../api/hooks.ts'
import { useRenewal } from '../../api/live.ts'

export type Delivery = AnswerOf<'listDeliveries'>['items'][number]

export const states = ['due', 'failed', 'done', 'cancelled'] as const
export type State = (typeof states)[number]

/** Of an address; what is no state is what waits. */
export const stateOf = (text: string | undefined): State => states.find((state) => state === text) ?? 'due'

const changes: readonly Changeable[] = ['deliveries']
const pauseMs = 2000
const rows = 50

export function useDeliveries(state: State) {
  const client = useQueryClient()
  const list = useInfiniteQuery({
    queryKey: ['deliveries', state],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }): Promise<AnswerOf<'listDeliveries'>> =>
      call(
        'listDeliveries',
        { query: { state, limit: rows, ...(pageParam === undefined ? {} : { cursor: pageParam }) } },
        signal,
      ),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    staleTime: 0,
  })
  const { refetch, fetchNextPage, isFetching } = list
  // Neither takes the other's place: somebody waits for the next page, and what changed must be seen.
  const renew = useCallback(async () => {
    if (client.isFetching({ queryKey: ['deliveries', state] }) > 0) await refetch({ cancelRefetch: false })
    await refetch({ cancelRefetch: false })
  }, [client, state, refetch])
  useRenewal(changes, pauseMs, renew)
  const more = async () => {
    await fetchNextPage()
    if (isFetching) await renew()
  }
  // A delivery that is put off while one pages may be on two pages: the later one is newer.
  const items = new Map<string, Delivery>()
  for (const page of list.data?.pages ?? []) for (const item of page.items) items.set(item.id, item)
  return { list, more, error: list.error as ApiError | null, items: [...items.values()] }
}
