/**
 * A Filter as SQL over `entries e`. Patterns become LIKE, whose pieces pg_trgm's indexes narrow down; where a list value
 * must hold several pieces in a row a regular expression confirms that they stand in one value. Labels are numbers here.
 */
import { addressEnding } from '../../../mail/domains.ts'
import { escapeLike } from '../../conditions.ts'
import type { Value } from '../../engine.ts'
import { idAt } from '../../ids.ts'
import type { Filter, Pattern, Patterns } from '../index.ts'
import { type LabelNumbers, labelKinds } from '../labels.ts'
import { clean, domainMatcher, framedPieces, matchesAll, wholeValue } from '../pattern.ts'
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
  /** Those of these domains alone are looked at. */
  domains: Filter['domains']
}

/** All but `copies` (copies.ts). */
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
  const domains = filter.domains
  if (domains)
    all.push(
      `(${domains.map((domain) => `e.recipients_letters like ${bind(`%${escapeLike(asLetters(`${addressEnding(domain)}\n`))}%`)}`).join(' or ')})`,
    )
  if (recipient && domains && !domainMatcher(domains)(recipient)) all.push('false')
  if (recipient)
    all.push(`e.id in (select r.id from entry_recipients r where r.address_key = ${bind(recipient)})`)
  const texts = textsOf(recipient ? { ...filter, recipient: undefined } : filter, domains, bind)
  const either = [single('subject', filter.text, bind), single('sender', filter.text, bind)]
  if (filter.text && !matchesAll(clean(filter.text)))
    all.push(`(${either.flatMap((text) => text?.sql ?? []).join(' or ')})`)
  all.push(...texts.map(({ sql }) => sql).filter((sql) => sql !== anything))
  const unwanted = textsOf(filter.without ?? {}, domains, bind)
  all.push(...unwanted.map(({ sql }) => `not (${sql})`))
  const range: string[] = []
  if (filter.from !== undefined) range.push(`e.id >= ${bind(idAt(filter.from))}`)
  if (filter.to !== undefined) range.push(`e.id < ${bind(idAt(filter.to))}`)
  all.push(...range)
  if (filter.state)
    all.push(
      `exists (select 1 from holdings h where h.message_id = e.id and h.state = ${bind(filter.state)}${
        domains ? ` and ${endsIn('h.address_key', domains, bind)}` : ''
      })`,
    )
  return {
    where: all.join(' and '),
    range: range.join(' and '),
    params,
    substring:
      domains !== undefined ||
      filter.text !== undefined ||
      [...texts, ...unwanted].some(({ substring }) => substring),
    trigrams: domains !== undefined || texts.some(({ trigrams }) => trigrams),
    domains,
  }
}

/** The value of a column is an address of one of these domains. */
export const endsIn = (column: string, domains: readonly string[], bind: Bind): string =>
  `(${domains.map((domain) => `${column} like ${bind(`%${escapeLike(addressEnding(domain))}`)}`).join(' or ')})`

const anything = 'true'

interface Text {
  sql: string
  substring: boolean
  trigrams: boolean
}

export type Bind = (value: Value) => string

function textsOf(patterns: Patterns, domains: Filter['domains'], bind: Bind): Text[] {
  return [
    single('sender', patterns.sender, bind),
    single('subject', patterns.subject, bind),
    single('message_id', patterns.messageId, bind),
    list('recipients', patterns.recipient, bind, domains),
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
  return {
    sql: `e.${name}_${indexed ? 'letters' : 'key'} like ${bind(likeOf({ ...pattern, pieces }))}`,
    substring: true,
    trigrams: indexed && pieces.some(hasTrigram),
  }
}

/** @param domains the value must also be an address of one of these. */
function list(
  name: string,
  given: Pattern | undefined,
  bind: Bind,
  domains?: Filter['domains'],
): Text | null {
  if (!given) return null
  const pattern = clean(given)
  if (matchesAll(pattern)) return { sql: `e.${name}_key <> ''`, substring: false, trigrams: false }
  const pieces = framedPieces(pattern).map(asLetters)
  const column = `e.${name}_letters`
  const like = `${column} like ${bind(`%${pieces.map(escapeLike).join('%')}%`)}`
  const end = asLetters('\n')
  const inside = `[^${end}]*`
  const inOneValue = () => bind(pieces.map(escapeRegex).join(inside))
  if (domains) {
    const wanted = pattern.pieces.map((piece) => escapeRegex(asLetters(piece))).join(inside)
    const ahead = `(?=${pattern.start ? '' : inside}${wanted}${pattern.end ? end : ''})`
    const endings = domains.map((domain) => escapeRegex(asLetters(addressEnding(domain))))
    const regex = bind(`${end}${ahead}${inside}(?:${endings.join('|')})${end}`)
    return {
      sql: `${like} and ${column} ~ ${regex}`,
      substring: true,
      trigrams: pieces.some(hasTrigram),
    }
  }
  return {
    sql: pieces.length > 1 ? `${like} and ${column} ~ ${inOneValue()}` : like,
    substring: true,
    trigrams: pieces.some(hasTrigram),
  }
}

export const likeOf = ({ start, pieces, end }: Pattern): string =>
  `${start ? '' : '%'}${pieces.map(escapeLike).join('%')}${end ? '' : '%'}`

const escapeRegex = (text: string): string => text.replace(/[^\p{L}\p{N}\s]/gu, '\\$&')
