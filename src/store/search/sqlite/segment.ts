/** One segment of search.db, read page by page as queries need it. */
import type { SortKey } from '../index.ts'
import { labelKinds } from '../labels.ts'
import { type Bitmap, bitmap, count, intersect, isEmpty, pick, range, remove, subtract } from './bitmap.ts'
import { lowerBound, SegmentColumn } from './column.ts'
import { sortColumns } from './layout.ts'
import type { Lookup, Part, Query, SortedRows } from './query.ts'

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
    // One value leaves few rows, whose labels are then few.
    const isCheap = ({ whole, anyOf, without }: Lookup) => !without && (whole !== null || anyOf !== null)
    this.#keepFound(bits, query.lookups.filter(isCheap))
    if (!isEmpty(bits)) this.#keepLabelled(bits, query)
    this.#keepFound(
      bits,
      query.lookups.filter((lookup) => !isCheap(lookup)),
    )
    if (query.state && !isEmpty(bits)) this.#reader.keepInState(bits, this, query.state)
    if (query.copies && !isEmpty(bits)) this.#reader.keepCopies(bits, this, query.copies)
    return bits
  }

  #keepFound(bits: Bitmap, lookups: readonly Lookup[]): void {
    for (const lookup of lookups) {
      if (isEmpty(bits)) return
      const few = lookup.whole === null && lookup.anyOf === null && count(bits) <= fewRows
      const found = bitmap(this.rows)
      for (const one of lookup.or === null ? [lookup] : [lookup, lookup.or]) {
        const column = new SegmentColumn(this.#reader, this.number, one.column)
        column.addRows(found, column.find(one, few ? column.valuesOf(bits) : null))
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

  sorted(sort: Exclude<SortKey, 'timestamp'>): SortedRows {
    const column = new SegmentColumn(this.#reader, this.number, sortColumns[sort])
    return {
      length: this.rows,
      row: (position) => column.row(position),
      key: (position) => column.valueAt(position),
      firstAtLeast: (key) => column.position(column.firstAtLeast(key)),
    }
  }

  firstAtLeast(id: number): number {
    if (id <= this.minId) return 0
    if (id > this.maxId) return this.rows
    return lowerBound(this.rows, (row) => this.#ids.at(row) < id)
  }

  #keepLabelled(bits: Bitmap, { labels }: Query): void {
    if (labelKinds.every((kind) => labels[kind] === undefined)) return
    const { combinations, rows } = this.#reader.labels(this.number)
    const wanted = new Uint8Array(combinations.length / 4)
    for (let i = 0; i < wanted.length; i++)
      wanted[i] = labelKinds.every(
        (kind, k) => labels[kind]?.includes(combinations[i * 4 + k] as number) ?? true,
      )
        ? 1
        : 0
    if (wanted.every((one) => one === 1)) return
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
