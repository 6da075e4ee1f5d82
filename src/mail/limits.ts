/**
 * How much of one message is looked at. Everything in a message is hostile, so reading it is bounded in memory and
 * linear in time; what lies beyond a limit is not forgotten but noted as an ambiguity, which is never "clean".
 */
export interface ReaderLimits {
  /** All header fields of the message, or of one of its parts. */
  headerBlockBytes: number
  /** One header field, unfolded. */
  headerFieldBytes: number
  headerFields: number
  /** Entities (RFC 2045 §2.4) of the whole message, nested messages included. */
  parts: number
  /** Multiparts and messages inside each other. */
  depth: number
  attachments: number
  /** File names. */
  nameChars: number
  /** Subject, From and To as they are shown. */
  displayChars: number
  /** Addresses taken from From. */
  addresses: number
}

export const defaultLimits: ReaderLimits = {
  headerBlockBytes: 1_048_576,
  headerFieldBytes: 65_536,
  headerFields: 5_000,
  parts: 1_000,
  depth: 64,
  attachments: 1_000,
  nameChars: 255,
  displayChars: 1_000,
  addresses: 100,
}
