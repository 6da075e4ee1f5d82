/**
 * How search.db lays out entries: segments of some thousand rows, written once. In a segment each column has a
 * dictionary, its distinct values in order; values of mail repeat a lot. Of a dictionary the segment keeps the values as
 * text in blocks, the rows of each value, and for each three characters (gram) in which values they stand and where. So
 * a `*string*` is a join of a few short lists, exact without looking at the text, and the order of the dictionary is
 * the order of sorting. Rows of a segment are in order of id and numbered from 0.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { Entry, SortKey } from '../index.ts'

/** Written into search.db; another number there means: build it anew. */
export const layoutVersion = 5

/** Row numbers are kept in 16 bits. */
export const segmentRowsLimit = 65_536

/** `recipient` is the first one, to sort by; its values are in the dictionary of `recipients`. */
export const columns = {
  sender: 0,
  subject: 1,
  recipients: 2,
  attachments: 3,
  messageId: 4,
  recipient: 5,
} as const
export type Column = (typeof columns)[keyof typeof columns]
export const dictionaryOf = (column: Column): Column =>
  column === columns.recipient ? columns.recipients : column

export const sortColumns: Record<Exclude<SortKey, 'timestamp'>, Column> = {
  sender: columns.sender,
  subject: columns.subject,
  recipient: columns.recipient,
}
/** These have grams; of the others only whole values are found fast. */
export const gramColumns: readonly Column[] = [
  columns.sender,
  columns.subject,
  columns.recipients,
  columns.attachments,
]
/** Of these a segment keeps which value each row has, for a look at few rows among many. */
export const rowColumns: readonly Column[] = [columns.sender, columns.subject]

/** `\na\nb\n` */
export const isList = (column: Column): boolean =>
  column === columns.recipients || column === columns.attachments

export const textOf: Record<Column, (entry: Entry) => string> = {
  0: (entry) => entry.sender_key,
  1: (entry) => entry.subject_key,
  2: (entry) => entry.recipients_key,
  3: (entry) => entry.attachments_key,
  4: (entry) => entry.message_id_key,
  5: (entry) => entry.recipient_key,
}

export function valuesOf(column: Column, entry: Entry): string[] {
  const text = textOf[column](entry)
  return isList(column) ? (text === '' ? [] : text.slice(1, -1).split('\n')) : [text]
}

export const schema = `
  create table meta (key text primary key, value text not null) without rowid;
  create table segments (
    segment integer primary key, rows integer not null, min_id integer not null, max_id integer not null,
    chars integer not null, dead blob
  );
  create table dropped (segment integer primary key);
  create table parts (page integer primary key, bytes blob not null);
  create table texts (block integer primary key, text text not null);
`

/** Whether a database is a search.db of this layout. Throws for a file that is damaged. */
export function isOfToday(db: DatabaseSync): boolean {
  const tables = db.prepare("select 1 from sqlite_schema where type = 'table' and name = 'meta'").get()
  if (!tables) return false
  return db.prepare("select value from meta where key = 'layout'").get()?.value === String(layoutVersion)
}

/**
 * Parts of a segment, each in pages. Per column: `starts` (Uint32), where the rows of each value begin in `rows`
 * (Uint16), with one more at the end; and of some `values` (Uint16), the number of the value of each row. Of these parts
 * those of Uint16 have odd numbers. And `copies`, what is known of the copies of each recipient (copies.ts).
 */
export const parts = {
  ids: 0,
  labels: 1,
  starts: (column: Column): number => 2 + column * 2,
  rows: (column: Column): number => 3 + column * 2,
  lists: 14,
  directory: 15,
  values: (column: Column): number => 17 + column * 2,
  copies: 28,
} as const

/** A page of a part about fills a page of the database. */
export const pageBytes = 8000
const pagesPerPart = 1 << 17
export const pageKey = (segment: number, part: number, page: number): number =>
  (segment * 32 + part) * pagesPerPart + page

export const blockValues = 256
/** Stands between the values of a block; in no value (see `tidied`). */
export const blockSeparator = '\x1e'
const blocksPerColumn = 1 << 20
/** Number of a block that has the size of the dictionary, then the first value of each block. */
export const fences = blocksPerColumn - 1
/** The same for the pages of copies, in the dictionary of recipients. */
export const copyFences = blocksPerColumn - 2
/** Blocks that are of no dictionary: the longer texts of copies (copies.ts). */
export const copyTexts = 7
export const blockKey = (segment: number, dictionary: Column | typeof copyTexts, block: number): number =>
  (segment * 8 + dictionary) * blocksPerColumn + block

/**
 * A value as its grams see it: framed by line feeds, so that the beginning and the end of a value are part of a gram, and
 * with one more at the end, so that even the last character begins a gram.
 */
export const framed = (value: string): string => `\n${value}\n\n`

const charSpace = 0x10000

/** Key of the gram that begins at `i`; grams that begin alike are neighbours. Below 2^53. */
export const gramAt = (dictionary: Column, text: string, i: number): number =>
  ((dictionary * charSpace + text.charCodeAt(i)) * charSpace + text.charCodeAt(i + 1)) * charSpace +
  text.charCodeAt(i + 2)

/** First key and the key after the last of the grams that begin with one or two characters. */
export function gramsThatBegin(dictionary: Column, start: string): [number, number] {
  const first = gramAt(dictionary, `${start}\0\0`, 0)
  return [first, first + charSpace ** (3 - start.length)]
}

/** In a framed value longer than this a phrase may seem to be where it is not: such values are listed and read again. */
export const placeSpace = 256
/** Key of the list of those values (numbers only, no places). */
export const longKey = (dictionary: Column): number => (8 + dictionary) * charSpace ** 3

/** Value numbers need 32 bits in a dictionary of more values than this. */
const narrowValues = 65_536
export type Numbers = Uint16Array | Uint32Array

export const numberBytes = (dictionarySize: number): number => (dictionarySize > narrowValues ? 4 : 2)

export function numbersIn(
  { buffer, byteOffset }: Uint8Array,
  dictionarySize: number,
  count: number,
): Numbers {
  return dictionarySize > narrowValues
    ? new Uint32Array(buffer, byteOffset, count)
    : new Uint16Array(buffer, byteOffset, count)
}

/** A list of occurrences: values, ascending, then for each its place in the framed value, modulo placeSpace. */
export interface Occurrences {
  values: Numbers
  places: Uint8Array
}

export function occurrencesIn(list: Uint8Array, dictionarySize: number): Occurrences {
  const width = numberBytes(dictionarySize)
  const count = list.byteLength / (width + 1)
  return { values: numbersIn(list, dictionarySize, count), places: list.subarray(count * width) }
}

/** Number of leading elements for which `holds` is true (it must not become true again). */
export function lowerBound(length: number, holds: (i: number) => boolean): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) low = middle + 1
    else high = middle
  }
  return low
}
