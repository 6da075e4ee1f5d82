/** What a client meets beyond single dialogues: limits, time, TLS, stopping, hostile bytes. Real sockets, no waiting. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { connect as connectTls, createSecureContext } from 'node:tls'
import fc from 'fast-check'
import type { Reply } from '../../mail/reply.ts'
import { testCertificate, testKey } from './testing/certificate.ts'
import { TestClient } from './testing/client.ts'
import { startTestServer } from './testing/server.ts'

const ok: Reply = { code: 250, status: '2.0.0', text: 'Ok' }
/** A seed printed by a failure of the mutated sessions. */
const rerun: number | null = null
const envelope = 'MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\n'

/** A session that has said HELO, or EHLO to a server without trusted peers. */
async function session(port: number): Promise<TestClient> {
  const client = await TestClient.connect(port)
  assert.equal(await client.reply(), '220 mx.example ESMTP Lazaret')
  await client.ask('EHLO client.example\r\n')
  return client
}

/** Has the envelope accepted and the server waiting for content. */
async function inData(port: number): Promise<TestClient> {
  const client = await session(port)
  client.send(`${envelope}DATA\r\n`)
  assert.equal((await client.reply()).slice(0, 3), '250')
  assert.equal((await client.reply()).slice(0, 3), '250')
  assert.equal((await client.reply()).slice(0, 3), '354')
  return client
}

/** Lets the server see what was sent to it. */
const settled = async (seen: () => boolean): Promise<void> => {
  while (!seen()) await new Promise((resolve) => setImmediate(resolve))
}

test('connections are limited in all and by address; trusted peers only in all', async () => {
  await using server = await startTestServer({
    options: { connections: 4, connections_per_client: 2, trusted_peers: ['127.0.0.2'] },
  })
  await using one = await session(server.port)
  await using _two = await session(server.port)
  await using three = await TestClient.connect(server.port)
  assert.equal(await three.reply(), '421 4.7.0 Too many connections from your address, try again later')
  assert.equal(await three.line(), null)
  await using _four = await TestClient.connect(server.port, '127.0.0.2')
  await using _five = await TestClient.connect(server.port, '127.0.0.2')
  await using six = await TestClient.connect(server.port, '127.0.0.3')
  assert.equal(await six.reply(), '421 4.3.2 Too many connections, try again later')
  await one.ask('QUIT\r\n')
  one.socket.end()
  await settled(() => server.events.some(({ kind }) => kind === 'session-closed'))
  await using _seven = await session(server.port)
})

test('when all connections are taken, the one that has been idle longest makes room; a mail on its way does not', async () => {
  await using server = await startTestServer({ options: { connections: 3 } })
  await using busy = await inData(server.port)
  await using idle = await session(server.port)
  await server.clock.turn(1000)
  await using later = await session(server.port)
  await server.clock.turn(4000)
  await using early = await TestClient.connect(server.port)
  assert.match(await early.reply(), /^421 4\.3\.2 /)
  await server.clock.turn(1000)
  await using next = await session(server.port)
  assert.match(await idle.reply(), /^421 4\.3\.2 /)
  for (const client of [later, next]) assert.equal(await client.ask('NOOP\r\n'), '250 2.0.0 Ok')
  assert.equal(await busy.ask('x\r\n.\r\n'), '250 2.0.0 Ok')
})

test('mails in flight, pressure and a receiver that fails are answered 4xx, and the session goes on', async () => {
  let pressure: string | null = 'Disk nearly full, try again later'
  let fail = false
  await using server = await startTestServer({
    options: { mails_in_flight: 1 },
    wire: { pressure: () => pressure },
    answer: () => (fail ? [{ code: 451, status: '4.3.0', text: 'Local error' }] : [ok]),
  })
  await using waiting = await session(server.port)
  assert.equal(
    await waiting.ask('MAIL FROM:<a@example.org>\r\n'),
    '452 4.3.1 Disk nearly full, try again later',
  )
  pressure = null
  await using first = await inData(server.port)
  waiting.send(`${envelope}DATA\r\n`)
  await waiting.reply()
  await waiting.reply()
  assert.equal(await waiting.reply(), '452 4.3.1 Too many mails on their way in, try again later')
  waiting.send(
    'RSET\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nBDAT 3\r\na\r\nBDAT 3 LAST\r\nb\r\n',
  )
  for (const code of ['250', '250', '250', '452', '503'])
    assert.equal((await waiting.reply()).slice(0, 3), code)
  assert.equal(await first.ask('x\r\n.\r\n'), '250 2.0.0 Ok')
  fail = true
  waiting.send(`${envelope}DATA\r\n`)
  for (const code of ['250', '250', '354']) assert.equal((await waiting.reply()).slice(0, 3), code)
  assert.equal(await waiting.ask('y\r\n.\r\n'), '451 4.3.0 Local error')
  assert.equal(server.wire.load.mails, 0)
  assert.equal(server.mails.length, 2)
})

