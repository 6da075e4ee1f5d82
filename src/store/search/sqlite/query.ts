/**
 * A question made ready for running over the parts of the index: each text criterion becomes a look-up of one value, a
 * join of gram lists that may have to be verified, or a reading of all values.
 */

import { addressEnding } from '../../../mail/domains.ts'
import type { Entry, SortKey } from '../index.ts'
import {
  domainMatcher,
  framedPieces,
  type Matcher,
  matchesAll,
  valueMatcher,
  wholeValue,
} from '../pattern.ts'
import type { Best } from './best.ts'
import type { Bitmap } from './bitmap.ts'
import { type Column, columns, gramColumns, isList } from './layout.ts'
import { Phrase } from './phrase.ts'
import { type AnyOf, entryMatcher, type Question, type TextCriterion } from './question.ts'

/** A part of the index: a segment, or the newest entries in memory. Rows are in order of id. */
export interface Part {
  readonly rows: number
  readonly minId: number
  readonly maxId: number
  matching(query: Query): Bitmap
  id(row: number): number
  /** First row with this id or a greater one. */
  firstAtLeast(id: number): number
  sorted(sort: Exclude<SortKey, 'timestamp'>, hits: Bitmap, query: Query): SortedRows
  /** Offers the hits by their sort keys where that takes less than `sorted`; false: it does not. */
  offer?(best: Best, sort: Exclude<SortKey, 'timestamp'>, hits: Bitmap, query: Query): boolean
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
  /** What may be found instead. */
  or: Lookup | null
  /** Any one of these whole values; instead of everything below. */
  anyOf: readonly string[] | null
  /** The one value wanted; else phrases that must all be in it; else only reading all values tells. */
  whole: string | null
  phrases: Phrase[]
  /** Stands in each value that matches; '' for a pattern without text. */
  needle: string
  /** What the phrases find must be read; else only values that are long. */
  verify: boolean
  /** What is found is left out. */
  without: boolean
  matches: (value: string) => boolean
}

export interface Query extends Question {
  lookups: Lookup[]
  /** Who alone is looked at among the recipients; null: all. */
  own: Own | null
  matchesEntry: (entry: Entry) => boolean
}

/** Recipients of some domains. */
export interface Own {
  /** Any one of them. */
  lookups: readonly Lookup[]
  matches: Matcher
}

const ownOf = (domains: readonly string[]): Own => ({
  lookups: domains.map((domain) =>
    lookupOf({
      column: columns.recipients,
      pattern: { start: false, pieces: [addressEnding(domain)], end: true },
      without: false,
    }),
  ),
  matches: domainMatcher(domains),
})

export function queryOf(question: Question): Query {
  const lookups = question.texts
    .filter(({ column, pattern, without }) => without || isList(column) || !matchesAll(pattern))
    .map(lookupOf)
    .concat(question.anyOf ? [anyOfLookup(question.anyOf)] : [])
    .sort((a, b) => rank(a) - rank(b))
  const own = question.domains ? ownOf(question.domains) : null
  return { ...question, lookups, own, matchesEntry: entryMatcher(question) }
}

const anyOfLookup = ({ column, values }: AnyOf): Lookup => ({
  column,
  or: null,
  anyOf: values,
  whole: null,
  phrases: [],
  needle: '',
  verify: false,
  without: false,
  matches: (value) => values.includes(value),
})

function lookupOf(criterion: TextCriterion): Lookup {
  const { column, pattern, without, or } = criterion
  const pieces = matchesAll(pattern) ? ['\n'] : framedPieces(pattern)
  const phrases = gramColumns.includes(column)
    ? pieces.toSorted((a, b) => b.length - a.length).map((piece) => new Phrase(column, piece))
    : []
  return {
    column,
    or: or === undefined ? null : lookupOf({ column: or, pattern, without }),
    anyOf: null,
    whole: wholeValue(pattern),
    phrases,
    needle: pattern.pieces.reduce((longest, piece) => (piece.length > longest.length ? piece : longest), ''),
    verify: pieces.length > 1,
    without,
    matches: valueMatcher(pattern),
  }
}

/** What is likely to leave few rows goes first, what must read all values last. */
const rank = ({ anyOf, whole, phrases, verify, without }: Lookup): number =>
  (whole !== null || anyOf !== null ? 0 : phrases.length === 0 ? 6 : verify ? 4 : 2) + (without ? 1 : 0)
