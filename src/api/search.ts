/**
 * How people write a search: a bare value is the whole value, an asterisk stands for anything (`*bank*`, `inv*.pdf`),
 * `\*` for an asterisk itself; upper and lower case are the same. Dates are ISO 8601. Also the cursor that a page ends
 * with. Pure text work, for the server, the command line and a browser alike; what cannot be read is a Problem
 * 'invalid' that names the field.
 */
import { Problem } from '../problem.ts'
import type { HoldingState } from '../store/schema.ts'
import type { Filter, Pattern, SearchRequest } from '../store/search/index.ts'

/** Search sees this many characters of a value (store/held.ts); a pattern has no use for more. */
export const patternLimitChars = 500
/** Asterisks cost: each piece is looked for behind the one before it. */
export const patternLimitPieces = 10

const states: readonly HoldingState[] = [
  'held',
  'releasing',
  'delivered',
  'release-failed',
  'deleted',
  'expired',
]
const textFields = [
  'area',
  'reason',
  'scanner',
  'rule',
  'sender',
  'subject',
  'recipient',
  'attachment',
  'messageId',
] as const
type TextField = (typeof textFields)[number]
/** Written with or without angle brackets, kept without. */
const bracketed: readonly TextField[] = ['sender', 'recipient', 'messageId']

/** What a query form, a URL or a command line gives; absent and empty mean the same: no criterion. */
export type FilterText = Partial<Record<TextField | 'from' | 'to' | 'state', string>>

/** @throws Problem 'invalid', with the field in its facts. */
export function parseFilter(text: FilterText): Filter {
  const filter: Filter = {}
  for (const field of textFields) {
    const value = text[field]?.trim()
    if (value) filter[field] = parsePattern(value, field)
  }
  if (text.from?.trim()) filter.from = parseInstant(text.from.trim(), 'from')
  if (text.to?.trim()) filter.to = parseInstant(text.to.trim(), 'to')
  const state = text.state?.trim().toLowerCase()
  if (state) {
    const known = states.find((name) => name === state)
    if (!known) throw invalid('state', `There is no state "${state}".`, `States are ${states.join(', ')}.`)
    filter.state = known
  }
  return filter
}

/** `*a*b` → { start: false, pieces: ['a', 'b'], end: true }. `<>` is the empty value: the null sender. */
export function parsePattern(text: string, field: TextField = 'subject'): Pattern {
  const pieces = ['']
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string
    const next = text[i + 1]
    if (char === '*') pieces.push('')
    else if (char === '\\' && (next === '*' || next === '\\')) {
      pieces[pieces.length - 1] += next
      i++
    } else pieces[pieces.length - 1] += char
  }
  if (bracketed.includes(field)) withoutBrackets(pieces)
  const start = pieces[0] !== ''
  const end = pieces.at(-1) !== ''
  const whole = pieces.length === 1
  const kept = pieces.filter((piece) => piece !== '').map(searchForm)
  if (whole) return { start: true, pieces: kept.map((piece) => piece.slice(0, patternLimitChars)), end: true }
  if (kept.length > patternLimitPieces)
    throw invalid(field, `More than ${patternLimitPieces} parts between asterisks.`, 'Use fewer asterisks.')
  if (kept.reduce((chars, piece) => chars + piece.length, 0) > patternLimitChars)
    throw invalid(
      field,
      `More than ${patternLimitChars} characters.`,
      'Search for a shorter part of the value.',
    )
  return { start, pieces: kept, end }
}

/** The form in which values are kept for searching: lower case, no control characters, valid Unicode. */
const searchForm = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[\0-\x1f]/g, ' ')
    .toWellFormed()

function withoutBrackets(pieces: string[]): void {
  const last = pieces.length - 1
  if (pieces[0]?.startsWith('<')) pieces[0] = pieces[0].slice(1)
  if (pieces[last]?.endsWith('>')) pieces[last] = pieces[last].slice(0, -1)
}

const instant = /^\d{4}-\d\d-\d\d(?:([T ])\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/i
const dayMs = 86_400_000

/** Milliseconds. A time without a zone is UTC; a day without a time begins there as `from` and ends there as `to`. */
function parseInstant(given: string, field: 'from' | 'to'): number {
  // The plus of +02:00, written into a URL as it is, arrives as a blank.
  const text = given.replace(/(:\d\d(?:\.\d+)?) (?=\d\d:?\d\d$)/, '$1+')
  const parts = instant.exec(text)
  const iso = parts?.[1] ? `${text.slice(0, 10)}T${text.slice(11)}${parts[2] ? '' : 'Z'}` : text
  const ms = parts ? Date.parse(iso.replace(/([+-]\d\d)(\d\d)$/, parts[1] ? '$1:$2' : '$&')) : Number.NaN
  // Date.parse takes 31 February for 3 March in some forms: the day must come back as it was written.
  const day = Date.parse(text.slice(0, 10))
  if (Number.isNaN(ms) || Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== text.slice(0, 10))
    throw invalid(field, `"${text.slice(0, 40)}" is no date.`, 'Write 2026-04-01 or 2026-04-01T09:30:00Z.')
  return field === 'to' && !parts?.[1] ? ms + dayMs : ms
}

type Order = Pick<SearchRequest, 'filter' | 'sort' | 'order'>
type Position = NonNullable<SearchRequest['after']>

/** Opaque; good for the same filter, sort and order only. */
export function encodeCursor(position: Position, request: Order): string {
  const text = JSON.stringify([1, fingerprint(request), position.id, position.key])
  return new TextEncoder().encode(text).toBase64({ alphabet: 'base64url', omitPadding: true })
}

/** @throws Problem 'invalid' when the cursor is damaged or comes from another search. */
export function decodeCursor(cursor: string, request: Order): Position {
  const [version, mark, id, key] = cursorParts(cursor)
  if (version !== 1 || typeof id !== 'number' || !Number.isSafeInteger(id) || typeof key !== 'string')
    throw invalid('cursor', 'The cursor is damaged.', 'Use nextCursor of the page before as it came.')
  if (mark !== fingerprint(request))
    throw invalid(
      'cursor',
      'The cursor belongs to another search.',
      'Keep filter, sort and order as they were, or start again without a cursor.',
    )
  return { id, key }
}

function cursorParts(cursor: string): unknown[] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.fromBase64(cursor, { alphabet: 'base64url' }),
    )
    const parts: unknown = JSON.parse(text)
    return Array.isArray(parts) ? parts : []
  } catch {
    return [] // whatever is wrong with it, it is not ours
  }
}

/** Tells searches apart (cyrb53); not a protection, a cursor gives nothing that its search would not give. */
function fingerprint({ filter, sort, order }: Order): string {
  const text = JSON.stringify([sort, order, Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1))])
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 2654435761)
    b = Math.imul(b ^ code, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36)
}

const invalid = (field: string, what: string, remedy: string): Problem =>
  new Problem('invalid', what, remedy, { field })
