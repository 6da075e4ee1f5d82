/**
 * Who a client is when reverse proxies stand between: each adds the address that it sees to X-Forwarded-For, at its end.
 * So the list is read from its end for as long as whoever told is believed; what a client itself has written stands before
 * that, and counts for nothing. From anybody else the header means nothing at all.
 */
import { isIP } from 'node:net'
import type { Context as HonoContext } from 'hono'
import { type Peers, peersOf } from '../scan/peers.ts'
import { type Env, socketAddress } from './mount.ts'

export interface Proxies {
  /** @param socket the address that is connected. @param forwarded X-Forwarded-For, all of them in one. */
  client(socket: string, forwarded: string | undefined): string
  isProxy(address: string): boolean
}

/** @param options a live object: what it names may change. */
export function openProxies(options: { trusted_proxies: readonly string[] }): Proxies {
  let named: readonly string[] = []
  let believed: Peers = () => false
  const isProxy: Peers = (address) => {
    if (named !== options.trusted_proxies) {
      named = options.trusted_proxies
      believed = peersOf(named)
    }
    return named.length > 0 && believed(address)
  }
  return {
    isProxy,
    client(socket, forwarded) {
      let client = plain(socket)
      if (forwarded === undefined) return client
      const told = forwarded.split(',')
      while (told.length > 0 && isProxy(client)) {
        const before = addressOf(told.pop() ?? '')
        // It does not say who it was: then all that is known is who says so.
        if (before === null) break
        client = before
      }
      return client
    },
  }
}

/** Of a request as the application has it. */
export function clientOf(options: { trusted_proxies: readonly string[] }): (c: HonoContext<Env>) => string {
  const { client } = openProxies(options)
  return (c) => client(socketAddress(c), c.req.header('x-forwarded-for'))
}

/** Some proxies write a port behind it: `192.0.2.7:1234`, `[2001:db8::7]:1234`. */
function addressOf(text: string): string | null {
  const written = text.trim()
  const match = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/.exec(written)
  const address = plain(match?.[1] ?? match?.[2] ?? written)
  return isIP(address) === 0 ? null : address
}

/** A socket that takes both families gives IPv4 addresses as IPv6. */
const plain = (address: string): string => address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')
