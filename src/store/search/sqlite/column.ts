/** One column of a segment: its dictionary, and the rows of each value. */
import { add, type Bitmap, has, remove, rowsOf } from './bitmap.ts'
import {
  blockValues,
  type Column,
  dictionaryOf,
  longKey,
  lowerBound,
  numberBytes,
  numbersIn,
  parts,
  rowColumns,
  segmentRowsLimit,
} from './layout.ts'
import type { Long, Values } from './phrase.ts'
import type { Lookup } from './query.ts'
import type { PagedNumbers, SegmentReader } from './reader.ts'
import type { TextBlock } from './text-block.ts'

/** So many values are read sooner than all of them, or very many lists. */
const readOneByOne = 64

export class SegmentColumn {
  readonly #reader: SegmentReader
  readonly #segment: number
  readonly column: Column
  readonly #dictionary: Column

  constructor(reader: SegmentReader, segment: number, column: Column) {
    this.#reader = reader
    this.#segment = segment
    this.column = column
    this.#dictionary = dictionaryOf(column)
  }

  /** Number of values in the dictionary. */
  get size(): number {
    return Number(this.#fences().at(0))
  }

  value(number: number): string {
    return this.#block(Math.floor(number / blockValues)).at(number % blockValues)
  }

  /** Number of the first value ≥ `key` in order of sorting. */
  firstAtLeast(key: string): number {
    const block = this.#fences().countBefore(key, { from: 1, orSame: true }) - 1
    return block < 0 ? 0 : block * blockValues + this.#block(block).countBefore(key)
  }

  /**
   * Numbers of the values that satisfy the criterion.
   * @param within only these count, when they are given: few, ascending.
   */
  find(lookup: Lookup, within: readonly number[] | null): Values {
    const { anyOf, whole, phrases, verify, matches } = lookup
    if (anyOf !== null) return anyOf.flatMap((value) => this.#number(value) ?? [])
    if (whole !== null) return [this.#number(whole) ?? []].flat()
    const slow = phrases.length === 0 || phrases.some((phrase) => phrase.isShort)
    if (slow && within && within.length <= readOneByOne)
      return within.filter((value) => matches(this.value(value)))
    if (phrases.length === 0) return this.#scan(matches)
    const lists = this.#reader.lists(this.#segment)
    const long = this.#long()
    let found: Values | null = null
    for (const phrase of phrases) {
      const values = phrase.values(lists, long, this.size, within)
      found = found ? both(found, values) : values
      if (found.length === 0) return found
    }
    if (!verify && (found === null || found.length === 0 || long.size === 0)) return found ?? []
    const doubtful = (value: number) => verify || long.has(value)
    return Array.from(found ?? []).filter((value) => !doubtful(value) || matches(this.value(value)))
  }

  /** Of one whole value; null when no row has it. */
  #number(value: string): number | null {
    const number = this.firstAtLeast(value)
    return number < this.size && this.value(number) === value ? number : null
  }

  /** Whether what a row has is known without a look at all rows. */
  get knowsRows(): boolean {
    return rowColumns.includes(this.column)
  }

  /** Numbers of the values that these rows have, ascending. */
  valuesOf(bits: Bitmap): number[] {
    if (this.knowsRows) return this.#knownValuesOf(bits)
    const starts = this.#reader.numbers(this.#segment, parts.starts(this.column))
    const values: number[] = []
    let value = -1
    let end = 0
    let at = 0
    const all = starts.at(this.size)
    for (const page of this.#reader.pages(this.#segment, parts.rows(this.column), all))
      for (let i = 0; i < page.length; i++, at++) {
        if (at < end || !has(bits, page[i] as number)) continue
        value = this.#valueAt(at, starts, value + 1)
        end = starts.at(value + 1)
        values.push(value)
      }
    return values
  }

  #knownValuesOf(bits: Bitmap): number[] {
    const numbers = this.#reader.numbers(this.#segment, parts.values(this.column))
    const all = Uint16Array.from(rowsOf(bits))
    for (let i = 0; i < all.length; i++) all[i] = numbers.at(all[i] as number)
    all.sort()
    const distinct: number[] = []
    for (let i = 0; i < all.length; i++) if (i === 0 || all[i] !== all[i - 1]) distinct.push(all[i] as number)
    return distinct
  }

  /** Number of the value at a position, `from` or greater: in steps that double, since it is often near. */
  #valueAt(position: number, starts: PagedNumbers, from: number): number {
    let low = from
    let step = 1
    while (low + step < this.size && starts.at(low + step) <= position) {
      low += step
      step *= 2
    }
    const length = Math.min(step, this.size - low) - 1
    return low + lowerBound(length, (i) => starts.at(low + i + 1) <= position)
  }

  /** Adds the rows of these values. */
  addRows(bits: Bitmap, values: Values): void {
    const starts = this.#reader.numbers(this.#segment, parts.starts(this.column))
    const rows = this.#reader.numbers(this.#segment, parts.rows(this.column))
    for (let i = 0; i < values.length; i++) {
      const end = starts.at((values[i] as number) + 1)
      for (let at = starts.at(values[i] as number); at < end; at++) add(bits, rows.at(at))
    }
  }

  /** Each of these rows once, at the first of these values that it has; in the order of the values, then of the rows. */
  firsts(values: Values, rows: Bitmap): { rows: Uint32Array; values: Uint32Array } {
    const starts = this.#reader.numbers(this.#segment, parts.starts(this.column))
    const inOrder = this.#reader.numbers(this.#segment, parts.rows(this.column))
    const left = rows.slice()
    const found: number[] = []
    const at: number[] = []
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number
      const end = starts.at(value + 1)
      for (let position = starts.at(value); position < end; position++) {
        const row = inOrder.at(position)
        if (!has(left, row)) continue
        remove(left, row)
        found.push(row)
        at.push(value)
      }
    }
    return { rows: Uint32Array.from(found), values: Uint32Array.from(at) }
  }

