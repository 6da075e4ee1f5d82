/**
 * A Filter as SQL over `entries e`. Patterns become LIKE; where a list value must hold several pieces in a row a regular
 * expression confirms that they stand in one value. What the trigram index can be asked of them is for narrow.ts to say.
 * Labels are numbers here.
 */
import { addressEnding } from '../../../mail/domains.ts'
import { escapeLike } from '../../conditions.ts'
import type { Value } from '../../engine.ts'
import { idAt } from '../../ids.ts'
import type { Filter, Pattern, Patterns } from '../index.ts'
import { type LabelNumbers, labelKinds } from '../labels.ts'
import { clean, domainMatcher, framedPieces, matchesAll, wholeValue } from '../pattern.ts'
import { asLetters, hasTrigram } from './letters.ts'
import type { Bind, Choice, Piece } from './narrow.ts'

export interface Conditions {
  /** Empty when everything matches. */
  where: string
  /** The same, of which labels and dates are not looked up in an index. */
  whereUnindexed: string
  params: Value[]
  /** The part of `where` that is a range of ids; '' for none. */
  range: string
  /** A substring is asked for. */
  substring: boolean
  /** What the trigram index can be asked, beside `where`. */
  choices: readonly Choice[]
  /** Those of these domains alone are looked at. */
  domains: Filter['domains']
}

