/**
 * Walking through the result that a message was opened from, without going back to it. The result's criteria, order and
 * page stand in the address, by the API's names. The page of the result is asked for once and kept while somebody walks:
 * what is released meanwhile may no longer match, and neither it nor its neighbours may move or be skipped because of it.
 * Hence also the next page is asked for by the cursor of the one before, not by its number.
 */
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type AnswerOf, call } from '../../api/client.ts'
import { useTimeZone } from '../../ui/times.tsx'
import {
  criteriaIn,
  type FindQuery,
  type Item,
  orderIn,
  queryOf,
  type Search,
  searchOf,
} from '../query/address.ts'

type ResultPage = AnswerOf<'findMessages'>

const usualRows = 50
const orderNames = ['sort', 'order', 'page', 'limit']

/** The result that an address names, as it stands in addresses; null when it names none. */
export function resultIn(search: Search): Search | null {
  const criteria = criteriaIn(search)
  const named = Object.keys(criteria).length > 0 || orderNames.some((name) => search[name] !== undefined)
  return named ? searchOf(criteria, orderIn(search, usualRows)) : null
}

export interface Step {
  id: string
  page: number
}

export interface Walk {
  /** From 1, in the whole result; null while it is not known. */
  place: number | null
  total: number
  totalIsExact: boolean
  /** It is not on the page of the result that the address names. */
  lost: boolean
  previous: Step | null
  next: Step | null
  /** What the result says of the message, to be shown until all is known. */
  item: Item | undefined
}

/** Null without a result to walk through. */
export function useWalk(result: Search | null, id: string): Walk | null {
  const client = useQueryClient()
  useEffect(() => () => client.removeQueries({ queryKey: ['walk'] }), [client])
  const { page, limit } = orderIn(result ?? {}, usualRows)
  const here = usePage(result, page, null, result !== null)
  const items = here.data?.items ?? []
  const index = items.findIndex((item) => item.id === id)
  const atStart = index === 0 && page > 1
  const cursor = here.data?.nextCursor ?? null
  const atEnd = index >= 0 && index === items.length - 1 && cursor !== null
  const before = usePage(result, page - 1, null, atStart)
  const after = usePage(result, page + 1, cursor, atEnd)
  if (!result) return null
  const known = new Set(items.map((item) => item.id))
  const step = (found: Item | undefined, at: number): Step | null =>
    found ? { id: found.id, page: at } : null
  return {
    place: index < 0 ? null : (page - 1) * limit + index + 1,
    total: here.data?.total ?? 0,
    totalIsExact: here.data?.totalIsExact ?? true,
    lost: here.data !== undefined && index < 0,
    item: items[index],
    previous: atStart
      ? step(
          before.data?.items.findLast((item) => !known.has(item.id)),
          page - 1,
        )
      : step(items[index - 1], page),
    next: atEnd
      ? step(
          after.data?.items.find((item) => !known.has(item.id)),
          page + 1,
        )
      : step(index < 0 ? undefined : items[index + 1], page),
  }
}

/** @param cursor of the page before, when that is known. */
function usePage(result: Search | null, page: number, cursor: string | null, enabled: boolean) {
  const client = useQueryClient()
  const zone = useTimeZone()
  const search = result ?? {}
  const { page: _, ...wanted } = queryOf(criteriaIn(search), orderIn(search, usualRows), zone)
  const byNumber: FindQuery = { ...wanted, page }
  return useQuery<ResultPage>({
    queryKey: ['walk', byNumber],
    queryFn: ({ signal }) =>
      call('findMessages', { query: cursor === null ? byNumber : { ...wanted, cursor } }, signal),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    // Not while it may be one that the cursor reaches better.
    initialData: () => (enabled && cursor === null ? seen(client, byNumber) : undefined),
  })
}

/** The rows as they were on the page that the message was opened from. */
const seen = (client: QueryClient, query: FindQuery): ResultPage | undefined =>
  client.getQueryData<ResultPage>(['findMessages', { query }])
