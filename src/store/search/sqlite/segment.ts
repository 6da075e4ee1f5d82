/** One segment of search.db, read page by page as queries need it. */
import type { SortKey } from '../index.ts'
import { labelKinds } from '../labels.ts'
import type { Best } from './best.ts'
import { type Bitmap, bitmap, count, intersect, isEmpty, pick, range, remove, subtract } from './bitmap.ts'
import { both, SegmentColumn } from './column.ts'
import type { Copies } from './copies.ts'
import { columns, lowerBound, sortColumns } from './layout.ts'
import type { Values } from './phrase.ts'
import type { Lookup, Own, Part, Query, SortedRows } from './query.ts'
import type { PagedNumbers, SegmentReader } from './reader.ts'

export interface SegmentFacts {
  segment: number
  rows: number
  minId: number
  maxId: number
  /** Text in its dictionaries. */
  chars: number
}

/** When no more are left, only the values that they have are looked for. */
const fewRows = 256
/** So many recipients are looked at one after the other, sooner than all. */
const fewOwn = 2048
/** The same in a column that knows its rows; so many are also sorted sooner than found in the order of all. */
const someRows = 1024

/** Immutable: a running query keeps the one it began with. */
export class Segment implements Part {
  readonly number: number
  readonly rows: number
  readonly minId: number
  readonly maxId: number
  readonly chars: number
  /** Rows that are gone, ascending. */
  readonly dead: Uint16Array
  readonly #alive: Bitmap
  readonly #reader: SegmentReader
  readonly #ids: PagedNumbers
  /** Of queries under way: the recipients that they look at. */
  readonly #own = new WeakMap<Query, Values>()
  #combinations: Uint32Array | undefined

  constructor(
    reader: SegmentReader,
    { segment, rows, minId, maxId, chars }: SegmentFacts,
    dead: Uint16Array,
  ) {
    this.#reader = reader
    this.number = segment
    this.rows = rows
    this.minId = minId
    this.maxId = maxId
    this.chars = chars
    this.dead = dead
    this.#alive = range(rows, 0, rows)
    for (const row of dead) remove(this.#alive, row)
    this.#ids = reader.ids(segment)
  }

  get alive(): number {
    return this.rows - this.dead.length
  }

  without(rows: readonly number[]): Segment {
    const dead = Uint16Array.from(new Set([...this.dead, ...rows])).sort()
    return new Segment(this.#reader, { ...this, segment: this.number }, dead)
  }

  /** The greatest id that is still there; 0 when there is none. */
  newestAlive(): number {
    const [row] = pick(this.#alive, true, 0, 1)
    return row === undefined ? 0 : this.#ids.at(row)
  }

  matching(query: Query): Bitmap {
    const bits = this.#alive.slice()
    if (query.fromId > this.minId || query.toId <= this.maxId)
      intersect(bits, range(this.rows, this.firstAtLeast(query.fromId), this.firstAtLeast(query.toId)))
    const copies = query.copies ? this.#copiesOf(query) : null
    if (copies) intersect(bits, copies.rows(this.rows, wantedOf(query, this.#labelled())))
    const lookups = copies ? this.#leftBy(copies, bits, query) : query.lookups
    // One value leaves few rows, whose labels are then few.
    const isCheap = ({ whole, anyOf, without }: Lookup) => !without && (whole !== null || anyOf !== null)
    this.#keepFound(bits, query, lookups.filter(isCheap))
    if (!copies && !isEmpty(bits)) this.#keepLabelled(bits, query)
    if (query.own && !isEmpty(bits)) {
      const found = bitmap(this.rows)
      this.#recipients().addRows(found, this.#ownValues(query, bits))
      intersect(bits, found)
    }
    this.#keepFound(
      bits,
      query,
      lookups.filter((lookup) => !isCheap(lookup)),
    )
    if (query.state && !isEmpty(bits)) this.#reader.keepInState(bits, this, query.state, query.domains)
    if (query.copies && copies && !isEmpty(bits)) {
      const { rows, minId, maxId } = this
      this.#reader.keepCopies(bits, { rows, minId, maxId, find: (id) => copies.find(id) }, query.copies)
    }
    return bits
  }

  #copiesOf(query: Query): Copies {
    const recipients = query.lookups.find(({ anyOf }) => anyOf !== null)?.anyOf ?? []
    return this.#reader.copies(this.number, recipients)
  }

  /** Keeps what the copies know to match; the criteria that they know nothing of. */
  #leftBy(copies: Copies, bits: Bitmap, query: Query): Lookup[] {
    const isKnown = ({ column, or }: Lookup) =>
      copies.knows(column) && (or === null || copies.knows(or.column))
    const asked = query.lookups.filter(({ anyOf }) => anyOf === null)
    for (const lookup of asked.filter(isKnown)) {
      if (isEmpty(bits)) break
      const found = copies.found(bits, lookup)
      if (lookup.without) subtract(bits, found)
      else intersect(bits, found)
    }
    return asked.filter((lookup) => !isKnown(lookup))
  }

  /** Kept, since a list of few copies would read it for each segment. */
  #labelled(): Uint32Array {
    this.#combinations ??= this.#reader.labels(this.number).combinations.slice()
    return this.#combinations
  }

  #recipients(): SegmentColumn {
    return new SegmentColumn(this.#reader, this.number, columns.recipients)
  }

  /** Numbers of the recipients that the query looks at, ascending; at least those that these rows have. */
  #ownValues(query: Query, bits: Bitmap): Values {
    let values = this.#own.get(query)
    if (values || !query.own) return values ?? []
    const column = this.#recipients()
    const within = count(bits) <= fewRows ? column.valuesOf(bits) : null
    const found = query.own.lookups.map((lookup) => column.find(lookup, within))
    values =
      found.length === 1 ? found[0]! : Uint32Array.from(new Set(found.flatMap((some) => [...some]))).sort()
    this.#own.set(query, values)
    return values
  }

  /** Of the recipients that are looked at those who are found. */
  #ownFound(column: SegmentColumn, lookup: Lookup, own: Values, { matches }: Own): Values {
    if (lookup.whole !== null) return matches(lookup.whole) ? column.find(lookup, null) : []
    const within = own.length <= fewOwn ? Array.from(own) : null
    return both(Uint32Array.from(column.find(lookup, within)).sort(), own)
  }

