/**
 * A Filter as SQL over `entries e`. Patterns become LIKE, whose pieces pg_trgm's indexes narrow down; where a list value
 * must hold several pieces in a row a regular expression confirms that they stand in one value. Labels are numbers here.
 */
import type { Value } from '../../engine.ts'
import { idAt } from '../../ids.ts'
import type { Filter, Pattern, Patterns } from '../index.ts'
import { type LabelNumbers, labelKinds } from '../labels.ts'
import { clean, framedPieces, matchesAll, wholeValue } from '../pattern.ts'

export interface Conditions {
  /** Empty when everything matches. */
  where: string
  params: Value[]
  /** The part of `where` that is a range of ids; '' for none. */
  range: string
  /** A substring is asked for. */
  substring: boolean
  /** One of at least three characters: the trigram index can serve. */
  trigrams: boolean
}

export function conditionsOf(filter: Filter, labels: LabelNumbers): Conditions {
  const all: string[] = []
  const params: Value[] = []
  const bind = (value: Value) => `$${params.push(value)}`
  for (const kind of labelKinds) {
    const numbers = labels[kind]
    if (!numbers) continue
    all.push(
      numbers.length === 1
        ? `e.${kind} = ${bind(numbers[0] as number)}`
        : `e.${kind} in (${numbers.map(bind).join()})`,
    )
  }
  const recipient = filter.recipient && wholeValue(clean(filter.recipient))
  if (recipient)
    all.push(`e.id in (select r.id from entry_recipients r where r.address_key = ${bind(recipient)})`)
  const texts = textsOf(recipient ? { ...filter, recipient: undefined } : filter, bind)
  all.push(...texts.map(({ sql }) => sql).filter((sql) => sql !== anything))
  const unwanted = textsOf(filter.without ?? {}, bind)
  all.push(...unwanted.map(({ sql }) => `not (${sql})`))
  const range: string[] = []
  if (filter.from !== undefined) range.push(`e.id >= ${bind(idAt(filter.from))}`)
  if (filter.to !== undefined) range.push(`e.id < ${bind(idAt(filter.to))}`)
  all.push(...range)
  if (filter.state)
    all.push(
      `exists (select 1 from holdings h where h.message_id = e.id and h.state = ${bind(filter.state)})`,
    )
  return {
    where: all.join(' and '),
    range: range.join(' and '),
    params,
    substring: [...texts, ...unwanted].some(({ substring }) => substring),
    trigrams: texts.some(({ trigrams }) => trigrams),
  }
}

const anything = 'true'

interface Text {
  sql: string
  substring: boolean
  trigrams: boolean
}

type Bind = (value: Value) => string

function textsOf(patterns: Patterns, bind: Bind): Text[] {
  return [
    single('sender_key', patterns.sender, bind),
    single('subject_key', patterns.subject, bind),
    single('message_id_key', patterns.messageId, bind),
    list('recipients_key', patterns.recipient, bind),
    list('attachments_key', patterns.attachment, bind),
  ].filter((text) => text !== null)
}
function single(column: string, given: Pattern | undefined, bind: Bind): Text | null {
  if (!given) return null
  const pattern = clean(given)
  if (matchesAll(pattern)) return { sql: anything, substring: false, trigrams: false }
  const whole = wholeValue(pattern)
  if (whole !== null) return { sql: `e.${column} = ${bind(whole)}`, substring: false, trigrams: false }
  const { start, pieces, end } = pattern
  const like = `${start ? '' : '%'}${pieces.map(escapeLike).join('%')}${end ? '' : '%'}`
  return {
    sql: `e.${column} like ${bind(like)}`,
    substring: true,
    trigrams: column !== 'message_id_key' && pieces.some((piece) => piece.length >= 3),
  }
}

function list(column: string, given: Pattern | undefined, bind: Bind): Text | null {
  if (!given) return null
  const pattern = clean(given)
  if (matchesAll(pattern)) return { sql: `e.${column} <> ''`, substring: false, trigrams: false }
  const pieces = framedPieces(pattern)
  const like = `e.${column} like ${bind(`%${pieces.map(escapeLike).join('%')}%`)}`
  return {
    sql:
      pieces.length > 1 ? `${like} and e.${column} ~ ${bind(pieces.map(escapeRegex).join('[^\n]*'))}` : like,
    substring: true,
    trigrams: pieces.some((piece) => piece.length >= 3),
  }
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&')
const escapeRegex = (text: string): string => text.replace(/[^\p{L}\p{N}\s]/gu, '\\$&')
