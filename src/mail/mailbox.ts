/**
 * Addresses in header fields (RFC 5322 §3.4), for display and for conditions only: mail is routed by its envelope.
 * Takes what real mail has; one pass over the text whatever it holds; never throws.
 */
import { decodeWords } from './encoded-word.ts'

export interface Mailbox {
  /** Decoded display name, or comment; '' without one. */
  name: string
  /** As written, without angle brackets. */
  address: string
}

const nameChars = 500
const addressChars = 320

/** The first `limit` mailboxes of an address list; groups are taken apart. */
export function readMailboxes(text: string, limit: number): Mailbox[] {
  const mailboxes: Mailbox[] = []
  let phrase = ''
  let comment = ''
  let angle: string | null = null
  const flush = () => {
    const written = phrase.trim()
    if (angle !== null) mailboxes.push(mailbox(written === '' ? comment : written, angle))
    else if (written !== '') mailboxes.push(mailbox(comment, written))
    phrase = ''
    comment = ''
    angle = null
  }
  let i = 0
  while (i < text.length && mailboxes.length < limit) {
    const char = text[i]!
    if (char === '"') {
      const end = closing(text, i)
      // An address keeps the quotes of its local part; a name does not.
      phrase += text[end] === '@' ? text.slice(i, end) : unquote(text.slice(i + 1, end - 1))
      i = end
    } else if (char === '(') {
      const end = commentEnd(text, i)
      if (comment === '') comment = unquote(text.slice(i + 1, end - 1))
      i = end
    } else if (char === '<') {
      const end = angleEnd(text, i)
      if (angle === null) angle = text.slice(i + 1, end - 1)
      i = end
    } else if (char === ',' || char === ';') {
      flush()
      i++
    } else if (char === ':') {
      phrase = '' // the name of a group
      i++
    } else {
      const end = nextSpecial(text, i)
      phrase += text.slice(i, end)
      i = end
    }
  }
  if (mailboxes.length < limit) flush()
  return mailboxes
}

const mailbox = (name: string, address: string): Mailbox => ({
  name: decodeWords(name, nameChars).trim().slice(0, nameChars),
  address: address
    .replace(/^@[^:]*:/, '')
    .trim()
    .slice(0, addressChars),
})

const unquote = (text: string): string => (text.includes('\\') ? text.replace(/\\(.)/gs, '$1') : text)

/** Index after a quoted string; an unclosed one goes to the end. */
function closing(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') return i + 1
  }
  return text.length + 1
}

function commentEnd(text: string, start: number): number {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '(') depth++
    else if (text[i] === ')' && --depth === 0) return i + 1
  }
  return text.length + 1
}

function angleEnd(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '"') i = closing(text, i) - 1
    else if (text[i] === '>') return i + 1
  }
  return text.length + 1
}

function nextSpecial(text: string, start: number): number {
  let i = start + 1
  while (i < text.length && !isSpecial(text.charCodeAt(i))) i++
  return i
}

const isSpecial = (code: number): boolean =>
  code === 0x22 || code === 0x28 || code === 0x3c || code === 0x2c || code === 0x3b || code === 0x3a
