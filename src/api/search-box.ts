/**
 * The one line in which a whole search can be written: `from:*bank* reason:spam before:7d attachment:*.iso -area:Spam`.
 * It reads into the criteria of GET /api/v1/messages and is written from them; what was written reads back the same.
 * For a browser as well.
 *
 * - `field:value`, or `field:"a value with blanks"`; inside quotes `\"` is a quote and `\\` a backslash.
 * - `-field:value` leaves out what it finds.
 * - A word alone is looked for in the subject; several stand there in this order, not always side by side: `"as these"`.
 * - `after:` a day begins with it, `before:` ends where it begins, `until:` includes it.
 */
import { Problem } from '../problem.ts'
import { exclusionOf, type FilterText, parseFilter, type TextField, textFields } from './search.ts'

export interface SearchBoxProblem {
  /** Where in the text, in characters as JavaScript counts. */
  at: number
  length: number
  what: string
  remedy: string
}

type Criterion = Exclude<keyof FilterText, 'timeZone'>

/** How each field may be written; the first is how it is written by us. */
const names: Record<TextField | 'state' | 'from', readonly string[]> = {
  sender: ['from', 'sender'],
  recipient: ['to', 'recipient'],
  subject: ['subject'],
  attachment: ['attachment'],
  area: ['area'],
  reason: ['reason'],
  rule: ['rule'],
  scanner: ['scanner'],
  messageId: ['id', 'message-id', 'messageid'],
  state: ['is', 'state'],
  from: ['after'],
}
/** Ends of time: both are the criterion `to`. */
const ends = ['before', 'until']
const criterionOf = new Map<string, Criterion>([
  ...Object.entries(names).flatMap(([criterion, all]) =>
    all.map((name) => [name, criterion as Criterion] as const),
  ),
  ...ends.map((name) => [name, 'to'] as const),
])
const fieldNames = [...Object.values(names).map(([name]) => name), ...ends].join(', ')

interface Token {
  at: number
  length: number
  excluded: boolean
  /** As it was typed, in lower case; null for a word alone. */
  field: string | null
  value: string
  /** The sentence that tells what is wrong with it. */
  flaw: string | null
}

/**
 * Criteria hold dates as they were typed, so that a saved `after:7d` goes on meaning the last seven days.
 * @param now to see whether dates are dates, in milliseconds.
 * @param timeZone of the reader; the criteria have it when a date depends on it.
 */
export function parseSearchBox(
  text: string,
  now: number,
  timeZone?: string,
): { criteria: FilterText; problems: SearchBoxProblem[] } {
  const criteria: FilterText = {}
  const problems: SearchBoxProblem[] = []
  const complain = ({ at, length }: Token, what: string, remedy: string) =>
    problems.push({ at, length, what, remedy })
  const words: { wanted: Token[]; unwanted: Token[] } = { wanted: [], unwanted: [] }
  const take = (token: Token, name: Criterion, value: string) => {
    if (criteria[name] !== undefined)
      return complain(
        token,
        `${nameOf(name)} is given twice.`,
        'Write one value for it, with * for what varies.',
      )
    const flaw = flawOf({ [name]: value, ...(isDate(name) && { timeZone }) }, now)
    if (flaw) return complain(token, flaw.message, flaw.remedy)
    criteria[name] = value
    return undefined
  }
  for (const token of tokensOf(text)) {
    if (token.flaw) complain(token, token.flaw, 'Close the quotation with ", and put a blank behind it.')
    else if (token.field === null && token.value.trim() === '')
      complain(token, 'The quotation is empty.', 'Put words between the quotes.')
    else if (token.field === null) (token.excluded ? words.unwanted : words.wanted).push(token)
    else {
      const criterion = criterionOf.get(token.field)
      const field = textFields.find((one) => one === criterion)
      if (!criterion)
        complain(
          token,
          `There is no field "${token.field.slice(0, 40)}".`,
          `Fields are ${fieldNames}. To look for it in the subject, put it in quotes.`,
        )
      else if (token.value.trim() === '')
        complain(
          token,
          `${token.field}: has no value.`,
          'Write it right behind the colon; <> is the empty one.',
        )
      else if (token.excluded && !field)
        complain(
          token,
          `${token.field}: cannot be left out.`,
          'Turn it around, and write it without the minus.',
        )
      else if (field) take(token, token.excluded ? exclusionOf(field) : field, token.value)
      else take(token, criterion, token.field === 'before' ? beginning(token.value) : token.value)
    }
  }
  for (const [name, tokens] of [
    ['subject', words.wanted],
    ['notSubject', words.unwanted],
  ] as const) {
    const [first] = tokens
    const last = tokens.at(-1)
    if (!first || !last) continue
    const all = { ...first, length: last.at + last.length - first.at }
    if (name === 'notSubject' && tokens.length > 1)
      complain(all, 'Only one word can be left out.', 'Leave out one of them: -word.')
    else take(all, name, anywhere(tokens))
  }
  if (timeZone !== undefined && [criteria.from, criteria.to].some((date) => date && dependsOnZone(date)))
    criteria.timeZone = timeZone
  return { criteria, problems }
}

