/**
 * A message of our own (RFC 5322, 2045 to 2047): text alone, or text and HTML as alternatives. All of it is ASCII and no
 * line is longer than 78 characters, so it passes anywhere unchanged; only an address that is not ASCII is UTF-8
 * (RFC 6532). What is put in is text and cannot begin a line of its own.
 */
import { Buffer } from 'node:buffer'

export interface Letter {
  from: { name: string; address: string }
  to: string
  subject: string
  /** Milliseconds since the Unix epoch. */
  atMs: number
  /** Unique, without brackets. */
  messageId: string
  /** Further header fields, ASCII. */
  headers?: readonly (readonly [string, string])[]
  /** Lines end with LF. */
  text: string
  html?: string
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The message in CRLF lines; its own memory. */
export function writeLetter(letter: Letter): Uint8Array {
  const { from, to, subject, atMs, messageId, headers = [], text, html } = letter
  const head = [
    `Date: ${dateText(atMs)}`,
    `From: ${from.name === '' ? '' : `${phrase(from.name)}\r\n `}<${oneLine(from.address)}>`,
    `To: ${mailbox(to)}`,
    `Message-ID: <${oneLine(messageId)}>`,
    `Subject: ${unstructured(subject)}`,
    // RFC 3834: no answering machine is to answer.
    'Auto-Submitted: auto-generated',
    ...headers.map(([name, value]) => `${name}: ${oneLine(value)}`),
    'MIME-Version: 1.0',
  ]
  const parts =
    html === undefined
      ? part('plain', text)
      : `Content-Type: multipart/alternative;\r\n boundary="${boundary}"\r\n\r\n` +
        `--${boundary}\r\n${part('plain', text)}\r\n--${boundary}\r\n${part('html', html)}\r\n--${boundary}--\r\n`
  const whole = `${head.join('\r\n')}\r\n${parts}`
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(whole, 'utf8'))
  bytes.write(whole, 'utf8')
  return bytes
}

/** Quoted-printable never has "=_". */
const boundary = '=_lazaret_alternative'

const part = (kind: 'plain' | 'html', text: string): string =>
  `Content-Type: text/${kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${quotedPrintable(text)}`

/** RFC 5322 §3.3, in UTC. */
function dateText(atMs: number): string {
  const at = new Date(atMs)
  const two = (n: number) => String(n).padStart(2, '0')
  return (
    `${days[at.getUTCDay()]}, ${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()} ` +
    `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
  )
}

const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')

/** An address that is not plain is not written: who gets it is in the envelope. */
const mailbox = (address: string): string =>
  /^[^\s\p{C}()<>[\]:;@\\,"]+@[^\s\p{C}()<>:;@\\,"]+$/u.test(address)
    ? `<${address}>`
    : 'undisclosed-recipients:;'

function phrase(name: string): string {
  const text = oneLine(name)
  return /^[\x20-\x7e]*$/.test(text) && text.length <= 60 && !text.includes('=?')
    ? `"${text.replace(/["\\]/g, '\\$&')}"`
    : encodedWords(text)
}

function unstructured(value: string): string {
  const text = oneLine(value).trim()
  return /^[\x20-\x7e]*$/.test(text) && text.length <= 65 && !text.includes('=?') ? text : encodedWords(text)
}

/** RFC 2047 §2: words of at most 75 characters, none of which cuts a character in two. */
function encodedWords(text: string): string {
  const words: string[] = []
  let word = ''
  let bytes = 0
  for (const char of text.toWellFormed()) {
    const length = Buffer.byteLength(char)
    if (bytes + length > 42) {
      words.push(word)
      word = ''
      bytes = 0
    }
    word += char
    bytes += length
  }
  if (word !== '') words.push(word)
  return words.map((one) => `=?utf-8?B?${Buffer.from(one).toString('base64')}?=`).join('\r\n ')
}

const columnsLimit = 76
const hex = Array.from({ length: 256 }, (_, i) => `=${i.toString(16).toUpperCase().padStart(2, '0')}`)
/** What stands for itself in quoted-printable and needs no look at its place. */
const plainLine = /^[\x21-\x3c\x3e-\x7e](?:[\x20-\x3c\x3e-\x7e]*[\x21-\x3c\x3e-\x7e])?$/

/** RFC 2045 §6.7. */
export function quotedPrintable(text: string): string {
  const lines = text.split('\n')
  return lines
    .map((line) =>
      line === '' || (line.length <= columnsLimit && plainLine.test(line)) ? line : encodedLine(line),
    )
    .join('\r\n')
}

function encodedLine(line: string): string {
  const bytes = Buffer.from(line.toWellFormed())
  let out = ''
  let column = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    const last = i === bytes.length - 1
    const blank = byte === 0x20
    const plain = blank ? !last : byte > 0x20 && byte < 0x7f && byte !== 0x3d
    const width = plain ? 1 : 3
    // Room for the "=" of a soft line break.
    if (column + width > columnsLimit - 1) {
      out += '=\r\n'
      column = 0
    }
    out += plain ? String.fromCharCode(byte) : hex[byte]
    column += width
  }
  return out
}
