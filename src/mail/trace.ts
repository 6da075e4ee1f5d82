/**
 * The trace lines that we put before a message (RFC 5321 §4.4): never anything else of it changes. Every part of them
 * that others chose (HELO, names, addresses) is cleaned, so no line of theirs can begin; lines are folded.
 */
import type { Envelope } from './envelope.ts'
import { valuesOf } from './header.ts'
import type { MessageFacts } from './message.ts'

export interface ReleaseTrace {
  /** Id of the release as people see it. */
  release: string
  /** Milliseconds since the Unix epoch. */
  atMs: number
  /** Our own name. */
  server: string
  /** Envelope recipient of this copy. */
  recipient: string
}

export interface PassTrace {
  atMs: number
  server: string
  envelope: Envelope
  /** Id for logs, as people see it; '' for none. */
  id: string
}

const columnsLimit = 78
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** What a released copy has before its stored bytes: Received and X-Lazaret-Release. */
export function releaseTrace({ release, atMs, server, recipient }: ReleaseTrace): Buffer {
  const received = ['Received:', 'by', hostWord(server), '(quarantine release)', 'id']
  if (recipient === '') received.push(`${idWord(release)};`)
  else received.push(idWord(release), 'for', `<${addressWord(recipient)}>;`)
  const lines = fold([...received, ...dateWords(atMs)]) + fold(['X-Lazaret-Release:', idWord(release)])
  return Buffer.from(lines, 'utf8')
}

/** What a message passed on at once has before its bytes. */
export function passTrace({ atMs, server, envelope, id }: PassTrace): Buffer {
  const { client, recipients } = envelope
  const words = [
    'Received:',
    'from',
    hostWord(client.helo ?? ''),
    `(${client.name ? `${hostWord(client.name)} ` : ''}[${ipWord(client.ip)}])`,
  ]
  words.push('by', hostWord(server), 'with', hostWord(client.protocol))
  if (id !== '') words.push('id', idWord(id))
  // Only a sole recipient is named: others would learn of blind copies (RFC 5321 §7.6).
  if (recipients.length === 1) words.push('for', `<${addressWord(recipients[0]!.address)}>;`)
  else words[words.length - 1] += ';'
  return Buffer.from(fold([...words, ...dateWords(atMs)]), 'utf8')
}

/** How many trace fields a message has, one for each host it passed: beyond 100 it loops (RFC 5321 §6.3). */
export const receivedCount = (facts: MessageFacts): number => valuesOf(facts.headers, 'received').length

/** Folds before a word that would pass column 78; a single long word stays whole, within the 998 of RFC 5322. */
function fold(words: readonly string[]): string {
  let text = words[0]!
  let column = text.length
  for (const word of words.slice(1)) {
    if (column + 1 + word.length > columnsLimit) {
      text += '\r\n\t'
      column = 8
    } else {
      text += ' '
      column++
    }
    text += word
    column += word.length
  }
  return `${text}\r\n`
}

function dateWords(atMs: number): string[] {
  const date = new Date(atMs)
  const two = (n: number) => String(n).padStart(2, '0')
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':')
  return [
    `${days[date.getUTCDay()]},`,
    String(date.getUTCDate()),
    months[date.getUTCMonth()]!,
    String(date.getUTCFullYear()),
    time,
    '+0000',
  ]
}

const hostWord = (text: string): string => word(text, /[^\p{L}\p{N}.:_[\]-]/gu, 255) || 'unknown'
const ipWord = (text: string): string =>
  word(text.includes(':') ? `IPv6:${text}` : text, /[^0-9a-zA-Z.:%]/g, 60)
const idWord = (text: string): string => word(text, /[^\w.:@-]/g, 100) || 'unknown'
const addressWord = (text: string): string => word(text, /[^\p{L}\p{N}!#$%&'*+/=?^_`{|}~.@[\]:-]/gu, 320)

function word(text: string, unwanted: RegExp, limitChars: number): string {
  return text.slice(0, limitChars).replace(unwanted, '?')
}
