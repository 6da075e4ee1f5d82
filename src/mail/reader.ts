/**
 * Reads a message once while its bytes arrive, in pieces of any size, and tells what is known of it (RFC 5322,
 * RFC 2045 to 2049, RFC 2231). Linear in time, bounded in memory, never throws: what cannot be read, or may be read in
 * two ways, is an entry in `ambiguities`.
 */
import { displayText } from './charset.ts'
import { decodeWords } from './encoded-word.ts'
import { Findings, type Watch } from './findings.ts'
import { defaultLimits, type ReaderLimits } from './limits.ts'
import { type Mailbox, readMailboxes } from './mailbox.ts'
import type { HeaderField, MessageFacts } from './message.ts'
import { MimeReader } from './mime.ts'
import { GtubeSearch } from './test-patterns.ts'

export interface MessageReader {
  /** The next bytes; they are not changed and not kept. */
  push(chunk: Uint8Array): void
  /** All bytes were given. To be called once. */
  end(): MessageFacts
}

/** @param watch for those who look into a message: is told of its parts. */
export function createReader(limits: Partial<ReaderLimits> = {}, watch: Watch | null = null): MessageReader {
  const findings = new Findings({ ...defaultLimits, ...limits }, watch)
  const mime = new MimeReader(findings)
  const gtube = new GtubeSearch()
  let size = 0
  return {
    push(chunk) {
      if (chunk.length === 0) return
      const bytes = Buffer.isBuffer(chunk)
        ? chunk
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      size += bytes.length
      gtube.push(bytes)
      mime.push(bytes)
    },
    end() {
      mime.end()
      if (gtube.found) findings.patterns.add('gtube')
      return factsOf(size, mime.fields, findings)
    },
  }
}

/** Fields of which there may be one (RFC 5322 §3.6): another one misleads people or filters. */
const singletons = new Set([
  'from',
  'subject',
  'to',
  'date',
  'message-id',
  'mime-version',
  'sender',
  'reply-to',
])

function factsOf(size: number, headers: HeaderField[], findings: Findings): MessageFacts {
  const { limits } = findings
  const first = new Map<string, string>()
  const from: Mailbox[] = []
  let shownFrom = ''
  for (const { name, value } of headers) {
    const key = name.length > 12 ? '' : name.toLowerCase()
    if (!singletons.has(key)) continue
    if (first.has(key)) findings.note(`duplicate-${key}`)
    else first.set(key, value)
    if (key !== 'from' || from.length >= limits.addresses) continue
    const mailboxes = readMailboxes(value, limits.addresses - from.length)
    if (from.length === 0) shownFrom = shown(mailboxes, value)
    from.push(...mailboxes)
  }
  const to = first.get('to') ?? ''
  const display = (text: string) => displayText(text, limits.displayChars)
  return {
    size,
    from: display(shownFrom),
    fromAddresses: from.map(({ address }) => displayText(address, 320)),
    to: display(shown(readMailboxes(to, limits.addresses), to)),
    subject: display(decodeWords(first.get('subject') ?? '', limits.displayChars)),
    date: displayText(first.get('date') ?? '', 100) || null,
    messageId: displayText(first.get('message-id') ?? '', 998) || null,
    attachments: findings.attachments,
    headers,
    patterns: [...findings.patterns].toSorted(),
    ambiguities: [...findings.ambiguities].toSorted(),
  }
}

/** `Name <a@b>, c@d`; the text as it is when there is no address in it. */
function shown(mailboxes: readonly Mailbox[], written: string): string {
  if (mailboxes.length === 0) return decodeWords(written.slice(0, 1_000), 1_000)
  return mailboxes.map(({ name, address }) => (name === '' ? address : `${name} <${address}>`)).join(', ')
}
