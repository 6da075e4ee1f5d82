/**
 * A search as it goes to the reading thread: patterns are clean, labels are numbers, dates are ids. And what it means
 * for a row that is in memory.
 */
import type { HoldingState } from '../../schema.ts'
import type { Entry, Pattern, SortKey } from '../index.ts'
import { type LabelNumbers, labelKinds } from '../labels.ts'
import { listMatcher, valueMatcher } from '../pattern.ts'
import { type Column, isList, textOf } from './layout.ts'

export interface TextCriterion {
  column: Column
  pattern: Pattern
  /** What matches is left out. */
  without: boolean
}

export interface Question {
  /** From inclusive, to exclusive. */
  fromId: number
  toId: number
  labels: LabelNumbers
  texts: TextCriterion[]
  state?: HoldingState
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

/** Tests everything but the state. */
export function entryMatcher(question: Question): (entry: Entry) => boolean {
  const tests: ((entry: Entry) => boolean)[] = []
  const { fromId, toId } = question
  for (const kind of labelKinds) {
    const numbers = question.labels[kind]
    if (!numbers) continue
    const wanted = new Set(numbers)
    tests.push((entry) => wanted.has(entry[kind]))
  }
  for (const criterion of question.texts) {
    const matches = textMatcher(criterion)
    const text = textOf[criterion.column]
    tests.push((entry) => matches(text(entry)) !== criterion.without)
  }
  return (entry) => entry.id >= fromId && entry.id < toId && tests.every((test) => test(entry))
}

const textMatcher = ({ column, pattern }: TextCriterion): ((text: string) => boolean) =>
  isList(column) ? listMatcher(pattern) : valueMatcher(pattern)
