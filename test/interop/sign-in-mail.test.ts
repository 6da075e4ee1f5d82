/** People sign in with their mailbox's password against real servers: Dovecot (IMAP), Postfix with SASL (SMTP AUTH). */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Postfix, startPostfix } from '../../bench/peers/postfix.ts'
import { imapSchema, openImap } from '../../src/access/signin/imap.ts'
import type { SignInMethod } from '../../src/access/signin/method.ts'
import { openSmtp, smtpSchema } from '../../src/access/signin/smtp.ts'
import { Problem } from '../../src/problem.ts'
import { freePort } from '../postgres.ts'
import { type Dovecot, startDovecot } from './dovecot.ts'

const secret = 'pässwörd "\\ {5} secret'
let dovecot: Dovecot
let postfix: Postfix
/** Stands between Postfix and what it asks about passwords, and can be taken away. */
let between: { path: string; close(): void }
const folder = mkdtempSync(join(tmpdir(), 'lazaret-sign-in-'))
const smtpsPort = await freePort()

before(async () => {
  dovecot = await startDovecot({
    passwords: { 'alice@corp.example': secret, bob: 'bob-secret', 'jürgen@corp.example': 'j-secret' },
  })
  chmodSync(folder, 0o755)
  between = await passOn(join(folder, 'auth'), dovecot.authSocket)
  postfix = await startPostfix({
    folder: join(folder, 'postfix'),
    port: await freePort(),
    main: {
      smtpd_tls_security_level: 'may',
      smtpd_tls_cert_file: dovecot.certFile,
      smtpd_tls_key_file: dovecot.keyFile,
      smtpd_tls_auth_only: 'yes',
      smtpd_sasl_auth_enable: 'yes',
      smtpd_sasl_type: 'dovecot',
      smtpd_sasl_path: between.path,
      smtpd_error_sleep_time: '0',
    },
    services: [
      'tlsmgr unix - - n 1000? 1 tlsmgr',
      `127.0.0.1:${smtpsPort} inet n - n - 10 smtpd -o smtpd_tls_wrappermode=yes`,
    ],
  })
})
after(async () => {
  await postfix?.stop()
  between?.close()
  await dovecot?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

async function passOn(path: string, to: string): Promise<typeof between> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(to)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  chmodSync(path, 0o666)
  return {
    path,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

const never = () => new AbortController().signal

/** Both kinds, each with TLS from the beginning and after STARTTLS. */
const methods = (more: Record<string, unknown> = {}): [string, SignInMethod][] => {
  const keys = { domains: ['corp.example'], tls_ca_file: dovecot.caFile, ...more }
  const at = (port: number, tls: string) => ({ servers: [`127.0.0.1:${port}`], tls, ...keys })
  return [
    ['imaps', openImap(imapSchema.parse(at(dovecot.securePort, 'implicit')))],
    ['imap', openImap(imapSchema.parse(at(dovecot.port, 'starttls')))],
    ['smtps', openSmtp(smtpSchema.parse(at(smtpsPort, 'implicit')))],
    ['smtp', openSmtp(smtpSchema.parse(at(postfix.port, 'starttls')))],
  ]
}

async function unavailable(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    () => assert.fail('should not have answered'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Problem && error.code === 'unavailable', String(error))
  assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /secret/)
  return error.message
}

test('the right password, whatever signs are in it', async () => {
  for (const [what, method] of methods()) {
    const address = 'alice@corp.example'
    for (const name of ['alice', address]) {
      const found = await method.check(name, secret, never())
      assert.deepEqual(found, { name: address, display: '', addresses: [address], source: method.kind }, what)
    }
  }
})

test('a server that knows people by the part before the @', async () => {
  for (const [what, method] of methods({ login: 'local' })) {
    const found = await method.check('bob', 'bob-secret', never())
    assert.equal(found?.name, 'bob@corp.example', what)
    assert.equal(await method.check('bob@other.example', 'bob-secret', never()), null, what)
  }
})

test('wrong passwords and names', async () => {
  const cases: [string, string][] = [
    ['alice', 'wrong'],
    ['alice', ''],
    ['alice', `${secret}x`],
    ['unknown', secret],
    ['alice*bob', secret],
    ['*', secret],
    ['alice\0', secret],
    ['ali\r\nce', 'x'],
  ]
  for (const [what, method] of methods())
    for (const [name, password] of cases)
      assert.equal(await method.check(name, password, never()), null, JSON.stringify([what, name]))
})

test('without TLS these servers take no password, and none is sent', async () => {
  const plain = { servers: [`127.0.0.2:${dovecot.port}`], tls: 'none', domains: ['corp.example'] }
  assert.match(await unavailable(openImap(imapSchema.parse(plain)).check('alice', secret, never())), /LOGIN/)
  const submission = { ...plain, servers: [`127.0.0.1:${postfix.port}`] }
  assert.match(
    await unavailable(openSmtp(smtpSchema.parse(submission)).check('alice', secret, never())),
    /neither/,
  )
  for (const [, method] of methods({ tls_ca_file: '' }))
    assert.match(await unavailable(method.check('alice', secret, never())), /DEPTH_ZERO_SELF_SIGNED_CERT/)
})

test('when it cannot be told whether a password is right, it is not wrong: UNAVAILABLE, 454', async () => {
  const [imaps, imap, smtps, smtp] = methods().map(([, method]) => method)
  for (const method of [imaps, imap])
    assert.match(await unavailable(method!.check('broken', secret, never())), /NO with the code UNAVAILABLE/)
  between.close()
  // A process of Postfix that was not there before cannot even begin without its authentication.
  for (const method of [smtps, smtp])
    assert.match(await unavailable(method!.check('alice', secret, never())), /AUTH with 454|ECONNRESET/)
})
