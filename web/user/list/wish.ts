/** What of the list is wanted, as it stands in the address. */
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
const pageLimit = 10_000

export function wishOf({ search }: Place): Wish {
  const page = Number(search.get('page') ?? '1')
  return {
    q: (search.get('q') ?? '').slice(0, 200),
    reason: (search.get('reason') ?? '').slice(0, 100),
    show: views.find((one) => one === search.get('show')) ?? 'held',
    sort: sorts.find((one) => one === search.get('sort')) ?? 'newest',
    page: Number.isInteger(page) && page >= 1 && page <= pageLimit ? page : 1,
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
