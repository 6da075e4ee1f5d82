/**
 * As much of BER as LDAP needs (RFC 4511 §5.1): definite lengths, one-byte tags. Reading is strict: an element that says
 * it is longer than what it is in is Malformed, never guessed at.
 */

/** What came is no LDAP. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

export interface Element {
  tag: number
  /** Of the contents. */
  start: number
  end: number
}

/** The element at `at`, or null while more bytes are needed. @throws Malformed */
export function elementAt(bytes: Buffer, at: number): Element | null {
  if (bytes.length < at + 2) return null
  const tag = bytes[at]!
  if ((tag & 0x1f) === 0x1f) throw new Malformed('a tag of several bytes')
  const first = bytes[at + 1]!
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first }
  const count = first & 0x7f
  if (count === 0 || count > 4) throw new Malformed('a length that LDAP does not use')
  const start = at + 2 + count
  if (bytes.length < start) return null
  return { tag, start, end: start + bytes.readUIntBE(at + 2, count) }
}

/** The elements inside one; they fill it exactly. @throws Malformed */
export function partsOf(bytes: Buffer, { start, end }: Pick<Element, 'start' | 'end'>): Element[] {
  const parts: Element[] = []
  for (let at = start; at < end; ) {
    const part = elementAt(bytes, at)
    if (!part || part.end > end) throw new Malformed('an element that is longer than what it is in')
    parts.push(part)
    at = part.end
  }
  return parts
}

/** INTEGER or ENUMERATED, not negative. @throws Malformed */
export function numberIn(bytes: Buffer, element: Element | undefined, tag: number): number {
  if (element?.tag !== tag) throw new Malformed('a number is missing')
  const length = element.end - element.start
  if (length < 1 || length > 4 || bytes[element.start]! > 0x7f) throw new Malformed('a number out of range')
  return bytes.readUIntBE(element.start, length)
}

/** @throws Malformed */
export function textIn(bytes: Buffer, element: Element | undefined): string {
  if (element?.tag !== 0x04) throw new Malformed('a string is missing')
  return bytes.toString('utf8', element.start, element.end)
}

export function encoded(tag: number, ...contents: readonly Buffer[]): Buffer {
  const length = contents.reduce((sum, part) => sum + part.length, 0)
  const head =
    length < 0x80
      ? Buffer.from([tag, length])
      : Buffer.from([tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff])
  return Buffer.concat([head, ...contents])
}

export const octets = (text: string | Buffer, tag = 0x04): Buffer =>
  encoded(tag, typeof text === 'string' ? Buffer.from(text) : text)

export function integer(value: number, tag = 0x02): Buffer {
  const bytes = Buffer.alloc(5) // a leading zero keeps it positive
  bytes.writeUInt32BE(value, 1)
  let from = 0
  while (from < 4 && bytes[from] === 0 && bytes[from + 1]! < 0x80) from++
  return encoded(tag, bytes.subarray(from))
}

export const enumerated = (value: number): Buffer => integer(value, 0x0a)
export const truth = (value: boolean, tag = 0x01): Buffer => encoded(tag, Buffer.from([value ? 0xff : 0]))
