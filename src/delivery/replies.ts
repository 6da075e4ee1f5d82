/**
 * Reads the replies of an SMTP or LMTP server (RFC 5321 §4.2) as they come in. What a server says is hostile text: it
 * is bounded, its control characters are taken out, and anything that is not a reply is a ProtocolFault, never a guess.
 */
import type { Reply } from '../mail/reply.ts'

/** The server does not speak SMTP, or says more than it may. The connection is of no further use. */
export class ProtocolFault extends Error {
  override readonly name = 'ProtocolFault'
}

/** Longest reply kept in memory, all its lines together. */
const replyLimitBytes = 64 * 1024
/** Longest single line; RFC 5321 §4.5.3.1.5 asks for 512. */
const lineLimitBytes = 8 * 1024
/** Longest text handed on: what is recorded with an attempt and shown to people. */
const textLimitChars = 2000
/** Replies that may wait unread: more than any group of commands that we send asks for. */
const waitingLimitReplies = 2000

// Controls of C0 and C1, line and paragraph separators, and what reorders or hides text on a screen.
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]+/g

/** The text as it may be stored and shown: one line, no control or bidirectional characters, bounded. */
export function cleanText(text: string): string {
  const clean = text
    .slice(0, textLimitChars * 2)
    .replace(unsafe, ' ')
    .trim()
  return clean.length > textLimitChars
    ? `${clean.slice(0, textLimitChars - 1).toWellFormed()}…`
    : clean.toWellFormed()
}

const replyLine = /^([2-5][0-9]{2})(?:([ -])(.*))?$/s
const enhanced = /^([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: +|$)/

/** A complete reply with the lines as the server wrote them: EHLO's keywords are in the lines. */
export interface ServerReply extends Reply {
  lines: string[]
}

/** Takes bytes, gives replies in order. After a fault it must not be used any more. */
export class ReplyReader {
  #rest = ''
  #lines: string[] = []
  #code = ''
  #bytes = 0
  #replies: ServerReply[] = []
  #next = 0

  /** @throws ProtocolFault when the bytes are no replies, or too many. */
  write(bytes: Buffer): void {
    this.#bytes += bytes.length
    // latin1 keeps every byte; a line is decoded as UTF-8 only when it has any (RFC 6531 §3.7.4.2).
    const text = this.#rest + bytes.toString('latin1')
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#line(text.slice(start, end > start && text[end - 1] === '\r' ? end - 1 : end))
      start = end + 1
    }
    this.#rest = text.slice(start)
    if (this.#bytes > replyLimitBytes || this.#rest.length > lineLimitBytes)
      throw new ProtocolFault('the server sent a reply longer than 64 KB, or a line longer than 8 KB')
  }

  #line(raw: string): void {
    const [, code, mark, rest] = replyLine.exec(raw) ?? []
    if (code === undefined)
      throw new ProtocolFault(`the server sent something that is no reply: ${show(raw)}`)
    if (this.#lines.length > 0 && code !== this.#code)
      throw new ProtocolFault(`the server sent one reply with two codes, ${this.#code} and ${code}`)
    this.#code = code
    this.#lines.push(rest ?? '')
    if (mark === '-') return
    if (this.#replies.length - this.#next >= waitingLimitReplies)
      throw new ProtocolFault('the server sent far more replies than it was asked for')
    this.#replies.push(assemble(code, this.#lines))
    this.#lines = []
    this.#bytes = 0
  }

  /** A complete reply is waiting. */
  get ready(): boolean {
    return this.#replies.length > 0
  }

  /** The next complete reply, or undefined while there is none. */
  take(): ServerReply | undefined {
    const reply = this.#replies[this.#next]
    if (reply && ++this.#next === this.#replies.length) {
      this.#replies.length = 0
      this.#next = 0
    }
    return reply
  }

  /** Nothing is waiting, not even part of a line. */
  get empty(): boolean {
    return this.#replies.length === 0 && this.#lines.length === 0 && this.#rest === ''
  }
}

const decode = (line: string): string =>
  /[\u0080-\u00ff]/.test(line) ? Buffer.from(line, 'latin1').toString('utf8') : line

const show = (raw: string): string => JSON.stringify(cleanText(decode(raw.slice(0, 100))))

function assemble(code: string, raw: string[]): ServerReply {
  const lines = raw.map((line) => cleanText(decode(line)))
  const found = enhanced.exec(lines[0] ?? '')?.[1]
  // A status of another class than the code contradicts it: the code counts (RFC 3463 §2).
  const status = found?.[0] === code[0] ? found : undefined
  const words = status === undefined ? lines : lines.map((line) => line.replace(enhanced, ''))
  return { code: Number(code), status: status ?? '', text: cleanText(words.join(' ')), lines }
}
