/**
 * A question made ready for running over the parts of the index: each text criterion becomes a look-up of one value, a
 * join of gram lists that may have to be verified, or a reading of all values.
 */
import type { Entry, SortKey } from '../index.ts'
import { framedPieces, matchesAll, valueMatcher, wholeValue } from '../pattern.ts'
import type { Bitmap } from './bitmap.ts'
import { type Column, gramColumns, isList } from './layout.ts'
import { Phrase } from './phrase.ts'
import { entryMatcher, type Question, type TextCriterion } from './question.ts'

/** A part of the index: a segment, or the newest entries in memory. Rows are in order of id. */
export interface Part {
  readonly rows: number
  readonly minId: number
  readonly maxId: number
  matching(query: Query): Bitmap
  id(row: number): number
  /** First row with this id or a greater one. */
  firstAtLeast(id: number): number
  sorted(sort: Exclude<SortKey, 'timestamp'>, hits: Bitmap): SortedRows
}

/** Rows of a part in order of a sort key, ties in order of id; may contain more rows than the hits. */
export interface SortedRows {
  readonly length: number
  row(position: number): number
  key(position: number): string
  /** First position whose key is this one or a greater one. */
  firstAtLeast(key: string): number
}

export interface Lookup {
  column: Column
  /** The one value wanted; else phrases that must all be in it; else only reading all values tells. */
  whole: string | null
  phrases: Phrase[]
  /** What the phrases find must be read; else only values that are long. */
  verify: boolean
  /** What is found is left out. */
  without: boolean
  matches: (value: string) => boolean
}

export interface Query extends Question {
  lookups: Lookup[]
  matchesEntry: (entry: Entry) => boolean
}

export function queryOf(question: Question): Query {
  const lookups = question.texts
    .filter(({ column, pattern, without }) => without || isList(column) || !matchesAll(pattern))
    .map(lookupOf)
    .sort((a, b) => rank(a) - rank(b))
  return { ...question, lookups, matchesEntry: entryMatcher(question) }
}

function lookupOf({ column, pattern, without }: TextCriterion): Lookup {
  const pieces = matchesAll(pattern) ? ['\n'] : framedPieces(pattern)
  const phrases = gramColumns.includes(column)
    ? pieces.toSorted((a, b) => b.length - a.length).map((piece) => new Phrase(column, piece))
    : []
  return {
    column,
    whole: wholeValue(pattern),
    phrases,
    verify: pieces.length > 1,
    without,
    matches: valueMatcher(pattern),
  }
}

/** What is likely to leave few rows goes first, what must read all values last. */
const rank = ({ whole, phrases, verify, without }: Lookup): number =>
  (whole !== null ? 0 : phrases.length === 0 ? 6 : verify ? 4 : 2) + (without ? 1 : 0)
