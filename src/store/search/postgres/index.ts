/**
 * Search on PostgreSQL: entries are rows of the same database, written in the same commit as the messages. One statement
 * collects hits up to the cap, counts them and sorts the page out of them; when there are more than the cap, hits are so
 * dense that walking the index of the wanted order finds a page soon. Planner switches say which of the two is meant:
 * its estimates for substrings are guesses, and a wrong guess is a scan of everything.
 */
import { Problem } from '../../../problem.ts'
import type { Engine, Tx, Value } from '../../engine.ts'
import { together } from '../../together.ts'
import type { SearchIndex, SearchRequest, SearchResult } from '../index.ts'
import { type LabelNumbers, resolveLabels } from '../labels.ts'
import { isNobodys } from '../pattern.ts'
import { type Conditions, conditionsOf, endsIn } from './conditions.ts'
import { searchCopies } from './copies.ts'
import { entryInserts } from './entries.ts'
import { narrow } from './narrow.ts'
import { type Hit, keyOf, pageSql, recipientsOfEntry, resultOf, totalCap } from './paging.ts'
import { type Sample, Sampler } from './sample.ts'

/** Hits that are not dense are collected up to this: a walk would go through very many rows to find a page of them. */
const sparseCap = 2_000
/** Newest rows looked at to learn whether hits are dense, and how many of them must match. */
const sampleRows = 1_000
const denseHits = 16
/** With fewer of them left by their trigrams, no other index is asked. */
const fewEntries = 20_000
/** A query that takes longer is given up. */
const deadlineMs = 5_000
/** A walk that takes longer goes through mail that does not match: its hits lie together somewhere else. */
const walkMs = 500

/** @param narrowFrom entries that there must be before a sample of them is taken, to narrow a search down with. */
export function openPostgresSearch(engine: Engine, narrowFrom: number): SearchIndex {
  const sampler = new Sampler(narrowFrom)
  return {
    inserts: entryInserts,
    added: () => undefined,
    async search(request) {
      const labels = await resolveLabels(engine, request.filter)
      if (!labels || isNobodys(request.filter)) return { ids: [], total: 0, totalIsExact: true, next: null }
      return engine.transaction((tx) => searchIn(tx, request, labels, sampler), 'read').catch(tooSlow)
    },
    async forget(ids) {
      await engine.transaction(async (tx) => {
        for (let at = 0; at < ids.length; at += 1000) {
          const some = ids.slice(at, at + 1000)
          const places = some.map((_, i) => `$${i + 1}`).join()
          await tx.run(
            `delete from entry_recipients r using entries e, ${recipientsOfEntry}
             where e.id in (${places}) and r.id = e.id and r.address_key = o.address_key`,
            some,
          )
          for (const table of ['entries', 'forgotten'])
            await tx.run(`delete from ${table} where id in (${places})`, some)
        }
      })
    },
    settle: async () => {},
    async [Symbol.asyncDispose]() {},
  }
}

async function searchIn(
  tx: Tx,
  request: SearchRequest,
  labels: LabelNumbers,
  sampler: Sampler,
): Promise<SearchResult> {
  const [, result] = await together([
    tx.run(`set local statement_timeout = ${deadlineMs}`), // it goes ahead of all others
    request.filter.copies
      ? searchCopies(tx, request, request.filter.copies, labels)
      : searchEntries(tx, request, conditionsOf(request.filter, labels), sampler),
  ])
  return result
}

async function searchEntries(
  tx: Tx,
  request: SearchRequest,
  conditions: Conditions,
  sampler: Sampler,
): Promise<SearchResult> {
  const { where, substring, choices } = conditions
  if (where === '') {
    const total = await countAll(tx)
    return resultOf(request, await walk(tx, request, conditions, deadlineMs), total)
  }
  const newest = substring ? await lookAtNewest(tx, conditions) : null
  const dense = newest !== null && newest.hits >= denseHits
  if (dense) {
    const byTime = { ...request, sort: 'timestamp', order: 'desc', after: undefined, offset: 0 } as const
    const hits = await tryWalk(tx, { ...byTime, limit: totalCap }, conditions)
    if (hits && hits.length > totalCap) {
      const served = request.sort === 'timestamp' && request.order === 'desc' && !request.after
      const end = (request.offset ?? 0) + request.limit
      const found =
        served && end < hits.length ? hits.slice(request.offset) : await page(tx, request, conditions)
      return resultOf(request, found, totalCap + 1)
    }
  }
  const most = substring && !dense ? sparseCap : totalCap
  const isAll = newest !== null && newest.rows < sampleRows // no more than that can match
  if (choices.length === 0 || isAll) {
    const few = await fewHits(tx, request, conditions, most)
    return few ?? resultOf(request, await page(tx, request, conditions), totalCap + 1)
  }
  const narrowed = narrowedDown(conditions, await sampler.take(tx))
  const [, few] = await together([
    tx.run('set local enable_seqscan = off'),
    fewHits(tx, request, narrowed, most),
  ])
  return few ?? resultOf(request, await page(tx, request, conditions, narrowed), totalCap + 1)
}

/** The same conditions, as the trigram index can be asked. */
function narrowedDown(conditions: Conditions, sample: Sample | null): Conditions {
  const params = [...conditions.params]
  const { sql, entries } = narrow(conditions.choices, sample, (value) => `$${params.push(value)}`)
  // Where few are left other indexes have nothing to add: to read what they have of a month takes longer than these.
  const alone = entries !== null && entries < fewEntries
  return {
    ...conditions,
    where: `${sql} and ${alone ? conditions.whereUnindexed : conditions.where}`,
    params,
  }
}

