/**
 * A Filter as SQL over `entries e`. Patterns become LIKE, whose pieces pg_trgm's indexes narrow down; where a list value
 * must hold several pieces in a row a regular expression confirms that they stand in one value. Labels are numbers here.
 */
import type { Value } from '../../engine.ts'
import { idAt } from '../../ids.ts'
import type { Filter, Pattern, Patterns } from '../index.ts'
import { type LabelNumbers, labelKinds } from '../labels.ts'
import { clean, framedPieces, matchesAll, searchValue, wholeValue } from '../pattern.ts'
import { asLetters, hasTrigram } from './letters.ts'

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
  /** Copies of these recipients are asked for, which is not part of `where`: their places in `params`. */
  recipients: string[] | null
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
  const either = [single('subject', filter.text, bind), single('sender', filter.text, bind)]
  if (filter.text && !matchesAll(clean(filter.text)))
    all.push(`(${either.flatMap((text) => text?.sql ?? []).join(' or ')})`)
  all.push(...texts.map(({ sql }) => sql).filter((sql) => sql !== anything))
  const unwanted = textsOf(filter.without ?? {}, bind)
  all.push(...unwanted.map(({ sql }) => `not (${sql})`))
  const range: string[] = []
  if (filter.from !== undefined) range.push(`e.id >= ${bind(idAt(filter.from))}`)
  if (filter.to !== undefined) range.push(`e.id < ${bind(idAt(filter.to))}`)
  all.push(...range)
  let recipients: string[] | null = null
  if (filter.copies) {
    recipients = [...new Set(filter.copies.recipients.map(searchValue))].map(bind)
    const exact = filter.copies.recipients.map(bind).join()
    const states = filter.copies.states.map(bind).join()
    all.push(
      `exists (select 1 from holdings h where h.message_id = e.id and h.address_key in (${exact}) and h.state in (${states}))`,
    )
  }
  if (filter.state)
    all.push(
      `exists (select 1 from holdings h where h.message_id = e.id and h.state = ${bind(filter.state)})`,
    )
  return {
    where: all.join(' and '),
    range: range.join(' and '),
    params,
    substring: filter.text !== undefined || [...texts, ...unwanted].some(({ substring }) => substring),
    trigrams: texts.some(({ trigrams }) => trigrams),
    recipients,
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
    single('sender', patterns.sender, bind),
    single('subject', patterns.subject, bind),
    single('message_id', patterns.messageId, bind),
    list('recipients', patterns.recipient, bind),
    list('attachments', patterns.attachment, bind),
  ].filter((text) => text !== null)
}
/**
 * `name`_key is as it is, and has an index by order, in which a beginning is found; `name`_letters is what the trigram
 * index has, with the pattern made alike.
 */
function single(name: string, given: Pattern | undefined, bind: Bind): Text | null {
  if (!given) return null
  const pattern = clean(given)
  if (matchesAll(pattern)) return { sql: anything, substring: false, trigrams: false }
  const whole = wholeValue(pattern)
  if (whole !== null) return { sql: `e.${name}_key = ${bind(whole)}`, substring: false, trigrams: false }
  const { start, end } = pattern
  const isBeginning = start && !end && pattern.pieces.length === 1
  const indexed = name !== 'message_id' && !isBeginning
  const pieces = indexed ? pattern.pieces.map(asLetters) : pattern.pieces
  const like = `${start ? '' : '%'}${pieces.map(escapeLike).join('%')}${end ? '' : '%'}`
  return {
    sql: `e.${name}_${indexed ? 'letters' : 'key'} like ${bind(like)}`,
    substring: true,
    trigrams: indexed && pieces.some(hasTrigram),
  }
}

function list(name: string, given: Pattern | undefined, bind: Bind): Text | null {
  if (!given) return null
  const pattern = clean(given)
  if (matchesAll(pattern)) return { sql: `e.${name}_key <> ''`, substring: false, trigrams: false }
  const pieces = framedPieces(pattern).map(asLetters)
  const column = `e.${name}_letters`
  const like = `${column} like ${bind(`%${pieces.map(escapeLike).join('%')}%`)}`
  const inOneValue = () => bind(pieces.map(escapeRegex).join(`[^${asLetters('\n')}]*`))
  return {
    sql: pieces.length > 1 ? `${like} and ${column} ~ ${inOneValue()}` : like,
    substring: true,
    trigrams: pieces.some(hasTrigram),
  }
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&')
const escapeRegex = (text: string): string => text.replace(/[^\p{L}\p{N}\s]/gu, '\\$&')