test('a receiver that does what it must not ends one session or mail, and is told', async () => {
  let broken = 'write'
  await using server = await startTestServer({
    write: () =>
      broken === 'write'
        ? assert.fail('write')
        : broken === 'later'
          ? Promise.reject(new Error('later'))
          : undefined,
    answer: () => (broken === 'end' ? assert.fail('end') : [ok]),
  })
  const long = `${'x'.repeat(9000)}\r\n.\r\n`
  await using one = await inData(server.port)
  assert.equal(await one.ask(long), '421 4.3.0 Local error, closing')
  broken = 'end'
  await using two = await inData(server.port)
  assert.equal(await two.ask(long), '451 4.3.0 Local error, try again later')
  broken = 'later'
  await using three = await inData(server.port)
  assert.equal(await three.ask(long), '451 4.3.0 Local error, try again later')
  broken = ''
  two.send(`${envelope}DATA\r\n`)
  for (const code of ['250', '250', '354']) assert.equal((await two.reply()).slice(0, 3), code)
  assert.equal(await two.ask(long), '250 2.0.0 Ok')
  assert.equal(server.events.filter(({ kind }) => kind === 'failure').length, 3)
  assert.equal(server.wire.load.mails, 0)
})

test('a message over the limit is read to its end, answered 552 and not kept', async () => {
  await using server = await startTestServer({ options: { message_limit_mb: 1 } })
  await using client = await inData(server.port)
  const line = `${'x'.repeat(98)}\r\n`
  assert.equal(
    await client.ask(`${line.repeat(10_000)}y\r\n.\r\n`),
    '552 5.3.4 Message larger than the limit here',
  )
  client.send(`${envelope}BDAT 1000001\r\n${'z'.repeat(1_000_001)}BDAT 1 LAST\r\nz`)
  for (const code of ['250', '250', '552', '552']) assert.equal((await client.reply()).slice(0, 3), code)
  client.send(`${envelope}DATA\r\n`)
  for (const code of ['250', '250', '354']) assert.equal((await client.reply()).slice(0, 3), code)
  assert.equal(await client.ask(`${line.repeat(10_000)}.\r\n`), '250 2.0.0 Ok')
  assert.deepEqual(
    server.mails.map(({ content }) => content.length),
    [1_000_000],
  )
  assert.equal(server.wire.load.mails, 0)
})

test('command lines have limits of length, whatever their pieces', async () => {
  await using server = await startTestServer()
  await using client = await session(server.port)
  const tooLong = '500 5.5.6 Line too long'
  assert.equal(await client.ask(`NOOP ${'x'.repeat(505)}\r\n`), '250 2.0.0 Ok')
  assert.equal(await client.ask(`NOOP ${'x'.repeat(506)}\r\n`), tooLong)
  assert.equal(
    await client.ask(`MAIL FROM:<a@b> X=${'x'.repeat(2000)}\r\n`),
    '555 5.5.4 Parameter X is not supported',
  )
  assert.equal(await client.ask(`MAIL FROM:<a@b> X=${'x'.repeat(2100)}\r\n`), tooLong)
  const attributes = 'HELO=x '.repeat(1700)
  assert.equal(await client.ask(`XFORWARD ${attributes}\r\n`), '250 2.0.0 Ok')
  assert.equal(await client.ask(`XFORWARD ${attributes}${attributes}\r\n`), tooLong)
  for (let i = 0; i < 20; i++) client.send('x'.repeat(100_000))
  assert.equal(await client.ask('\r\nNOOP\r\n'), tooLong)
  assert.equal(await client.reply(), '250 2.0.0 Ok')
})

