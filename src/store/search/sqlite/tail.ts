/**
 * The newest entries, in memory until they are enough for a segment. Queries see them in parts of some hundred, which do
 * not change: a running query keeps those it began with, and what was sorted once stays sorted.
 */
import type { Entry, SortKey } from '../index.ts'
import { compareKeys } from '../pattern.ts'
import { add, type Bitmap, bitmap } from './bitmap.ts'
import { columns, lowerBound, sortColumns, textOf, valuesOf } from './layout.ts'
import type { Found } from './moved.ts'
import type { Part, Query, SortedRows } from './query.ts'
import { firstOwnRecipient } from './question.ts'
import type { SegmentReader } from './reader.ts'
import { charsOf } from './transfer.ts'

const partRows = 512

export class Tail {
  readonly #reader: SegmentReader
  /** In order of id. */
  #entries: Entry[] = []
  #parts: TailPart[] = []
  #chars = 0

  constructor(reader: SegmentReader) {
    this.#reader = reader
  }

  get length(): number {
    return this.#entries.length
  }

  /** Infinity when there are no entries. */
  get minId(): number {
    return this.#entries[0]?.id ?? Number.POSITIVE_INFINITY
  }

  get maxId(): number {
    return this.#entries.at(-1)?.id ?? 0
  }

  get chars(): number {
    return this.#chars
  }

  add(entries: readonly Entry[]): void {
    let last = this.#entries.at(-1)?.id ?? -1
    let inOrder = true
    for (const entry of entries) {
      inOrder &&= entry.id > last
      last = entry.id
      this.#entries.push(entry)
      this.#chars += charsOf(entry)
    }
    if (inOrder) {
      if (this.#parts.at(-1)?.rows !== partRows) this.#parts.pop()
      return
    }
    this.#entries.sort((a, b) => a.id - b.id)
    this.#parts = []
  }

  remove(ids: ReadonlySet<number>): void {
    const before = this.#entries.length
    this.#entries = this.#entries.filter((entry) => {
      if (!ids.has(entry.id)) return true
      this.#chars -= charsOf(entry)
      return false
    })
    if (this.#entries.length < before) this.#parts = []
  }

  ids(): Set<number> {
    return new Set(this.#entries.map(({ id }) => id))
  }

  /** The first entries: at most `rows`, and at most this much text if it is more than one. */
  first(rows: number, chars: number): Entry[] {
    let count = 0
    let text = 0
    for (const entry of this.#entries) {
      text += charsOf(entry)
      if (count >= rows || (text > chars && count > 0)) break
      count++
    }
    return this.#entries.slice(0, count)
  }

  parts(): readonly Part[] {
    for (let from = this.#parts.length * partRows; from < this.#entries.length; from += partRows)
      this.#parts.push(new TailPart(this.#entries.slice(from, from + partRows), this.#reader))
    return this.#parts
  }
}

class TailPart implements Part {
  readonly rows: number
  readonly minId: number
  readonly maxId: number
  readonly #entries: readonly Entry[]
  readonly #reader: SegmentReader
  readonly #orders = new Map<SortKey, readonly number[]>()

  constructor(entries: readonly Entry[], reader: SegmentReader) {
    this.#entries = entries
    this.#reader = reader
    this.rows = entries.length
    this.minId = entries[0]?.id ?? 0
    this.maxId = entries.at(-1)?.id ?? 0
  }

  matching(query: Query): Bitmap {
    const bits = bitmap(this.rows)
    for (let row = 0; row < this.rows; row++)
      if (query.matchesEntry(this.#entries[row] as Entry)) add(bits, row)
    if (query.state) this.#reader.keepInState(bits, this, query.state, query.domains)
    if (query.copies) {
      const { rows, minId, maxId } = this
      const recipients = new Set(query.copies.recipients)
      const find = (id: number) => this.#find(id, recipients)
      this.#reader.keepCopies(bits, { rows, minId, maxId, find }, query.copies)
    }
    return bits
  }

  #find(id: number, recipients: ReadonlySet<string>): Found | null {
    const row = this.firstAtLeast(id)
    if (row === this.rows || this.id(row) !== id) return null
    const all = valuesOf(columns.recipients, this.#entries[row] as Entry)
    return { row, copies: all.filter((one) => recipients.has(one)).length }
  }

  id(row: number): number {
    return (this.#entries[row] as Entry).id
  }

  firstAtLeast(id: number): number {
    return lowerBound(this.rows, (row) => this.id(row) < id)
  }

  sorted(sort: Exclude<SortKey, 'timestamp'>, _hits: Bitmap, { own }: Query): SortedRows {
    const byOwn = sort === 'recipient' && own !== null
    const textAt = byOwn ? (entry: Entry) => firstOwnRecipient(entry, own.matches) : textOf[sortColumns[sort]]
    const keys = byOwn ? this.#entries.map(textAt) : null
    const key = (row: number) => keys?.[row] ?? textAt(this.#entries[row] as Entry)
    const order =
      (byOwn ? undefined : this.#orders.get(sort)) ??
      this.#entries.map((_, row) => row).sort((a, b) => compareKeys(key(a), key(b)) || a - b)
    if (!byOwn) this.#orders.set(sort, order)
    return {
      length: order.length,
      row: (position) => order[position] as number,
      key: (position) => key(order[position] as number),
      firstAtLeast: (wanted) =>
        lowerBound(order.length, (i) => compareKeys(key(order[i] as number), wanted) < 0),
    }
  }
}
