/**
 * Whose address a name is, and which values of a directory are addresses. Whoever signs in sees the mail of the
 * addresses that come out here: a name that a server may read otherwise than we do is refused.
 */
import { domainOf } from '../../mail/address.ts'

/** Addresses that one person may have. */
export const addressLimit = 200
const addressLimitChars = 320

/** RFC 5321 dot-string, Unicode allowed (RFC 6531); no quoted local parts: nobody's mailbox has one. */
const addressPattern =
  /^(?!\.)(?!.*\.\.)[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~.-]{1,64}(?<!\.)@[\p{L}\p{N}\p{M}](?:[\p{L}\p{N}\p{M}.-]{0,251}[\p{L}\p{N}\p{M}])?$/u

export const isAddress = (text: string): boolean =>
  text.length <= addressLimitChars && addressPattern.test(text)

/** Signs by which mail servers mean something other than a mailbox: master users, routes, variables, quoting. */
const ambiguous = /[*%!\\"/:|`]/

/**
 * The address of what somebody typed: the default domain is added, other domains than those given are refused, since
 * servers often look at the local part only.
 */
export function addressOf(name: string, domains: readonly string[]): string | null {
  const typed = name.trim()
  const address = typed.includes('@') ? typed : `${typed}@${domains[0] ?? ''}`
  if (!isAddress(address) || ambiguous.test(address)) return null
  return domains.some((domain) => domain.toLowerCase() === domainOf(address)) ? address : null
}

/**
 * Addresses among the values of `mail`, `proxyAddresses` and the like: plain, or with `smtp:`; `SMTP:` marks the primary
 * one (Active Directory). Other kinds (`X400:`, `sip:` …) are no mail. Values of earlier attributes come first.
 */
export function addressesAmong(values: readonly string[]): string[] {
  const primary: string[] = []
  const others: string[] = []
  for (const value of values) {
    const [, kind, text = ''] = /^(?:(smtp|mailto):)?(.*)$/is.exec(value.trim()) ?? []
    if (isAddress(text)) (kind === 'SMTP' ? primary : others).push(text)
  }
  const seen = new Set<string>()
  return [...primary, ...others]
    .filter((address) => {
      const key = address.toLowerCase()
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
    .slice(0, addressLimit)
}

/** A person's name as a directory gives it, for people: one line, no controls, nothing that reorders text. */
export const displayOf = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, 200)
    .toWellFormed()
