/**
 * Makes one segment: everything that goes into search.db for it. Runs in the writing thread, some 40 µs an entry. Works
 * dictionary by dictionary, so that its memory is that of one dictionary with its grams.
 */
import { compareKeys } from '../pattern.ts'
import { packCopies } from './copies.ts'
import { addGrams } from './grams.ts'
import { readLabels } from './labels.ts'
import {
  blockKey,
  blockSeparator,
  blockValues,
  type Column,
  columns,
  copyFences,
  copyTexts,
  dictionaryOf,
  fences,
  framed,
  gramColumns,
  longKey,
  numberBytes,
  numbersIn,
  pageBytes,
  pageKey,
  parts,
  placeSpace,
  rowColumns,
} from './layout.ts'
import { ListPacker } from './lists.ts'

/** What a segment is made of: rows in order of id. */
export interface SegmentSource {
  ids: Float64Array
  /** As packed by packLabels. */
  labels: Uint8Array
  /** Calls `take` for each value of each row, in any order. A dictionary may hold values of no row: then row is -1. */
  values(column: Column, take: (value: string, row: number) => void): void
}

/** Where the pages and blocks go, nearly in the order of their keys. */
export interface SegmentSink {
  page(key: number, bytes: Uint8Array): void
  text(block: number, text: string): void
}

export function buildSegment(segment: number, source: SegmentSource, sink: SegmentSink): void {
  const writePart = (part: number, array: Float64Array | Uint32Array | Uint16Array) => {
    const bytes = new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength)
    for (let page = 0; page * pageBytes < bytes.length; page++)
      sink.page(pageKey(segment, part, page), bytes.subarray(page * pageBytes, (page + 1) * pageBytes))
  }
  writePart(parts.ids, source.ids)
  sink.page(pageKey(segment, parts.labels, 0), source.labels)
  const dictionaries = new Map<Column, readonly string[]>()
  const byRow = new Map<Column, Uint16Array>()
  for (const column of Object.values(columns)) {
    const { values, starts, rows } = inverted(column, source, dictionaries.get(dictionaryOf(column)))
    writePart(parts.starts(column), starts)
    writePart(parts.rows(column), rows)
    if (rowColumns.includes(column)) {
      const ofRows = valuesByRow(starts, rows)
      byRow.set(column, ofRows)
      writePart(parts.values(column), ofRows)
    }
    if (column === columns.recipients) {
      const textOfRow = (of: Column) => {
        const [numbers, texts] = [byRow.get(of)!, dictionaries.get(of)!]
        return (row: number) => texts[numbers[row] as number] as string
      }
      const copyFirsts = packCopies(
        {
          recipients: values,
          starts,
          rows,
          ids: source.ids,
          labels: readLabels(source.labels).rows,
          sender: textOfRow(columns.sender),
          subject: textOfRow(columns.subject),
        },
        {
          page: (page, bytes) => sink.page(pageKey(segment, parts.copies, page), bytes),
          texts: (block, text) => sink.text(blockKey(segment, copyTexts, block), text),
        },
      )
      sink.text(blockKey(segment, columns.recipients, copyFences), copyFirsts.join(blockSeparator))
    }
    if (dictionaryOf(column) !== column) continue
    writeTexts(segment, column, values, sink)
    if (gramColumns.includes(column)) dictionaries.set(column, values)
  }
  const lists = new ListPacker((page, bytes) => sink.page(pageKey(segment, parts.lists, page), bytes))
  for (const [dictionary, values] of dictionaries) addGrams(dictionary, values, lists)
  for (const [dictionary, values] of dictionaries) addLong(dictionary, values, lists)
  writePart(parts.directory, lists.finish())
}

interface Inverted {
  /** Distinct, in order. */
  values: readonly string[]
  starts: Uint32Array
  rows: Uint16Array
}

