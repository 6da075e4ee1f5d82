/** Makes the question for the reading thread of a request: patterns are cleaned, labels become numbers, dates ids. */
import type { Engine } from '../../engine.ts'
import { idAt } from '../../ids.ts'
import { type Filter, type Patterns, type SearchRequest, totalCap } from '../index.ts'
import { resolveLabels } from '../labels.ts'
import { clean, isNobodys, matchesAll, searchValue } from '../pattern.ts'
import { columns } from './layout.ts'
import type { Question, TextCriterion } from './question.ts'

/** Null when nothing can be found. */
export async function questionOf(
  engine: Engine,
  { filter, sort, order, limit, offset = 0, after, countTo = totalCap }: SearchRequest,
): Promise<Question | null> {
  const labels = await resolveLabels(engine, filter)
  if (!labels || leavesNothing(filter) || isNobodys(filter)) return null
  return {
    fromId: filter.from === undefined ? 0 : idAt(filter.from),
    toId: filter.to === undefined ? Number.MAX_SAFE_INTEGER : idAt(filter.to),
    labels,
    texts: textsOf(filter),
    state: filter.state,
    ...(filter.domains ? { domains: filter.domains } : {}),
    ...(filter.copies
      ? {
          copies: filter.copies,
          anyOf: { column: columns.recipients, values: filter.copies.recipients.map(searchValue) },
        }
      : {}),
    sort,
    order,
    limit,
    offset,
    after,
    totalCap: Math.min(countTo, totalCap),
  }
}

/** Every value of a field that has exactly one is left out. */
const leavesNothing = ({ without = {} }: Filter): boolean =>
  [without.sender, without.subject, without.messageId].some((pattern) => pattern && matchesAll(pattern))

const textColumns = [
  ['sender', columns.sender],
  ['subject', columns.subject],
  ['recipient', columns.recipients],
  ['attachment', columns.attachments],
  ['messageId', columns.messageId],
] as const

function textsOf(filter: Filter): TextCriterion[] {
  const texts = (patterns: Patterns, without: boolean) =>
    textColumns.flatMap(([name, column]) => {
      const pattern = patterns[name]
      return pattern ? [{ column, pattern: clean(pattern), without }] : []
    })
  const either: TextCriterion[] = filter.text
    ? [{ column: columns.subject, or: columns.sender, pattern: clean(filter.text), without: false }]
    : []
  return [...texts(filter, false), ...either, ...texts(filter.without ?? {}, true)]
}
