/**
 * How search.db lays out entries: segments of a few thousand rows, written once. A segment has its ids and labels, its
 * values as text in blocks, the order of its rows by each sort key, hashes of whole values, and for each three
 * characters in a row (gram) where they occur. So a `*string*` is a join of a few short lists, exact without looking at
 * the text. Rows of a segment are in order of id and numbered from 0.
 */
import type { Entry, SortKey } from '../index.ts'

/** Written into search.db; another number there means: build it anew. */
export const layoutVersion = 1

/** Row numbers in lists are 16 bits. */
export const segmentRowsLimit = 65_536
export const blockRows = 256
/** Stands between values in a block; not in any value (see `tidied`). */
export const blockSeparator = '\x1e'

/** Text of a segment. The first three are kept in their own order (the order of their sort), the others in row order. */
export const columns = { sender: 0, subject: 1, recipient: 2, recipients: 3, attachments: 4, messageId: 5 } as const
export type Column = (typeof columns)[keyof typeof columns]

export const sortColumns: Record<Exclude<SortKey, 'timestamp'>, Column> = { sender: 0, subject: 1, recipient: 2 }
/** These have grams. */
export const gramColumns: readonly Column[] = [columns.sender, columns.subject, columns.recipients, columns.attachments]
/** Whole values of these are found by their hash. */
export const hashColumns: readonly Column[] = [columns.sender, columns.recipients, columns.messageId]
/** `\na\nb\n` */
export const isList = (column: Column): boolean => column === columns.recipients || column === columns.attachments

export const textOf: Record<Column, (entry: Entry) => string> = {
  0: (entry) => entry.sender_key,
  1: (entry) => entry.subject_key,
  2: (entry) => entry.recipient_key,
  3: (entry) => entry.recipients_key,
  4: (entry) => entry.attachments_key,
  5: (entry) => entry.message_id_key,
}

export const schema = `
  create table meta (key text primary key, value text not null) without rowid;
  create table segments (
    segment integer primary key, rows integer not null, min_id integer not null, max_id integer not null, dead blob
  );
  create table parts (segment integer, part integer, bytes blob not null, primary key (segment, part)) without rowid;
  create table texts (block integer primary key, text text not null);
  create table lists (page integer primary key, bytes blob not null);
`

/** Parts of a segment: ids (Float64), labels (see packLabels), directory of lists, rows in order of a sort column (Uint16). */
export const parts = { ids: 0, labels: 1, directory: 2, order: (column: Column): number => 10 + column } as const

export const blockKey = (segment: number, column: Column, block: number): number => (segment * 8 + column) * 256 + block

const charSpace = 0x10000

export const listPageKey = (segment: number, page: number): number => segment * charSpace + page

/**
 * A value as its grams see it: framed by line feeds, so that the beginning and the end of a value are part of a gram, and
 * with one more at the end, so that even the last character begins a gram.
 */
export function framed(column: Column, text: string): string {
  if (!isList(column)) return `\n${text}\n\n`
  return text === '' ? '' : `${text}\n`
}

const gramSpace = charSpace ** 3

/** Key of the gram that begins at `i`; grams that begin alike are neighbours. Below 2^53. */
export const gramAt = (column: Column, text: string, i: number): number =>
  ((column * charSpace + text.charCodeAt(i)) * charSpace + text.charCodeAt(i + 1)) * charSpace + text.charCodeAt(i + 2)

/** First key and the key after the last of the grams that begin with one or two characters. */
export function gramsThatBegin(column: Column, start: string): [number, number] {
  const first = gramAt(column, `${start}\0\0`, 0)
  return [first, first + charSpace ** (3 - start.length)]
}

/** Hashes stand in the same table, in buckets, above the grams. */
const hashBuckets = 256
export const bucketKey = (column: Column, high: number): number => (8 + column) * gramSpace + (high % hashBuckets)

/** A list of occurrences: rows (Uint16, ascending), then for each its place in the text, modulo the column's placeSpace. */
export interface Occurrences {
  rows: Uint16Array
  places: Uint8Array | Uint16Array
}

/**
 * In a text longer than this a phrase may seem to be where it is not: such rows are listed (longKey) and looked at
 * again. Lists of recipients are often long, other texts hardly ever.
 */
export const placeSpace = (column: Column): number => (isList(column) ? 65_536 : 256)

export const occurrenceBytes = (column: Column): number => (isList(column) ? 4 : 3)

export function readOccurrences(column: Column, { buffer, byteOffset, byteLength }: Uint8Array): Occurrences {
  const count = byteLength / occurrenceBytes(column)
  const Places = isList(column) ? Uint16Array : Uint8Array
  return { rows: new Uint16Array(buffer, byteOffset, count), places: new Places(buffer, byteOffset + count * 2, count) }
}

/** Rows (Uint16) whose text in this column is so long that places repeat. */
export const longKey = (column: Column): number => bucketKey(column, 0) + hashBuckets

/** Labels: the distinct combinations (area, reason, rule, scanner as Uint32), then each row's combination (Uint16). */
export function packLabels(entries: readonly Entry[]): Uint8Array {
  const known = new Map<string, number>()
  const combinations: number[] = []
  const rows = new Uint16Array(entries.length)
  entries.forEach(({ area, reason, rule, scanner }, row) => {
    const key = `${area} ${reason} ${rule} ${scanner}`
    let number = known.get(key)
    if (number === undefined) {
      number = known.size
      known.set(key, number)
      combinations.push(area, reason, rule, scanner)
    }
    rows[row] = number
  })
  const bytes = new Uint8Array(4 + combinations.length * 4 + rows.byteLength)
  new Uint32Array(bytes.buffer, 0, 1 + combinations.length).set([known.size, ...combinations])
  bytes.set(new Uint8Array(rows.buffer), 4 + combinations.length * 4)
  return bytes
}

export interface Labels {
  /** Four numbers a combination. */
  combinations: Uint32Array
  rows: Uint16Array
}

export function readLabels(bytes: Uint8Array): Labels {
  const count = new Uint32Array(bytes.buffer, bytes.byteOffset, 1)[0] as number
  const at = bytes.byteOffset + 4
  return {
    combinations: new Uint32Array(bytes.buffer, at, count * 4),
    rows: new Uint16Array(bytes.buffer, at + count * 16, (bytes.byteLength - 4 - count * 16) / 2),
  }
}
