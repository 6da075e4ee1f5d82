/**
 * Values with parameters, as in Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2183), with the
 * continuations and charsets of RFC 2231. Takes what real mail has: no quotes around blanks, no closing quote,
 * comments, encoded words. Where parsers differ (a parameter twice, pieces out of order, a boundary in any but the
 * usual form) that is noted. Linear.
 */
import { decodeCharset } from './charset.ts'
import { decodeWords, hexPair } from './encoded-word.ts'

const parametersLimit = 100
const piecesLimit = 200
const valueChars = 4_096

export interface Parameterized {
  /** Lower case, without parameters: `text/plain`, `attachment`. */
  value: string
  /** Decoded, by lower-case name; the first of two equal ones. */
  parameters: Map<string, string>
  /** Values of a parameter given in another way too: `filename` beside `filename*`, or the second of two. */
  others: Map<string, string[]>
}

interface Piece {
  number: number
  encoded: boolean
  value: string
}

/** Of nearly all fields: no map is made for it. Never added to. */
export const noOthers = new Map<string, string[]>()

const noPieces = new Map<string, Piece[]>()
const shape = /^([^*]+)(?:\*(\d{1,4}))?(\*)?$/

export function readParameters(text: string, note: (ambiguity: string) => void): Parameterized {
  const semicolon = text.indexOf(';')
  const result: Parameterized = {
    value: (semicolon < 0 ? text : text.slice(0, semicolon))
      .replace(/\([^()]*\)/g, '')
      .trim()
      .toLowerCase(),
    parameters: new Map(),
    others: noOthers,
  }
  if (semicolon < 0) return result
  let pieces: Map<string, Piece[]> | null = null
  split(text, semicolon + 1, note, (rawName, value) => {
    const match = rawName.includes('*') ? shape.exec(rawName) : null
    if (match === null) {
      if (rawName.includes('*')) note('parameter-pieces-out-of-order')
      // What looks like an encoded word is a boundary too, as it stands.
      add(result, rawName, rawName === 'boundary' ? value : decodeWords(value, valueChars), note)
      return
    }
    pieces ??= new Map()
    const list = pieces.get(match[1]!) ?? []
    const piece = { number: Number(match[2] ?? 0), encoded: match[3] !== undefined, value }
    if (list.length < piecesLimit) list.push(piece)
    else note('too-many-parameters')
    pieces.set(match[1]!, list)
  })
  for (const [name, list] of pieces ?? noPieces) {
    const plain = result.parameters.get(name)
    result.parameters.set(name, join(list, note))
    if (name === 'boundary') note('doubtful-boundary')
    if (plain !== undefined) other(result, name, plain)
  }
  return result
}

function add(result: Parameterized, name: string, value: string, note: (ambiguity: string) => void): void {
  if (!result.parameters.has(name)) result.parameters.set(name, value)
  else if (result.parameters.get(name) !== value) {
    note(name === 'boundary' ? 'duplicate-boundary' : 'duplicate-parameter')
    other(result, name, value)
  }
}

/** One more value of a parameter. */
export function other(result: Parameterized, name: string, value: string): void {
  if (result.others === noOthers) result.others = new Map()
  const values = result.others.get(name)
  if (values) values.push(value)
  else result.others.set(name, [value])
}

/** Pieces of one parameter (RFC 2231 §3), put in order. */
function join(list: Piece[], note: (ambiguity: string) => void): string {
  if (list.some((piece, i) => piece.number !== i)) note('parameter-pieces-out-of-order')
  const ordered = list.toSorted((a, b) => a.number - b.number)
  let charset = ''
  let latin1 = ''
  for (const [i, piece] of ordered.entries()) {
    let value = piece.value
    if (piece.encoded && i === 0) {
      const first = value.indexOf("'")
      const second = first < 0 ? -1 : value.indexOf("'", first + 1)
      if (second >= 0) {
        charset = value.slice(0, first)
        value = value.slice(second + 1)
      }
    }
    latin1 += piece.encoded ? unpercent(value) : Buffer.from(value, 'utf8').toString('latin1')
    if (latin1.length > valueChars) {
      note('parameter-too-long')
      break
    }
  }
  return decodeWords(decodeCharset(Buffer.from(latin1, 'latin1'), charset), valueChars)
}

function unpercent(value: string): string {
  if (!value.includes('%')) return Buffer.from(value, 'utf8').toString('latin1')
  const bytes = Buffer.from(value, 'utf8')
  let n = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    const decoded = byte === 0x25 && i + 2 < bytes.length ? hexPair(bytes[i + 1]!, bytes[i + 2]!) : -1
    bytes[n++] = decoded < 0 ? byte : decoded
    if (decoded >= 0) i += 2
  }
  return bytes.toString('latin1', 0, n)
}

/** The `name=value` pairs, names lower case, quotes and comments taken away. */
function split(
  text: string,
  start: number,
  note: (ambiguity: string) => void,
  take: (name: string, value: string) => void,
): void {
  let count = 0
  let at = start
  let equals = -1
  while (at < text.length) {
    // Both positions only move forward, so that the search stays linear.
    if (equals < at) equals = text.indexOf('=', at)
    if (equals < 0) return
    if (++count > parametersLimit + piecesLimit) {
      note('too-many-parameters')
      return
    }
    const semicolon = text.lastIndexOf(';', equals)
    if (semicolon >= at) at = semicolon + 1
    let name = text.slice(at, equals)
    if (name.includes('(')) {
      name = name.replace(/\([^()]*\)/g, '')
      note('comment-in-parameters')
    }
    name = name.trim().toLowerCase()
    at = equals + 1
    while (text[at] === ' ' || text[at] === '\t') at++
    let value = ''
    if (text[at] === '"') {
      ;[value, at] = quoted(text, at, note)
      if (name === 'boundary' && (value.includes('\\') || value.trimEnd() !== value))
        note('doubtful-boundary')
      const end = nextSemicolon(text, at)
      if (end > at && text.slice(at, end).trim() !== '') note('text-after-quoted-parameter')
      at = end + 1
    } else {
      const end = nextSemicolon(text, at)
      value = text.slice(at, end).trim()
      if (name === 'boundary' && /[\s()"\\]/.test(value)) note('doubtful-boundary')
      if (value.includes('(') && /\([^()]*\)$/.test(value)) {
        note('comment-in-parameters')
        value = value.replace(/\([^()]*\)$/, '').trim()
      }
      at = end + 1
    }
    if (value.length > valueChars) note('parameter-too-long')
    take(name, value.slice(0, valueChars))
  }
}

function nextSemicolon(text: string, start: number): number {
  const at = text.indexOf(';', start)
  return at < 0 ? text.length : at
}

/** A quoted string beginning at `at`: its content and the index after it (RFC 5322 §3.2.4). */
function quoted(text: string, at: number, note: (ambiguity: string) => void): [string, number] {
  const quote = text.indexOf('"', at + 1)
  const plain = quote < 0 ? '' : text.slice(at + 1, quote)
  if (quote >= 0 && !plain.includes('\\')) return [plain, quote + 1]
  let value = ''
  let i = at + 1
  for (; i < text.length; i++) {
    const char = text[i]!
    if (char === '"') return [value, i + 1]
    // Windows paths in names are written with single backslashes; before anything but a quote it stays.
    if (char === '\\' && (text[i + 1] === '"' || text[i + 1] === '\\')) value += text[++i]
    else value += char
  }
  note('unclosed-quote')
  return [value, text.length]
}
