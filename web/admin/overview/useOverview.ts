/** The overview's figures, asked for again some seconds after something changed; and slowly anyway, for a new day. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useRef } from 'react'
import { type AnswerOf, type ApiError, call } from '../../api/client.ts'
import type { Changeable } from '../../api/hooks.ts'
import { useRenewal } from '../../api/live.ts'

export type Overview = AnswerOf<'showOverview'>
export type Day = Overview['days'][number]

const shown: readonly Changeable[] = ['held', 'messages', 'deliveries']
const pauseMs = 3000
const anywayMs = 60_000
/** Once more after the last change: a server with much to do gives figures from before it. */
const laterMs = 8000

export const ranges = [7, 14, 30, 90] as const

/** Of an address; what is no range is the usual one. */
export const rangeOf = (text: string | undefined): number =>
  ranges.find((range) => String(range) === text) ?? 14

export function useOverview(days: number, timeZone: string) {
  // Not under the route's name: it would be asked for at each change, however many there are.
  const answer = useQuery<Overview, ApiError>({
    queryKey: ['overview', days, timeZone],
    queryFn: ({ signal }) => call('showOverview', { query: { days, timeZone } }, signal),
    placeholderData: keepPreviousData,
    staleTime: 0,
    refetchInterval: anywayMs,
  })
  const { refetch } = answer
  const later = useRef<ReturnType<typeof setTimeout>>(undefined)
  useRenewal(
    shown,
    pauseMs,
    useCallback(() => {
      clearTimeout(later.current)
      later.current = setTimeout(() => void refetch(), laterMs)
      return refetch()
    }, [refetch]),
  )
  useEffect(() => () => clearTimeout(later.current), [])
  return answer
}
