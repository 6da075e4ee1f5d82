/** What submission servers say to AUTH: a wrong password is told from a server that cannot say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem } from '../../problem.ts'
import { openSmtp, smtpSchema } from './smtp.ts'
import { type FakeServer, fakeServer, never } from './testing/fake-server.ts'

interface Behaviour {
  auth?: string
  greeting?: string
  /** After the last of the credentials. */
  verdict?: string
  /** To AUTH itself. */
  begun?: string
  implicit?: boolean
  startTls?: string
}

function smtpServer({
  auth = '250 AUTH PLAIN LOGIN',
  greeting = '220 hello',
  verdict = '235 2.7.0 ok',
  begun = '334 ',
  implicit = true,
  startTls = '220 go',
}: Behaviour = {}): Promise<FakeServer> {
  let expected = 0
  return fakeServer({
    greeting: `${greeting}\r\n`,
    implicit,
    answer(line, encrypted) {
      if (expected > 0) return `${--expected === 0 ? verdict : '334 UGFzc3dvcmQ6'}\r\n`
      if (line.startsWith('EHLO')) return `250-hello\r\n${encrypted || implicit ? auth : '250 STARTTLS'}\r\n`
      if (line === 'STARTTLS') return [`${startTls}\r\n`, 'TLS']
      if (line === 'AUTH PLAIN') expected = begun.startsWith('334') ? 1 : 0
      if (line === 'AUTH LOGIN') expected = begun.startsWith('334') ? 2 : 0
      return line.startsWith('AUTH') ? `${begun}\r\n` : null
    },
  })
}

const methodFor = (server: FakeServer, more: Record<string, unknown> = {}) =>
  openSmtp(
    smtpSchema.parse({
      servers: [server.server],
      domains: ['corp.example'],
      tls_ca_file: server.caFile,
      ...more,
    }),
  )

const base64 = (text: string) => Buffer.from(text).toString('base64')

async function unavailable(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    () => assert.fail('should not have answered'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Problem, String(error))
  assert.equal(error.code, 'unavailable')
  assert.doesNotMatch(`${error.message} ${error.remedy} ${error.stack}`, /geheim|Z2VoZWlt/)
  return error.message
}

const commands = (server: FakeServer) => server.lines.filter((line) => line !== 'QUIT')

test('PLAIN is preferred, LOGIN is enough, old spelling is understood', async () => {
  const plain = ['EHLO localhost', 'AUTH PLAIN', base64('\0a@corp.example\0gehëim')]
  const login = ['EHLO localhost', 'AUTH LOGIN', base64('a@corp.example'), base64('gehëim')]
  const cases: [string, string[]][] = [
    ['250 AUTH LOGIN PLAIN', plain],
    ['250-AUTH=LOGIN\r\n250 AUTH GSSAPI LOGIN', login],
  ]
  for (const [auth, sent] of cases) {
    await using server = await smtpServer({ auth })
    const found = await methodFor(server, { label: 'mx' }).check('a', 'gehëim', never())
    assert.deepEqual(found, {
      name: 'a@corp.example',
      display: '',
      addresses: ['a@corp.example'],
      source: 'smtp mx',
    })
    assert.deepEqual(commands(server), sent)
  }
})

test('535 is a wrong password; 454 and whatever else is no answer about it', async () => {
  for (const verdict of ['535 5.7.8 geheim', '535-no\r\n535 no', '525 5.7.13 disabled']) {
    await using server = await smtpServer({ verdict })
    assert.equal(await methodFor(server).check('a', 'geheim', never()), null, verdict)
  }
  for (const verdict of [
    '454 4.7.0 geheim',
    '421 bye',
    '535-no\r\n235 yes',
    '334 more',
    'OK geheim',
    '503 x',
    '250 ok',
  ]) {
    await using server = await smtpServer({ verdict })
    await unavailable(methodFor(server).check('a', 'geheim', never()))
  }
})

test('a server that does not take AUTH gets no credentials', async () => {
  const cases: [Behaviour, Record<string, unknown>, RegExp][] = [
    [{ greeting: '554 go away' }, {}, /greets with 554/],
    [{ auth: '250 AUTH CRAM-MD5' }, {}, /neither/],
    [{ auth: '250 SIZE 5' }, {}, /neither/],
    [{ begun: '530 5.7.0 TLS first' }, {}, /with 530/],
    [{ begun: '534 5.7.9 too weak' }, {}, /with 534/],
    [{ implicit: false }, { tls: 'none' }, /neither/],
    [{ implicit: false, startTls: '454 not now' }, { tls: 'starttls' }, /STARTTLS with 454/],
    [{ implicit: false, startTls: '220 go\r\n235 injected' }, { tls: 'starttls' }, /in the clear/],
    [{ implicit: false }, { tls: 'starttls', tls_ca_file: '' }, /SELF_SIGNED|UNABLE_TO/],
  ]
  for (const [behaviour, more, words] of cases) {
    await using server = await smtpServer(behaviour)
    assert.match(await unavailable(methodFor(server, more).check('a', 'geheim', never())), words)
    assert.ok(!server.lines.some((line) => Buffer.from(line, 'base64').includes('geheim')))
  }
  await using plain = await fakeServer({ greeting: '220 x\r\n', answer: () => '250-x\r\n250 AUTH PLAIN\r\n' })
  const asked = methodFor(plain, { tls: 'starttls' }).check('a', 'geheim', never())
  assert.match(await unavailable(asked), /no STARTTLS/)
})

test('under STARTTLS the log-in goes on', async () => {
  await using server = await smtpServer({ implicit: false })
  assert.ok(await methodFor(server, { tls: 'starttls', login: 'local' }).check('a', 'geheim', never()))
  assert.deepEqual(commands(server), [
    'EHLO localhost',
    'STARTTLS',
    'EHLO localhost',
    'AUTH PLAIN',
    base64('\0a\0geheim'),
  ])
})

test('names and passwords that no server of ours can mean', async () => {
  await using server = await smtpServer()
  const method = methodFor(server)
  for (const name of ['', 'a@other.example', 'a\r\nRSET', 'a\0', 'a b'])
    assert.equal(await method.check(name, 'geheim', never()), null)
  for (const password of ['', 'a\0b']) assert.equal(await method.check('a', password, never()), null)
  assert.equal(server.connections, 0)
})

test('a server that never ends its reply, or says nothing, is left', async () => {
  for (const greeting of ['220-more\r\n'.repeat(101), `220 ${'x'.repeat(9000)}`, null]) {
    await using server = await fakeServer({ greeting, answer: () => null })
    const method = methodFor(server, { tls: 'none', timeout_s: 0.2 })
    assert.match(await unavailable(method.check('a', 'geheim', never())), /far more|longer|time-out/)
  }
})
