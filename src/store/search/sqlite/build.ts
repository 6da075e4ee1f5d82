/**
 * Makes one segment of entries: everything that goes into search.db for them. Runs in the writing thread, some 40 µs an
 * entry. Works dictionary by dictionary, so that its memory is that of one dictionary's grams.
 */
import type { Entry } from '../index.ts'
import { compareKeys } from '../pattern.ts'
import { packLabels } from './labels.ts'
import {
  blockKey,
  blockSeparator,
  blockValues,
  type Column,
  columns,
  dictionaryOf,
  fences,
  framed,
  gramAt,
  gramColumns,
  longKey,
  numberBytes,
  numbersIn,
  type Occurrences,
  occurrencesIn,
  pageBytes,
  pageKey,
  parts,
  placeSpace,
  valuesOf,
} from './layout.ts'
import { ListPacker } from './lists.ts'

/** Where the pages and blocks go, nearly in the order of their keys. */
export interface SegmentSink {
  page(key: number, bytes: Uint8Array): void
  text(block: number, text: string): void
}

/** @param entries in order of id, at most segmentRowsLimit. */
export function buildSegment(segment: number, entries: readonly Entry[], sink: SegmentSink): void {
  const writePart = (part: number, array: Uint8Array | Float64Array | Uint32Array | Uint16Array) => {
    const bytes = new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength)
    for (let page = 0; page * pageBytes < bytes.length; page++)
      sink.page(pageKey(segment, part, page), bytes.subarray(page * pageBytes, (page + 1) * pageBytes))
  }
  writePart(
    parts.ids,
    Float64Array.from(entries, (entry) => entry.id),
  )
  sink.page(pageKey(segment, parts.labels, 0), packLabels(entries))
  const dictionaries = new Map<Column, string[]>()
  for (const column of Object.values(columns)) {
    const { values, starts, rows } = inverted(column, entries, dictionaries.get(dictionaryOf(column)))
    dictionaries.set(column, values)
    writePart(parts.starts(column), starts)
    writePart(parts.rows(column), rows)
    if (dictionaryOf(column) === column) writeTexts(segment, column, values, sink)
  }
  const lists = new ListPacker((page, bytes) => sink.page(pageKey(segment, parts.lists, page), bytes))
  for (const dictionary of gramColumns) addGrams(dictionary, dictionaries.get(dictionary) as string[], lists)
  for (const dictionary of gramColumns) addLong(dictionary, dictionaries.get(dictionary) as string[], lists)
  writePart(parts.directory, lists.finish())
}

interface Inverted {
  /** Distinct, in order. */
  values: string[]
  starts: Uint32Array
  rows: Uint16Array
}

/** @param given the dictionary, when another column has made it; it has all values of this one. */
function inverted(column: Column, entries: readonly Entry[], given: string[] | undefined): Inverted {
  const rowsOf = new Map<string, number[]>(given?.map((value) => [value, []]))
  entries.forEach((entry, row) => {
    for (const value of valuesOf(column, entry)) {
      const rows = rowsOf.get(value)
      if (!rows) rowsOf.set(value, [row])
      else if (rows.at(-1) !== row) rows.push(row)
    }
    if (column === columns.recipients && !rowsOf.has(entry.recipient_key)) rowsOf.set(entry.recipient_key, [])
  })
  const values = given ?? sorted([...rowsOf.keys()])
  const starts = new Uint32Array(values.length + 1)
  values.forEach((value, i) => {
    starts[i + 1] = (starts[i] as number) + (rowsOf.get(value) as number[]).length
  })
  const rows = new Uint16Array(starts[values.length] as number)
  values.forEach((value, i) => {
    rows.set(rowsOf.get(value) as number[], starts[i])
  })
  return { values, starts, rows }
}

/** UTF-16 order is code point order unless surrogates meet what is above them; nearly never, and much faster. */
const sorted = (values: string[]): string[] =>
  values.some((value) => /[\ud800-\uffff]/.test(value)) ? values.sort(compareKeys) : values.sort()

function writeTexts(segment: number, dictionary: Column, values: string[], sink: SegmentSink): void {
  const first = [String(values.length)]
  for (let at = 0; at < values.length; at += blockValues) {
    first.push(values[at] as string)
    const block = values.slice(at, at + blockValues).join(blockSeparator)
    sink.text(blockKey(segment, dictionary, at / blockValues), block)
  }
  sink.text(blockKey(segment, dictionary, fences), first.join(blockSeparator))
}

/** Two passes over the values: how often each gram occurs, then where. */
function addGrams(dictionary: Column, values: string[], lists: ListPacker): void {
  const numbers = new Map<number, number>()
  const counts: number[] = []
  const seen = new Uint32Array(values.reduce((sum, value) => sum + value.length + 1, 0))
  let at = 0
  for (const value of values) {
    const text = framed(value)
    for (let i = 0; i + 2 < text.length; i++) {
      const gram = gramAt(dictionary, text, i)
      let number = numbers.get(gram)
      if (number === undefined) {
        number = counts.length
        numbers.set(gram, number)
        counts.push(0)
      }
      ;(counts[number] as number)++
      seen[at++] = number
    }
  }
  const made = counts.map((count) => new Uint8Array(count * (numberBytes(values.length) + 1)))
  const filling = made.map((list) => occurrencesIn(list, values.length))
  const filled = new Uint32Array(counts.length)
  at = 0
  values.forEach((value, v) => {
    for (let i = 0; i <= value.length; i++) {
      const number = seen[at++] as number
      const next = filled[number] as number
      const occurrences = filling[number] as Occurrences
      occurrences.values[next] = v
      occurrences.places[next] = i // wraps around by itself
      filled[number] = next + 1
    }
  })
  for (const [gram, number] of [...numbers].sort(([a], [b]) => a - b))
    lists.add(gram, made[number] as Uint8Array)
}

function addLong(dictionary: Column, values: string[], lists: ListPacker): void {
  const long = values.flatMap((value, v) => (framed(value).length > placeSpace ? [v] : []))
  if (long.length === 0) return
  const list = new Uint8Array(long.length * numberBytes(values.length))
  numbersIn(list, values.length, long.length).set(long)
  lists.add(longKey(dictionary), list)
}
