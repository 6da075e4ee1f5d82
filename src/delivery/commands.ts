/**
 * The commands that we send, built from addresses and parameters that strangers chose. Nothing here can put a second
 * command on the wire: what has a control character, or does not fit where it stands, is refused (RFC 5321 §4.1.2).
 */
import { encodeXtext } from '../mail/xtext.ts'
import type { Parcel } from './courier.ts'

/** What the server offered in its answer to EHLO or LHLO (RFC 5321 §4.1.1.1). */
export interface Capabilities {
  pipelining: boolean
  chunking: boolean
  binarymime: boolean
  eightbitmime: boolean
  smtputf8: boolean
  starttls: boolean
  dsn: boolean
  /** Null: SIZE is not offered. 0: offered without a limit. */
  size: number | null
  /** Attributes that XFORWARD may carry, upper case; empty when it is not offered. */
  xforward: Set<string>
}

export function readCapabilities(lines: readonly string[]): Capabilities {
  const offered = new Map<string, string[]>()
  for (const line of lines.slice(1, 101)) {
    const [keyword = '', ...words] = line.toUpperCase().split(/[ =]+/)
    offered.set(keyword, words)
  }
  const size = offered.get('SIZE')
  const limit = Number(size?.[0] ?? 0)
  return {
    pipelining: offered.has('PIPELINING'),
    chunking: offered.has('CHUNKING'),
    binarymime: offered.has('BINARYMIME'),
    eightbitmime: offered.has('8BITMIME'),
    smtputf8: offered.has('SMTPUTF8'),
    starttls: offered.has('STARTTLS'),
    dsn: offered.has('DSN'),
    size: size ? (Number.isSafeInteger(limit) && limit > 0 ? limit : 0) : null,
    xforward: new Set(offered.get('XFORWARD')),
  }
}

/** RFC 5321 §4.5.3.1: 64 octets local part, 255 domain, and the @; addresses in the wild are a little longer. */
const pathLimitBytes = 512
const quotedLocal = /^"(?:[^"\\\p{Cc}\u2028\u2029]|\\[ -~])*"$/u
const dotAtoms = /^[^\s"(),:;<>@[\\\]\p{Cc}\u2028\u2029]+$/u
// Blanks and angle brackets would end the path; everything else is the next hop's to judge.
const domainPart = /^(?:[^\s"(),;<>@[\\\]\p{Cc}\u2028\u2029]+|\[[0-9A-Za-z:.-]+\])$/u

const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text)

/** Whether `address` may stand between angle brackets in MAIL or RCPT. The null sender '' is not an address. */
export function isPath(address: string): boolean {
  if (address.length > pathLimitBytes || Buffer.byteLength(address) > pathLimitBytes) return false
  if (!address.isWellFormed()) return false
  const at = address.lastIndexOf('@')
  if (at < 0) return dotAtoms.test(address) // `postmaster` alone is allowed (RFC 5321 §4.1.1.3)
  const local = address.slice(0, at)
  return (dotAtoms.test(local) || quotedLocal.test(local)) && domainPart.test(address.slice(at + 1))
}

/** The parcel cannot be sent to this server without SMTPUTF8 (RFC 6531 §3.4). */
export const needsUtf8 = (parcel: Parcel): boolean =>
  parcel.smtputf8 || !isAscii(parcel.sender) || parcel.recipients.some(({ address }) => !isAscii(address))

export function mailCommand(parcel: Parcel, offered: Capabilities): string {
  let command = `MAIL FROM:<${parcel.sender}>`
  if (offered.size !== null) command += ` SIZE=${Math.max(0, Math.floor(parcel.size))}`
  // Without the extension the bytes are sent all the same: changing them would break what is signed.
  if (parcel.body === 'BINARYMIME' && offered.binarymime && offered.chunking) command += ' BODY=BINARYMIME'
  else if (parcel.body !== null && parcel.body !== '7BIT' && offered.eightbitmime) command += ' BODY=8BITMIME'
  if (offered.smtputf8 && needsUtf8(parcel)) command += ' SMTPUTF8'
  return `${command}\r\n`
}

const esmtpValue = /^[\x21-\x3c\x3e-\x7e]{1,500}$/

/** RCPT with the delivery-status parameters of the original (RFC 3461 §4.1, §4.2), where the server knows them. */
export function rcptCommand(recipient: Parcel['recipients'][number], offered: Capabilities): string {
  let command = `RCPT TO:<${recipient.address}>`
  if (offered.dsn)
    for (const [key, value] of Object.entries(recipient.parameters)) {
      const name = key.toUpperCase()
      if ((name === 'NOTIFY' || name === 'ORCPT') && esmtpValue.test(value)) command += ` ${name}=${value}`
    }
  return `${command}\r\n`
}

/** Tells the original client to a next hop that offers XFORWARD (Postfix XFORWARD_README); '' when there is nothing to tell. */
export function xforwardCommand(client: Parcel['client'], offered: Capabilities): string {
  if (!client || offered.xforward.size === 0) return ''
  const facts: Record<string, string | null> = {
    NAME: client.name,
    ADDR: client.ip.includes(':') ? `IPV6:${client.ip}` : client.ip,
    HELO: client.helo,
  }
  let command = 'XFORWARD'
  for (const [name, value] of Object.entries(facts))
    if (offered.xforward.has(name))
      command += ` ${name}=${value ? encodeXtext(value.slice(0, 100)) : '[UNAVAILABLE]'}`
  return command === 'XFORWARD' ? '' : `${command}\r\n`
}
