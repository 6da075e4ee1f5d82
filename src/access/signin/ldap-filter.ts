/**
 * Filters as administrators write them (RFC 4515), with `{name}` and the like where a value comes in. They are read once,
 * and values are put into the parsed filter: there is no text in which a `*` or a `)` of a value could mean anything.
 * DNs are text in LDAP, hence escaping (RFC 4514).
 */
import { encoded, octets, truth } from './ldap-ber.ts'

/** What can be put in. */
export const placeholders = ['name', 'local', 'bind', 'dn'] as const
export type Values = Partial<Record<(typeof placeholders)[number], string>>

/** A piece of a value: bytes as written, or what is put in. */
type Piece = Buffer | (typeof placeholders)[number]

export type Filter =
  | { kind: 'and' | 'or' | 'not'; parts: Filter[] }
  | { kind: 'present'; attribute: string }
  | { kind: 'equal' | 'greater' | 'less' | 'approximate'; attribute: string; value: Piece[] }
  | { kind: 'substrings'; attribute: string; values: Piece[][] }
  | { kind: 'extensible'; attribute: string; dn: boolean; rule: string; value: Piece[] }

export class FilterFault extends Error {
  override readonly name = 'FilterFault'
}

const depthLimit = 20
const description = String.raw`[A-Za-z][A-Za-z0-9-]*(?:;[A-Za-z0-9-]+)*|[0-9]+(?:\.[0-9]+)+`
const itemPattern = new RegExp(
  `^(?:(${description})(=|>=|<=|~=)|(${description})?(:dn)?(?::([A-Za-z0-9.-]+))?:=)(.*)$`,
  's',
)

/** @throws FilterFault */
export function parseFilter(text: string): Filter {
  const trimmed = text.trim()
  const { filter, end } = filterAt(trimmed.startsWith('(') ? trimmed : `(${trimmed})`, 0, 0)
  if (end < (trimmed.startsWith('(') ? trimmed.length : trimmed.length + 2))
    throw new FilterFault('something stands behind the last parenthesis')
  return filter
}

function filterAt(text: string, at: number, depth: number): { filter: Filter; end: number } {
  if (depth > depthLimit) throw new FilterFault('is nested too deeply')
  if (text[at] !== '(') throw new FilterFault(`expects "(" at character ${at + 1}`)
  const kind = ({ '&': 'and', '|': 'or', '!': 'not' } as const)[text[at + 1] ?? '']
  if (kind) {
    const parts: Filter[] = []
    let next = at + 2
    while (text[next] === '(') {
      const { filter, end } = filterAt(text, next, depth + 1)
      parts.push(filter)
      next = end
    }
    if (text[next] !== ')') throw new FilterFault(`expects ")" at character ${next + 1}`)
    if (parts.length === 0 || (kind === 'not' && parts.length > 1))
      throw new FilterFault(`has a wrong number of parts after "${text[at + 1]}"`)
    return { filter: { kind, parts }, end: next + 1 }
  }
  const close = text.indexOf(')', at)
  if (close < 0) throw new FilterFault('lacks a ")"')
  return { filter: item(text.slice(at + 1, close)), end: close + 1 }
}

function item(text: string): Filter {
  const [, attribute, sign, extended = '', dn, rule = '', value = ''] = itemPattern.exec(text) ?? []
  if (attribute === undefined && extended === '' && rule === '')
    throw new FilterFault(`does not understand "${text}"`)
  if (attribute === undefined)
    return { kind: 'extensible', attribute: extended, dn: dn !== undefined, rule, value: pieces(value) }
  if (sign === '>=') return { kind: 'greater', attribute, value: pieces(value) }
  if (sign === '<=') return { kind: 'less', attribute, value: pieces(value) }
  if (sign === '~=') return { kind: 'approximate', attribute, value: pieces(value) }
  if (value === '*') return { kind: 'present', attribute }
  if (!value.includes('*')) return { kind: 'equal', attribute, value: pieces(value) }
  const values = value.split('*').map(pieces)
  if (values.slice(1, -1).some((part) => part.length === 0)) throw new FilterFault('has "**"')
  return { kind: 'substrings', attribute, values }
}

function pieces(value: string): Piece[] {
  return value.split(/(\{[^}]*\})/).flatMap((part): Piece[] => {
    if (part === '') return []
    const named = placeholders.find((name) => part === `{${name}}`)
    if (named) return [named]
    if (/[{}(]/.test(part)) throw new FilterFault(`does not know what "${part}" stands for`)
    return [literal(part)]
  })
}

/** `\2a` is the byte 2a. */
function literal(text: string): Buffer {
  const parts = text.split(/(\\[0-9A-Fa-f]{2})/).map((part, i) => {
    if (i % 2 === 1) return Buffer.from(part.slice(1), 'hex')
    if (part.includes('\\')) throw new FilterFault('has a \\ without two hexadecimal digits')
    return Buffer.from(part)
  })
  return Buffer.concat(parts)
}

/** As a search request has it (RFC 4511 §4.5.1). What a placeholder stands for is data, whatever it contains. */
export function encodeFilter(filter: Filter, values: Values): Buffer {
  const put = (value: Piece[]): Buffer =>
    Buffer.concat(
      value.map((piece) => (typeof piece === 'string' ? Buffer.from(values[piece] ?? '') : piece)),
    )
  const pair = (tag: number, attribute: string, value: Piece[]) =>
    encoded(tag, octets(attribute), octets(put(value)))
  switch (filter.kind) {
    case 'and':
    case 'or':
    case 'not': {
      const tag = { and: 0xa0, or: 0xa1, not: 0xa2 }[filter.kind]
      return encoded(tag, ...filter.parts.map((part) => encodeFilter(part, values)))
    }
    case 'present':
      return octets(filter.attribute, 0x87)
    case 'substrings': {
      const last = filter.values.length - 1
      const parts = filter.values.flatMap((value, i) =>
        value.length === 0 ? [] : [octets(put(value), i === 0 ? 0x80 : i === last ? 0x82 : 0x81)],
      )
      return encoded(0xa4, octets(filter.attribute), encoded(0x30, ...parts))
    }
    case 'extensible':
      return encoded(
        0xa9,
        ...(filter.rule === '' ? [] : [octets(filter.rule, 0x81)]),
        ...(filter.attribute === '' ? [] : [octets(filter.attribute, 0x82)]),
        octets(put(filter.value), 0x83),
        ...(filter.dn ? [truth(true, 0x84)] : []),
      )
    default:
      return pair(
        { equal: 0xa3, greater: 0xa5, less: 0xa6, approximate: 0xa8 }[filter.kind],
        filter.attribute,
        filter.value,
      )
  }
}

/** A value inside a DN: everything that is not plainly harmless as `\hh` (RFC 4514 §2.4). */
export const escapeDnValue = (value: string): string =>
  value.replace(
    /[^A-Za-z0-9._@\u0080-\u{10ffff}-]/gu,
    (sign) => `\\${sign.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
