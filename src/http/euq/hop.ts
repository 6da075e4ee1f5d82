/**
 * How a primary service tells another that it has taken a request from a client: it says whose it is, and proves by the
 * services' secret that it may say so. From anybody else these headers mean nothing.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { isSame } from '../caller.ts'

export const secretHeader = 'x-lazaret-hop'
export const clientHeader = 'x-lazaret-client'

/** The client's address; null: it came directly. */
export function handedOver(header: (name: string) => string | undefined, secret: string): string | null {
  const given = header(secretHeader)
  if (given === undefined || !isSame(given, secret)) return null
  const client = header(clientHeader) ?? ''
  return isIP(client) === 0 ? 'unknown' : client
}

/** Of an incoming request of Node. */
export const headerOf =
  (headers: IncomingHttpHeaders) =>
  (name: string): string | undefined => {
    const value = headers[name]
    return Array.isArray(value) ? value[0] : value
  }
