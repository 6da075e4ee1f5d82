/**
 * The rows of a result. They stay as they are until somebody asks again: states that change are changed in place, rows
 * never move by themselves, and of new mail there is only a hint.
 */
import { keepPreviousData, type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { type AnswerOf, ApiError, call } from '../../api/client.ts'
import { type Changed, useChanges } from '../../api/live.ts'
import type { FindQuery, Item } from './address.ts'

type ResultPage = AnswerOf<'findMessages'>

const forEver = Number.POSITIVE_INFINITY
const renewPauseMs = 400
const newsPauseMs = 3_000
/** So many changed rows are asked for one by one, by their instant; more by the span of time that they lie in. */
const singlyLimit = 8
const pagesLimit = 4

export function useResult(query: FindQuery) {
  const client = useQueryClient()
  const answer = useQuery<ResultPage, ApiError>({
    queryKey: ['result', query],
    queryFn: async ({ signal }) => {
      const page = await call('findMessages', { query }, signal)
      // Where whoever walks through the result from a message looks first.
      client.setQueryData(['findMessages', { query }], page)
      return page
    },
    staleTime: forEver,
    placeholderData: keepPreviousData,
  })
  const { stale, renew } = useRenewal(client, query, answer.isPlaceholderData)
  const fresh = useNews(client, query, answer.data, answer.dataUpdatedAt)
  const { refetch } = answer
  const again = useCallback(() => {
    client.removeQueries({ queryKey: ['news'] })
    return refetch()
  }, [client, refetch])
  return { answer, fresh, stale, renew, again }
}

export type Result = ReturnType<typeof useResult>

/** Changes states in place, a moment after they were told to have changed. */
function useRenewal(client: QueryClient, query: FindQuery, waiting: boolean) {
  const [stale, setStale] = useState(false)
  const pending = useRef<Set<string> | 'all' | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const key = useMemo(() => ['result', query], [query])

  const run = useCallback(async () => {
    const which = pending.current
    pending.current = null
    const shown = client.getQueryData<ResultPage>(key)?.items ?? []
    const wanted = which === 'all' ? shown : shown.filter(({ id }) => which?.has(id))
    try {
      const now = await askAgain(wanted)
      if (now.size > 0)
        client.setQueryData<ResultPage>(
          key,
          (page) => page && { ...page, items: page.items.map((item) => now.get(item.id) ?? item) },
        )
      setStale(false)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setStale(true)
    }
    timer.current = undefined
    if (pending.current !== null) timer.current = setTimeout(() => void run(), renewPauseMs)
  }, [client, key])

  const renew = useCallback(
    (ids: readonly string[] | 'all') => {
      pending.current =
        ids === 'all' || pending.current === 'all' ? 'all' : new Set([...(pending.current ?? []), ...ids])
      timer.current ??= setTimeout(() => void run(), renewPauseMs)
    },
    [run],
  )
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      timer.current = undefined
    },
    [],
  )
  // Rows that were kept from an earlier visit may have changed since.
  useEffect(() => {
    if (!waiting && isKept(client, key)) renew('all')
  }, [client, key, renew, waiting])
  useChanges(
    useCallback(
      ({ what, messages }: Changed) => {
        if (what.includes('messages')) renew(messages.length === 0 ? 'all' : messages)
      },
      [renew],
    ),
  )
  return { stale, renew }
}

const keptForMs = 2_000

/** The answer was there before: it came when somebody looked at it earlier. */
const isKept = (client: QueryClient, key: readonly unknown[]): boolean => {
  const at = client.getQueryState(key)?.dataUpdatedAt ?? 0
  return at > 0 && at < Date.now() - keptForMs
}

/** The same messages as they are now; by when they came, since by the criteria they may be found no longer. */
async function askAgain(rows: readonly Item[]): Promise<Map<string, Item>> {
  const wanted = new Set(rows.map(({ id }) => id))
  const found = new Map<string, Item>()
  const take = (items: readonly Item[]) => {
    for (const item of items) if (wanted.has(item.id)) found.set(item.id, item)
  }
  const times = rows.map(({ receivedAt }) => receivedAt).sort()
  const [first = '', last = ''] = [times[0], times.at(-1)]
  if (wanted.size <= singlyLimit) {
    const spans = [...new Set(times)].map((at) =>
      call('findMessages', { query: { ...span(at, at), limit: 500 } }),
    )
    for (const { items } of await Promise.all(spans)) take(items)
    return found
  }
  let cursor: string | undefined
  for (let page = 0; page < pagesLimit && found.size < wanted.size; page++) {
    const { items, nextCursor } = await call('findMessages', {
      query: { ...span(first, last), limit: 500, cursor },
    })
    take(items)
    if (nextCursor === null) break
    cursor = nextCursor
  }
  return found
}

const afterIt = (instant: string): string => new Date(Date.parse(instant) + 1).toISOString()
const span = (first: string, last: string) => ({ from: first, to: afterIt(last) })

/** How much matching mail came in since: a number, null when it cannot be counted, 0 for none. */
function useNews(client: QueryClient, query: FindQuery, shown: ResultPage | undefined, since: number) {
  const [asked, setAsked] = useState(0)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const ask = useMemo(() => shown && newsQuery(query, shown), [query, shown])
  const news = useQuery<number | null, ApiError>({
    queryKey: ['news', query, since, asked],
    queryFn: async ({ signal }) => {
      if (!ask || !shown) return 0
      const { total, totalIsExact } = await call('findMessages', { query: ask.query }, signal)
      if (ask.whole) return totalIsExact ? total : null
      return totalIsExact && shown.totalIsExact ? Math.max(0, total - shown.total) : 0
    },
    enabled: asked > since && ask !== undefined,
    staleTime: forEver,
    placeholderData: keepPreviousData,
    retry: false,
  })
  // What came in while somebody was elsewhere was not told.
  useEffect(() => {
    if (isKept(client, ['result', query])) setAsked(Date.now())
  }, [client, query])
  useChanges(
    useCallback(({ what }: Changed) => {
      if (!what.includes('held')) return
      timer.current ??= setTimeout(() => {
        timer.current = undefined
        setAsked(Date.now())
      }, newsPauseMs)
    }, []),
  )
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      timer.current = undefined
      client.removeQueries({ queryKey: ['news'] })
    },
    [client],
  )
  return asked > since ? (news.data ?? 0) : 0
}

/** On the first page by time what is above the first row is new; elsewhere only the total tells. */
function newsQuery(query: FindQuery, shown: ResultPage): { query: FindQuery; whole: boolean } {
  const { page, order, sort, limit: _, ...criteria } = query
  const [first] = shown.items
  if (first && sort === 'timestamp' && order === 'desc' && Number(page) === 1)
    return { query: { ...criteria, from: afterIt(first.receivedAt), limit: 1 }, whole: true }
  return { query: { ...criteria, limit: 1 }, whole: false }
}
