/**
 * The whole product with a directory and a mail server behind it: who signs in sees his addresses, who does not hears the
 * same whatever was wrong, and a directory that is away is no wrong password. No password comes into the log.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Lazaret, lazaretPorts, startLazaret } from '../../bench/peers/lazaret.ts'
import { freePort } from '../postgres.ts'
import { type Dovecot, startDovecot } from './dovecot.ts'
import { base, type Slapd, startSlapd } from './slapd.ts'

const folder = mkdtempSync(join(tmpdir(), 'lazaret-sign-in-'))
const port = await freePort()
let slapd: Slapd
let dovecot: Dovecot
let lazaret: Lazaret

before(async () => {
  slapd = await startSlapd()
  dovecot = await startDovecot({ passwords: { 'dora@corp.example': 'dora-secret' } })
  lazaret = await startLazaret({
    folder: join(folder, 'lazaret'),
    ...(await lazaretPorts()),
    nextHopPort: await freePort(),
    more: `
[euq]
enabled = true
listen = ["127.0.0.1:${port}"]
secondary_listen = ["127.0.0.1:${await freePort()}"]
base_url = "https://127.0.0.1:${port}"

[sign_in]
methods = ["ldap", "imap"]

[[sign_in.ldap]]
servers = ["127.0.0.1:${slapd.securePort}"]
tls_ca_file = "${slapd.caFile}"
base = "${base}"
bind_dn = "cn=reader,${base}"
bind_password = "reader-secret"

[[sign_in.imap]]
servers = ["127.0.0.1:${dovecot.securePort}"]
tls_ca_file = "${dovecot.caFile}"
domains = ["corp.example"]
`,
  })
  await untilItListens() // its SMTP port, which was waited for, comes first
})
after(async () => {
  await lazaret?.stop()
  await dovecot?.[Symbol.asyncDispose]()
  await slapd?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

async function untilItListens(): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch (error) {
      if (attempt === 400) throw error
      await sleep(50)
    } finally {
      socket.destroy()
    }
  }
}

interface Answer {
  status: number
  body: {
    title?: string
    detail?: string
    name?: string
    display?: string
    addresses?: { address: string }[]
  }
}

async function signIn(name: string, password: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const asked = request(
    `https://127.0.0.1:${port}/api/v1/my/session`,
    { method: 'POST', rejectUnauthorized: false, headers: { 'content-type': 'application/json' } },
    async (answer) => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(await text(answer)) }),
  )
  asked.on('error', reject).end(JSON.stringify({ name, password }))
  return await promise
}

test('by directory, by mail server, or not at all', async () => {
  const alice = await signIn('alice', 'alice-secret')
  assert.equal(alice.status, 200, JSON.stringify(alice.body))
  assert.equal(alice.body.display, 'Alice E.')
  assert.deepEqual(
    alice.body.addresses?.map(({ address }) => address).toSorted(),
    ['Alice.Example@corp.example', 'a.example@corp.example', 'alice@corp.example'].toSorted(),
  )
  const dora = await signIn('dora', 'dora-secret')
  assert.deepEqual(
    dora.body.addresses?.map(({ address }) => address),
    ['dora@corp.example'],
  )
  const wrong = [
    await signIn('alice', 'alice-secre'),
    await signIn('unknown', 'alice-secret'),
    await signIn('*)(uid=*', 'alice-secret'),
  ]
  for (const { status, body } of wrong) assert.deepEqual({ status, body }, wrong[0])
  assert.equal(wrong[0]?.status, 401)
})

test('a directory that is away: who is known elsewhere comes in, others hear that it cannot be told', async () => {
  await slapd.stop()
  assert.equal((await signIn('dora', 'dora-secret')).status, 200)
  const { status, body } = await signIn('alice', 'alice-secret')
  assert.equal(status, 503)
  assert.doesNotMatch(JSON.stringify(body), /127\.0\.0\.1|ECONN/)
  const log = readFileSync(lazaret.log, 'utf8')
  assert.match(log, /ldap cannot be asked: 127\.0\.0\.1:\d+: ECONNREFUSED/)
  assert.doesNotMatch(log, /alice-secre|dora-secret|reader-secret/)
})
