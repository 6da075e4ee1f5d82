/**
 * The envelope: what the transport told us, never what the headers say (RFC 5321 §2.3.1).
 */

/** An SMTP or LMTP client as we know it: the socket's own address, or what a trusted peer told by XFORWARD/XCLIENT. */
export interface Client {
  ip: string
  port: number | null
  /** Host name, when a trusted peer told it; we make no look-ups. */
  name: string | null
  helo: string | null
  /** `SMTP`, `ESMTP`, `ESMTPS`, `LMTP`, `LMTPS`: the words for the Received line (RFC 3848). */
  protocol: string
}

export interface Recipient {
  /** As given in RCPT TO, without angle brackets; the local part keeps its case. */
  address: string
  /** ESMTP parameters of RCPT worth keeping for the release (ORCPT, NOTIFY), verbatim. */
  parameters: Record<string, string>
}

export interface Envelope {
  via: 'smtp' | 'lmtp'
  /** MAIL FROM without angle brackets; '' is the null sender. */
  sender: string
  recipients: Recipient[]
  /** BODY= of MAIL FROM (RFC 6152), and whether SMTPUTF8 was given (RFC 6531). */
  body: '7BIT' | '8BITMIME' | 'BINARYMIME' | null
  smtputf8: boolean
  client: Client
  /** Address of the socket itself: trust is decided by this one alone. */
  peerIp: string
}

/** The form in which addresses are compared, indexed and searched: lower case throughout. */
export function addressKey(address: string): string {
  return address.toLowerCase()
}
