/**
 * Where a request claims to come from and go to. A request under a foreign name is refused (a page of another site may
 * have pointed its name at us), and so is a change that a browser sends with our cookie on behalf of another site.
 */
import { isIP } from 'node:net'
import { Problem } from '../problem.ts'
import { Refusal } from './problems.ts'

/**
 * IP addresses, names of the loopback, this machine's name and the configured ones.
 * @param section of the configuration, for the remedy.
 * @throws Refusal 421
 */
export function checkHost(host: string, allowed: readonly string[], section: string): void {
  const name = hostName(host)
  if (name !== null) {
    if (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost')) return
    if (allowed.some((known) => known.toLowerCase() === name)) return
  }
  throw new Refusal(
    421,
    'Misdirected request',
    'This server does not answer under that host name.',
    `Add the name to hosts in section [${section}] of the configuration, or use the IP address.`,
  )
}

/** Lower case, without port and brackets; null when it is no host. */
export function hostName(host: string): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+?)\.?)(?::\d{1,5})?$/i.exec(host)
  return (match?.[1] ?? match?.[2])?.toLowerCase() ?? null
}

export interface Provenance {
  method: string
  /** The Host header. */
  host: string
  header(name: string): string | undefined
}

export const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD'

/**
 * For requests that carry a cookie or make one. Browsers say where a change comes from, in Origin, Sec-Fetch-Site or
 * both; programs other than browsers say neither, and nobody can make them send a cookie that is not theirs.
 * @throws Problem 'forbidden'
 */
export function checkProvenance({ method, host, header }: Provenance): void {
  if (isSafe(method)) return
  const site = header('sec-fetch-site')
  const origin = header('origin')
  if (site !== undefined && site !== 'same-origin') throw foreign(`Sec-Fetch-Site is ${quoted(site)}`)
  if (origin !== undefined && originHost(origin) !== host.toLowerCase().replace(/:443$/, ''))
    throw foreign(`Origin is ${quoted(origin)}`)
  if (site === undefined && origin === undefined && isBrowser(header))
    throw foreign('neither Origin nor Sec-Fetch-Site is there')
}

/** Of an https origin; null for others, for `null` and for what is none. */
function originHost(origin: string): string | null {
  const url = URL.parse(origin)
  return url?.protocol === 'https:' && url.origin === origin ? url.host : null
}

function isBrowser(header: Provenance['header']): boolean {
  return header('referer') !== undefined || /^(?:mozilla|opera)\//i.test(header('user-agent') ?? '')
}

const quoted = (text: string): string => `"${text.slice(0, 100)}"`

const foreign = (why: string): Problem =>
  new Problem(
    'forbidden',
    `The request seems to come from another site: ${why}.`,
    'Send it from a page of this server, or use an API key instead of the cookie.',
  )
