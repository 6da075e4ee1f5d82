/**
 * Domains that somebody looks after. `example.org` is that domain and none below it; `*.example.org` is every domain
 * below it and not itself. An address belongs to the domain behind its last `@`, compared without case and otherwise
 * letter by letter: `xn--bcher-kva.example` and `bücher.example` are two domains here.
 */
import { domainOf } from './address.ts'

const label = String.raw`[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_-]{0,61}[\p{L}\p{N}\p{M}_])?`
export const domainPattern = new RegExp(String.raw`^(?:\*\.)?${label}(?:\.${label})*$`, 'u')

/** A domain of another script in the form that it has on the wire (RFC 5890); null: it has none. */
export function wireDomain(domain: string): string | null {
  if (!/[^\x00-\x7f]/.test(domain)) return domain
  return domainPattern.test(domain) ? (URL.parse(`http://${domain}`)?.hostname ?? null) : null
}

export const domainKey = (domain: string): string => domain.trim().toLowerCase()

/** With what the addresses of a domain end, in lower case: nothing else ends so, as far as it has an `@`. */
export const addressEnding = (domain: string): string =>
  domain.startsWith('*.') ? domain.slice(1) : `@${domain}`

/** Whether an address is of one of these domains. */
export function isWithin(address: string, domains: readonly string[]): boolean {
  const own = domainOf(address)
  return (
    domains.some((domain) =>
      domain.startsWith('*.') ? own.endsWith(domain.slice(1)) && own.length >= domain.length : own === domain,
    ) && own !== ''
  )
}
