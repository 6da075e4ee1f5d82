/**
 * Sections [smtp] and [lmtp] of the configuration: where mail comes in, from whom, and the limits of it. The limits of
 * [smtp] hold for LMTP too; the two protocols differ in their listeners only.
 */
import { z } from 'zod'
import { option, section, type ValuesOf } from '../options.ts'
import { networkError } from '../scan/peers.ts'

/** `host:port`, `[v6]:port` or `unix:/path`. */
const listenAddress = z
  .string()
  .max(256)
  .refine(isListenAddress, 'must be host:port, [IPv6 address]:port, or unix:/path')

const network = z.string().superRefine((value, check) => {
  const error = networkError(value)
  if (error !== null) check.addIssue({ code: 'custom', message: error })
})

const seconds = (max: number) => z.int().min(1).max(max)

export const smtpOptions = section('smtp', 'Mail coming in by SMTP; the limits hold for LMTP as well.', {
  listen: option(
    z.array(listenAddress).max(16),
    ['127.0.0.1:10024'],
    'Where to listen: "host:port" or "unix:/path". Postfix: content_filter = smtp:[127.0.0.1]:10024. Empty: no SMTP.',
  ),
  hostname: option(
    z
      .string()
      .max(255)
      .regex(/^[A-Za-z0-9._-]*$/, 'must be a host name'),
    '',
    'Name given in the greeting and in trace lines. Empty: the name of this machine.',
    { reloadable: true },
  ),
  allowed_clients: option(
    z.array(network).max(1000),
    ['127.0.0.0/8', '::1'],
    'Addresses and networks that may connect. This port takes mail for anybody, so let only your own mail servers in.',
    { reloadable: true },
  ),
  trusted_peers: option(
    z.array(network).max(1000),
    ['127.0.0.0/8', '::1'],
    'Clients whose word about the original client is taken (XFORWARD, XCLIENT), and who may hold as many connections as\nthey like. Decided by the address of the socket alone.',
    { reloadable: true },
  ),
  message_limit_mb: option(
    z.int().min(1).max(2048),
    100,
    'Largest message, in MB (1,000,000 bytes). Larger ones are answered 552. Set it no lower than that of the server before.',
    { reloadable: true },
  ),
  recipients_per_mail: option(
    z.int().min(100).max(50_000),
    1000,
    'Recipients in one transaction; further ones are answered 452, and the client sends them in another.',
    { reloadable: true },
  ),
  connections: option(
    z.int().min(1).max(20_000),
    500,
    'Connections at a time. A further one takes the place of one that has been idle for some seconds, or is answered 421.',
    {
      reloadable: true,
    },
  ),
  connections_per_client: option(
    z.int().min(1).max(20_000),
    50,
    'Connections at a time from one address, trusted peers excepted; further ones are answered 421.',
    { reloadable: true },
  ),
  mails_in_flight: option(
    z.int().min(1).max(5000),
    200,
    'Mails being taken in at the same time; further ones are answered 452 and come again. Bounds memory.',
    { reloadable: true },
  ),
  errors_per_session: option(
    z.int().min(1).max(1000),
    20,
    'Wrong or useless commands after which a session is ended with 421.',
    { reloadable: true },
  ),
  bare_newline: option(
    z.enum(['refuse', 'accept']),
    'refuse',
    'Messages with a bare CR, a bare LF or a NUL: refuse (550), or accept and keep as they are. Only CRLF.CRLF ends a\nmessage in either case. Accepting lets through what other servers may read as two messages (SMTP smuggling).',
    { reloadable: true },
  ),
  idle_timeout_s: option(
    seconds(3600),
    300,
    'Seconds within which the next command, or the next piece of a message, must have come. RFC 5321 asks for 300.',
    { reloadable: true },
  ),
  data_deadline_s: option(
    seconds(7200),
    600,
    'Seconds for one message from first byte to last, however steadily it drips.',
    { reloadable: true },
  ),
  reply_deadline_s: option(
    seconds(600),
    60,
    'Seconds from the end of a message to our answer. A mail that is neither kept nor passed on by then is answered 451.',
    { reloadable: true },
  ),
  stop_deadline_s: option(
    seconds(600),
    10,
    'Seconds that mails on their way in have to finish when the server stops.',
    { reloadable: true },
  ),
  custody_area: option(
    z.string().trim().min(1).max(60),
    'Review',
    'Area for clean copies that the next hop refused after other copies of the same mail were accepted: one SMTP answer\nholds for all recipients, so these are kept here (release failed) instead of being lost.',
    { reloadable: true },
  ),
  received_hops: option(
    z.int().min(10).max(1000),
    50,
    'Received fields above which a mail is refused as going round in circles (554 5.4.6).',
    { reloadable: true },
  ),
})

export const lmtpOptions = section('lmtp', 'Mail coming in by LMTP, with one answer for each recipient.', {
  listen: option(
    z.array(listenAddress).max(16),
    [],
    'Where to listen for LMTP: "host:port" or "unix:/path" (open to our user and group). Empty: no LMTP. The limits are those of [smtp].',
  ),
})

export type SmtpOptions = ValuesOf<typeof smtpOptions>
export type LmtpOptions = ValuesOf<typeof lmtpOptions>

export type ListenAddress = { host: string; port: number } | { path: string }

const listenForm =
  /^(?:unix:(?<path>\/.+)|(?:\[(?<v6>[0-9A-Fa-f:.]+)\]|(?<host>[A-Za-z0-9.-]+)):(?<port>\d{1,5}))$/

function isListenAddress(text: string): boolean {
  return listenForm.test(text) && Number(listenForm.exec(text)?.groups?.port ?? 0) <= 65_535
}

/** Of a text that the options have let pass. */
export function parseListen(text: string): ListenAddress {
  const { path, v6, host = '', port } = listenForm.exec(text)?.groups ?? {}
  return path === undefined ? { host: v6 ?? host, port: Number(port) } : { path }
}

/** IPv4 addresses that come in on an IPv6 socket (`::ffff:192.0.2.1`) written as what they are. */
export const plainAddress = (ip: string): string =>
  /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(ip) ? ip.slice(7) : ip
