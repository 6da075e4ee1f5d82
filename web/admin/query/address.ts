/** The criteria, order and page of a result as they stand in the address bar, under the API's parameter names. */
import { exclusionOf, type FilterText, type TextField, textFields } from '../../../src/api/search.ts'
import type { AnswerOf, InputOf } from '../../api/client.ts'

export type Search = Record<string, string>
export type FindQuery = NonNullable<InputOf<'findMessages'>['query']>
export type Item = AnswerOf<'findMessages'>['items'][number]
export type SortKey = 'timestamp' | 'sender' | 'recipient' | 'subject'
export type CriterionName = Exclude<keyof FilterText, 'timeZone'>

export interface Order {
  sort: SortKey
  order: 'asc' | 'desc'
  page: number
  limit: number
}

const sortKeys: readonly SortKey[] = ['timestamp', 'sender', 'recipient', 'subject']
export const criterionNames: readonly CriterionName[] = [
  ...textFields,
  ...textFields.map(exclusionOf),
  'from',
  'to',
  'state',
]
const rowsLimit = 500

/** What one can search by as text, in the order of the form. */
export const patternFields: readonly TextField[] = [
  'sender',
  'recipient',
  'subject',
  'attachment',
  'rule',
  'messageId',
]

export function criteriaIn(search: Search): FilterText {
  const given = criterionNames.flatMap((name) =>
    search[name]?.trim() ? [[name, search[name]] as const] : [],
  )
  const criteria: FilterText = Object.fromEntries(given)
  if (search.timeZone && (criteria.from || criteria.to)) criteria.timeZone = search.timeZone
  return criteria
}

export const firstOrder = (sort: SortKey): Order['order'] => (sort === 'timestamp' ? 'desc' : 'asc')

/** What makes no sense in it is taken for the usual: an address may be cut or mistyped. */
export function orderIn(search: Search, usualRows: number): Order {
  const sort = sortKeys.find((key) => key === search.sort) ?? 'timestamp'
  const order = search.order === 'asc' || search.order === 'desc' ? search.order : firstOrder(sort)
  return {
    sort,
    order,
    page: wholeIn(search.page, 1, 1_000_000) ?? 1,
    limit: wholeIn(search.limit, 1, rowsLimit) ?? usualRows,
  }
}

function wholeIn(text: string | undefined, least: number, most: number): number | null {
  const n = /^\d{1,7}$/.test(text ?? '') ? Number(text) : Number.NaN
  return n >= least && n <= most ? n : null
}

/** Without what goes without saying, so that addresses stay short. */
export function searchOf(criteria: FilterText, order: Partial<Order> = {}): Search {
  const { sort = 'timestamp', order: direction, page = 1, limit } = order
  const parts: [string, string | undefined][] = [
    ...criterionNames.map((name): [string, string | undefined] => [name, criteria[name]]),
    ['timeZone', criteria.timeZone],
    ['sort', sort === 'timestamp' ? undefined : sort],
    ['order', direction === firstOrder(sort) ? undefined : direction],
    ['page', page === 1 ? undefined : String(page)],
    ['limit', limit === undefined ? undefined : String(limit)],
  ]
  return Object.fromEntries(parts.filter((pair): pair is [string, string] => Boolean(pair[1]?.trim())))
}

/** What the API is asked. @param zone of the viewer, where days begin unless the address says otherwise. */
export function queryOf(criteria: FilterText, { sort, order, page, limit }: Order, zone: string): FindQuery {
  return { ...filterOf(criteria, zone), sort, order, page, limit }
}

export function filterOf(criteria: FilterText, zone: string): FilterText {
  return criteria.from || criteria.to ? { timeZone: zone, ...criteria } : criteria
}
