/**
 * Recovery codes, for whoever lost the authenticator app: each good once, 60 random bits, so that their SHA-256 is enough
 * to keep. The letters are Crockford's base32, which has no look-alikes; what is typed instead of them is understood.
 */
import { randomBytes } from 'node:crypto'
import { tokenHash } from './tokens.ts'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const count = 10
const chars = 12

/** `8xk2-m9q0-4gtw`, ten of them. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: count }, () =>
    // 256 is eight alphabets: all letters are equally likely.
    (
      Array.from(randomBytes(chars), (byte) => alphabet[byte & 31])
        .join('')
        .match(/.{4}/g) ?? []
    ).join('-'),
  )

/** Null when it is none by its form; `typed` has neither spaces nor dashes. */
export function recoveryHash(typed: string): string | null {
  const code = typed.toLowerCase().replaceAll('o', '0').replace(/[il]/g, '1')
  const whole = new RegExp(`^[${alphabet}]{${chars}}$`)
  return whole.test(code) ? tokenHash(code) : null
}