/** @param given the dictionary, when another column has made it; it has all values of this one. */
function inverted(column: Column, source: SegmentSource, given: readonly string[] | undefined): Inverted {
  const numbers = new Map<string, number>(given?.map((value, number) => [value, number]))
  const pairs = new Pairs()
  source.values(column, (value, row) => {
    let number = numbers.get(value)
    if (number === undefined) {
      number = numbers.size
      numbers.set(value, number)
    }
    if (row < 0) return
    pairs.add(number, row)
  })
  const values = given ?? sorted([...numbers.keys()])
  if (!given) {
    const ranks = new Uint32Array(values.length)
    values.forEach((value, rank) => {
      ranks[numbers.get(value) as number] = rank
    })
    for (let i = 0; i < pairs.count; i++) pairs.values[i] = ranks[pairs.values[i] as number] as number
  }
  const [pairValues, pairRows] = [pairs.values.subarray(0, pairs.count), pairs.rows.subarray(0, pairs.count)]
  // By row first, then by value: counting keeps the order of equals, so rows ascend within a value.
  const byRow = counted(pairRows, source.ids.length, null).order
  const { starts, order } = counted(pairValues, values.length, byRow)
  const rows = new Uint16Array(order.length)
  for (let i = 0; i < order.length; i++) rows[i] = pairRows[order[i] as number] as number
  return { values, starts, rows }
}

/** Values with their rows; of mail to many there are a million in a segment. */
class Pairs {
  values = new Uint32Array(1 << 16)
  rows = new Uint16Array(1 << 16)
  count = 0

  add(value: number, row: number): void {
    if (this.count === this.values.length) {
      this.values = longer(this.values, new Uint32Array(this.count * 2))
      this.rows = longer(this.rows, new Uint16Array(this.count * 2))
    }
    this.values[this.count] = value
    this.rows[this.count++] = row
  }
}

function longer<Numbers extends Uint16Array | Uint32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from)
  return to
}

/** Of a column in which each row has one value, so that there are no more values than rows. */
function valuesByRow(starts: Uint32Array, rows: Uint16Array): Uint16Array {
  const values = new Uint16Array(rows.length)
  for (let value = 0; value + 1 < starts.length; value++)
    for (let at = starts[value] as number; at < (starts[value + 1] as number); at++)
      values[rows[at] as number] = value
  return values
}

/** Sorts pairs by counting their keys. @param pairs in which order they come; null: as they are. */
function counted(
  keys: Uint16Array | Uint32Array,
  keyCount: number,
  pairs: Uint32Array | null,
): { starts: Uint32Array; order: Uint32Array } {
  const starts = new Uint32Array(keyCount + 1)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number
    starts[key + 1] = (starts[key + 1] as number) + 1
  }
  for (let key = 0; key < keyCount; key++)
    starts[key + 1] = (starts[key + 1] as number) + (starts[key] as number)
  const next = starts.slice()
  const order = new Uint32Array(keys.length)
  for (let i = 0; i < keys.length; i++) {
    const pair = pairs === null ? i : (pairs[i] as number)
    const key = keys[pair] as number
    order[next[key] as number] = pair
    next[key] = (next[key] as number) + 1
  }
  return { starts, order }
}

/** UTF-16 order is code point order unless surrogates meet what is above them; nearly never, and much faster. */
const sorted = (values: string[]): string[] =>
  values.some((value) => /[\ud800-\uffff]/.test(value)) ? values.sort(compareKeys) : values.sort()

function writeTexts(segment: number, dictionary: Column, values: readonly string[], sink: SegmentSink): void {
  const first = [String(values.length)]
  for (let at = 0; at < values.length; at += blockValues) {
    first.push(values[at] as string)
    const block = values.slice(at, at + blockValues).join(blockSeparator)
    sink.text(blockKey(segment, dictionary, at / blockValues), block)
  }
  sink.text(blockKey(segment, dictionary, fences), first.join(blockSeparator))
}

function addLong(dictionary: Column, values: readonly string[], lists: ListPacker): void {
  const long = values.flatMap((value, v) => (framed(value).length > placeSpace ? [v] : []))
  if (long.length === 0) return
  const list = new Uint8Array(long.length * numberBytes(values.length))
  numbersIn(list, values.length, long.length).set(long)
  lists.add(longKey(dictionary), list)
}
