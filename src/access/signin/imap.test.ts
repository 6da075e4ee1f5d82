/** What IMAP servers say to a log-in, right, wrong and hostile; the password goes nowhere that it should not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem } from '../../problem.ts'
import { imapSchema, openImap } from './imap.ts'
import { deadPort, type FakeServer, fakeServer, never } from './testing/fake-server.ts'

interface Behaviour {
  capabilities?: string
  greeting?: string
  /** The answer to the log-in, without its tag. */
  verdict?: string
  startTls?: string
  implicit?: boolean
}

const right = 'OK done'

/** A server that takes any log-in as `verdict` says, with or without literals and SASL-IR. */
function imapServer({
  capabilities = 'IMAP4rev1 SASL-IR AUTH=PLAIN',
  greeting = '* OK hello',
  verdict = right,
  startTls = 'OK begin',
  implicit = true,
}: Behaviour = {}): Promise<FakeServer> {
  let tag = ''
  let waiting = false
  return fakeServer({
    greeting: `${greeting}\r\n`,
    implicit,
    answer(line, encrypted) {
      const literal = /\{\d+\}$/.test(line)
      if (waiting || literal) {
        if (!waiting) tag = line.split(' ')[0] ?? ''
        waiting = literal
        return literal ? '+ go on\r\n' : `${tag} ${verdict}\r\n`
      }
      const [here = '', command = '', ...words] = line.split(' ')
      if (command === 'CAPABILITY') {
        const list = encrypted || implicit ? capabilities : 'IMAP4rev1 STARTTLS LOGINDISABLED'
        return `* CAPABILITY ${list}\r\n${here} OK\r\n`
      }
      if (command === 'STARTTLS') return [`${here} ${startTls}\r\n`, 'TLS']
      if (command === 'AUTHENTICATE' && words.length === 1) {
        tag = here
        waiting = true
        return '+ \r\n'
      }
      return command === 'LOGOUT' ? null : `${here} ${verdict}\r\n`
    },
  })
}

const methodFor = (server: FakeServer | string, more: Record<string, unknown> = {}) =>
  openImap(
    imapSchema.parse({
      servers: [typeof server === 'string' ? server : server.server],
      domains: ['corp.example'],
      ...(typeof server === 'string' ? {} : { tls_ca_file: server.caFile }),
      ...more,
    }),
  )

const plainResponse = (login: string, password: string) =>
  Buffer.from(`\0${login}\0${password}`).toString('base64')

