/**
 * Runs a query over the parts of the index, newest or oldest first, or by merging the parts' own orders. A generator:
 * it yields after every part, so that queries take turns and one that takes too long can be given up.
 */
import type { SortKey } from '../index.ts'
import { compareKeys } from '../pattern.ts'
import { Best } from './best.ts'
import { type Bitmap, count, has, intersect, pick, range, rowsOf } from './bitmap.ts'
import { type Part, type Query, queryOf, type SortedRows } from './query.ts'
import type { Answer, Question } from './question.ts'

/** Merging by key: rows between two yields. */
const stepRows = 500

export function* execute(allParts: readonly Part[], question: Question): Generator<void, Answer> {
  const query = queryOf(question)
  const parts = allParts.filter(
    (part) => part.rows > 0 && part.maxId >= query.fromId && part.minId < query.toId,
  )
  if (query.sort === 'timestamp') return yield* byTime(parts, query)
  return query.copies ? yield* copiesByKey(parts, query, query.sort) : yield* byKey(parts, query, query.sort)
}

function* byTime(parts: Part[], query: Query): Generator<void, Answer> {
  const { after, offset, limit, totalCap } = query
  const newestFirst = query.order === 'desc'
  const isAfter = (id: number) => !after || (newestFirst ? id < after.id : id > after.id)
  const ids: number[] = []
  let total = 0
  let toSkip = offset
  let more = false
  for (const run of runs(parts, newestFirst)) {
    if (more && total > totalCap) break
    // Parts before the cursor matter for the total only.
    const before = after !== undefined && run.every((part) => !isAfter(newestFirst ? part.minId : part.maxId))
    if (before && total > totalCap) continue
    const hits: Hits[] = []
    for (const part of run) {
      hits.push({ part, bits: part.matching(query) })
      yield
    }
    const all = hits.reduce((sum, { bits }) => sum + count(bits), 0)
    total += all
    if (before || more) continue
    if (after) for (const { part, bits } of hits) keepBehind(bits, part, after.id, newestFirst)
    const found = after ? hits.reduce((sum, { bits }) => sum + count(bits), 0) : all
    if (toSkip < found) ids.push(...idsInOrder(hits, newestFirst, toSkip, limit - ids.length + 1))
    toSkip = Math.max(0, toSkip - found)
    more = ids.length > limit
  }
  if (more) ids.length = limit
  const last = ids.at(-1)
  return { ids, ...capped(total, totalCap), next: more && last !== undefined ? { key: '', id: last } : null }
}

interface Hits {
  part: Part
  bits: Bitmap
}

/** Parts in order of time; those whose ids overlap (mail that was committed late) together. */
function runs(parts: Part[], newestFirst: boolean): Part[][] {
  const sorted = parts.toSorted((a, b) => a.minId - b.minId)
  const runsFound: Part[][] = []
  let end = -1
  for (const part of sorted) {
    if (part.minId <= end) runsFound.at(-1)?.push(part)
    else runsFound.push([part])
    end = Math.max(end, part.maxId)
  }
  return newestFirst ? runsFound.reverse() : runsFound
}

/** Takes out what stands before the cursor. */
function keepBehind(bits: Bitmap, part: Part, cursorId: number, newestFirst: boolean): void {
  const [from, to] = newestFirst
    ? [0, part.firstAtLeast(cursorId)]
    : [part.firstAtLeast(cursorId + 1), part.rows]
  intersect(bits, range(part.rows, from, to))
}

function idsInOrder(hits: Hits[], newestFirst: boolean, skip: number, limit: number): number[] {
  const [only] = hits
  if (hits.length === 1 && only)
    return pick(only.bits, newestFirst, skip, limit).map((row) => only.part.id(row))
  const ids = hits.flatMap(({ part, bits }) => rowsOf(bits).map((row) => part.id(row)))
  return ids.sort((a, b) => (newestFirst ? b - a : a - b)).slice(skip, skip + limit)
}

const capped = (total: number, cap: number): Pick<Answer, 'total' | 'totalIsExact'> => ({
  total: Math.min(total, cap),
  totalIsExact: total <= cap,
})

