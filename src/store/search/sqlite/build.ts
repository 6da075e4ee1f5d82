/**
 * Makes one segment of entries: everything that goes into search.db for them, table by table. Runs in the writing thread;
 * about 20 µs an entry. Works column by column, so that its memory is that of one column's grams.
 */
import type { Entry } from '../index.ts'
import { compareKeys } from '../pattern.ts'
import { valueHash } from './hash.ts'
import {
  blockKey,
  blockRows,
  blockSeparator,
  bucketKey,
  type Column,
  columns,
  framed,
  gramAt,
  gramColumns,
  hashColumns,
  isList,
  listPageKey,
  longKey,
  occurrenceBytes,
  type Occurrences,
  packLabels,
  parts,
  placeSpace,
  readOccurrences,
  sortColumns,
  textOf,
} from './layout.ts'
import { ListPacker } from './lists.ts'

/** Where the rows go. */
export interface SegmentSink {
  part(part: number, bytes: Uint8Array): void
  text(block: number, text: string): void
  lists(page: number, bytes: Uint8Array): void
}

/** @param entries in order of id, at most segmentRowsLimit. */
export function buildSegment(segment: number, entries: readonly Entry[], sink: SegmentSink): void {
  sink.part(parts.ids, bytesOf(Float64Array.from(entries, (entry) => entry.id)))
  sink.part(parts.labels, packLabels(entries))
  const sorted = new Map<Column, Uint16Array>()
  for (const column of Object.values(sortColumns)) {
    const order = orderOf(entries, textOf[column])
    sorted.set(column, order)
    sink.part(parts.order(column), bytesOf(order))
  }
  for (const column of Object.values(columns)) {
    const order = sorted.get(column)
    const textAt = textOf[column]
    for (let at = 0; at < entries.length; at += blockRows) {
      const values: string[] = []
      for (let i = at; i < Math.min(at + blockRows, entries.length); i++)
        values.push(textAt(entries[order ? (order[i] as number) : i] as Entry))
      sink.text(blockKey(segment, column, at / blockRows), values.join(blockSeparator))
    }
  }
  const lists = new ListPacker((page, bytes) => sink.lists(listPageKey(segment, page), bytes))
  for (const column of gramColumns) buildGrams(column, entries, lists)
  for (const column of columnsWithBuckets) {
    if (hashColumns.includes(column)) buildHashes(column, entries, lists)
    if (gramColumns.includes(column)) buildLong(column, entries, lists)
  }
  sink.part(parts.directory, bytesOf(lists.finish()))
}

/** In the order of their keys: grams of all columns, then each column's buckets. */
const columnsWithBuckets = Object.values(columns).toSorted((a, b) => a - b)

function orderOf(entries: readonly Entry[], textAt: (entry: Entry) => string): Uint16Array {
  const keys = entries.map(textAt)
  return Uint16Array.from(
    keys.map((_, row) => row).sort((a, b) => compareKeys(keys[a] as string, keys[b] as string) || a - b),
  )
}

/** Two passes over the column: how often each gram occurs, then where. */
function buildGrams(column: Column, entries: readonly Entry[], lists: ListPacker): void {
  const texts = entries.map((entry) => framed(column, textOf[column](entry)))
  const numbers = new Map<number, number>()
  const counts: number[] = []
  const occurrences = new Uint32Array(texts.reduce((sum, text) => sum + Math.max(0, text.length - 2), 0))
  let seen = 0
  for (const text of texts)
    for (let i = 0; i + 2 < text.length; i++) {
      const gram = gramAt(column, text, i)
      let number = numbers.get(gram)
      if (number === undefined) {
        number = counts.length
        numbers.set(gram, number)
        counts.push(0)
      }
      ;(counts[number] as number)++
      occurrences[seen++] = number
    }
  const made = counts.map((count) => new Uint8Array(count * occurrenceBytes(column)))
  const filling = made.map((list) => readOccurrences(column, list))
  const filled = new Uint32Array(counts.length)
  seen = 0
  texts.forEach((text, row) => {
    for (let i = 0; i + 2 < text.length; i++) {
      const number = occurrences[seen++] as number
      const at = filled[number] as number
      const { rows, places } = filling[number] as Occurrences
      rows[at] = row
      places[at] = i // wraps around by itself
      filled[number] = at + 1
    }
  })
  for (const [gram, number] of [...numbers].sort(([a], [b]) => a - b)) lists.add(gram, made[number] as Uint8Array)
}

/** Per bucket: hashes (two Uint32 each), then their rows (Uint16). */
function buildHashes(column: Column, entries: readonly Entry[], packer: ListPacker): void {
  const buckets = new Map<number, { hashes: number[]; rows: number[] }>()
  entries.forEach((entry, row) => {
    const text = textOf[column](entry)
    const values = isList(column) ? new Set(text.slice(1, -1).split('\n')) : [text]
    for (const value of values) {
      const { high, low } = valueHash(value)
      const key = bucketKey(column, high)
      let bucket = buckets.get(key)
      if (!bucket) {
        bucket = { hashes: [], rows: [] }
        buckets.set(key, bucket)
      }
      bucket.hashes.push(high, low)
      bucket.rows.push(row)
    }
  })
  for (const [key, { hashes, rows }] of [...buckets].sort(([a], [b]) => a - b)) {
    const list = new Uint8Array(hashes.length * 4 + rows.length * 2)
    new Uint32Array(list.buffer, 0, hashes.length).set(hashes)
    new Uint16Array(list.buffer, hashes.length * 4).set(rows)
    packer.add(key, list)
  }
}

function buildLong(column: Column, entries: readonly Entry[], packer: ListPacker): void {
  const space = placeSpace(column)
  const long = entries.flatMap((entry, row) => (framed(column, textOf[column](entry)).length > space ? [row] : []))
  if (long.length > 0) packer.add(longKey(column), bytesOf(Uint16Array.from(long)))
}

const bytesOf = (array: Float64Array | Uint16Array): Uint8Array =>
  new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength)