/** A page of many hits: by a walk that finds them soon, else by sorting all of them. */
async function page(
  tx: Tx,
  request: SearchRequest,
  conditions: Conditions,
  narrowed = conditions,
): Promise<Hit[]> {
  const found = await tryWalk(tx, request, conditions)
  if (found) return found
  await tx.run('set local enable_indexscan = off')
  const { sql, values } = pageQuery(request, narrowed)
  return await tx.all<Hit>(sql, values)
}

/** Null when the walk takes too long. */
async function tryWalk(tx: Tx, request: SearchRequest, conditions: Conditions): Promise<Hit[] | null> {
  try {
    const [, hits] = await together([tx.run('savepoint walk'), walk(tx, request, conditions, walkMs)])
    return hits
  } catch (error) {
    if (!isOverdue(error)) throw error
    await tx.run('rollback to savepoint walk') // and with it what was set for the walk
    return null
  }
}

/** How many of the newest rows match: whether walking finds the rest soon. */
async function lookAtNewest(
  tx: Tx,
  { where, range, params }: Conditions,
): Promise<{ rows: number; hits: number }> {
  const newest = `select * from entries e ${range === '' ? '' : `where ${range}`} order by e.id desc limit ${sampleRows}`
  const [row] = await tx.all<{ rows: number; hits: number }>(
    `select count(*) as rows, count(*) filter (where ${where}) as hits from (${newest}) e`,
    params,
  )
  return row ?? { rows: 0, hits: 0 }
}

/** What a walk along an index is not. */
const others = ['seqscan', 'bitmapscan', 'sort']

/** Hits in the wanted order, along its index; one more than asked for when there are more. */
async function walk(
  tx: Tx,
  request: SearchRequest,
  conditions: Conditions,
  timeoutMs: number,
): Promise<Hit[]> {
  const set = (to: 'on' | 'off', limitMs: number) =>
    tx.run(
      `select ${others.map((name) => `set_config('enable_${name}', '${to}', true)`)},
        set_config('statement_timeout', '${limitMs}', true)`,
    )
  const { sql, values } =
    request.sort === 'recipient' && conditions.domains
      ? ownRecipientsQuery(request, conditions, conditions.domains)
      : pageQuery(request, conditions)
  const [, hits] = await together([set('off', timeoutMs), tx.all<Hit>(sql, values), set('on', deadlineMs)])
  return hits
}

function pageQuery(request: SearchRequest, conditions: Conditions) {
  const { where } = conditions
  const { key, params } = keyOf(request.sort, conditions)
  const { page, values } = pageSql(request, params, 'e.id', key)
  const and = [where, page.after].filter((text) => text !== '').join(' and ')
  return {
    sql: `select e.id, ${key} as key from entries e ${and === '' ? '' : `where ${and}`} ${page.rest}`,
    values,
  }
}

/** Along all recipients in their order, each hit at the first of those that are looked at. */
function ownRecipientsQuery(
  request: SearchRequest,
  { where, params }: Conditions,
  domains: readonly string[],
) {
  const own = [...params]
  const bind = (value: Value) => `$${own.push(value)}`
  const isOwn = endsIn('r.address_key', domains, bind)
  const isOther = endsIn('o.address_key', domains, bind)
  const { page, values } = pageSql(request, own, 'r.id', 'r.address_key')
  return {
    sql: `select e.id, r.address_key as key from entry_recipients r join entries e on e.id = r.id
      where ${isOwn} and ${where}${page.after === '' ? '' : ` and ${page.after}`}
        and not exists (select 1 from ${recipientsOfEntry} where o.address_key < r.address_key and ${isOther})
      ${page.rest}`,
    values,
  }
}

/** The answer when there are no more hits than `most`; null when there are. */
async function fewHits(
  tx: Tx,
  request: SearchRequest,
  conditions: Conditions,
  most: number,
): Promise<SearchResult | null> {
  const { key, params } = keyOf(request.sort, conditions)
  const { page, values } = pageSql(request, params, 'id', request.sort === 'timestamp' ? `''` : 'key')
  const rows = await tx.all<{ total: number; id: number | null; key: string }>(
    `with hits as materialized (
       select e.id, ${key} as key from entries e where ${conditions.where} limit ${most + 1})
     select counted.total, page.id, page.key
     from (select count(*) as total from hits) counted
     left join lateral (
       select id, key from hits ${page.after === '' ? '' : `where ${page.after}`} ${page.rest}
     ) page on counted.total <= ${most}`,
    values,
  )
  const total = rows[0]?.total ?? 0
  if (total > most) return null
  return resultOf(
    request,
    rows.filter((row): row is typeof row & Hit => row.id !== null),
    total,
  )
}

async function countAll(tx: Tx): Promise<number> {
  const [row] = await tx.all<{ n: number }>(
    `select count(*) as n from (select 1 from entries limit ${totalCap + 1}) capped`,
  )
  return row?.n ?? 0
}

/** SQLSTATE query_canceled: the server's time-out. */
const isOverdue = (error: unknown): boolean => (error as { code?: unknown }).code === '57014'

function tooSlow(error: unknown): never {
  if (isOverdue(error))
    throw new Problem(
      'unavailable',
      `The search took longer than ${deadlineMs / 1000} seconds and was given up`,
      'Narrow it: add a date range, an area or a reason, or ask for more than two letters.',
    )
  throw error
}
