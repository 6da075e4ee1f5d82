/** What of the requests is wanted, as it stands in the address. */
import type { InputOf } from '../../api/client.ts'
import { pageIn } from '../../ui/pageIn.ts'

export const states = ['open', 'approved', 'denied', 'all'] as const
export type State = (typeof states)[number]
export const orders = ['oldest', 'newest', 'recipient', 'sender', 'subject', 'reason'] as const
export type Order = (typeof orders)[number]

export interface Wish {
  state: State
  q: string
  order: Order
  page: number
}

export const perPage = 50

/** The longest waiting come first: what comes in meanwhile moves no row. */
const usual = (state: State): Order => (state === 'open' ? 'oldest' : 'newest')

export function wishIn(search: Record<string, string>): Wish {
  const state = states.find((one) => one === search.state) ?? 'open'
  return {
    state,
    q: (search.q ?? '').slice(0, 200),
    order: orders.find((one) => one === search.order) ?? usual(state),
    page: pageIn(search.page),
  }
}

export const searchFor = ({ state, q, order, page }: Wish): Record<string, string> => ({
  ...(state === 'open' ? {} : { state }),
  ...(q === '' ? {} : { q }),
  ...(order === usual(state) ? {} : { order }),
  ...(page === 1 ? {} : { page: String(page) }),
})

export const queryFor = ({ state, q, order, page }: Wish): NonNullable<InputOf<'listRequests'>['query']> => ({
  state,
  ...(q === '' ? {} : { q }),
  sort: order === 'oldest' || order === 'newest' ? 'asked' : order,
  order: order === 'newest' ? 'desc' : 'asc',
  page,
  limit: perPage,
})
