/**
 * A question made ready for running over the parts of the index: each text criterion becomes a look-up of hashes, a
 * join of gram lists, a reading of texts, or a join that is verified by reading.
 */
import { framedPieces, matchesAll, wholeValue } from '../pattern.ts'
import { type ValueHash, valueHash } from './hash.ts'
import type { Bitmap } from './bitmap.ts'
import { type Column, gramColumns, hashColumns, isList } from './layout.ts'
import { Phrase } from './phrase.ts'
import { entryMatcher, type Question, type TextCriterion, textMatcher } from './question.ts'
import type { Entry, SortKey } from '../index.ts'

/** A part of the index: a segment, or the newest entries in memory. Rows are in order of id. */
export interface Part {
  readonly rows: number
  readonly minId: number
  readonly maxId: number
  matching(query: Query): Bitmap
  id(row: number): number
  sorted(sort: Exclude<SortKey, 'timestamp'>, hits: Bitmap): SortedRows
}

/** Rows of a part in order of a sort key, ties in order of id; may contain more rows than the hits. */
export interface SortedRows {
  readonly length: number
  row(position: number): number
  key(position: number): string
}

export interface Lookup {
  column: Column
  /** Whole value by hash, or phrases that must all be there. Neither: only reading tells. */
  hash: ValueHash | null
  phrases: Phrase[]
  /** Every row found must be read; else only those whose texts are long. */
  verify: boolean
  matches: (text: string) => boolean
}

export interface Query extends Question {
  lookups: Lookup[]
  matchesEntry: (entry: Entry) => boolean
}

export function queryOf(question: Question): Query {
  const lookups = question.texts
    .filter(({ column, pattern }) => isList(column) || !matchesAll(pattern))
    .map(lookupOf)
    .sort((a, b) => rank(a) - rank(b))
  return { ...question, lookups, matchesEntry: entryMatcher(question) }
}

function lookupOf(criterion: TextCriterion): Lookup {
  const { column, pattern } = criterion
  const matches = textMatcher(criterion)
  const whole = wholeValue(pattern)
  if (whole !== null && hashColumns.includes(column))
    return { column, hash: valueHash(whole), phrases: [], verify: false, matches }
  if (!gramColumns.includes(column)) return { column, hash: null, phrases: [], verify: true, matches }
  const pieces = matchesAll(pattern) ? ['\n'] : framedPieces(pattern)
  const phrases = pieces.toSorted((a, b) => b.length - a.length).map((piece) => new Phrase(column, piece))
  return { column, hash: null, phrases, verify: pieces.length > 1, matches }
}

/** What is likely to leave few rows goes first, what must read all texts last. */
const rank = ({ hash, phrases, verify }: Lookup): number => (hash ? 0 : verify ? (phrases.length > 0 ? 2 : 3) : 1)
