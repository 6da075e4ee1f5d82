/** One segment of search.db, read piece by piece as queries need it. */
import type { SortKey } from '../index.ts'
import { add, type Bitmap, bitmap, count, has, intersect, isEmpty, range, remove, rowsOf } from './bitmap.ts'
import type { ValueHash } from './hash.ts'
import { blockRows, bucketKey, type Column, columns, longKey, parts, sortColumns } from './layout.ts'
import type { Lookup, Part, Query, SortedRows } from './query.ts'
import type { SegmentReader } from './reader.ts'
import { labelKinds } from './question.ts'

export class Segment implements Part {
  readonly number: number
  readonly rows: number
  readonly minId: number
  readonly maxId: number
  /** Rows that are still there. Replaced, never changed: a running query keeps the one it began with. */
  readonly alive: Bitmap
  readonly #reader: SegmentReader

  constructor(reader: SegmentReader, number: number, rows: number, minId: number, maxId: number, dead: Uint8Array | null) {
    this.#reader = reader
    this.number = number
    this.rows = rows
    this.minId = minId
    this.maxId = maxId
    this.alive = range(rows, 0, rows)
    if (dead) for (const row of new Uint16Array(dead.buffer, dead.byteOffset, dead.byteLength / 2)) remove(this.alive, row)
  }

  matching(query: Query): Bitmap {
    const bits = this.alive.slice()
    if (query.fromId > this.minId || query.toId <= this.maxId)
      intersect(bits, range(this.rows, this.#firstAt(query.fromId), this.#firstAt(query.toId)))
    this.#keepLabelled(bits, query)
    for (const lookup of query.lookups) {
      if (isEmpty(bits)) return bits
      this.#keepFound(bits, lookup)
    }
    if (query.state && !isEmpty(bits)) this.#reader.keepInState(bits, this, query.state)
    return bits
  }

  id(row: number): number {
    return this.#ids()[row] as number
  }

  /** The row of an id, or -1. */
  rowOf(id: number): number {
    const row = this.#firstAt(id)
    return this.#ids()[row] === id ? row : -1
  }

  sorted(sort: Exclude<SortKey, 'timestamp'>): SortedRows {
    const column = sortColumns[sort]
    const order = this.#order(column)
    return {
      length: this.rows,
      row: (position) => order[position] as number,
      key: (position) => this.#block(column, position >>> 8)[position % blockRows] as string,
    }
  }

  #ids(): Float64Array {
    const bytes = this.#reader.part(this.number, parts.ids)
    return new Float64Array(bytes.buffer, bytes.byteOffset, this.rows)
  }

  #order(column: Column): Uint16Array {
    const bytes = this.#reader.part(this.number, parts.order(column))
    return new Uint16Array(bytes.buffer, bytes.byteOffset, this.rows)
  }

  #block(column: Column, block: number): readonly string[] {
    return this.#reader.block(this.number, column, block)
  }

  /** First row with this id or a greater one. */
  #firstAt(id: number): number {
    if (id <= this.minId) return 0
    if (id > this.maxId) return this.rows
    const ids = this.#ids()
    let low = 0
    let high = this.rows
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((ids[middle] as number) < id) low = middle + 1
      else high = middle
    }
    return low
  }

  #keepLabelled(bits: Bitmap, { labels }: Query): void {
    if (labelKinds.every((kind) => labels[kind] === undefined)) return
    const { combinations, rows } = this.#reader.labels(this.number)
    const wanted = new Uint8Array(combinations.length / 4)
    for (let i = 0; i < wanted.length; i++)
      wanted[i] = labelKinds.every((kind, k) => labels[kind]?.includes(combinations[i * 4 + k] as number) ?? true) ? 1 : 0
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

  #keepFound(bits: Bitmap, { column, hash, phrases, verify, matches }: Lookup): void {
    if (hash) {
      intersect(bits, this.#hashed(column, hash))
      return
    }
    const lists = this.#reader.listsOf(this.number)
    const long = phrases.length > 0 && !verify ? this.#long(column) : null
    for (const phrase of phrases) {
      const found = phrase.rows(lists, bits, long, this.rows)
      if (!found) {
        bits.fill(0)
        return
      }
      intersect(bits, found)
    }
    if (verify) this.#verify(bits, bits, column, matches)
    else if (long) {
      intersect(long, bits)
      this.#verify(bits, long, column, matches)
    }
  }

  #hashed(column: Column, { high, low }: ValueHash): Bitmap {
    const found = bitmap(this.rows)
    const list = this.#reader.listsOf(this.number).list(bucketKey(column, high))
    if (!list) return found
    const size = list.byteLength / 10
    const hashes = new Uint32Array(list.buffer, list.byteOffset, size * 2)
    const rows = new Uint16Array(list.buffer, list.byteOffset + size * 8, size)
    for (let i = 0; i < size; i++) if (hashes[i * 2] === high && hashes[i * 2 + 1] === low) add(found, rows[i] as number)
    return found
  }

  #long(column: Column): Bitmap | null {
    const list = this.#reader.listsOf(this.number).list(longKey(column))
    if (!list) return null
    const long = bitmap(this.rows)
    for (const row of new Uint16Array(list.buffer, list.byteOffset, list.byteLength / 2)) add(long, row)
    return long
  }

  /** Reads the texts of `doubtful` rows and takes those out of `bits` that do not match. */
  #verify(bits: Bitmap, doubtful: Bitmap, column: Column, matches: (text: string) => boolean): void {
    const doubts = doubtful === bits ? bits.slice() : doubtful
    const inOwnOrder = column === columns.sender || column === columns.subject
    const order = inOwnOrder ? this.#order(column) : null
    if (!order) {
      for (const row of rowsOf(doubts))
        if (!matches(this.#block(column, row >>> 8)[row % blockRows] as string)) remove(bits, row)
      return
    }
    for (let position = 0, left = count(doubts); left > 0; position++) {
      const row = order[position] as number
      if (!has(doubts, row)) continue
      left--
      if (!matches(this.#block(column, position >>> 8)[position % blockRows] as string)) remove(bits, row)
    }
  }
}
