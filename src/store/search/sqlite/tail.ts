/** The newest entries, in memory until they are enough for a segment. Immutable: a running query keeps the one it began with. */
import type { Entry, SortKey } from '../index.ts'
import { compareKeys } from '../pattern.ts'
import { add, type Bitmap, bitmap, rowsOf } from './bitmap.ts'
import { lowerBound } from './column.ts'
import { sortColumns, textOf } from './layout.ts'
import type { Part, Query, SortedRows } from './query.ts'
import type { SegmentReader } from './reader.ts'

export class Tail implements Part {
  readonly rows: number
  readonly minId: number
  readonly maxId: number
  readonly #entries: readonly Entry[]
  readonly #reader: SegmentReader

  /** @param entries in order of id. */
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
    if (query.state) this.#reader.keepInState(bits, this, query.state)
    return bits
  }

  id(row: number): number {
    return (this.#entries[row] as Entry).id
  }

  firstAtLeast(id: number): number {
    return lowerBound(this.rows, (row) => this.id(row) < id)
  }

  sorted(sort: Exclude<SortKey, 'timestamp'>, hits: Bitmap): SortedRows {
    const textAt = textOf[sortColumns[sort]]
    const key = (row: number) => textAt(this.#entries[row] as Entry)
    const rows = rowsOf(hits).sort((a, b) => compareKeys(key(a), key(b)) || a - b)
    return {
      length: rows.length,
      row: (position) => rows[position] as number,
      key: (position) => key(rows[position] as number),
      firstAtLeast: (wanted) =>
        lowerBound(rows.length, (i) => compareKeys(key(rows[i] as number), wanted) < 0),
    }
  }
}
