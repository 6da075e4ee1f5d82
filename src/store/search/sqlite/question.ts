/**
 * A search as it goes to the reading thread: patterns are clean, labels are numbers, dates are ids. And what it means
 * for a row that is in memory.
 */
import type { HoldingState } from '../../schema.ts'
import type { Entry, Filter, Pattern, SortKey } from '../index.ts'
import { type LabelNumbers, labelKinds } from '../labels.ts'
import { compareKeys, domainMatcher, listMatcher, type Matcher, valueMatcher } from '../pattern.ts'
import { type Column, columns, isList, textOf, valuesOf } from './layout.ts'

export interface TextCriterion {
  column: Column
  pattern: Pattern
  /** What matches is left out. */
  without: boolean
  /** What matches there will do as well. */
  or?: Column
}

/** One of these whole values, in a list of values. */
export interface AnyOf {
  column: Column
  values: readonly string[]
}

export interface Question {
  /** From inclusive, to exclusive. */
  fromId: number
  toId: number
  labels: LabelNumbers
  texts: TextCriterion[]
  anyOf?: AnyOf
  state?: HoldingState
  copies?: Filter['copies']
  /** Recipients of other domains are not looked at. */
  domains?: Filter['domains']
  sort: SortKey
  order: 'asc' | 'desc'
  offset: number
  limit: number
  after?: { key: string; id: number }
  totalCap: number
}

export interface Answer {
  ids: number[]
  total: number
  totalIsExact: boolean
  next: { key: string; id: number } | null
}

/** Tests everything but the states of copies. */
export function entryMatcher(question: Question): (entry: Entry) => boolean {
  const tests: ((entry: Entry) => boolean)[] = []
  const { fromId, toId } = question
  for (const kind of labelKinds) {
    const numbers = question.labels[kind]
    if (!numbers) continue
    const wanted = new Set(numbers)
    tests.push((entry) => wanted.has(entry[kind]))
  }
  const isOwn = question.domains && domainMatcher(question.domains)
  if (isOwn) tests.push((entry) => ownRecipients(entry, isOwn).length > 0)
  for (const criterion of question.texts) {
    if (isOwn && criterion.column === columns.recipients) {
      const fits = valueMatcher(criterion.pattern)
      tests.push((entry) => ownRecipients(entry, isOwn).some(fits) !== criterion.without)
      continue
    }
    const matches = textMatcher(criterion)
    const text = textOf[criterion.column]
    const other = criterion.or === undefined ? () => '' : textOf[criterion.or]
    const either =
      criterion.or === undefined
        ? (entry: Entry) => matches(text(entry))
        : (entry: Entry) => matches(text(entry)) || matches(other(entry))
    tests.push((entry) => either(entry) !== criterion.without)
  }
  if (question.anyOf) {
    const { column, values } = question.anyOf
    const framed = values.map((value) => `\n${value}\n`)
    const text = textOf[column]
    tests.push((entry) => framed.some((value) => text(entry).includes(value)))
  }
  return (entry) => entry.id >= fromId && entry.id < toId && tests.every((test) => test(entry))
}

const ownRecipients = (entry: Entry, isOwn: Matcher): string[] =>
  valuesOf(columns.recipients, entry).filter(isOwn)

/** The first of them in the order of sorting: by it a result is sorted for somebody who sees no others. */
export function firstOwnRecipient(entry: Entry, isOwn: Matcher): string {
  const [first = ''] = ownRecipients(entry, isOwn).sort(compareKeys)
  return first
}

const textMatcher = ({ column, pattern }: TextCriterion): ((text: string) => boolean) =>
  isList(column) ? listMatcher(pattern) : valueMatcher(pattern)
