/**
 * Lists of values and rows on their way between threads. Copying a structure costs by the number of its parts, many
 * times what it costs to write it as JSON, copy one text, and read that: so whatever is longer goes as text, where the
 * text says the same. Bytes, and numbers that JSON has no word for, go as they are.
 */
import type { Row, Value } from '../engine.ts'

/** A shorter list is copied as fast. */
const worthValues = 8
const worthRows = 3

const plain = (value: Value): boolean =>
  typeof value === 'string' || value === null || (typeof value === 'number' && Number.isFinite(value))

export type WiredValues = readonly Value[] | string
export type WiredRows = Row[] | string

export const wireValues = (list: readonly Value[]): WiredValues =>
  list.length >= worthValues && list.every(plain) ? JSON.stringify(list) : list

export const valuesOf = (wired: WiredValues): readonly Value[] =>
  typeof wired === 'string' ? (JSON.parse(wired) as Value[]) : wired

export const wireRows = (rows: Row[]): WiredRows =>
  rows.length >= worthRows && rows.every((row) => Object.values(row).every(plain))
    ? JSON.stringify(rows)
    : rows

/** Those that an answer can give away instead of having them copied. */
export const buffersOf = (rows: Row[]): ArrayBuffer[] =>
  rows.flatMap((row) => Object.values(row).flatMap((value) => (ownBuffer(value) ? [value.buffer] : [])))

const ownBuffer = (value: Value): value is Uint8Array<ArrayBuffer> =>
  value instanceof Uint8Array &&
  value.buffer instanceof ArrayBuffer &&
  value.byteLength > 0 &&
  value.byteLength === value.buffer.byteLength

export const rowsOf = (wired: WiredRows): Row[] =>
  typeof wired === 'string' ? (JSON.parse(wired) as Row[]) : wired
