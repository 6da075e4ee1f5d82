/** Makes the question for the reading thread of a request: patterns are cleaned, labels become numbers, dates ids. */
import type { Engine } from '../../engine.ts'
import { idAt } from '../../ids.ts'
import { type Filter, type SearchRequest, totalCap } from '../index.ts'
import { resolveLabels } from '../labels.ts'
import { clean } from '../pattern.ts'
import { columns } from './layout.ts'
import type { Question, TextCriterion } from './question.ts'

/** Null when nothing can be found: a label is asked for that does not occur. */
export async function questionOf(
  engine: Engine,
  { filter, sort, order, limit, offset = 0, after }: SearchRequest,
): Promise<Question | null> {
  const labels = await resolveLabels(engine, filter)
  if (!labels) return null
  return {
    fromId: filter.from === undefined ? 0 : idAt(filter.from),
    toId: filter.to === undefined ? Number.MAX_SAFE_INTEGER : idAt(filter.to),
    labels,
    texts: textsOf(filter),
    state: filter.state,
    sort,
    order,
    limit,
    offset,
    after,
    totalCap,
  }
}

const textColumns = [
  ['sender', columns.sender],
  ['subject', columns.subject],
  ['recipient', columns.recipients],
  ['attachment', columns.attachments],
  ['messageId', columns.messageId],
] as const

function textsOf(filter: Filter): TextCriterion[] {
  return textColumns.flatMap(([name, column]) => {
    const pattern = filter[name]
    return pattern ? [{ column, pattern: clean(pattern) }] : []
  })
}
