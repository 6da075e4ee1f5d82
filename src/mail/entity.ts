/**
 * What the header of an entity (the message or one of its parts) says about its body: type, boundary, transfer
 * encoding, file names (RFC 2045, RFC 2183). Where two fields or parameters contradict each other, all readings are
 * kept and the contradiction is noted, since a mail program may choose another one than we would.
 */
import { displayText } from './charset.ts'
import { valuesOf } from './header.ts'
import type { ReaderLimits } from './limits.ts'
import type { HeaderField } from './message.ts'
import { noOthers, other, type Parameterized, readParameters } from './parameters.ts'

export type TransferEncoding = 'identity' | 'quoted-printable' | 'base64'

export interface Entity {
  /** `text/plain`, lower case. */
  type: string
  /** '' when it is no multipart, or one without boundary. */
  boundary: string
  encoding: TransferEncoding
  isAttachment: boolean
  /** File names, the one to show first; more when fields contradict each other. */
  names: string[]
}

const identities = new Set(['', '7bit', '8bit', 'binary', 'none', '7-bit', '8-bit', 'utf-8'])
const nothing: Parameterized = { value: '', parameters: new Map(), others: noOthers }
const tokens = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/

/** @param defaultType of entities without Content-Type: text/plain, or message/rfc822 in a digest. */
export function readEntity(
  fields: readonly HeaderField[],
  defaultType: string,
  limits: ReaderLimits,
  note: (ambiguity: string) => void,
): Entity {
  const content = single(fields, 'content-type', note)
  const disposition = single(fields, 'content-disposition', note)
  const type =
    content === nothing
      ? defaultType
      : tokens.test(content.value)
        ? content.value
        : 'application/octet-stream'
  const isMultipart = type.startsWith('multipart/')
  const boundary = isMultipart ? (content.parameters.get('boundary') ?? '').trimEnd() : ''
  if (content !== nothing && type !== content.value && content.value !== 'text') note('bad-content-type')
  if (isMultipart && boundary === '') note('multipart-without-boundary')
  if (boundary.length > 70) note('boundary-too-long') // RFC 2046 §5.1.1
  if (type === 'message/partial') note('partial-message')
  if (type === 'message/external-body') note('external-body')
  return {
    type: content.value === 'text' ? 'text/plain' : type,
    boundary,
    encoding: transferEncoding(fields, type, note),
    isAttachment: disposition.value === 'attachment',
    names: fileNames(content, disposition, limits, note),
  }
}

function single(
  fields: readonly HeaderField[],
  name: string,
  note: (ambiguity: string) => void,
): Parameterized {
  const values = valuesOf(fields, name)
  if (values.length === 0) return nothing
  const first = readParameters(values[0]!, note)
  for (const value of values.slice(1, 4)) {
    if (value === values[0]) continue
    note(`duplicate-${name}`)
    // The names of the field that we do not follow count too.
    const more = readParameters(value, note)
    for (const key of ['filename', 'name'])
      for (const name of [more.parameters.get(key), ...(more.others.get(key) ?? [])])
        if (name !== undefined) other(first, key, name)
  }
  return first
}

function transferEncoding(
  fields: readonly HeaderField[],
  type: string,
  note: (ambiguity: string) => void,
): TransferEncoding {
  const values = valuesOf(fields, 'content-transfer-encoding')
  if (values.length === 0) return 'identity'
  const words = values.map((value) =>
    value
      .replace(/\([^()]*\)/g, '')
      .replace(/;.*$/s, '')
      .trim()
      .toLowerCase(),
  )
  if (words.some((word) => word !== words[0])) note('duplicate-content-transfer-encoding')
  // Of contradicting ones the one that hides most is followed.
  const word =
    words.find((each) => each === 'base64') ?? words.find((each) => !identities.has(each)) ?? words[0]!
  if (word === 'base64' || word === 'quoted-printable') {
    // RFC 2045 §6.4 forbids it; some readers decode, most do not.
    if (type.startsWith('multipart/')) note('encoded-multipart')
    else if (type === 'message/rfc822' || type === 'message/global') note('encoded-message')
    return type.startsWith('multipart/') ? 'identity' : word
  }
  if (!identities.has(word)) note('unknown-transfer-encoding')
  return 'identity'
}

const isNameless = ({ parameters, others }: Parameterized): boolean =>
  others === noOthers && !parameters.has('name') && !parameters.has('filename')

function fileNames(
  content: Parameterized,
  disposition: Parameterized,
  limits: ReaderLimits,
  note: (ambiguity: string) => void,
): string[] {
  if (isNameless(disposition) && isNameless(content)) return [] // as most parts are
  const given = [
    disposition.parameters.get('filename'),
    content.parameters.get('name'),
    content.parameters.get('filename'),
    disposition.parameters.get('name'),
    ...(disposition.others.get('filename') ?? []),
    ...(content.others.get('name') ?? []),
    ...(content.others.get('filename') ?? []),
  ]
  const names: string[] = []
  for (const each of given) {
    if (each === undefined) continue
    if (each.includes('\0')) note('nul-in-name') // where some programs end it
    const name = fileName(each, limits.nameChars)
    // Plain-ASCII stand-ins for a name (RFC 2231 beside the old form) are common; only another extension misleads.
    if (name === '' || names.some((other) => extensionOf(other) === extensionOf(name))) continue
    names.push(name)
    if (names.length > 1) note('conflicting-names')
    if (names.length >= 8) break
  }
  return names
}

/** The last part of a path, for display; long names are cut in the middle, so that the extension stays. */
export function fileName(path: string, limitChars: number): string {
  let end = path.length
  while (end > 0 && (path[end - 1] === '/' || path[end - 1] === '\\')) end--
  const raw = end > 0 ? path.slice(0, end) : path
  const last = raw.slice(Math.max(raw.lastIndexOf('/'), raw.lastIndexOf('\\')) + 1)
  const name = last.replaceAll(':', '_').trim() === '' ? raw.replace(/[/\\]+/g, '_') : last
  if (name.length <= limitChars) return displayText(name, limitChars)
  const ending = name.slice(-32)
  return displayText(`${name.slice(0, limitChars - ending.length - 1)}…${ending}`, limitChars)
}

/** What follows the last dot, lower case; '' without one. Windows drops trailing dots and blanks, so we do. */
export function extensionOf(name: string): string {
  const trimmed = name.replace(/[. ]+$/, '').toLowerCase()
  const dot = trimmed.lastIndexOf('.')
  return dot < 0 ? '' : trimmed.slice(dot + 1)
}
