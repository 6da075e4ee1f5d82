/** Secrets that programs carry: 256 random bits in base64url. The store keeps their SHA-256 and nothing else. */
import { createHash, randomBytes } from 'node:crypto'

export const randomToken = (prefix = ''): string => prefix + randomBytes(32).toString('base64url')

export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex')
