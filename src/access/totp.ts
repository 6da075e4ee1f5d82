/**
 * One-time codes by time (TOTP, RFC 6238, over HOTP, RFC 4226) as authenticator apps have them: SHA-1, 6 digits, steps
 * of 30 s. A clock may be one step off either way. Secrets are base32 (RFC 4648), as apps take them.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const stepMs = 30_000
const drift = 1
const secretBytes = 20
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** 160 random bits, as long as the hash (RFC 4226, R6). */
export const newSecret = (): string => toBase32(randomBytes(secretBytes))

/** RFC 6238's T. */
export const stepAt = (ms: number): number => Math.floor(ms / stepMs)

/** RFC 4226, 5.3. */
export function codeAt(secret: string, step: number, digits = 6): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest()
  const at = (mac.at(-1) ?? 0) & 0xf
  return String((mac.readUInt32BE(at) & 0x7fff_ffff) % 10 ** digits).padStart(digits, '0')
}

/**
 * The step whose code this is, or null. One that was used, or is older than one that was used, is good no longer.
 * @param lastStep 0: none was used yet.
 */
export function matchingStep(secret: string, code: string, nowMs: number, lastStep: number): number | null {
  if (!/^[0-9]{6}$/.test(code)) return null
  const now = stepAt(nowMs)
  let found: number | null = null
  for (let step = now - drift; step <= now + drift; step++)
    if (timingSafeEqual(Buffer.from(codeAt(secret, step)), Buffer.from(code)) && step > lastStep) found = step
  return found
}

/** What a QR code for authenticator apps holds (Google's Key URI Format). */
export function keyUri(secret: string, account: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=6&period=30`
}

function toBase32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    for (; bits >= 5; bits -= 5) text += base32[(value >>> (bits - 5)) & 31]
    value &= 31 // what is left is fewer than five bits
  }
  return bits > 0 ? text + base32[(value << (5 - bits)) & 31] : text
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = []
  let bits = 0
  let value = 0
  for (const char of text) {
    const five = base32.indexOf(char)
    if (five < 0) throw new Error('a secret of the store is no base32')
    value = ((value << 5) | five) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((value >>> bits) & 0xff)
    }
  }
  return Buffer.from(bytes)
}