function* byKey(parts: Part[], query: Query, sort: Exclude<SortKey, 'timestamp'>): Generator<void, Answer> {
  const { after, offset, limit, totalCap } = query
  const direction = query.order === 'desc' ? -1 : 1
  const heads: Head[] = []
  let total = 0
  for (const part of parts) {
    const bits = part.matching(query)
    const found = count(bits)
    total += found
    if (found > 0) {
      const head = new Head(part, bits, part.sorted(sort, bits, query), direction)
      head.start(after)
      if (!head.ended) heads.push(head)
    }
    yield
  }
  heapify(heads)
  const ids: number[] = []
  let last: { key: string; id: number } | null = null
  for (let at = 0; at < offset + limit && heads.length > 0; at++) {
    const first = heads[0] as Head
    if (at >= offset) {
      ids.push(first.id)
      last = { key: first.key, id: first.id }
    }
    first.advance()
    if (first.ended) {
      const end = heads.pop() as Head
      if (heads.length > 0) heads[0] = end
    }
    sink(heads, 0)
    if (at % stepRows === 0) yield
  }
  return { ids, ...capped(total, totalCap), next: heads.length > 0 ? last : null }
}

/** Somebody's copies are few in each part: looking at all of them takes less than keeping a place in each part's order. */
function* copiesByKey(
  parts: Part[],
  query: Query,
  sort: Exclude<SortKey, 'timestamp'>,
): Generator<void, Answer> {
  const { after, offset, limit, totalCap } = query
  const best = new Best(offset + limit + 1, query.order === 'desc' ? -1 : 1, after)
  let total = 0
  for (const part of parts) {
    const bits = part.matching(query)
    const found = count(bits)
    total += found
    if (found > 0 && !part.offer?.(best, sort, bits, query)) offerAll(best, part, sort, bits, query)
    yield
  }
  const first = best.first()
  const page = first.slice(offset, offset + limit)
  const last = page.at(-1)
  return {
    ids: page.map(({ id }) => id),
    ...capped(total, totalCap),
    next: first.length > offset + limit && last ? { key: last.key, id: last.id } : null,
  }
}

function offerAll(
  best: Best,
  part: Part,
  sort: Exclude<SortKey, 'timestamp'>,
  hits: Bitmap,
  query: Query,
): void {
  const { length, row, key } = part.sorted(sort, hits, query)
  for (let at = 0; at < length; at++) if (has(hits, row(at))) best.offer(part.id(row(at)), key(at))
}

/** Where the merge stands in one part: at its next hit. */
class Head {
  key = ''
  id = 0
  ended = false
  readonly #part: Part
  readonly #hits: Bitmap
  readonly #sorted: SortedRows
  readonly #direction: 1 | -1
  #position: number

  constructor(part: Part, hits: Bitmap, sorted: SortedRows, direction: 1 | -1) {
    this.#part = part
    this.#hits = hits
    this.#sorted = sorted
    this.#direction = direction
    this.#position = direction === 1 ? -1 : sorted.length
  }

  /** Goes to the first hit, or to the first behind a cursor. */
  start(after: Query['after']): void {
    if (after) {
      // The first position that stands behind the cursor, in ascending order.
      const { length, row, key, firstAtLeast } = this.#sorted
      let low = firstAtLeast(after.key)
      while (low < length && key(low) === after.key) {
        const difference = this.#part.id(row(low)) - after.id
        if (this.#direction === 1 ? difference > 0 : difference >= 0) break
        low++
      }
      this.#position = this.#direction === 1 ? low - 1 : low
    }
    this.advance()
  }

  advance(): void {
    for (;;) {
      this.#position += this.#direction
      if (this.#position < 0 || this.#position >= this.#sorted.length) {
        this.ended = true
        return
      }
      const row = this.#sorted.row(this.#position)
      if (!has(this.#hits, row)) continue
      this.key = this.#sorted.key(this.#position)
      this.id = this.#part.id(row)
      return
    }
  }

  comesBefore(other: Head): boolean {
    return (compareKeys(this.key, other.key) || this.id - other.id) * this.#direction < 0
  }
}

function heapify(heads: Head[]): void {
  for (let i = (heads.length >>> 1) - 1; i >= 0; i--) sink(heads, i)
}

/** Puts the head at `from` where it belongs below. */
function sink(heads: Head[], from: number): void {
  let at = from
  for (;;) {
    let first = at
    for (const child of [at * 2 + 1, at * 2 + 2])
      if (child < heads.length && (heads[child] as Head).comesBefore(heads[first] as Head)) first = child
    if (first === at) return
    const head = heads[at] as Head
    heads[at] = heads[first] as Head
    heads[first] = head
    at = first
  }
}
