/**
 * The key by which the command line of this machine reaches the server: made anew at each start, in a file of the data
 * directory that only its owner can read, together with the address and the certificate's fingerprint. Whoever can read
 * it can read the store beside it as well.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface LocalServer {
  key: string
  /** `https://127.0.0.1:8445` */
  url: string
  /** SHA-256, as Node writes it. */
  fingerprint: string
}

const fileIn = (dataDir: string): string => join(dataDir, 'cli.key')

export const newLocalKey = (): string => `lzl_${randomBytes(32).toString('base64url')}`

export function writeLocalServer(dataDir: string, { key, url, fingerprint }: LocalServer): void {
  const file = fileIn(dataDir)
  writeFileSync(`${file}.new`, `${key}\n${url}\n${fingerprint}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** Null when no server has run on this folder. Throws the system's error when it cannot be read. */
export function readLocalServer(dataDir: string): LocalServer | null {
  if (!existsSync(fileIn(dataDir))) return null
  const [key = '', url = '', fingerprint = ''] = readFileSync(fileIn(dataDir), 'utf8').split('\n')
  return { key, url, fingerprint }
}
