/**
 * A search for copies of some recipients: what a user's list asks. One index has each recipient's copies in order of time
 * with all that a list is filtered and sorted by, so nothing is read of the mail of others, nor of messages before the page
 * is known. Copies that are no longer held have an index of their own. Counted as far as a list shows.
 */
import type { Tx, Value } from '../../engine.ts'
import { idAt } from '../../ids.ts'
import type { Filter, SearchRequest, SearchResult, SortKey } from '../index.ts'
import type { LabelNumbers } from '../labels.ts'
import { clean, matchesAll, searchValue } from '../pattern.ts'
import { type Bind, conditionsOf, likeOf } from './conditions.ts'
import { type Hit, pageSql, resultOf, totalCap } from './paging.ts'

type Copies = NonNullable<Filter['copies']>

export async function searchCopies(
  tx: Tx,
  request: SearchRequest,
  copies: Copies,
  labels: LabelNumbers,
): Promise<SearchResult> {
  // The planner would fetch and sort all that they have ever got.
  await tx.run(
    `select ${['bitmapscan', 'seqscan'].map((name) => `set_config('enable_${name}', 'off', true)`)}`,
  )
  const { area, reason, ...otherLabels } = labels
  const { text, from, to, copies: _, ...rest } = request.filter
  const others = conditionsOf(rest, otherLabels)
  const { params } = others
  const bind: Bind = (value) => `$${params.push(value)}`
  const conditions = [await stateCondition(tx, copies, bind)]
  for (const [column, numbers] of Object.entries({ area, reason }))
    if (numbers) conditions.push(`r.${column} in (${numbers.map(bind).join()})`)
  if (from !== undefined) conditions.push(`r.id >= ${bind(idAt(from))}`)
  if (to !== undefined) conditions.push(`r.id < ${bind(idAt(to))}`)
  if (text && !matchesAll(clean(text))) conditions.push(textCondition(bind(likeOf(clean(text)))))
  if (others.where !== '')
    conditions.push(`exists (select 1 from entries e where e.id = r.id and ${others.where})`)
  const keys = [...new Set(copies.recipients.map(searchValue))].map(bind)
  const where = conditions.filter((condition) => condition !== '').join(' and ')
  const search = { keys, where: where === '' ? 'true' : where, params }
  return request.sort === 'timestamp'
    ? await byTime(tx, request, search)
    : await byKey(tx, request, request.sort, search)
}

/**
 * Asks first which copies are no longer held: they are few, or to be shown. Ids as PostgreSQL writes an array, since they
 * only go back to it.
 */
async function stateCondition(tx: Tx, { recipients, states }: Copies, bind: Bind): Promise<string> {
  const heldWanted = states.includes('held')
  const values: Value[] = []
  const place = (value: Value) => `$${values.push(value)}`
  const keys = recipients.map(place).join()
  const wanted = states.map(place).join()
  // What has expired has done so for all its recipients, but for those it was delivered to.
  const gone = states.includes('expired') || states.includes('delivered') ? 'false' : `h.state = 'expired'`
  const only = heldWanted
    ? `h.state not in (${wanted}) and (${gone} or not exists (select 1 from holdings o
        where o.message_id = h.message_id and o.address_key in (${keys}) and o.state in (${wanted})))`
    : `h.state in (${wanted})`
  const [found] = await tx.all<{ ids: string | null }>(
    `select array_agg(h.message_id)::text as ids from holdings h
     where h.address_key in (${keys}) and h.state <> 'held' and ${only}`,
    values,
  )
  const ids = found?.ids ?? null
  if (ids === null) return heldWanted ? '' : 'false'
  return heldWanted ? `r.id <> all(${bind(ids)}::bigint[])` : `r.id = any(${bind(ids)}::bigint[])`
}

/** Either value may be too long for the index. */
const textCondition = (like: string): string =>
  `(r.subject_key like ${like} or r.sender_key like ${like}
    or ((r.subject_key is null or r.sender_key is null) and exists (
      select 1 from entries e where e.id = r.id and (e.subject_key like ${like} or e.sender_key like ${like}))))`

interface Search {
  /** Of recipients: their places among the parameters. */
  keys: readonly string[]
  where: string
  params: Value[]
}

/** Each recipient's copies are in order; merged, they give the newest of all without a look at the rest. */
async function byTime(
  tx: Tx,
  request: SearchRequest,
  { keys, where, params }: Search,
): Promise<SearchResult> {
  const { order, after, offset = 0, limit } = request
  const most = Math.min(request.countTo ?? totalCap, totalCap)
  const find = async (limited: number, behind: number | null) => {
    const values = [...params]
    const from = behind === null ? '' : `and r.id ${order === 'asc' ? '>' : '<'} $${values.push(behind)}`
    const lists = keys.map(
      (key) => `(select r.id from entry_recipients r where r.address_key = ${key} and ${where} ${from}
        order by r.id ${order} limit ${limited})`,
    )
    return await tx.all<Hit>(
      `select id, '' as key from (${lists.join(' union ')}) found order by id ${order} limit ${limited}`,
      values,
    )
  }
  const counted = await find(Math.max(after ? 0 : offset + limit, most) + 1, null)
  const page = after ? await find(limit + 1, after.id) : counted.slice(offset, offset + limit + 1)
  return resultOf(request, page, counted.length, most)
}

async function byKey(
  tx: Tx,
  request: SearchRequest,
  sort: Exclude<SortKey, 'timestamp'>,
  { keys, where, params }: Search,
): Promise<SearchResult> {
  const ofEntry = `(select e.${sort}_key from entries e where e.id = r.id)`
  const key = sort === 'recipient' ? ofEntry : `coalesce(r.${sort}_key, ${ofEntry})`
  const { page, values } = pageSql(request, params, 'id', 'key')
  const rows = await tx.all<{ total: number; id: number | null; key: string }>(
    `with hits as materialized (
       select ${keys.length > 1 ? 'distinct' : ''} r.id, ${key} as key from entry_recipients r
       where r.address_key in (${keys.join()}) and ${where})
     select counted.total, page.id, page.key
     from (select count(*) as total from hits) counted
     left join lateral (
       select id, key from hits ${page.after === '' ? '' : `where ${page.after}`} ${page.rest}
     ) page on true`,
    values,
  )
  const hits = rows.filter((row): row is typeof row & Hit => row.id !== null)
  return resultOf(request, hits, rows[0]?.total ?? 0, Math.min(request.countTo ?? totalCap, totalCap))
}