  /** These rows with the numbers of their values, in the order of values, then of rows; of a column that knows its rows. */
  inOrder(bits: Bitmap): { rows: Uint32Array; values: Uint32Array } {
    const numbers = this.#reader.numbers(this.#segment, parts.values(this.column))
    const pairs = Float64Array.from(rowsOf(bits))
    for (let i = 0; i < pairs.length; i++) {
      const row = pairs[i] as number
      pairs[i] = numbers.at(row) * segmentRowsLimit + row
    }
    pairs.sort()
    const [rows, values] = [new Uint32Array(pairs.length), new Uint32Array(pairs.length)]
    for (let i = 0; i < pairs.length; i++) {
      const pair = pairs[i] as number
      values[i] = pair / segmentRowsLimit // its whole part
      rows[i] = pair % segmentRowsLimit
    }
    return { rows, values }
  }

  /** Row at a position in the order of values. */
  row(position: number): number {
    return this.#reader.numbers(this.#segment, parts.rows(this.column)).at(position)
  }

  /** The value at a position in the order of values. */
  valueAt(position: number): string {
    const starts = this.#reader.numbers(this.#segment, parts.starts(this.column))
    return this.value(lowerBound(this.size, (i) => starts.at(i + 1) <= position))
  }

  /** First position of a value, by its number. */
  position(value: number): number {
    return this.#reader.numbers(this.#segment, parts.starts(this.column)).at(value)
  }

  #fences(): TextBlock {
    return this.#reader.fences(this.#segment, this.#dictionary)
  }

  #block(block: number): TextBlock {
    return this.#reader.block(this.#segment, this.#dictionary, block)
  }

  #scan(matches: (text: string) => boolean): Values {
    const found: number[] = []
    const blocks = this.#fences().length - 1
    for (let block = 0; block < blocks; block++)
      this.#reader.readBlock(this.#segment, this.#dictionary, block).forEach((value, i) => {
        if (matches(value)) found.push(block * blockValues + i)
      })
    return found
  }

  /** Read when it is asked. */
  #long(): Long {
    let values: ReadonlySet<number> | undefined
    const read = () => {
      const list = this.#reader.lists(this.#segment).list(longKey(this.#dictionary))
      return new Set(list ? numbersIn(list, this.size, list.byteLength / numberBytes(this.size)) : [])
    }
    const known = () => {
      values ??= read()
      return values
    }
    return {
      has: (value) => known().has(value),
      get size() {
        return known().size
      },
    }
  }
}

/** What is in both. */
export function both(a: Values, b: Values): number[] {
  const values: number[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const difference = (a[i] as number) - (b[j] as number)
    if (difference === 0) values.push(a[i] as number)
    if (difference <= 0) i++
    if (difference >= 0) j++
  }
  return values
}
