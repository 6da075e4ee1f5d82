/** What stands on lists of senders: how people write it, and which address of a message is meant by "its sender". */
import { domainOf } from '../mail/address.ts'
import { domainPattern, wireDomain } from '../mail/domains.ts'
import { addressKey } from '../mail/envelope.ts'
import { isAddress } from './signin/addresses.ts'

const domainChars = 253

/**
 * What somebody wrote, as a pattern: an address also with a name before it, a domain also as `@example.org` or
 * `*.example.org`. Domains of other scripts are in the form that they have on the wire (RFC 5890). Null: neither.
 */
export function senderPattern(text: string): string | null {
  const written = text.trim().toLowerCase()
  const plain = /<([^<>]*)>$/.exec(written)?.[1] ?? written
  const pattern = plain.replace(/^(?:\*?@|\*\.)/, '')
  const at = pattern.lastIndexOf('@')
  if (at >= 0 && (plain !== pattern || !isAddress(pattern))) return null
  const domain = wireDomain(pattern.slice(at + 1)) ?? ''
  const isDomain = domain.includes('.') && domain.length <= domainChars && domainPattern.test(domain)
  // A network is no domain.
  return isDomain && !/\.\d+$/.test(domain) ? pattern.slice(0, at + 1) + domain : null
}

/**
 * Which address of a message is meant by "its sender": the one in From that people see, unless that is nobody's or the
 * reader's own; then the one of the envelope. Null: there is none to put on a list.
 * @param isOwn whether it is one of the reader's addresses: spam likes to come from there.
 */
export function senderOf(
  { header_from, sender }: { header_from: string; sender: string },
  isOwn: (key: string) => boolean,
): string | null {
  const shown = header_from.trim()
  // What stands before the last angle bracket is a name, whatever it looks like.
  const from = shown.endsWith('>') ? shown.slice(shown.lastIndexOf('<') + 1, -1) : shown
  for (const address of [from, sender]) {
    const key = addressKey(address.trim())
    const pattern = isAddress(key) && domainOf(key) !== '' && !isOwn(key) ? senderPattern(key) : null
    if (pattern !== null) return pattern
  }
  return null
}
