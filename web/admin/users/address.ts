/** What of the list of users stands in the address: search, state, page. */
import { pageIn } from '../../ui/pageIn.ts'

export const usersPerPage = 50
export const states = ['all', 'enabled', 'disabled', 'unseen'] as const
export type State = (typeof states)[number]

export interface Wish {
  q: string
  state: State
  page: number
}

export function wishOf(search: Record<string, string>): Wish {
  return {
    q: (search.q ?? '').slice(0, 200),
    state: states.find((one) => one === search.state) ?? 'all',
    page: pageIn(search.page),
  }
}

export const searchOf = ({ q, state, page }: Wish): Record<string, string> => ({
  ...(q === '' ? {} : { q }),
  ...(state === 'all' ? {} : { state }),
  ...(page === 1 ? {} : { page: String(page) }),
})
