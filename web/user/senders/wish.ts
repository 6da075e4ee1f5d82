/** What the page of senders shows, as it stands in its address. */
import { pageIn } from '../../ui/pageIn.ts'
import type { EuqInput } from '../api.ts'
import type { Place } from '../place.tsx'

export const perPage = 50
export const views = ['all', 'approved', 'blocked'] as const
export type View = (typeof views)[number]

export interface Wish {
  show: View
  q: string
  page: number
}

export function wishOf({ search }: Place): Wish {
  const show = views.find((view) => view === search.get('show')) ?? 'all'
  return {
    show,
    q: search.get('q')?.slice(0, 200) ?? '',
    page: pageIn(search.get('page')),
  }
}

export function addressOf({ show, q, page }: Wish): string {
  const search = new URLSearchParams()
  if (show !== 'all') search.set('show', show)
  if (q !== '') search.set('q', q)
  if (page > 1) search.set('page', String(page))
  return search.size === 0 ? '/senders' : `/senders?${search}`
}

export const queryOf = ({ show, q, page }: Wish): EuqInput<'findMySenders'> => ({
  query: {
    page,
    limit: perPage,
    ...(q === '' ? {} : { q }),
    ...(show === 'all' ? {} : { kind: show }),
  },
})