/** All but `copies` (copies.ts). */
export function conditionsOf(filter: Filter, labels: LabelNumbers): Conditions {
  const all: string[] = []
  /** Given what is added to a column: calculated values have no index. */
  const indexed: ((plus: string) => string)[] = []
  const params: Value[] = []
  const bind = (value: Value) => `$${params.push(value)}`
  for (const kind of labelKinds) {
    const numbers = labels[kind]
    if (!numbers) continue
    const wanted =
      numbers.length === 1 ? `= ${bind(numbers[0] as number)}` : `in (${numbers.map(bind).join()})`
    indexed.push((plus) => `e.${kind}${plus} ${wanted}`)
  }
  const recipient = filter.recipient && wholeValue(clean(filter.recipient))
  const domains = filter.domains
  const texts: Text[] = []
  if (domains) texts.push(oneOf(domains.map((domain) => recipientsWith(`${addressEnding(domain)}\n`, bind))))
  if (recipient && domains && !domainMatcher(domains)(recipient)) all.push('false')
  if (recipient)
    all.push(`e.id in (select r.id from entry_recipients r where r.address_key = ${bind(recipient)})`)
  texts.push(...textsOf(recipient ? { ...filter, recipient: undefined } : filter, domains, bind))
  if (filter.text && !matchesAll(clean(filter.text)))
    texts.push(
      oneOf(
        [single('subject', filter.text, bind), single('sender', filter.text, bind)].filter(
          (text) => text !== null,
        ),
      ),
    )
  all.push(...texts.map(({ sql }) => sql).filter((sql) => sql !== anything))
  const unwanted = textsOf(filter.without ?? {}, domains, bind)
  all.push(...unwanted.map(({ sql }) => `not (${sql})`))
  const range: ((plus: string) => string)[] = []
  for (const [limit, comparison] of [
    [filter.from, '>='],
    [filter.to, '<'],
  ] as const) {
    if (limit === undefined) continue
    const id = bind(idAt(limit))
    range.push((plus) => `e.id${plus} ${comparison} ${id}`)
  }
  if (filter.state)
    all.push(
      `exists (select 1 from holdings h where h.message_id = e.id and h.state = ${bind(filter.state)}${
        domains ? ` and ${endsIn('h.address_key', domains, bind)}` : ''
      })`,
    )
  const whole = (plus: string) =>
    [...indexed.map((one) => one(plus)), ...all, ...range.map((one) => one(plus))].join(' and ')
  return {
    where: whole(''),
    whereUnindexed: whole(' + 0'), // what is calculated has no index
    range: range.map((one) => one('')).join(' and '),
    params,
    substring: [...texts, ...unwanted].some(({ substring }) => substring),
    choices: texts.flatMap(({ choice }) => (choice ? [choice] : [])),
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
  /** Null when the trigram index cannot serve. */
  choice: Choice | null
}

function oneOf(texts: readonly Text[]): Text {
  return {
    sql: `(${texts.map(({ sql }) => sql).join(' or ')})`,
    substring: true,
    choice: texts.every(({ choice }) => choice !== null) ? texts.flatMap(({ choice }) => choice ?? []) : null,
  }
}

function textsOf(patterns: Patterns, domains: Filter['domains'], bind: Bind): Text[] {
  return [
    single('sender', patterns.sender, bind),
    single('subject', patterns.subject, bind),
    single('message_id', patterns.messageId, bind),
    list('recipients', patterns.recipient, bind, domains),
    list('attachments', patterns.attachment, bind),
  ].filter((text) => text !== null)
}

const recipientsWith = (text: string, bind: Bind): Text => ({
  sql: `e.recipients_key like ${bind(`%${escapeLike(text)}%`)}`,
  substring: true,
  choice: choiceOf('recipients_letters', [text]),
})

/** A beginning is found in the index by order. */
function single(
  name: 'sender' | 'subject' | 'message_id',
  given: Pattern | undefined,
  bind: Bind,
): Text | null {
  if (!given) return null
  const pattern = clean(given)
  const plain = { substring: false, choice: null }
  if (matchesAll(pattern)) return { sql: anything, ...plain }
  const whole = wholeValue(pattern)
  if (whole !== null) return { sql: `e.${name}_key = ${bind(whole)}`, ...plain }
  const { start, pieces, end } = pattern
  const isBeginning = start && !end && pieces.length === 1
  return {
    sql: `e.${name}_key like ${bind(likeOf(pattern))}`,
    substring: true,
    choice: name === 'message_id' || isBeginning ? null : choiceOf(`${name}_letters`, pieces),
  }
}

/** @param domains the value must also be an address of one of these. */
function list(
  name: 'recipients' | 'attachments',
  given: Pattern | undefined,
  bind: Bind,
  domains?: Filter['domains'],
): Text | null {
  if (!given) return null
  const pattern = clean(given)
  const column = `e.${name}_key`
  if (matchesAll(pattern)) return { sql: `${column} <> ''`, substring: false, choice: null }
  const pieces = framedPieces(pattern)
  const like = `${column} like ${bind(`%${pieces.map(escapeLike).join('%')}%`)}`
  const choice = choiceOf(`${name}_letters`, pieces)
  const inside = '[^\n]*'
  if (domains) {
    const wanted = pattern.pieces.map(escapeRegex).join(inside)
    const ahead = `(?=${pattern.start ? '' : inside}${wanted}${pattern.end ? '\n' : ''})`
    const endings = domains.map((domain) => escapeRegex(addressEnding(domain)))
    const regex = bind(`\n${ahead}${inside}(?:${endings.join('|')})\n`)
    return { sql: `${like} and ${column} ~ ${regex}`, substring: true, choice }
  }
  const inOneValue = () => bind(pieces.map(escapeRegex).join(inside))
  return {
    sql: pieces.length > 1 ? `${like} and ${column} ~ ${inOneValue()}` : like,
    substring: true,
    choice,
  }
}

function choiceOf(column: Piece['column'], texts: readonly string[]): Choice | null {
  const pieces = texts.map((text) => ({ column, letters: asLetters(text) }))
  return pieces.some(({ letters }) => hasTrigram(letters)) ? [pieces] : null
}

export const likeOf = ({ start, pieces, end }: Pattern): string =>
  `${start ? '' : '%'}${pieces.map(escapeLike).join('%')}${end ? '' : '%'}`

const escapeRegex = (text: string): string => text.replace(/[^\p{L}\p{N}\s]/gu, '\\$&')