test('who says nothing, or drips a message, is ended with 421 when the time is up', async () => {
  let pieces = 0
  await using server = await startTestServer({
    options: { idle_timeout_s: 300, data_deadline_s: 600 },
    write: () => void pieces++,
  })
  const piece = `${'x'.repeat(70)}\r\n`.repeat(100)
  await using silent = await session(server.port)
  await using dripping = await inData(server.port)
  for (let minutes = 0; minutes < 4; minutes++) await server.clock.turn(60_000)
  dripping.send(piece)
  await settled(() => pieces === 1)
  await server.clock.turn(59_000)
  silent.send('NO')
  await server.clock.turn(2_000)
  assert.equal(await silent.reply(), '421 4.4.2 Nothing heard for too long, closing')
  assert.equal(await silent.line(), null)
  for (let n = 2; n < 7; n++) {
    dripping.send(piece)
    await settled(() => pieces === n)
    await server.clock.turn(60_000)
  }
  assert.equal(await dripping.reply(), '421 4.4.2 Message took too long, closing')
  assert.equal(await dripping.line(), null)
  assert.equal(server.aborted, 1)
  assert.equal(server.mails.length, 0)
})

test('reading pauses while the reception asks for it', async () => {
  let release: (() => void) | undefined
  let writes = 0
  await using server = await startTestServer({
    write: () => {
      writes++
      return writes === 1 ? new Promise<void>((resolve) => (release = resolve)) : undefined
    },
  })
  await using client = await inData(server.port)
  const line = `${'x'.repeat(8190)}\r\n`
  client.send(line.repeat(1000))
  client.send('.\r\nNOOP\r\n')
  await settled(() => release !== undefined)
  for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(writes, 1)
  release!()
  assert.equal(await client.reply(), '250 2.0.0 Ok')
  assert.equal(await client.reply(), '250 2.0.0 Ok')
  assert.equal(server.mails[0]!.content, line.repeat(1000))
})

test('a client that leaves in the middle leaves nothing behind; one that half-closes gets its answer', async () => {
  await using server = await startTestServer()
  const gone = await inData(server.port)
  gone.send('half a mess')
  gone.socket.destroy()
  await settled(() => server.aborted === 1)
  await using client = await inData(server.port)
  client.send('x\r\n.\r\n')
  client.socket.end()
  assert.equal(await client.reply(), '250 2.0.0 Ok')
  assert.equal(await client.line(), null)
  await settled(() => server.events.filter(({ kind }) => kind === 'session-closed').length === 2)
  assert.equal(server.wire.load.mails, 0)
})

test('stopping: idle sessions get 421, mail on its way is finished, what takes too long is ended', async () => {
  let answer: (() => void) | undefined
  const server = await startTestServer({
    answer: () => new Promise((resolve) => (answer = () => resolve([ok]))),
  })
  await using idle = await session(server.port)
  await using deciding = await inData(server.port)
  await using slow = await inData(server.port)
  deciding.send('x\r\n.\r\n')
  await settled(() => answer !== undefined)
  const stopped = server[Symbol.asyncDispose]()
  assert.equal(await idle.reply(), '421 4.3.2 Shutting down, try again later')
  assert.equal(await idle.line(), null)
  idle.socket.end()
  slow.send('still here\r\n')
  await server.clock.turn(9_000)
  await server.clock.turn(1_000)
  assert.equal(await slow.reply(), '421 4.3.2 Shutting down, try again later')
  slow.socket.end()
  answer!()
  assert.equal(await deciding.reply(), '250 2.0.0 Ok')
  assert.equal(await deciding.reply(), '421 4.3.2 Shutting down, try again later')
  deciding.socket.end()
  await stopped
  await assert.rejects(TestClient.connect(server.port), { code: 'ECONNREFUSED' })
})

