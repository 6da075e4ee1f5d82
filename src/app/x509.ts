/**
 * Makes a self-signed TLS server certificate (X.509 v3, RFC 5280; ECDSA P-256 with SHA-256, RFC 5758) without any
 * outside program. Just the DER that such a certificate needs; not for anything else.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto'

export interface SelfSigned {
  /** PEM. */
  key: string
  cert: string
}

/**
 * @param names DNS names; the first is the common name.
 * @param ips IPv4 dotted or IPv6 in any form that URLs take.
 * @param from,to milliseconds since the epoch.
 */
export function selfSignedCertificate(names: string[], ips: string[], from: number, to: number): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40 // positive, and always of one length
  const name = sequence(
    set(sequence(oid('2.5.4.3'), der(0x0c, Buffer.from((names[0] ?? 'lazaret').slice(0, 64))))),
  )
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'))
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    name,
    sequence(time(from), time(to)),
    name,
    spki,
    der(0xa3, sequence(...extensions(names, ips, spki))),
  )
  const signature = sign('sha256', body, privateKey)
  const certificate = sequence(body, algorithm, bitString(signature, 0))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: new X509Certificate(certificate).toString(),
  }
}

function extensions(names: string[], ips: string[], spki: Buffer): Buffer[] {
  const extension = (id: string, critical: boolean, value: Buffer) =>
    sequence(oid(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value))
  const keyId = createHash('sha256').update(spki).digest().subarray(0, 20)
  const alternatives = [
    ...names.map((name) => der(0x82, Buffer.from(name, 'latin1'))),
    ...ips.map((ip) => der(0x87, ipBytes(ip))),
  ]
  return [
    extension('2.5.29.19', true, sequence()), // basic constraints: not a CA
    extension('2.5.29.15', true, bitString(Buffer.from([0x80]), 7)), // key usage: digital signature
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))), // extended key usage: TLS server
    extension('2.5.29.14', false, der(0x04, keyId)),
    extension('2.5.29.17', false, sequence(...alternatives)),
  ]
}

function ipBytes(ip: string): Buffer {
  if (!ip.includes(':')) return Buffer.from(ip.split('.').map(Number))
  const full = new URL(`http://[${ip}]/`).hostname.slice(1, -1)
  const [head = '', tail = ''] = full.split('::')
  const words = (text: string) => text.split(':').filter((word) => word !== '')
  const missing = 8 - words(head).length - words(tail).length
  const all = [...words(head), ...Array.from({ length: missing }, () => '0'), ...words(tail)]
  return Buffer.from(all.map((word) => word.padStart(4, '0')).join(''), 'hex')
}

function der(tag: number, content: Buffer): Buffer {
  const size = content.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

const sequence = (...items: Buffer[]): Buffer => der(0x30, Buffer.concat(items))
const set = (...items: Buffer[]): Buffer => der(0x31, Buffer.concat(items))
const bitString = (bits: Buffer, unused: number): Buffer =>
  der(0x03, Buffer.concat([Buffer.from([unused]), bits]))

/** UTCTime until 2049, then GeneralizedTime (RFC 5280 §4.1.2.5). */
function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/\.\d+Z$|[-:T]/g, '') // 20260102030405
  return text < '2050' ? der(0x17, Buffer.from(`${text.slice(2)}Z`)) : der(0x18, Buffer.from(`${text}Z`))
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const number of rest) {
    const digits = [number & 0x7f]
    for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
    bytes.push(...digits)
  }
  return der(0x06, Buffer.from(bytes))
}