/** The text that reads into these criteria. A time zone is the reader's and not part of it. */
export function writeSearchBox(criteria: FilterText): string {
  const parts: string[] = []
  const add = (name: string, value: string | undefined) => {
    if (value?.trim()) parts.push(`${name}:${quoted(value)}`)
  }
  for (const field of Object.keys(names) as (TextField | 'state' | 'from')[])
    add(names[field][0] as string, criteria[field])
  if (criteria.to !== undefined) {
    const day = dayBefore.exec(criteria.to)?.[1]
    if (day) add('before', day)
    else add(isDay(criteria.to) ? 'until' : 'before', criteria.to)
  }
  for (const field of textFields) add(`-${names[field][0]}`, criteria[exclusionOf(field)])
  return parts.join(' ')
}

/** Each word behind the one before it, anywhere in the value. */
const anywhere = (words: Token[]): string =>
  `*${words
    // A backslash at the end would take away the meaning of the asterisk behind it.
    .map(({ value }) => value.replace(/(?<!\\)(?:\\\\)*\\$/, '$&\\'))
    .join('*')}*`.replace(/(?<!\\)\*{2,}/g, '*')

const isDate = (name: Criterion): boolean => name === 'from' || name === 'to'
const day = '\\d{4}-\\d\\d-\\d\\d|today|yesterday'
const isDay = (text: string): boolean => new RegExp(`^(?:${day})$`, 'i').test(text.trim())
const midnight = 'T00:00'
/** The beginning of a day, as `beginning` writes it. */
const dayBefore = new RegExp(`^(${day})${midnight}$`)
/** `to` with a bare day includes that day; what is before a day ends where it begins. */
const beginning = (value: string): string => (isDay(value) ? `${value.trim()}${midnight}` : value)
/** All but what is counted back from now, or names its zone. */
const dependsOnZone = (date: string): boolean => !/^\s*\d+[hdw]\s*$|(?:z|:\d\d[+-]\d\d:?\d\d)\s*$/i.test(date)

const quoted = (value: string): string =>
  /\s|^"/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value

/** How a criterion is called in a sentence. */
function nameOf(criterion: Criterion): string {
  const field = textFields.find((one) => exclusionOf(one) === criterion)
  if (field) return `-${names[field][0]}`
  return criterion === 'to' ? ends.join(' or ') : (names[criterion as TextField][0] as string)
}

function flawOf(criterion: FilterText, now: number): Problem | null {
  try {
    parseFilter(criterion, now)
    return null
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

const blank = /\s/

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; ) {
    if (blank.test(text[at] as string)) {
      at++
      continue
    }
    const token = tokenAt(text, at)
    tokens.push(token)
    at += token.length
  }
  return tokens
}

/** A sticky expression: it matches where the reading has come to. */
const head = /(-?)(?:([\p{L}\p{N}_-]+):)?/uy

function tokenAt(text: string, at: number): Token {
  head.lastIndex = at
  const [matched = '', minus, field] = head.exec(text) ?? []
  // A minus on its own is a word.
  if (matched === '-' && /^(?:\s|$)/.test(text.slice(at + 1, at + 2)))
    return { at, length: 1, excluded: false, field: null, value: '-', flaw: null }
  const from = at + matched.length
  const { value, end, flaw } = text[from] === '"' ? quotation(text, from) : word(text, from)
  return {
    at,
    length: end - at,
    excluded: minus === '-',
    field: field?.toLowerCase() ?? null,
    value,
    flaw,
  }
}

interface Piece {
  value: string
  end: number
  flaw: string | null
}

function word(text: string, from: number): Piece {
  let end = from
  while (end < text.length && !blank.test(text[end] as string)) end++
  return { value: text.slice(from, end), end, flaw: null }
}

function quotation(text: string, from: number): Piece {
  let value = ''
  for (let at = from + 1; at < text.length; at++) {
    const char = text[at] as string
    const next = text[at + 1]
    if (char === '"') {
      const { end } = word(text, at + 1)
      return { value, end, flaw: end > at + 1 ? 'Something stands right behind the quotation.' : null }
    }
    if (char === '\\' && (next === '"' || next === '\\')) {
      value += next
      at++
    } else value += char
  }
  return { value, end: text.length, flaw: 'The quotation is not closed.' }
}
