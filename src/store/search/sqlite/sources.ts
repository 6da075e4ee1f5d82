/** What segments are made of: entries that are new, or what is left of other segments. */
import type { DatabaseSync } from 'node:sqlite'
import type { Entry } from '../index.ts'
import type { SegmentSource } from './build.ts'
import { packLabels, readLabels } from './labels.ts'
import {
  blockKey,
  blockSeparator,
  type Column,
  columns,
  copyFences,
  dictionaryOf,
  pageKey,
  parts,
  valuesOf,
} from './layout.ts'

/** @param entries in order of id. */
export function newEntries(entries: readonly Entry[]): SegmentSource {
  return {
    ids: Float64Array.from(entries, ({ id }) => id),
    labels: packLabels(entries),
    values(column, take) {
      entries.forEach((entry, row) => {
        const values = valuesOf(column, entry)
        // A recipient may be there twice, and has two copies then (moved.ts).
        const isOnce = values.length > 1 && column !== columns.recipients
        for (const value of isOnce ? new Set(values) : values) take(value, row)
        if (column === columns.recipients) take(entry.recipient_key, -1)
      })
    },
  }
}

/** Rows of several segments, in order of id, without those that are gone. */
export function oldSegments(db: DatabaseSync, segments: readonly number[]): SegmentSource {
  const rows = segments.flatMap((segment) => aliveRows(db, segment)).sort((a, b) => a.id - b.id)
  /** Row in the new segment for each row of an old one; -1 when it is gone. */
  const moved = new Map(segments.map((segment) => [segment, new Int32Array(rowCount(db, segment)).fill(-1)]))
  rows.forEach(({ segment, row }, to) => {
    ;(moved.get(segment) as Int32Array)[row] = to
  })
  const values: SegmentSource['values'] = (column, take) => {
    for (const [segment, to] of moved) {
      const starts = new Uint32Array(readPart(db, segment, parts.starts(column)))
      const rowsOfValues = new Uint16Array(readPart(db, segment, parts.rows(column)))
      readDictionary(db, segment, dictionaryOf(column)).forEach((value, v) => {
        for (let at = starts[v] as number; at < (starts[v + 1] as number); at++) {
          const row = to[rowsOfValues[at] as number] as number
          if (row >= 0) take(value, row)
        }
      })
    }
    if (column === columns.recipients) values(columns.recipient, (value) => take(value, -1))
  }
  return {
    ids: Float64Array.from(rows, ({ id }) => id),
    labels: packLabels(rows.map(({ labels }) => labels)),
    values,
  }
}

interface OldRow {
  segment: number
  row: number
  id: number
  labels: Pick<Entry, 'area' | 'reason' | 'rule' | 'scanner'>
}

function aliveRows(db: DatabaseSync, segment: number): OldRow[] {
  const { dead } = db.prepare('select dead from segments where segment = ?').get(segment) as {
    dead: Uint8Array | null
  }
  const gone = new Set(dead ? new Uint16Array(dead.slice().buffer) : [])
  const { combinations, rows } = readLabels(new Uint8Array(readPart(db, segment, parts.labels)))
  const known = Array.from({ length: combinations.length / 4 }, (_, i) => {
    const [area = 0, reason = 0, rule = 0, scanner = 0] = combinations.subarray(i * 4)
    return { area, reason, rule, scanner }
  })
  return Array.from(new Float64Array(readPart(db, segment, parts.ids)), (id, row) => ({
    segment,
    row,
    id,
    labels: known[rows[row] as number] as OldRow['labels'],
  })).filter(({ row }) => !gone.has(row))
}

function rowCount(db: DatabaseSync, segment: number): number {
  return Number(db.prepare('select rows from segments where segment = ?').get(segment)?.rows)
}

function readPart(db: DatabaseSync, segment: number, part: number): ArrayBuffer {
  const pages = db
    .prepare('select bytes from parts where page >= ? and page < ? order by page')
    .all(pageKey(segment, part, 0), pageKey(segment, part + 1, 0)) as { bytes: Uint8Array }[]
  const whole = new Uint8Array(pages.reduce((sum, { bytes }) => sum + bytes.byteLength, 0))
  let at = 0
  for (const { bytes } of pages) {
    whole.set(bytes, at)
    at += bytes.byteLength
  }
  return whole.buffer
}

function readDictionary(db: DatabaseSync, segment: number, dictionary: Column): string[] {
  const blocks = db
    .prepare('select text from texts where block >= ? and block < ? order by block')
    .all(blockKey(segment, dictionary, 0), blockKey(segment, dictionary, copyFences)) as { text: string }[]
  return blocks.flatMap(({ text }) => text.split(blockSeparator))
}