test('STARTTLS: the session begins anew, what was sent in the clear behind it is dropped', async () => {
  const context = createSecureContext({ key: testKey, cert: testCertificate })
  await using server = await startTestServer({ wire: { secureContext: () => context } })
  await using client = await session(server.port)
  await client.ask('XCLIENT ADDR=192.0.2.1\r\n')
  const plain = await client.ask('EHLO plain.example\r\n')
  assert.match(plain, /^250-STARTTLS$/m)
  assert.equal(await client.ask('STARTTLS now\r\n'), '501 5.5.4 This command takes no parameters')
  await client.ask('MAIL FROM:<plain@example.org>\r\n')
  const reply = client.ask(
    'STARTTLS\r\nRCPT TO:<injected@example.org>\r\nMAIL FROM:<injected@example.org>\r\n',
  )
  assert.equal(await reply, '220 2.0.0 Ready to start TLS')
  client.socket.removeAllListeners('data')
  const secure = connectTls({ socket: client.socket, ca: testCertificate, servername: 'mx.example' })
  await once(secure, 'secureConnect')
  client.listen(secure)
  assert.equal(await client.ask('MAIL FROM:<a@example.org>\r\n'), '503 5.5.1 Send EHLO, HELO or LHLO first')
  const offered = await client.ask('EHLO secure.example\r\n')
  assert.doesNotMatch(offered, /STARTTLS/)
  assert.equal(await client.ask('STARTTLS\r\n'), '503 5.5.1 TLS is active already')
  client.send(`${envelope}DATA\r\n`)
  for (const code of ['250', '250', '354']) assert.equal((await client.reply()).slice(0, 3), code)
  assert.equal(await client.ask(`${'x'.repeat(300_000)}\r\n.\r\n`), '250 2.0.0 Ok')
  assert.equal(await client.ask('QUIT\r\n'), '221 2.0.0 Bye')
  const [mail] = server.mails
  assert.equal(mail!.content.length, 300_002)
  assert.equal(mail!.envelope.client.protocol, 'ESMTPS')
  assert.equal(mail!.envelope.client.ip, '127.0.0.1') // what XCLIENT said before is forgotten
  assert.equal(mail!.envelope.client.helo, 'secure.example')
  secure.destroy()
})

test('STARTTLS: a handshake that is none ends that session only', async () => {
  const context = createSecureContext({ key: testKey, cert: testCertificate })
  await using server = await startTestServer({ wire: { secureContext: () => context } })
  await using client = await session(server.port)
  await client.ask('STARTTLS\r\n')
  client.send('EHLO not TLS\r\n')
  while ((await client.line()) !== null);
  await using _next = await session(server.port)
})

test('the envelope holds what was told: XFORWARD for one mail, XCLIENT for the session, nothing from strangers', async () => {
  await using server = await startTestServer({ options: { trusted_peers: ['127.0.0.1'] } })
  const send = async (client: TestClient) => {
    client.send(`${envelope}DATA\r\n`)
    for (const code of ['250', '250', '354']) assert.equal((await client.reply()).slice(0, 3), code)
    assert.equal(await client.ask('x\r\n.\r\n'), '250 2.0.0 Ok')
    return server.mails.at(-1)!.envelope
  }
  await using trusted = await session(server.port)
  await trusted.ask('XFORWARD NAME=client.example.net ADDR=192.0.2.7 PORT=25 HELO=he+2Blo PROTO=SMTP\r\n')
  const told = await send(trusted)
  assert.deepEqual(told.client, {
    ip: '192.0.2.7',
    port: 25,
    name: 'client.example.net',
    helo: 'he+lo',
    protocol: 'SMTP',
  })
  assert.equal(told.peerIp, '127.0.0.1')
  const after = await send(trusted)
  assert.deepEqual(
    { ...after.client, port: 0 },
    { ip: '127.0.0.1', port: 0, name: null, helo: 'client.example', protocol: 'ESMTP' },
  )
  await trusted.ask('XFORWARD NAME=[UNAVAILABLE] ADDR=IPV6:2001:DB8::7\r\n')
  const partly = await send(trusted)
  assert.deepEqual(partly.client, {
    ip: '2001:db8::7',
    port: null,
    name: null,
    helo: null,
    protocol: 'ESMTP',
  })
  await trusted.ask('XCLIENT NAME=x.example ADDR=192.0.2.8 PORT=1025\r\n')
  await trusted.ask('EHLO again.example\r\n')
  for (let i = 0; i < 2; i++)
    assert.deepEqual((await send(trusted)).client, {
      ip: '192.0.2.8',
      port: 1025,
      name: 'x.example',
      helo: 'again.example',
      protocol: 'ESMTP',
    })
  await using stranger = await TestClient.connect(server.port, '127.0.0.5')
  await stranger.reply()
  await stranger.ask('EHLO stranger.example\r\n')
  assert.match(await stranger.ask('XCLIENT ADDR=192.0.2.8\r\n'), /^550 /)
  assert.match(await stranger.ask('XFORWARD ADDR=192.0.2.8\r\n'), /^550 /)
  assert.equal((await send(stranger)).client.ip, '127.0.0.5')
})

