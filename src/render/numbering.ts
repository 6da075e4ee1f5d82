/**
 * How parts are numbered, for all who read a message: entities in the order of their headers, the message itself 0;
 * uuencoded files in text from 10,000 on. Messages in messages count as well; one that is behind a transfer encoding is
 * one part, for it must not be (RFC 2045 §6.4).
 */
import type { Entity, TransferEncoding } from '../mail/entity.ts'
import { valuesOf } from '../mail/header.ts'
import type { HeaderField } from '../mail/message.ts'
import { readParameters } from '../mail/parameters.ts'
import { neutralLine } from './neutral.ts'

/** Number of the first uuencoded file. */
export const uuencodedFrom = 10_000

export type EntityKind = 'multipart' | 'message' | 'leaf'

/** As the reader treats it. */
export function kindOf({ type, boundary, encoding }: Entity): EntityKind {
  if (boundary !== '') return 'multipart'
  const isMessage = type === 'message/rfc822' || type === 'message/global'
  return isMessage && encoding === 'identity' ? 'message' : 'leaf'
}

/** The type that a leaf is read as: a multipart that cannot be taken apart is the text that it is. */
export const leafType = ({ type, names }: Entity): string =>
  type.startsWith('multipart/') && names.length === 0 ? 'text/plain' : type

export const shownName = (names: readonly string[]): string => neutralLine(names[0] ?? '')

const ignore = () => undefined

/** `charset` of Content-Type; '' without one. */
export function charsetOf(fields: readonly HeaderField[]): string {
  const [value] = valuesOf(fields, 'content-type')
  return value === undefined ? '' : (readParameters(value, ignore).parameters.get('charset') ?? '')
}

/** The value of the first field of this name; ''. */
export const fieldOf = (fields: readonly HeaderField[], name: string): string =>
  valuesOf(fields, name)[0] ?? ''

/** With uuencode, which was never registered and is still met. */
export type PartEncoding = TransferEncoding | 'uuencode'

export function encodingOf({ encoding }: Entity, fields: readonly HeaderField[]): PartEncoding {
  const isUuencode = /^x?-?uu(?:e|encode)$/i.test(fieldOf(fields, 'content-transfer-encoding').trim())
  return encoding === 'identity' && isUuencode ? 'uuencode' : encoding
}

/** Whether uuencoded files in this part are parts of their own. */
export const isSearched = (type: string, encoding: PartEncoding): boolean =>
  type.startsWith('text/') && encoding !== 'uuencode'

/** As in a cid: URL (RFC 2392): percent-encoded; compared without regard to case, as mail programs do. */
export function contentIdOf(written: string): string {
  const bare = written.trim().replace(/^<|>$/g, '').slice(0, 500)
  try {
    return decodeURIComponent(bare).toLowerCase()
  } catch {
    return bare.toLowerCase() // a lone percent sign: it means itself
  }
}