/** The words of the Problem; fails when there is none, or when the password is in it. */
async function unavailable(asked: Promise<unknown>, password = 'geheim'): Promise<string> {
  const error = await asked.then(
    () => assert.fail('should not have answered'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Problem, String(error))
  assert.equal(error.code, 'unavailable')
  const everything = `${error.message} ${error.remedy} ${error.stack} ${JSON.stringify(error.facts)}`
  assert.ok(!everything.includes(password), 'the password is in the error')
  return error.message
}

test('PLAIN with and without SASL-IR; LOGIN quoted and with literals', async () => {
  const cases: [string, string, string[]][] = [
    ['SASL-IR AUTH=PLAIN', 'geheim', [`a2 AUTHENTICATE PLAIN ${plainResponse('a@corp.example', 'geheim')}`]],
    ['AUTH=PLAIN', 'gehëim', ['a2 AUTHENTICATE PLAIN', plainResponse('a@corp.example', 'gehëim')]],
    ['IMAP4rev1', 'a "b" \\c', ['a2 LOGIN "a@corp.example" "a \\"b\\" \\\\c"']],
    ['IMAP4rev1', 'ü', ['a2 LOGIN "a@corp.example" {2}', 'ü']],
  ]
  for (const [capabilities, password, sent] of cases) {
    await using server = await imapServer({ capabilities })
    const found = await methodFor(server).check('a', password, never())
    assert.deepEqual(found, {
      name: 'a@corp.example',
      display: '',
      addresses: ['a@corp.example'],
      source: 'imap',
    })
    assert.deepEqual(
      server.lines.filter((line) => line !== 'z LOGOUT'),
      ['a1 CAPABILITY', ...sent],
    )
  }
})

test('a line end in a password stays inside its literal', async () => {
  await using server = await imapServer({ capabilities: 'IMAP4rev1' })
  await methodFor(server).check('a', 'x\r\ny', never())
  assert.deepEqual(server.lines.slice(1, 4), ['a2 LOGIN "a@corp.example" {4}', 'x', 'y'])
})

test('NO is a wrong password, unless its code says that the server is in trouble', async () => {
  const cases: [string, boolean][] = [
    ['NO [AUTHENTICATIONFAILED] Authentication failed.', true],
    ['NO LOGIN failed.', true],
    ['NO', true],
    ['NO [EXPIRED] geheim', true],
    ['NO [UNAVAILABLE] geheim', false],
    ['NO [LIMIT] too many', false],
    ['BAD geheim', false],
  ]
  for (const [verdict, wrong] of cases) {
    await using server = await imapServer({ verdict })
    const asked = methodFor(server).check('a', 'geheim', never())
    if (wrong) assert.equal(await asked, null, verdict)
    else await unavailable(asked)
  }
})

test('what is no name of ours is wrong before anybody is asked', async () => {
  await using server = await imapServer()
  const method = methodFor(server)
  const names = [
    '',
    ' ',
    'a@other.example',
    'a@corp.example.evil',
    'boss*a',
    'a%corp.example',
    'a b',
    '"a"',
    'a\r\nb',
    'a\0',
    '@',
    '..',
    'x'.repeat(400),
    '\ud800',
  ]
  for (const name of names) assert.equal(await method.check(name, 'geheim', never()), null, name)
  for (const password of ['', 'a\0b', 'x'.repeat(1025), '\ud800'])
    assert.equal(await method.check('a', password, never()), null)
  assert.equal(server.connections, 0)
})

test('the server may know people by the part before the @; the address is that of the domain', async () => {
  await using server = await imapServer()
  const method = methodFor(server, { login: 'local', label: 'Haus' })
  const found = await method.check('Ä.b@CORP.example', 'geheim', never())
  assert.equal(found?.name, 'Ä.b@CORP.example')
  assert.equal(found?.source, 'imap Haus')
  assert.ok(server.lines[1]?.endsWith(plainResponse('Ä.b', 'geheim')))
})

test('STARTTLS: the password goes under TLS or nowhere', async () => {
  const startTls = { tls: 'starttls' }
  await using good = await imapServer({ implicit: false })
  assert.ok(await methodFor(good, startTls).check('a', 'geheim', never()))
  const bad: [Behaviour, Record<string, unknown>, RegExp][] = [
    [{ implicit: false, greeting: '* PREAUTH welcome' }, startTls, /does not greet/],
    [{ implicit: false, startTls: 'NO not now' }, startTls, /refused STARTTLS/],
    [{ implicit: false, startTls: 'OK go\r\na4 OK [CAPABILITY] injected' }, startTls, /in the clear/],
    [{ implicit: false }, { ...startTls, tls_ca_file: '' }, /SELF_SIGNED|UNABLE_TO/],
    [{ implicit: false }, { tls: 'none' }, /forbids LOGIN/],
  ]
  for (const [behaviour, more, words] of bad) {
    await using server = await imapServer(behaviour)
    assert.match(await unavailable(methodFor(server, more).check('a', 'geheim', never())), words)
    const passed = server.lines.join('\n')
    assert.ok(!passed.includes(plainResponse('a@corp.example', 'geheim')) && !passed.includes('geheim'))
  }
})

test('a server that does not offer STARTTLS gets no password', async () => {
  await using server = await fakeServer({
    greeting: '* OK hello\r\n',
    answer: (line) => `* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n${line.split(' ')[0]} OK\r\n`,
  })
  const asked = methodFor(server, { tls: 'starttls' }).check('a', 'geheim', never())
  assert.match(await unavailable(asked), /no STARTTLS/)
  assert.deepEqual(
    server.lines.filter((line) => line !== 'z LOGOUT'),
    ['a1 CAPABILITY'],
  )
})

test('a server that says too much, something else or nothing cannot be asked', async () => {
  const says: [string, RegExp][] = [
    [`* OK ${'x'.repeat(9000)}`, /longer than 8 KB/],
    ['HTTP/1.1 400 Bad Request\r\n', /does not greet/],
    ['* OK hello\r\n* BYE full\r\n', /BYE/],
    [`* OK hello\r\n${'* OK more\r\n'.repeat(101)}`, /far more/],
    [`* OK hello\r\n${`* OK ${'y'.repeat(4000)}\r\n`.repeat(20)}`, /far more/],
    ['* OK hello\r\n* CAPABILITY {5}\r\n', /literal/],
    ['* OK hello\r\na9 OK whatever\r\n', /does not speak IMAP/],
  ]
  for (const [greeting, words] of says) {
    await using server = await fakeServer({ greeting, answer: () => null })
    assert.match(await unavailable(methodFor(server, { tls: 'none' }).check('a', 'geheim', never())), words)
  }
  await using silent = await fakeServer({ greeting: null, answer: () => null })
  const asked = methodFor(silent, { tls: 'none', timeout_s: 0.05 }).check('a', 'geheim', never())
  assert.match(await unavailable(asked), /time-out/)
})

test('the next server is asked when one cannot be; a wrong password is not tried twice', async () => {
  const dead = `127.0.0.1:${await deadPort()}`
  await using server = await imapServer({ verdict: 'NO wrong' })
  await using other = await imapServer()
  const more = { servers: [dead, server.server, other.server] }
  assert.equal(await methodFor(server, more).check('a', 'geheim', never()), null)
  assert.deepEqual([server.connections, other.connections], [1, 0])
  assert.match(await unavailable(methodFor(dead).check('a', 'geheim', never())), /ECONNREFUSED/)
})

test('it gives up when nobody waits any more', async () => {
  const abort = new AbortController()
  await using silent = await fakeServer({
    greeting: null,
    answer: () => null,
  })
  const asked = methodFor(silent, { tls: 'none' }).check('a', 'geheim', abort.signal)
  while (silent.connections === 0) await new Promise(setImmediate)
  abort.abort()
  assert.match(await unavailable(asked), /given up/)
})

test('options: domains are needed, servers are well formed, everything else has its default', () => {
  const good = { servers: ['mail.corp.example', '[2001:db8::1]:993'], domains: ['corp.example'] }
  assert.equal(imapSchema.parse(good).tls, 'implicit')
  for (const bad of [
    { domains: [] },
    { servers: [] },
    { servers: ['imaps://x'] },
    { servers: ['x:0'] },
    { servers: ['x:65536'] },
    { tls: 'opportunistic' },
    { more: 1 },
  ])
    assert.equal(imapSchema.safeParse({ ...good, ...bad }).success, false, JSON.stringify(bad))
})
