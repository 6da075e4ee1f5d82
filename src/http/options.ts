/** What can be set about the admin listener: section [admin]. */
import { isIP } from 'node:net'
import { z } from 'zod'
import { accessKeys } from '../access/options.ts'
import { option, section, type ValuesOf } from '../options.ts'
import { networkError } from '../scan/peers.ts'

export const listenCheck = z
  .array(
    z
      .string()
      .max(256)
      .refine((text) => parseListen(text) !== null, 'must be address:port, [IPv6 address]:port or name:port'),
  )
  .min(1)
  .max(16)

export const hostsCheck = z
  .array(
    z
      .string()
      .max(255)
      .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i, 'must be a host name without port'),
  )
  .max(100)

const network = z
  .string()
  .max(100)
  .superRefine((value, check) => {
    const error = networkError(value)
    if (error !== null) check.addIssue({ code: 'custom', message: error })
  })

/** What every listener is limited by, and whom it believes about that. @param given the defaults that differ. */
export const listenerKeys = (
  given: Record<'request_timeout_s' | 'idle_timeout_s' | 'connections', number>,
) => ({
  request_timeout_s: option(
    z.int().min(5).max(600),
    given.request_timeout_s,
    'A request must have arrived, and an answer must have begun, within this time each.',
  ),
  idle_timeout_s: option(
    z.int().min(5).max(3600),
    given.idle_timeout_s,
    'A connection on which nothing moves is closed after this.',
  ),
  connections: option(
    z.int().min(1).max(10_000),
    given.connections,
    'Connections at a time, of which one client address gets half at most; further ones are closed.',
  ),
  requests_in_flight: option(
    z.int().min(1).max(10_000),
    200,
    'Requests being worked on at a time, of which one client address gets half at most; further ones are answered 503.',
    { reloadable: true },
  ),
  trusted_proxies: option(
    z.array(network).max(100),
    [],
    'Reverse proxies in front of it, as addresses or networks: what they add to X-Forwarded-For is the client, for throttling,\nfor these limits and in the audit log. Nobody else is believed. Without it all clients behind a proxy are one.',
    { reloadable: true },
  ),
})

export const adminOptions = section(
  'admin',
  'The console of administrators and the API: https only. Open it beyond this machine only where you must.',
  {
    listen: option(
      listenCheck,
      ['127.0.0.1:8445'],
      'Where to listen: "address:port", "[IPv6 address]:port".',
    ),
    hosts: option(
      hostsCheck,
      [],
      'Names under which browsers and scripts reach it. Requests for other names are answered 421; IP addresses, localhost\nand the name of this machine always work.',
      { reloadable: true },
    ),
    cert_file: option(
      z.string().max(4096),
      '',
      'PEM file of the certificate, intermediate ones after it. Empty: a self-signed one made at the first start.',
    ),
    key_file: option(z.string().max(4096), '', 'PEM file of its private key, without a passphrase.'),
    ...accessKeys,
    ...listenerKeys({ request_timeout_s: 60, idle_timeout_s: 120, connections: 1000 }),
    open_metrics: option(
      z.boolean(),
      true,
      'Whether /metrics answers without an API key. It has counts and sizes, nothing of mail.',
      { reloadable: true },
    ),
  },
)

export type AdminOptions = ValuesOf<typeof adminOptions>

export type ListenerOptions = Pick<
  AdminOptions,
  'request_timeout_s' | 'idle_timeout_s' | 'connections' | 'requests_in_flight' | 'trusted_proxies'
>

/** A connection on which nothing moves is closed after this; while a request is being worked on nothing moves either. */
export const idleMs = (options: Pick<ListenerOptions, 'idle_timeout_s' | 'request_timeout_s'>): number =>
  Math.max(options.idle_timeout_s, options.request_timeout_s + 5) * 1000

/** Null when it is no address with a port. */
export function parseListen(text: string): { host: string; port: number } | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s/]+)):(\d{1,5})$/i.exec(text)
  if (!match) return null
  const [, v6, name = '', digits] = match
  const port = Number(digits)
  if (port > 65_535 || (v6 !== undefined && isIP(v6) !== 6)) return null
  return { host: v6 ?? name, port }
}
