/** What policy asks of an address. The grammar of addresses on the wire is in intake/smtp/path.ts. */

/** The domain of an address, lower case; '' when it has none. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1 || address.length).toLowerCase()
}