test('however the bytes of a session are cut, the answers and the mails are the same', async () => {
  await using server = await startTestServer()
  const body = 'Subject: x\r\n\r\n.\r\nMAIL FROM:<no@example.org>\r\n'
  const wire = `${envelope}BDAT 12\r\n${body.slice(0, 12)}BDAT ${body.length - 12} LAST\r\n${body.slice(12)}NOOP\r\nBDAT 4\r\nQUITNOOP x\r\n${envelope}RSET\r\nVRFY\r\nQUIT\r\n`
  const codes = ['250', '250', '250', '250', '250', '503', '250', '250', '250', '250', '501', '221']
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 }), async (cuts) => {
      server.mails.length = 0
      await using client = await session(server.port)
      let from = 0
      for (const size of cuts) {
        client.send(wire.slice(from, from + size))
        from += size
        await new Promise((resolve) => setImmediate(resolve))
      }
      client.send(wire.slice(from))
      for (const code of codes) assert.equal((await client.reply()).slice(0, 3), code)
      assert.equal(await client.line(), null)
      assert.deepEqual(
        server.mails.map(({ content }) => content),
        [body],
      )
    }),
    { numRuns: 60 },
  )
})

test('sessions of mutated bytes: every one is answered or ended, and the server goes on', {
  timeout: 60_000,
}, async () => {
  const seed = rerun ?? Math.floor(Math.random() * 2 ** 31)
  let state = seed
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * below)
  }
  const pieces = [
    'EHLO a\r\n',
    'HELO a\r\n',
    envelope,
    'DATA\r\n',
    'x\r\n.\r\n',
    '.\r\n',
    'BDAT 5\r\n',
    'BDAT 3 LAST\r\n',
    'abc',
    'RSET\r\n',
    'STARTTLS\r\n',
    'XCLIENT ADDR=1.2.3.4\r\n',
    'XFORWARD NAME=x\r\n',
    'NOOP\r\n',
    '\0',
    '\r',
    '\n',
    '\xff\xfe',
    'A'.repeat(3000),
    'MAIL FROM:<',
    '>',
    ' SIZE=',
    '9'.repeat(30),
    'QUIT\r\n',
    'VRFY\r\n',
    '\x16\x03\x01',
  ] // prettier-ignore
  const context = createSecureContext({ key: testKey, cert: testCertificate })
  await using server = await startTestServer({
    wire: { secureContext: () => context },
    options: { errors_per_session: 1000 },
  })
  try {
    for (let round = 0; round < 400; round++) {
      const client = await TestClient.connect(server.port)
      for (let i = random(12); i >= 0; i--) {
        let bytes = ''
        for (let j = random(8); j >= 0; j--) bytes += pieces[random(pieces.length)]
        const at = random(bytes.length)
        if (random(3) === 0)
          bytes = bytes.slice(0, at) + String.fromCharCode(random(256)) + bytes.slice(at + random(4))
        client.send(bytes)
        if (random(3) === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      if (random(2) === 0) client.socket.destroy()
      else client.socket.end()
      while ((await client.line()) !== null);
      client.socket.destroy()
    }
    await using after = await inData(server.port)
    assert.equal(await after.ask('x\r\n.\r\n'), '250 2.0.0 Ok')
    assert.deepEqual(
      server.events.filter(({ kind }) => kind === 'failure'),
      [],
    )
    await after.ask('QUIT\r\n')
    await settled(() => server.wire.load.mails === 0)
  } catch (error) {
    throw new Error(`to see this again set rerun = ${seed}`, { cause: error })
  }
})
