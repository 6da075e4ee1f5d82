/**
 * A search for copies of some recipients: what a user's list asks. Each recipient has an index of its own in order of
 * time; merged, they give the newest of all without a look at the rest, nor at the mail of others. Counted as far as a
 * list shows.
 */
import type { Tx } from '../../engine.ts'
import type { SearchRequest, SearchResult } from '../index.ts'
import type { Conditions } from './conditions.ts'
import { type Hit, keyColumns, pageSql, resultOf, totalCap } from './paging.ts'

/** @param recipients their places among the parameters. */
export async function searchCopies(
  tx: Tx,
  request: SearchRequest,
  { where, params }: Conditions,
  recipients: readonly string[],
): Promise<SearchResult> {
  // The planner would fetch and sort all that they have ever got, and start processes for it.
  const off = ['bitmapscan', 'seqscan'].map((name) => `set_config('enable_${name}', 'off', true)`)
  await tx.run(`select ${off}, set_config('max_parallel_workers_per_gather', '0', true)`)
  const { sort, order, after, offset = 0, limit } = request
  const most = Math.min(request.countTo ?? totalCap, totalCap)
  const direction = sort === 'timestamp' ? order : 'desc'
  const lists = recipients.map(
    (key) => `(select r.id from entry_recipients r where r.address_key = ${key} order by r.id ${direction})`,
  )
  const found = `from (select distinct id from (${lists.join(' union all ')}) u order by id ${direction}) mine
    join entries e on e.id = mine.id where ${where}`
  if (sort === 'timestamp' && !after) {
    const wanted = Math.max(offset + limit, most) + 1
    const hits = await tx.all<Hit>(
      `select e.id, '' as key ${found} order by mine.id ${direction} limit ${wanted}`,
      params,
    )
    return resultOf(request, hits.slice(offset, offset + limit + 1), hits.length, most)
  }
  const [counted] = await tx.all<{ n: number }>(
    `select count(*) as n from (select 1 ${found} limit ${most + 1}) capped`,
    params,
  )
  const key = keyColumns[sort]
  const { page, values } = pageSql(request, params, sort === 'timestamp' ? 'mine.id' : 'e.id', key)
  const behind = page.after === '' ? '' : `and ${page.after}`
  const hits = await tx.all<Hit>(`select e.id, ${key} as key ${found} ${behind} ${page.rest}`, values)
  return resultOf(request, hits, counted?.n ?? 0, most)
}
