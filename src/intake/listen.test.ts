/** Intake as the product starts it: listeners, limits that a reload changes, and mail that goes the whole way. */
import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, statSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openTestStore, type TestStore } from '../../test/store.ts'
import { defaultsOf } from '../options.ts'
import { compilePolicy } from '../policy/compile.ts'
import { Problem } from '../problem.ts'
import { type IntakeOptions, type IntakeParts, startIntake } from './listen.ts'
import { lmtpOptions, smtpOptions } from './options.ts'
import { testCertificate, testKey } from './smtp/testing/certificate.ts'
import { TestClient } from './smtp/testing/client.ts'

let store: TestStore
const folder = mkdtempSync(join(tmpdir(), 'lazaret-intake-'))
before(async () => {
  store = await openTestStore('sqlite', undefined)
})
after(async () => {
  await store[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const policy = compilePolicy([{ name: 'All' }], [{ name: 'All', disposition: 'quarantine', area: 'All' }], {
  onScannerFailure: 'defer',
  unscannedArea: 'All',
  ownDomains: [],
})
const parts: IntakeParts = {
  policy: () => policy,
  scanners: () => [],
  scanDeadlineMs: () => 1000,
  authenticationOf: () => [],
  nextHop: { carry: () => assert.fail('nothing is to be passed on'), async [Symbol.asyncDispose]() {} },
  pressure: () => null,
}
const options = (smtp: Partial<IntakeOptions['smtp']> = {}, lmtp: string[] = []): IntakeOptions => ({
  smtp: { ...defaultsOf(smtpOptions), hostname: 'mx.example', listen: ['127.0.0.1:0'], ...smtp },
  lmtp: { ...defaultsOf(lmtpOptions), listen: lmtp },
})
const portOf = (address: string) => Number(address.split(':').at(-1))

async function send(client: TestClient, hello: string): Promise<string> {
  await client.reply()
  assert.match(await client.ask(`${hello} client.example\r\n`), /^250-/)
  client.send('MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n')
  for (const code of ['250', '250', '354']) assert.equal((await client.reply()).slice(0, 3), code)
  return client.ask('Subject: x\r\n\r\nx\r\n.\r\n')
}

test('SMTP, LMTP and a Unix socket, each answering for mail that is held', async () => {
  const path = join(folder, 'lmtp.sock')
  await using intake = await startIntake(store.ctx, parts, options({}, ['[::1]:0', `unix:${path}`]))
  const [smtp, lmtp, unix] = intake.addresses
  assert.match(smtp!, /^smtp 127\.0\.0\.1:\d+$/)
  assert.match(lmtp!, /^lmtp \[::1\]:\d+$/)
  assert.equal(unix, `lmtp unix:${path}`)
  assert.equal(statSync(path).mode & 0o777, 0o660, 'our group may connect')
  await using one = await TestClient.connect(portOf(smtp!))
  assert.match(await send(one, 'EHLO'), /^250 2\.0\.0 Ok: held as \w+$/)
  await using two = new TestClient(connect({ port: portOf(lmtp!), host: '::1' }))
  assert.match(await send(two, 'LHLO'), /^250 2\.0\.0 Ok: held as \w+$/)
  await using three = new TestClient(connect({ path }))
  assert.match(await send(three, 'LHLO'), /^250 2\.0\.0 Ok: held as \w+$/)
  const rows = await store.ctx.db.read
    .selectFrom('messages')
    .select(['via', 'peer_ip', 'protocol'])
    .orderBy('id')
    .execute()
  assert.deepEqual(
    rows.map(({ via, peer_ip, protocol }) => `${via} ${peer_ip} ${protocol}`),
    ['smtp 127.0.0.1 ESMTP', 'lmtp ::1 LMTP', 'lmtp 127.0.0.1 LMTP'],
  )
})

test('a reload counts for what comes next, and open sessions go on', async () => {
  let pair: { key: string; cert: string } | null = null
  await using intake = await startIntake(store.ctx, { ...parts, tls: () => pair }, options())
  const port = portOf(intake.addresses[0]!)
  await using open = await TestClient.connect(port)
  await open.reply()
  assert.doesNotMatch(await open.ask('EHLO a\r\n'), /STARTTLS/)
  pair = { key: testKey, cert: testCertificate }
  intake.reload(options({ allowed_clients: ['192.0.2.0/24'], message_limit_mb: 7, hostname: 'new.example' }))
  assert.match(await open.ask('EHLO a\r\n'), /^250-new\.example\n[\s\S]*SIZE 7000000\n[\s\S]*STARTTLS/)
  await using shut = await TestClient.connect(port)
  assert.match(await shut.reply(), /^554 5\.7\.1 /)
  pair = { key: testKey, cert: 'nonsense' }
  assert.throws(() => intake.reload(options()), Problem)
  assert.match(await open.ask('EHLO a\r\n'), /SIZE 7000000/)
})

test('an address that is taken is a Problem that says so, and nothing stays open', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  const path = join(folder, 'first.sock')
  await assert.rejects(
    startIntake(store.ctx, parts, options({ listen: [`unix:${path}`, `127.0.0.1:${port}`] })),
    (error) => {
      assert.ok(error instanceof Problem)
      assert.match(error.message, new RegExp(`^Cannot listen on 127\\.0\\.0\\.1:${port}: `))
      assert.match(error.remedy, /choose another address/)
      return true
    },
  )
  await new Promise((resolve) => other.close(resolve))
  // What a killed server leaves behind: a socket that nobody listens on.
  const killed = createServer()
  await new Promise<void>((resolve) => killed.listen(`${path}.new`, resolve))
  renameSync(`${path}.new`, path)
  await new Promise((resolve) => killed.close(resolve))
  await using again = await startIntake(store.ctx, parts, options({ listen: [`unix:${path}`] }))
  await assert.rejects(startIntake(store.ctx, parts, options({ listen: [`unix:${path}`] })), Problem)
  assert.equal(again.addresses.length, 1)
})

test('networks and addresses of the configuration are checked', () => {
  const { listen, allowed_clients, hostname } = smtpOptions.options
  for (const good of ['127.0.0.1:25', '[::1]:24', 'localhost:0', 'unix:/run/lazaret/lmtp'])
    assert.ok(listen.check.safeParse([good]).success, good)
  for (const bad of ['10024', '::1:25', '127.0.0.1', '127.0.0.1:65536', 'unix:', 'unix:relative', 'a b:25'])
    assert.ok(!listen.check.safeParse([bad]).success, bad)
  for (const good of ['10.0.0.0/8', '::1', '2001:db8::/32'])
    assert.ok(allowed_clients.check.safeParse([good]).success, good)
  for (const bad of ['10.0.0.0/33', 'example.org', ''])
    assert.ok(!allowed_clients.check.safeParse([bad]).success, bad)
  assert.ok(!hostname.check.safeParse('two words').success)
})
