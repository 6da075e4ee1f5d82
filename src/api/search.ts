/**
 * How people write a search: a bare value is the whole value, an asterisk stands for anything (`*bank*`, `inv*.pdf`),
 * `\*` for an asterisk itself; upper and lower case are the same. Dates: api/dates.ts. Also the cursor that a page ends
 * with. Pure text work, for the server, the command line and a browser alike; what cannot be read is a Problem
 * 'invalid' that names the field.
 */
import { Problem } from '../problem.ts'
import type { HoldingState } from '../store/schema.ts'
import type { Filter, Pattern, Patterns, SearchRequest } from '../store/search/index.ts'
import { checkTimeZone, parseInstant, type When } from './dates.ts'

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
export const textFields = [
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
export type TextField = (typeof textFields)[number]
type ExclusionField = `not${Capitalize<TextField>}`
/** The field that leaves out what the given one finds: notArea for area. */
export const exclusionOf = (field: TextField): ExclusionField =>
  `not${field[0]?.toUpperCase()}${field.slice(1)}` as ExclusionField
/** Written with or without angle brackets, kept without. */
const bracketed: readonly TextField[] = ['sender', 'recipient', 'messageId']

/** What a query form, a URL or a command line gives; absent and empty mean the same: no criterion. */
export type FilterText = Partial<
  Record<TextField | ExclusionField | 'from' | 'to' | 'timeZone' | 'state', string>
>

/**
 * @param now what `today` and `7d` are counted from.
 * @throws Problem 'invalid', with the field in its facts.
 */
export function parseFilter(text: FilterText, now: number): Filter {
  const filter: Filter = {}
  const without: Patterns = {}
  for (const field of textFields) {
    const wanted = text[field]?.trim()
    if (wanted) filter[field] = parsePattern(wanted, field)
    const unwanted = text[exclusionOf(field)]?.trim()
    if (unwanted) without[field] = parsePattern(unwanted, field, exclusionOf(field))
  }
  if (Object.keys(without).length > 0) filter.without = without
  const when: When = { now }
  if (text.timeZone?.trim()) {
    when.timeZone = text.timeZone.trim()
    checkTimeZone(when.timeZone)
  }
  if (text.from?.trim()) filter.from = parseInstant(text.from.trim(), 'from', when)
  if (text.to?.trim()) filter.to = parseInstant(text.to.trim(), 'to', when)
  const state = text.state?.trim().toLowerCase()
  if (state) {
    const known = states.find((name) => name === state)
    if (!known) throw invalid('state', `There is no state "${state}".`, `States are ${states.join(', ')}.`)
    filter.state = known
  }
  return filter
}

/** `*a*b` → { start: false, pieces: ['a', 'b'], end: true }. `<>` is the empty value: the null sender. */
export function parsePattern(
  text: string,
  field: TextField = 'subject',
  told: TextField | ExclusionField = field,
): Pattern {
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
    throw invalid(told, `More than ${patternLimitPieces} parts between asterisks.`, 'Use fewer asterisks.')
  if (kept.reduce((chars, piece) => chars + piece.length, 0) > patternLimitChars)
    throw invalid(
      told,
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

type Order = Pick<SearchRequest, 'filter' | 'sort' | 'order'>
type Position = NonNullable<SearchRequest['after']>

/**
 * Opaque; good for the same filter, sort and order only.
 * @param now what the filter was read with.
 */
export function encodeCursor(position: Position, request: Order, now: number): string {
  const text = JSON.stringify([cursorVersion, fingerprint(request), position.id, position.key, now])
  return new TextEncoder().encode(text).toBase64({ alphabet: 'base64url', omitPadding: true })
}

/**
 * What the filter must be read with, so that `7d` means the same days on every page.
 * @throws Problem 'invalid' when the cursor is damaged.
 */
export const cursorTime = (cursor: string): number => readCursor(cursor).now

/** @throws Problem 'invalid' when the cursor is damaged or comes from another search. */
export function decodeCursor(cursor: string, request: Order): Position {
  const { mark, id, key } = readCursor(cursor)
  if (mark !== fingerprint(request))
    throw invalid(
      'cursor',
      'The cursor belongs to another search.',
      'Keep filter, sort and order as they were, or start again without a cursor.',
    )
  return { id, key }
}

const cursorVersion = 2

function readCursor(cursor: string): Position & { mark: unknown; now: number } {
  const [version, mark, id, key, now] = cursorParts(cursor)
  if (version !== cursorVersion || !isWhole(id) || typeof key !== 'string' || !isTime(now))
    throw invalid('cursor', 'The cursor is damaged.', 'Use nextCursor of the page before as it came.')
  return { mark, id, key, now }
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)
const year10000 = Date.UTC(10_000, 0)
/** One that a date can be counted from. */
const isTime = (value: unknown): value is number => isWhole(value) && value >= 0 && value < year10000

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
  const inOrder = (criteria: object): [string, unknown][] =>
    Object.entries(criteria).sort(([a], [b]) => (a < b ? -1 : 1))
  const { without = {}, ...wanted } = filter
  const text = JSON.stringify([sort, order, inOrder(wanted), inOrder(without)])
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
