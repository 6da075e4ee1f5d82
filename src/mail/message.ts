/**
 * What is known of a message after its one linear reading (RFC 5322, RFC 2045). Filled by mail/reader.ts; strings are
 * decoded for display, bounded in length, and hostile: they are text everywhere and never more.
 */
export interface HeaderField {
  /** As written, without the colon. */
  name: string
  /** Unfolded, surrounding blanks removed; encoded words are not decoded. 8-bit bytes read as UTF-8, else Latin-1. */
  value: string
}

export interface Attachment {
  /** Decoded file name; '' when the part has none. */
  name: string
  /** Content-Type as declared, lower case, without parameters. */
  type: string
  /** What the first bytes say, as a MIME type; null when they say nothing. */
  trueType: string | null
  /** Bytes after decoding the transfer encoding. */
  size: number
}

export interface MessageFacts {
  size: number
  /** From header for display, decoded: `Name <a@b>`. */
  from: string
  fromAddresses: string[]
  to: string
  subject: string
  /** Date header as written. */
  date: string | null
  /** With its angle brackets, as written; null when there is none. */
  messageId: string | null
  attachments: Attachment[]
  /** Header block, in order, within limits. */
  headers: HeaderField[]
  /** Well-known test patterns found: 'gtube', 'eicar'. */
  patterns: string[]
  /** Why two parsers may read this message differently; empty for a plain one. */
  ambiguities: string[]
}
