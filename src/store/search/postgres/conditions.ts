/**
 * A Filter as SQL over `entries e`. Patterns become LIKE, whose pieces pg_trgm's indexes narrow down; where a list value
 * must hold several pieces in a row a regular expression confirms that they stand in one value. Labels are numbers here.
 */
import type { Value } from '../../engine.ts'
import { idAt } from '../../ids.ts'
import type { Filter, Pattern } from '../index.ts'
import { clean, framedPieces, matchesAll, wholeValue } from '../pattern.ts'

export interface Labels {
  area?: number[]
  reason?: number[]
  rule?: number[]
  scanner?: number[]
}

export interface Conditions {
  /** Empty when everything matches. */
  where: string
  params: Value[]
  /** Nothing can match: a label that does not occur. */
  impossible: boolean
  /** The part of `where` that is a range of ids; '' for none. */
  range: string
  /** A substring is asked for. */
  substring: boolean
  /** One of at least three characters: the trigram index can serve. */
  trigrams: boolean
}

export function conditionsOf(filter: Filter, labels: Labels): Conditions {
  const all: string[] = []
  const params: Value[] = []
  let trigrams = false
  let substring = false
  const bind = (value: Value) => `$${params.push(value)}`
  const single = (column: string, given: Pattern | undefined) => {
    if (!given) return
    const pattern = clean(given)
    if (matchesAll(pattern)) return
    const whole = wholeValue(pattern)
    if (whole !== null) all.push(`e.${column} = ${bind(whole)}`)
    else {
      const { start, pieces, end } = pattern
      all.push(
        `e.${column} like ${bind(`${start ? '' : '%'}${pieces.map(escapeLike).join('%')}${end ? '' : '%'}`)}`,
      )
      substring = true
      trigrams ||= column !== 'message_id_key' && pieces.some((piece) => piece.length >= 3)
    }
  }
  const list = (column: string, given: Pattern | undefined) => {
    if (!given) return
    const pattern = clean(given)
    if (matchesAll(pattern)) {
      all.push(`e.${column} <> ''`)
      return
    }
    const pieces = framedPieces(pattern)
    all.push(`e.${column} like ${bind(`%${pieces.map(escapeLike).join('%')}%`)}`)
    if (pieces.length > 1) all.push(`e.${column} ~ ${bind(pieces.map(escapeRegex).join('[^\n]*'))}`)
    substring = true
    trigrams ||= pieces.some((piece) => piece.length >= 3)
  }
  let impossible = false
  for (const kind of ['area', 'reason', 'rule', 'scanner'] as const) {
    const numbers = labels[kind]
    if (!numbers) continue
    impossible ||= numbers.length === 0
    all.push(
      numbers.length === 1
        ? `e.${kind} = ${bind(numbers[0] as number)}`
        : `e.${kind} in (${numbers.map(bind).join()})`,
    )
  }
  single('sender_key', filter.sender)
  single('subject_key', filter.subject)
  single('message_id_key', filter.messageId)
  const recipient = filter.recipient && wholeValue(clean(filter.recipient))
  if (recipient)
    all.push(`e.id in (select r.id from entry_recipients r where r.address_key = ${bind(recipient)})`)
  else list('recipients_key', filter.recipient)
  list('attachments_key', filter.attachment)
  const range: string[] = []
  if (filter.from !== undefined) range.push(`e.id >= ${bind(idAt(filter.from))}`)
  if (filter.to !== undefined) range.push(`e.id < ${bind(idAt(filter.to))}`)
  all.push(...range)
  if (filter.state)
    all.push(
      `exists (select 1 from holdings h where h.message_id = e.id and h.state = ${bind(filter.state)})`,
    )
  return { where: all.join(' and '), range: range.join(' and '), params, impossible, substring, trigrams }
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&')
const escapeRegex = (text: string): string => text.replace(/[^\p{L}\p{N}\s]/gu, '\\$&')
