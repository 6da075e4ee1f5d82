/**
 * XFORWARD and XCLIENT: what a trusted peer tells about the client that it got the mail from (Postfix's XFORWARD_README
 * and XCLIENT_README). Values are xtext (RFC 3461 §4); `[UNAVAILABLE]` and `[TEMPUNAVAIL]` mean not known. They come
 * from strangers by way of a friend, so each is checked as if the stranger had said it.
 */
import { isIP } from 'node:net'
import type { Client } from '../../mail/envelope.ts'
import type { Reply } from '../../mail/reply.ts'
import { decodeXtext } from '../../mail/xtext.ts'
import { plainAddress } from '../options.ts'
import { reply } from './replies.ts'

/** What was told; undefined where nothing was, null where the peer does not know. */
export interface ToldClient {
  ip?: string | null
  port?: number | null
  name?: string | null
  helo?: string | null
  protocol?: string | null
}

export const xforwardNames = ['NAME', 'ADDR', 'PORT', 'PROTO', 'HELO', 'IDENT', 'SOURCE'] as const
export const xclientNames = [
  'NAME',
  'ADDR',
  'PORT',
  'PROTO',
  'HELO',
  'LOGIN',
  'DESTADDR',
  'DESTPORT',
] as const

const longestValue = 255
const syntax = reply(
  501,
  '5.5.4',
  'Attributes are written NAME=value, the value in xtext of at most 255 characters',
)
const bad = (name: string): Reply => reply(501, '5.5.4', `Bad value of ${name}`)

/** Attributes that we have no use for (IDENT, LOGIN …) are checked for form and dropped. */
export function parseToldClient(text: string, names: readonly string[]): ToldClient | Reply {
  const told: ToldClient = {}
  const words = text.split(' ').filter((word) => word !== '')
  if (words.length === 0) return syntax
  for (const word of words) {
    const equals = word.indexOf('=')
    const name = word.slice(0, Math.max(0, equals)).toUpperCase()
    const value = equals < 0 ? null : decodeXtext(word.slice(equals + 1))
    if (!names.includes(name) || !value || value.length > longestValue) return syntax
    const known = /^\[(?:TEMP)?UNAVAIL(?:ABLE)?\]$/i.test(value) ? null : value
    switch (name) {
      case 'NAME':
        if (known !== null && !/^[A-Za-z0-9._-]+$/.test(known)) return bad(name)
        told.name = known
        break
      case 'ADDR': {
        const ip = known === null ? null : plainAddress(known.replace(/^IPV6:/i, '').toLowerCase())
        if (ip !== null && isIP(ip) === 0) return bad(name)
        told.ip = ip
        break
      }
      case 'PORT':
        if (known !== null && !(/^\d{1,5}$/.test(known) && Number(known) <= 65_535)) return bad(name)
        told.port = known === null ? null : Number(known)
        break
      case 'PROTO':
        if (known !== null && !/^[A-Za-z0-9]{1,16}$/.test(known)) return bad(name)
        told.protocol = known === null ? null : known.toUpperCase()
        break
      case 'HELO':
        // Strangers greet with anything; what cannot be shown becomes a question mark, as in Postfix's own logs.
        told.helo = known === null ? null : known.replace(/[^ -~]/g, '?')
        break
    }
  }
  return told
}

/** XCLIENT stands in for the session; XFORWARD tells about one mail, and what it leaves out is not known. */
export function clientAsTold(
  session: Client,
  xclient: ToldClient | null,
  xforward: ToldClient | null,
): Client {
  const client: Client = xclient
    ? {
        ip: xclient.ip ?? session.ip,
        port: xclient.ip ? (xclient.port ?? null) : session.port,
        name: xclient.name ?? null,
        helo: xclient.helo ?? session.helo,
        protocol: xclient.protocol ?? session.protocol,
      }
    : session
  if (!xforward) return client
  return {
    ip: xforward.ip ?? client.ip,
    port: xforward.port ?? null,
    name: xforward.name ?? null,
    helo: xforward.helo ?? null,
    protocol: xforward.protocol ?? client.protocol,
  }
}
