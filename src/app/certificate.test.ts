import assert from 'node:assert/strict'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Clock, systemClock } from '../clock.ts'
import { Problem } from '../problem.ts'
import { openCertificate } from './certificate.ts'
import { selfSignedCertificate } from './x509.ts'

const folder = mkdtempSync(join(tmpdir(), 'lazaret-cert-'))
after(() => rmSync(folder, { recursive: true }))
const none = { cert: '', key: '' }
const clockAt = (ms: number): Clock => ({ ...systemClock, now: () => ms })

test('the certificate of the first start serves https to a client that trusts it, by name and by address', async () => {
  const made = openCertificate(folder, none, systemClock)
  const server: Server = createServer({ key: made.key, cert: made.cert }, (_, response) => response.end('ok'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  for (const host of ['localhost', '127.0.0.1']) {
    const status = await new Promise((resolve, reject) => {
      request({ host, port, ca: made.cert, agent: false, family: 4 }, (r) => resolve(r.resume().statusCode))
        .on('error', reject)
        .end()
    })
    assert.equal(status, 200, host)
  }
  await new Promise((resolve) => server.close(resolve))
})

test('it is kept, readable by the owner only, and made anew when it has expired', () => {
  const made = openCertificate(folder, none, systemClock)
  assert.equal(openCertificate(folder, none, systemClock).fingerprint, made.fingerprint)
  assert.equal(statSync(join(folder, 'tls-key.pem')).mode & 0o777, 0o600)
  const later = openCertificate(folder, none, clockAt(made.expiresAt + 1))
  assert.notEqual(later.fingerprint, made.fingerprint)
  assert.ok(later.expiresAt > made.expiresAt + 800 * 86_400_000)
})

test('names, addresses and purpose are in it; after 2049 too', () => {
  const from = Date.UTC(2049, 11, 1)
  const { cert } = selfSignedCertificate(
    ['mail.example.org', 'localhost'],
    ['127.0.0.1', '::1', '2001:db8::5'],
    from,
    Date.UTC(2051, 0, 1),
  )
  const read = new X509Certificate(cert)
  assert.equal(
    read.subjectAltName,
    'DNS:mail.example.org, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:0:0:5',
  )
  assert.equal(read.ca, false)
  assert.deepEqual(read.keyUsage, ['1.3.6.1.5.5.7.3.1'])
  assert.equal(Date.parse(read.validFrom), from)
  assert.equal(Date.parse(read.validTo), Date.UTC(2051, 0, 1))
  assert.ok(read.verify(read.publicKey))
})

test('configured files are used, and what is wrong with them is said', () => {
  const made = selfSignedCertificate(['a.example'], [], Date.UTC(2026), Date.UTC(2036))
  const other = selfSignedCertificate(['b.example'], [], Date.UTC(2026), Date.UTC(2036))
  const files = { cert: join(folder, 'own.pem'), key: join(folder, 'own.key') }
  writeFileSync(files.cert, made.cert)
  writeFileSync(files.key, made.key)
  assert.equal(openCertificate(folder, files, systemClock).selfSigned, false)
  writeFileSync(files.key, other.key)
  const ofAnotherKind = { ...files, key: join(folder, 'rsa.key') }
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  writeFileSync(ofAnotherKind.key, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  for (const wrong of [
    files,
    { ...files, key: '' },
    { ...files, key: join(folder, 'missing') },
    ofAnotherKind,
  ])
    assert.throws(() => openCertificate(folder, wrong, systemClock), Problem)
})