  #keepFound(bits: Bitmap, query: Query, lookups: readonly Lookup[]): void {
    for (const lookup of lookups) {
      if (isEmpty(bits)) return
      const left = lookup.whole === null && lookup.anyOf === null ? count(bits) : Number.POSITIVE_INFINITY
      const found = bitmap(this.rows)
      for (const one of lookup.or === null ? [lookup] : [lookup, lookup.or]) {
        const column = new SegmentColumn(this.#reader, this.number, one.column)
        const few = left <= (column.knowsRows ? someRows : fewRows)
        const values =
          query.own && one.column === columns.recipients
            ? this.#ownFound(column, one, this.#ownValues(query, bits), query.own)
            : column.find(one, few ? column.valuesOf(bits) : null)
        column.addRows(found, values)
      }
      if (lookup.without) subtract(bits, found)
      else intersect(bits, found)
    }
  }

  id(row: number): number {
    return this.#ids.at(row)
  }

  /** The row of an id, or -1. */
  rowOf(id: number): number {
    const row = this.firstAtLeast(id)
    return row < this.rows && this.#ids.at(row) === id ? row : -1
  }

  sorted(sort: Exclude<SortKey, 'timestamp'>, hits: Bitmap, query: Query): SortedRows {
    if (query.own && sort === 'recipient') return this.#sortedByOwn(hits, query)
    const column = new SegmentColumn(this.#reader, this.number, sortColumns[sort])
    if (column.knowsRows && count(hits) <= someRows) return inOrderOf(column, column.inOrder(hits))
    return {
      length: this.rows,
      row: (position) => column.row(position),
      key: (position) => column.valueAt(position),
      firstAtLeast: (key) => column.position(column.firstAtLeast(key)),
    }
  }

  offer(best: Best, sort: Exclude<SortKey, 'timestamp'>, hits: Bitmap, query: Query): boolean {
    const copies = query.copies && this.#copiesOf(query)
    const column = sortColumns[sort]
    if (!copies?.knows(column)) return false
    copies.offer(best, column, hits)
    return true
  }

  #sortedByOwn(hits: Bitmap, query: Query): SortedRows {
    const column = this.#recipients()
    return inOrderOf(column, column.firsts(this.#ownValues(query, hits), hits))
  }

  firstAtLeast(id: number): number {
    if (id <= this.minId) return 0
    if (id > this.maxId) return this.rows
    // Mail comes at about the same rate: it is near where that would put it.
    const guess = Math.floor(((id - this.minId) / (this.maxId - this.minId + 1)) * this.rows)
    let [low, high] = [guess, guess]
    for (let step = 1; low > 0 && this.#ids.at(low) >= id; step *= 4) low = Math.max(0, low - step)
    for (let step = 1; high < this.rows && this.#ids.at(high) < id; step *= 4)
      high = Math.min(this.rows, high + step)
    return low + lowerBound(high - low, (i) => this.#ids.at(low + i) < id)
  }

  #keepLabelled(bits: Bitmap, query: Query): void {
    if (labelKinds.every((kind) => query.labels[kind] === undefined)) return
    const { combinations, rows } = this.#reader.labels(this.number)
    const wanted = wantedOf(query, combinations)
    if (wanted === null) return
    for (let word = 0; word < bits.length; word++) {
      if (bits[word] === 0) continue
      let kept = 0
      const from = word * 32
      const to = Math.min(from + 32, rows.length)
      for (let row = from; row < to; row++) kept |= (wanted[rows[row] as number] as number) << (row - from)
      bits[word] = (bits[word] as number) & kept
    }
  }
}

/** For each combination of labels whether it is wanted; null: all are. */
function wantedOf({ labels }: Query, combinations: Uint32Array): Uint8Array | null {
  if (labelKinds.every((kind) => labels[kind] === undefined)) return null
  const wanted = new Uint8Array(combinations.length / 4)
  for (let i = 0; i < wanted.length; i++)
    wanted[i] = labelKinds.every(
      (kind, k) => labels[kind]?.includes(combinations[i * 4 + k] as number) ?? true,
    )
      ? 1
      : 0
  return wanted.every((one) => one === 1) ? null : wanted
}

const inOrderOf = (
  column: SegmentColumn,
  { rows, values }: { rows: Uint32Array; values: Uint32Array },
): SortedRows => ({
  length: rows.length,
  row: (position) => rows[position] as number,
  key: (position) => column.value(values[position] as number),
  firstAtLeast(key) {
    const first = column.firstAtLeast(key)
    return lowerBound(values.length, (i) => (values[i] as number) < first)
  },
})
