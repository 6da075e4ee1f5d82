/**
 * A header block (RFC 5322 §2.2) as fields. Anything that is not a header field is skipped and noted, since other
 * parsers may take it for the end of the header. Linear, bounded, never throws.
 */
import { decodeRaw, isAsciiText } from './charset.ts'
import type { ReaderLimits } from './limits.ts'
import type { HeaderField } from './message.ts'

const fold = /\r?\n(?=[ \t])/g
/** The separator line of an mbox file, as it was or escaped. */
const mboxLine = /^>?From /
const nameOnly = /^[\x21-\x39\x3b-\x7e]+$/

/**
 * @param block bytes as Latin-1, line ends included, without the empty line that closes the header.
 * @param note told why two parsers may read this block differently.
 */
export function readFields(
  block: string,
  limits: ReaderLimits,
  note: (ambiguity: string) => void,
): HeaderField[] {
  const fields: HeaderField[] = []
  if (block.includes('\0')) note('nul-in-header')
  if (hasBareCr(block)) note('bare-cr-in-header')
  const isAscii = isAsciiText(block)
  let at = 0
  while (at < block.length) {
    const end = fieldEnd(block, at)
    if (fields.length >= limits.headerFields) {
      note('too-many-header-fields')
      break
    }
    const field = readField(block, at, end, limits, note)
    if (field) {
      if (!isAscii) field.value = decodeRaw(field.value)
      fields.push(field)
    }
    at = end
  }
  return fields
}

function hasBareCr(block: string): boolean {
  for (let at = block.indexOf('\r'); at >= 0; at = block.indexOf('\r', at + 1))
    if (block.charCodeAt(at + 1) !== 0x0a) return true
  return false
}

/** Index after the line end that closes the field beginning at `start`, folded lines included. */
function fieldEnd(block: string, start: number): number {
  let newline = block.indexOf('\n', start)
  while (newline >= 0) {
    const next = block.charCodeAt(newline + 1)
    if (next !== 0x20 && next !== 0x09) return newline + 1
    newline = block.indexOf('\n', newline + 1)
  }
  return block.length
}

function readField(
  block: string,
  start: number,
  end: number,
  limits: ReaderLimits,
  note: (ambiguity: string) => void,
): HeaderField | null {
  let stop = end
  if (end - start > limits.headerFieldBytes) {
    note('header-field-too-long')
    stop = start + limits.headerFieldBytes
  }
  const line = block.slice(start, stop)
  const colon = line.indexOf(':')
  if (colon <= 0) {
    if (start === 0 && mboxLine.test(line)) return null
    note('header-line-without-colon')
    return null
  }
  let name = line.slice(0, colon)
  if (!nameOnly.test(name)) {
    const trimmed = name.trimEnd()
    if (start === 0 && mboxLine.test(line)) return null
    note(nameOnly.test(trimmed) ? 'blank-before-colon' : 'bad-header-name')
    if (!nameOnly.test(trimmed)) return null
    name = trimmed
  }
  let value = line.slice(colon + 1)
  const newline = value.indexOf('\n')
  if (newline >= 0 && newline < value.length - 1) value = value.replace(fold, '')
  return { name, value: value.trim() }
}

/** The values of all fields of that name (lower case), in order. */
export function valuesOf(fields: readonly HeaderField[], name: string): string[] {
  const values: string[] = []
  for (const field of fields)
    if (field.name.length === name.length && field.name.toLowerCase() === name) values.push(field.value)
  return values
}
