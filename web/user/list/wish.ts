/** What of the list is wanted, as it stands in the address. */
import { pageIn } from '../../ui/pageIn.ts'
import type { EuqInput } from '../api.ts'
import type { Place } from '../place.tsx'

export const views = ['held', 'delivered', 'deleted'] as const
export type View = (typeof views)[number]
export const sorts = ['newest', 'oldest', 'sender', 'subject'] as const
export type Sort = (typeof sorts)[number]

export interface Wish {
  q: string
  reason: string
  show: View
  sort: Sort
  page: number
}

export const perPage = 25

export function wishOf({ search }: Place): Wish {
  return {
    q: (search.get('q') ?? '').slice(0, 200),
    reason: (search.get('reason') ?? '').slice(0, 100),
    show: views.find((one) => one === search.get('show')) ?? 'held',
    sort: sorts.find((one) => one === search.get('sort')) ?? 'newest',
    page: pageIn(search.get('page')),
  }
}

export function addressOf({ q, reason, show, sort, page }: Wish): string {
  const search = new URLSearchParams({
    ...(q === '' ? {} : { q }),
    ...(reason === '' ? {} : { reason }),
    ...(show === 'held' ? {} : { show }),
    ...(sort === 'newest' ? {} : { sort }),
    ...(page === 1 ? {} : { page: String(page) }),
  }).toString()
  return search === '' ? '/' : `/?${search}`
}

export const queryOf = ({
  q,
  reason,
  show,
  sort,
  page,
}: Wish): NonNullable<EuqInput<'findMyMessages'>['query']> => ({
  ...(q === '' ? {} : { q }),
  ...(reason === '' ? {} : { reason }),
  show,
  sort: sort === 'sender' || sort === 'subject' ? sort : 'timestamp',
  order: sort === 'newest' ? 'desc' : 'asc',
  page,
  limit: perPage,
})
