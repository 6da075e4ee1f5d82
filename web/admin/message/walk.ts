/**
 * Walking through the result that a message was opened from, without going back to it. The result's criteria, order and
 * page stand in the address, by the API's names. The page of the result is asked for once and kept while somebody walks:
 * what is released meanwhile may no longer match, and neither it nor its neighbours may move or be skipped because of it.
 * Hence also the next page is asked for by the cursor of the one before, not by its number.
 */
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { exclusionOf, textFields } from '../../../src/api/search.ts'
import { type AnswerOf, call, type InputOf } from '../../api/client.ts'

/** Criteria, order and page, as they stand in the address. */
export type Result = Record<string, string>
type ResultPage = AnswerOf<'findMessages'>
type FindQuery = InputOf<'findMessages'>['query']

const names = [
  ...textFields,
  ...textFields.map(exclusionOf),
  'from',
  'to',
  'timeZone',
  'state',
  'sort',
  'order',
  'page',
  'limit',
]
const defaultLimit = 50

/** The result that an address names; null when it names none. */
export function resultIn(search: Record<string, string>): Result | null {
  const result = Object.fromEntries(names.flatMap((name) => (search[name] ? [[name, search[name]]] : [])))
  return Object.keys(result).length === 0 ? null : result
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
  item: ResultPage['items'][number] | undefined
}

/** Null without a result to walk through. */
export function useWalk(result: Result | null, id: string): Walk | null {
  const client = useQueryClient()
  useEffect(() => () => client.removeQueries({ queryKey: ['walk'] }), [client])
  const page = Math.max(1, Math.trunc(Number(result?.page)) || 1)
  const limit = Number(result?.limit) || defaultLimit
  const here = usePage(result, page, () => find({ ...result, page: String(page) }), true)
  const items = here.data?.items ?? []
  const index = items.findIndex((item) => item.id === id)
  const atStart = index === 0 && page > 1
  const cursor = here.data?.nextCursor ?? null
  const atEnd = index >= 0 && index === items.length - 1 && cursor !== null
  const before = usePage(result, page - 1, () => find({ ...result, page: String(page - 1) }), atStart)
  const after = usePage(result, page + 1, () => find({ ...result, page: undefined, cursor }), atEnd)
  if (!result) return null
  const known = new Set(items.map((item) => item.id))
  const step = (found: ResultPage['items'][number] | undefined, at: number): Step | null =>
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

function usePage(result: Result | null, page: number, ask: () => Promise<ResultPage>, enabled: boolean) {
  const client = useQueryClient()
  const wanted = { ...result, page: String(page) }
  return useQuery({
    queryKey: ['walk', wanted],
    queryFn: ask,
    enabled: enabled && result !== null,
    staleTime: Number.POSITIVE_INFINITY,
    // The rows as they were on the page that the message was opened from.
    initialData: () => seen(client, wanted),
  })
}

const find = (query: Record<string, string | null | undefined>) =>
  call('findMessages', { query: query as FindQuery })

/** The same page of the same result, if the Query page showed it. */
function seen(client: QueryClient, wanted: Result): ResultPage | undefined {
  const same = (query: Record<string, unknown> = {}) => {
    const given = resultIn(
      Object.fromEntries(
        Object.entries(query).flatMap(([name, value]) => (value ? [[name, String(value)]] : [])),
      ),
    )
    const all = { page: '1', limit: String(defaultLimit), ...given }
    return names.every(
      (name) =>
        all[name as keyof typeof all] ===
        { page: '1', limit: String(defaultLimit), ...wanted }[name as keyof typeof all],
    )
  }
  return client
    .getQueriesData<ResultPage>({ queryKey: ['findMessages'] })
    .find(([[, input], data]) => data && same((input as { query?: Record<string, unknown> }).query))?.[1]
}
