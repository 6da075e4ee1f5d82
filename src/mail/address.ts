/**
 * Addresses on the wire: the path grammar of RFC 5321 §4.1.2 (with RFC 6531 where SMTPUTF8 was given), strictly. What
 * is not an address is refused with a sentence for the reply. Header addresses are another matter: see mailbox.ts.
 */
export interface PathOptions {
  /** The transaction has SMTPUTF8: other than ASCII characters are allowed. */
  smtputf8: boolean
}

export type ParsedAddress = { address: string } | { error: string }

/** Octets: RFC 5321 §4.5.3.1, and 254 for a whole address since a path of 256 includes its brackets. */
const localPartLimitBytes = 64
const domainLimitBytes = 255
const addressLimitBytes = 254
const labelLimitBytes = 63

const atom = /^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+$/u
const label =
  /^[a-zA-Z0-9\u0080-\u{10ffff}](?:[a-zA-Z0-9_\u0080-\u{10ffff}-]*[a-zA-Z0-9\u0080-\u{10ffff}])?$/u
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/
const beyondAscii = /[^\u0000-\u007f]/

/**
 * `<a@b>`: the argument of MAIL FROM (without its parameters). `<>` is the null sender, address ''. A source route is
 * taken off, as RFC 5321 §4.1.1.3 tells servers to.
 */
export function parseReversePath(path: string, options: PathOptions): ParsedAddress {
  return path === '<>' ? { address: '' } : parsePath(path, options)
}

/** `<a@b>`: the argument of RCPT TO; `<postmaster>` alone needs no domain (RFC 5321 §4.1.1.3). */
export function parseForwardPath(path: string, options: PathOptions): ParsedAddress {
  if (path === '<>') return { error: 'a recipient address is needed' }
  if (/^<postmaster>$/i.test(path)) return { address: path.slice(1, -1) }
  return parsePath(path, options)
}

/** A path with its angle brackets; not the null sender. */
export function parsePath(path: string, options: PathOptions): ParsedAddress {
  if (!path.startsWith('<') || !path.endsWith('>'))
    return { error: 'the address must stand in angle brackets' }
  let address = path.slice(1, -1)
  if (address.startsWith('@')) {
    const colon = address.indexOf(':')
    const route = colon < 0 ? [] : address.slice(0, colon).split(',')
    if (
      route.length === 0 ||
      !route.every((hop) => hop.startsWith('@') && domainError(hop.slice(1)) === null)
    )
      return { error: 'the source route is malformed' }
    address = address.slice(colon + 1)
  }
  return parseAddress(address, options)
}

/** An address without brackets: `local-part@domain`. The local part keeps its case and its quotes. */
export function parseAddress(address: string, options: PathOptions): ParsedAddress {
  if (controls.test(address)) return { error: 'the address contains control characters' }
  if (!options.smtputf8 && beyondAscii.test(address))
    return { error: 'the address contains other than ASCII characters, which needs SMTPUTF8' }
  if (address.length > addressLimitBytes || Buffer.byteLength(address) > addressLimitBytes)
    return { error: `the address is longer than ${addressLimitBytes} octets` }
  const at = address.startsWith('"') ? quotedEnd(address) : address.indexOf('@')
  if (at < 0)
    return { error: address.startsWith('"') ? 'the quotes are not closed' : 'the address has no domain' }
  const localPart = address.slice(0, at)
  if (address[at] !== '@') return { error: 'after the local part an @ is expected' }
  const error = localPartError(localPart) ?? domainError(address.slice(at + 1))
  return error === null ? { address } : { error }
}

/** Index after the closing quote; -1 without one. */
function quotedEnd(address: string): number {
  for (let i = 1; i < address.length; i++) {
    if (address[i] === '\\') i++
    else if (address[i] === '"') return i + 1
  }
  return -1
}

function localPartError(localPart: string): string | null {
  if (localPart === '' || localPart === '""') return 'the local part is empty'
  if (Buffer.byteLength(localPart) > localPartLimitBytes)
    return `the local part is longer than ${localPartLimitBytes} octets`
  if (localPart.startsWith('"')) return null // controls were refused; all else may stand in quotes
  if (localPart.split('.').every((part) => atom.test(part))) return null
  return 'the local part is malformed'
}

/** Null when it is a domain or an address literal. */
export function domainError(domain: string): string | null {
  if (domain === '') return 'the domain is empty'
  if (Buffer.byteLength(domain) > domainLimitBytes)
    return `the domain is longer than ${domainLimitBytes} octets`
  if (domain.startsWith('[')) return isAddressLiteral(domain) ? null : 'the address literal is malformed'
  for (const each of domain.split('.')) {
    if (Buffer.byteLength(each) > labelLimitBytes)
      return `a label of the domain is longer than ${labelLimitBytes} octets`
    if (!label.test(each)) return 'the domain is malformed'
  }
  return null
}

/** `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3). */
export function isAddressLiteral(literal: string): boolean {
  if (!literal.startsWith('[') || !literal.endsWith(']')) return false
  const text = literal.slice(1, -1)
  return /^ipv6:/i.test(text) ? isIpv6(text.slice(5)) : isIpv4(text)
}

const isIpv4 = (text: string): boolean =>
  /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) && text.split('.').every((octet) => Number(octet) <= 255)

function isIpv6(text: string): boolean {
  if (text.length > 45) return false
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const dotted = groups.at(-1)?.includes('.') ?? false
  if (dotted && !isIpv4(groups.pop()!)) return false
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false
  const count = groups.length + (dotted ? 2 : 0)
  return halves.length === 2 ? count < 8 : count === 8
}

/** The domain of an address, lower case; '' when it has none. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1 || address.length).toLowerCase()
}
