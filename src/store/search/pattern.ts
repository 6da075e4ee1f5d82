/**
 * What a Pattern means, in plain JavaScript: the meaning that both engines' indexes must give. Used for rows that are
 * in memory and to verify what an index can only narrow down. Linear in the value, however the pattern looks.
 */
import { addressEnding } from '../../mail/domains.ts'
import type { Filter, Pattern } from './index.ts'

export type Matcher = (value: string) => boolean

/** The one whole value that the pattern stands for ('' is the empty value), or null when it has asterisks. */
export function wholeValue({ start, pieces, end }: Pattern): string | null {
  if (!start || !end) return null
  return pieces.length === 0 ? '' : pieces.length === 1 ? (pieces[0] as string) : null
}

/** True when every value matches. */
export const matchesAll = ({ start, pieces, end }: Pattern): boolean => pieces.length === 0 && !(start && end)

/** Tests one value. */
export function valueMatcher(pattern: Pattern): Matcher {
  if (matchesAll(pattern)) return () => true
  const whole = wholeValue(pattern)
  if (whole !== null) return (value) => value === whole
  const { start, pieces, end } = pattern
  const only = pieces[0] as string
  if (pieces.length === 1)
    return start
      ? (value) => value.startsWith(only)
      : end
        ? (value) => value.endsWith(only)
        : (value) => value.includes(only)
  return (value) => piecesFollow(value, pattern)
}

/** Tests values kept as `\na\nb\n`: any one matches. */
export function listMatcher(pattern: Pattern): Matcher {
  if (matchesAll(pattern)) return (values) => values !== ''
  const needles = framedPieces(pattern)
  if (needles.length === 1) {
    const needle = needles[0] as string
    return (values) => values.includes(needle)
  }
  return (values) =>
    needles.every((needle) => values.includes(needle)) &&
    values
      .slice(1, -1)
      .split('\n')
      .some((value) => piecesFollow(value, pattern))
}

/** The pieces as they stand in `\nvalue\n`: with the line feed where the pattern begins or ends a value. */
export function framedPieces({ start, pieces, end }: Pattern): string[] {
  if (pieces.length === 0) return start && end ? ['\n\n'] : []
  return pieces.map(
    (piece, i) => `${start && i === 0 ? '\n' : ''}${piece}${end && i === pieces.length - 1 ? '\n' : ''}`,
  )
}

/** Each piece behind the one before it, leftmost first: if that fails, nothing else succeeds. */
function piecesFollow(value: string, { start, pieces, end }: Pattern): boolean {
  const last = pieces.length - 1
  let at = 0
  for (let i = 0; i <= last; i++) {
    const piece = pieces[i] as string
    if (i === 0 && start) {
      if (!value.startsWith(piece)) return false
      at = piece.length
    } else if (i === last && end) return value.length - piece.length >= at && value.endsWith(piece)
    else {
      const found = value.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
  }
  return true
}

/** The pattern with nothing in it that a value cannot hold: control characters are blanks in what search sees. */
export function clean(pattern: Pattern): Pattern {
  return {
    ...pattern,
    pieces: pattern.pieces
      .map((piece) => piece.replace(/[\0-\x1f]/g, ' ').toWellFormed())
      .filter((piece) => piece !== ''),
  }
}

/** A whole value as search keeps it, of what is in lower case already. */
export const searchValue = (value: string): string => value.replace(/[\0-\x1f]/g, ' ').toWellFormed()

/** It asks for copies of nobody, or in no state. */
export const isNobodys = ({ copies, areas, domains }: Filter): boolean =>
  (copies !== undefined && (copies.recipients.length === 0 || copies.states.length === 0)) ||
  areas?.length === 0 ||
  domains?.length === 0

/** Tests whether an address, as search keeps it, is of one of these domains. */
export function domainMatcher(domains: readonly string[]): Matcher {
  const endings = domains.map(addressEnding)
  return (value) => endings.some((ending) => value.endsWith(ending))
}

/**
 * Order of sort keys: by code point, as PostgreSQL's collation "C" has it. UTF-16 order differs where surrogate pairs
 * meet U+E000…U+FFFF.
 */
export const compareKeys = (a: string, b: string): number => (a === b ? 0 : compareKeyIn(a, 0, a.length, b))

/** The same for a key that is a part of a text, which is not taken out for it. */
export function compareKeyIn(text: string, from: number, to: number, key: string): number {
  const length = Math.min(to - from, key.length)
  for (let i = 0; i < length; i++) {
    const x = text.charCodeAt(from + i)
    const y = key.charCodeAt(i)
    if (x !== y) return codePointOrder(x) - codePointOrder(y)
  }
  return to - from - key.length
}

const codePointOrder = (unit: number): number =>
  unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800
