/** Hashes of whole values: 64 bits of SHA-256, so that nobody can make two addresses look the same. */
import { hash } from 'node:crypto'

export interface ValueHash {
  high: number
  low: number
}

export function valueHash(value: string): ValueHash {
  const digest = hash('sha256', value, 'buffer')
  return { high: digest.readUInt32LE(0), low: digest.readUInt32LE(4) }
}
