/** A page of hits as SQL, and the answer that it becomes. */
import type { Value } from '../../engine.ts'
import type { SearchRequest, SearchResult, SortKey } from '../index.ts'
import { type Conditions, endsIn } from './conditions.ts'

/** Totals are counted up to this on PostgreSQL: what it can fetch within the time that a query may take. */
export const totalCap = 500

const keyColumns: Record<SortKey, string> = {
  timestamp: `''`,
  sender: 'e.sender_key',
  recipient: 'e.recipient_key',
  subject: 'e.subject_key',
}

/** The recipients of an entry `e`, as `o.address_key`; and an empty value. */
export const recipientsOfEntry = `unnest(string_to_array(e.recipients_key, E'\\n')) as o (address_key)`

/** The key that hits are sorted by, with the parameters of the whole: of recipients only those that are looked at. */
export function keyOf(sort: SortKey, { params, domains }: Conditions): { key: string; params: Value[] } {
  if (sort !== 'recipient' || !domains) return { key: keyColumns[sort], params }
  const values = [...params]
  const own = endsIn('o.address_key', domains, (value) => `$${values.push(value)}`)
  const key = `(select min(o.address_key) from ${recipientsOfEntry} where ${own})`
  return { key, params: values }
}

export interface Hit {
  id: number
  key: string
}

/** Where a page begins and how it is ordered; one row more than asked for tells whether there is a next page. */
export function pageSql(
  { sort, order, after, offset = 0, limit }: SearchRequest,
  params: Value[],
  id: string,
  key: string,
) {
  const values = [...params]
  const bind = (value: Value) => `$${values.push(value)}`
  const beyond = order === 'asc' ? '>' : '<'
  const byTime = sort === 'timestamp'
  let from = ''
  if (after) {
    const afterId = () => `${bind(after.id)}::bigint`
    from = byTime
      ? `${id} ${beyond} ${afterId()}`
      : `(${key}, ${id}) ${beyond} (${bind(after.key)}::text collate "C", ${afterId()})`
  }
  const rest = `order by ${byTime ? '' : `${key} ${order}, `}${id} ${order} limit ${limit + 1} offset ${after ? 0 : offset}`
  return { page: { after: from, rest }, values }
}

export function resultOf(
  { limit }: SearchRequest,
  hits: Hit[],
  total: number,
  most = totalCap,
): SearchResult {
  const page = hits.slice(0, limit)
  const last = page.at(-1)
  return {
    ids: page.map((hit) => hit.id),
    total: Math.min(total, most),
    totalIsExact: total <= most,
    next: hits.length > limit && last ? { key: last.key, id: last.id } : null,
  }
}
