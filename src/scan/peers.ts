/**
 * Whom we believe: the hosts whose verdict headers, Authentication-Results, XFORWARD and XCLIENT count. It is the
 * address of the socket that is asked for, never what somebody says about himself.
 */
import { BlockList, isIP } from 'node:net'

export type Peers = (ip: string) => boolean

const answersKept = 1_000

/** `192.0.2.0/24`, `::1`: what is wrong with it, or null. */
export function networkError(network: string): string | null {
  const [ip = '', bits, ...rest] = network.split('/')
  const family = isIP(ip)
  if (family === 0 || rest.length > 0)
    return `"${network}" is no IP address or network; write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32`
  if (bits === undefined) return null
  if (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)) return null
  return `"${network}" has no valid prefix length; write ${ip}/${family === 4 ? 24 : 64}, for instance`
}

/** Networks that networkError has nothing against. */
export function peersOf(networks: readonly string[]): Peers {
  const list = new BlockList()
  for (const network of networks) {
    const [ip = '', bits] = network.split('/')
    const family = isIP(ip) === 6 ? 'ipv6' : 'ipv4'
    list.addSubnet(ip, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family)
  }
  const answers = new Map<string, boolean>()
  return (ip) => {
    const known = answers.get(ip)
    if (known !== undefined) return known
    // A socket that takes both families gives IPv4 addresses in this form.
    const plain = ip.toLowerCase().startsWith('::ffff:') && ip.includes('.') ? ip.slice(7) : ip
    const family = isIP(plain)
    const answer = family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4')
    if (answers.size >= answersKept) answers.clear()
    answers.set(ip, answer)
    return answer
  }
}
