/**
 * A search for copies of some recipients: what a user's list asks. One index has each recipient's copies in order of time
 * with all that a list is filtered and sorted by, so nothing is read of the mail of others, nor of messages before the page
 * is known. Copies that are no longer held have an index of their own. Counted as far as a list shows.
 */
import type { Tx, Value } from '../../engine.ts'
import { idAt } from '../../ids.ts'
import { together } from '../../together.ts'
import type { Filter, SearchRequest, SearchResult, SortKey } from '../index.ts'
import type { LabelNumbers } from '../labels.ts'
import { clean, matchesAll, searchValue } from '../pattern.ts'
import { conditionsOf, likeOf } from './conditions.ts'
import type { Bind } from './narrow.ts'
import { type Hit, pageSql, resultOf, totalCap } from './paging.ts'

type Copies = NonNullable<Filter['copies']>

export async function searchCopies(
  tx: Tx,
  request: SearchRequest,
  copies: Copies,
  labels: LabelNumbers,
): Promise<SearchResult> {
  const { area, reason, ...otherLabels } = labels
  const { text, from, to, copies: _, ...rest } = request.filter
  const others = conditionsOf(rest, otherLabels)
  const { params } = others
  const bind: Bind = (value) => `$${params.push(value)}`
  const conditions: string[] = []
  for (const [column, numbers] of Object.entries({ area, reason }))
    if (numbers) conditions.push(`r.${column} in (${numbers.map(bind).join()})`)
  if (from !== undefined) conditions.push(`r.id >= ${bind(idAt(from))}`)
  if (to !== undefined) conditions.push(`r.id < ${bind(idAt(to))}`)
  if (text && !matchesAll(clean(text))) conditions.push(textCondition(bind(likeOf(clean(text)))))
  if (others.where !== '')
    conditions.push(`exists (select 1 from entries e where e.id = r.id and ${others.where})`)
  // The planner would fetch and sort all that they have ever got.
  const planner = ['bitmapscan', 'seqscan'].map((name) => `set_config('enable_${name}', 'off', true)`)
  const [, own] = await together([tx.run(`select ${planner}`), ownConditions(tx, copies, bind)])
  if (own.length === 0) return resultOf(request, [], 0)
  const search = { lists: own.map((one) => [...one, ...conditions].join(' and ')), params }
  return request.sort === 'timestamp'
    ? await byTime(tx, request, search)
    : await byKey(tx, request, request.sort, search)
}

/**
 * For each recipient who may have copies in these states, what they are. Asks first which copies are no longer held: they
 * are few, or to be shown. Their ids stay as PostgreSQL writes an array, since they only go back to it.
 */
async function ownConditions(tx: Tx, { recipients, states }: Copies, bind: Bind): Promise<string[][]> {
  const heldWanted = states.includes('held')
  const values: Value[] = []
  const place = (value: Value) => `$${values.push(value)}`
  const moved = await tx.all<{ key: string; ids: string }>(
    `select h.address_key as key, array_agg(h.message_id)::text as ids from holdings h
     where h.address_key in (${recipients.map(place).join()}) and h.state <> 'held'
       and h.state ${heldWanted ? 'not in' : 'in'} (${states.map(place).join()})
     group by h.address_key`,
    values,
  )
  const ids = new Map(moved.map((one) => [one.key, one.ids]))
  return [...new Set(recipients)].flatMap((recipient) => {
    const known = ids.get(recipient)
    const isOwn = () => `r.address_key = ${bind(searchValue(recipient))}`
    if (known === undefined) return heldWanted ? [[isOwn()]] : []
    if (!heldWanted) return [[isOwn(), `r.id = any(${bind(known)}::bigint[])`]]
    // Whom a message names twice has two copies, of which one may still be held: its values are null.
    const another = `exists (select 1 from holdings h where h.message_id = r.id
      and h.address_key = ${bind(recipient)} and h.state in (${states.map(bind).join()}))`
    return [[isOwn(), `(r.id <> all(${bind(known)}::bigint[]) or (r.sender_key is null and ${another}))`]]
  })
}

/** Values may be too long for the index. */
const textCondition = (like: string): string =>
  `(r.subject_key like ${like} or r.sender_key like ${like}
    or ((r.subject_key is null or r.sender_key is null) and exists (
      select 1 from entries e where e.id = r.id and (e.subject_key like ${like} or e.sender_key like ${like}))))`

interface Search {
  /** Conditions for the copies of each recipient. */
  lists: readonly string[]
  params: Value[]
}

/** Each recipient's copies are in order; merged, they give the newest of all without a look at the rest. */
async function byTime(tx: Tx, request: SearchRequest, { lists, params }: Search): Promise<SearchResult> {
  const { order, after, offset = 0, limit } = request
  const most = Math.min(request.countTo ?? totalCap, totalCap)
  const find = async (limited: number, behind: number | null) => {
    const values = [...params]
    const from = behind === null ? '' : `and r.id ${order === 'asc' ? '>' : '<'} $${values.push(behind)}`
    const found = lists.map(
      (where) => `(select r.id from entry_recipients r where ${where} ${from}
        order by r.id ${order} limit ${limited})`,
    )
    return await tx.all<Hit>(
      `select id, '' as key from (${found.join(' union ')}) found order by id ${order} limit ${limited}`,
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
  { lists, params }: Search,
): Promise<SearchResult> {
  const ofEntry = `(select e.${sort}_key from entries e where e.id = r.id)`
  const key = sort === 'recipient' ? ofEntry : `coalesce(r.${sort}_key, ${ofEntry})`
  const found = lists.map((where) => `select r.id, ${key} as key from entry_recipients r where ${where}`)
  const { page, values } = pageSql(request, params, 'id', 'key')
  const rows = await tx.all<{ total: number; id: number | null; key: string }>(
    `with hits as materialized (${found.join(' union ')})
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
