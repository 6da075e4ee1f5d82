/**
 * The certificate of the listeners: the operator's own files where they are configured, otherwise a self-signed one
 * that is made at first start, kept in the data directory (0600), and made anew when it has expired or the host's name
 * has changed.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { Clock } from '../clock.ts'
import { Problem } from '../problem.ts'
import { selfSignedCertificate } from './x509.ts'

export interface Certificate {
  /** PEM. */
  key: string
  cert: string
  selfSigned: boolean
  /** Milliseconds since the epoch. */
  expiresAt: number
  /** SHA-256, as browsers show it. */
  fingerprint: string
}

const lifeDays = 825 // what browsers accept at most
const dayMs = 86_400_000

/** What is there already; null when there is none. @throws Problem when configured files cannot be used. */
export function keptCertificate(dataDir: string, files: { cert: string; key: string }): Certificate | null {
  if (files.cert !== '' || files.key !== '') return fromFiles(files)
  const paths = pathsIn(dataDir)
  if (!existsSync(paths.cert) || !existsSync(paths.key)) return null
  return describe(readFileSync(paths.key, 'utf8'), readFileSync(paths.cert, 'utf8'), true)
}

const pathsIn = (dataDir: string) => ({
  cert: join(dataDir, 'tls-cert.pem'),
  key: join(dataDir, 'tls-key.pem'),
})

/** @throws Problem when configured files cannot be used. */
export function openCertificate(
  dataDir: string,
  files: { cert: string; key: string },
  clock: Clock,
): Certificate {
  const host = hostname().toLowerCase()
  const kept = keptCertificate(dataDir, files)
  if (kept && !kept.selfSigned) return kept
  const known = kept ? (new X509Certificate(kept.cert).subjectAltName ?? '') : ''
  if (kept && kept.expiresAt > clock.now() && known.includes(`DNS:${dnsName(host)}`)) return kept
  const names = [...new Set([dnsName(host), 'localhost'])]
  const now = clock.now()
  const paths = pathsIn(dataDir)
  const made = selfSignedCertificate(names, ['127.0.0.1', '::1'], now - dayMs, now + (lifeDays - 1) * dayMs)
  writeWhole(paths.key, made.key)
  writeWhole(paths.cert, made.cert)
  return describe(made.key, made.cert, true)
}

/** Host names may hold what certificates may not. */
const dnsName = (name: string): string => (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) ? name : 'localhost')

function fromFiles(files: { cert: string; key: string }): Certificate {
  if (files.cert === '' || files.key === '')
    throw new Problem(
      'invalid',
      'Only one of certificate and key is configured.',
      'Give both files, or neither.',
    )
  const [cert, key] = [files.cert, files.key].map((path) => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      throw new Problem(
        'invalid',
        `${path} cannot be read: ${(error as Error).message}.`,
        'Check the path and its owner.',
      )
    }
  }) as [string, string]
  try {
    createSecureContext({ cert, key })
    // A key of another kind (RSA, EC) passes there, and then every handshake fails.
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
      throw new Error('the key belongs to another certificate')
    return describe(key, cert, false)
  } catch (error) {
    const remedy = 'Both must be PEM, the certificate first in its file, the key without a passphrase.'
    throw new Problem(
      'invalid',
      `${files.cert} and ${files.key} cannot be used together: ${(error as Error).message}.`,
      remedy,
    )
  }
}

function describe(key: string, cert: string, selfSigned: boolean): Certificate {
  const { validTo, fingerprint256 } = new X509Certificate(cert)
  return { key, cert, selfSigned, expiresAt: Date.parse(validTo), fingerprint: fingerprint256 }
}

/** Readers see the old file or the new one, never half of it. */
function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
