/** Who is slow, greedy or gone must not keep others out; and the time that we take is not the client's. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Reply } from '../../mail/reply.ts'
import { TestClient } from './testing/client.ts'
import { startTestServer } from './testing/server.ts'

const ok: Reply = { code: 250, status: '2.0.0', text: 'Ok' }
const envelope = 'MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\n'

async function session(port: number, from?: string): Promise<TestClient> {
  const client = await TestClient.connect(port, from)
  assert.match(await client.reply(), /^220 /)
  await client.ask('EHLO client.example\r\n')
  return client
}

/** Gives an envelope and DATA; the answer to DATA. */
async function data(client: TestClient): Promise<string> {
  client.send(`${envelope}DATA\r\n`)
  await client.reply()
  await client.reply()
  return client.reply()
}

const settled = async (seen: () => boolean): Promise<void> => {
  while (!seen()) await new Promise((resolve) => setImmediate(resolve))
}
/** Lets what was sent arrive, where nothing shows it. */
const arrived = async (): Promise<void> => {
  for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve))
}

test('when no more mails are taken, the one that drips slowest gives way; one that flows does not', async () => {
  let bytes = 0
  await using server = await startTestServer({
    options: { mails_in_flight: 3 },
    write(piece) {
      bytes += piece.length
      return undefined
    },
  })
  const clients = await Promise.all(Array.from({ length: 5 }, () => session(server.port)))
  const [flowing, dripping, silent, next, last] = clients as [
    TestClient,
    TestClient,
    TestClient,
    TestClient,
    TestClient,
  ]
  for (const client of [flowing, dripping, silent]) assert.match(await data(client), /^354 /)
  flowing.send(`${'x'.repeat(48)}\r\n`.repeat(400))
  dripping.send('a few bytes\r\n')
  await settled(() => bytes >= 16_000)
  await server.clock.turn(9_000)
  assert.equal(await data(next), '452 4.3.1 Too many mails on their way in, try again later')
  await server.clock.turn(2_000)
  assert.match(await next.ask('DATA\r\n'), /^354 /)
  assert.equal(await silent.reply(), '421 4.4.2 Message comes too slowly while others wait, closing')
  assert.match(await data(last), /^354 /)
  assert.match(await dripping.reply(), /^421 4\.4\.2 /)
  for (const client of [flowing, next, last]) assert.equal(await client.ask('x\r\n.\r\n'), '250 2.0.0 Ok')
  assert.equal(server.aborted, 2)
  assert.equal(server.wire.load.mails, 0)
  assert.equal(server.wire.load.incoming.size, 0)
  for (const client of clients) await client[Symbol.asyncDispose]()
})

test('when all connections are taken by mails that drip, the slowest makes room', async () => {
  await using server = await startTestServer({ options: { connections: 1 } })
  await using dripping = await session(server.port)
  assert.match(await data(dripping), /^354 /)
  await server.clock.turn(11_000)
  await using next = await session(server.port)
  assert.match(await dripping.reply(), /^421 4\.4\.2 /)
  assert.equal(await next.ask('NOOP\r\n'), '250 2.0.0 Ok')
})

test('nobody makes room for one who has too many connections already', async () => {
  await using server = await startTestServer({
    options: { connections: 2, connections_per_client: 1, trusted_peers: [] },
  })
  await using other = await session(server.port, '127.0.0.2')
  await using _own = await session(server.port)
  await server.clock.turn(6_000)
  await using greedy = await TestClient.connect(server.port)
  assert.match(await greedy.reply(), /^421 4\.7\.0 /)
  assert.equal(await other.ask('NOOP\r\n'), '250 2.0.0 Ok')
})

test('a mail whose client has left counts for as long as it is being decided', async () => {
  const answers: (() => void)[] = []
  await using server = await startTestServer({
    options: { mails_in_flight: 1 },
    answer: () => new Promise((resolve) => answers.push(() => resolve([ok]))),
  })
  await using leaving = await session(server.port)
  await data(leaving)
  leaving.send('x\r\n.\r\n')
  await settled(() => answers.length === 1)
  leaving.socket.resetAndDestroy()
  await settled(() => server.aborted === 1)
  await using next = await session(server.port)
  assert.match(await data(next), /^452 4\.3\.1 /)
  await server.clock.turn(11_000)
  assert.match(await next.ask('DATA\r\n'), /^452 4\.3\.1 /)
  answers[0]!()
  await settled(() => server.wire.load.mails === 0)
  assert.match(await next.ask('DATA\r\n'), /^354 /)
})

test('the time that we take ourselves does not count as the silence of the client', async () => {
  let release: (() => void) | undefined
  await using server = await startTestServer({
    options: { idle_timeout_s: 300 },
    write: () => (release ? undefined : new Promise<void>((resolve) => (release = resolve))),
  })
  await using client = await session(server.port)
  await data(client)
  client.send(`${'x'.repeat(9_000)}\r\n`)
  await settled(() => release !== undefined)
  await server.clock.turn(301_000)
  release!()
  await arrived()
  await server.clock.turn(200_000)
  assert.equal(await client.ask('y\r\n.\r\n'), '250 2.0.0 Ok')
})

test('octets that nobody wants have a deadline, too', async () => {
  await using server = await startTestServer({ options: { data_deadline_s: 600 } })
  await using client = await session(server.port)
  client.send('BDAT 100000 LAST\r\n')
  for (let i = 0; i < 6; i++) {
    client.send('x')
    await arrived()
    await server.clock.turn(101_000)
  }
  assert.equal(await client.reply(), '421 4.4.2 Message took too long, closing')
})

test('when the time for stopping is up, what is being decided is told to hurry and gets its answer', async () => {
  let answer: (() => void) | undefined
  const server = await startTestServer({
    options: { stop_deadline_s: 10 },
    answer: () => new Promise((resolve) => (answer = () => resolve([ok]))),
  })
  await using deciding = await session(server.port)
  await data(deciding)
  deciding.send('x\r\n.\r\n')
  await settled(() => answer !== undefined)
  const stopped = server[Symbol.asyncDispose]()
  await server.clock.turn(9_000)
  assert.equal(server.hurried, 0)
  await server.clock.turn(1_000)
  assert.equal(server.hurried, 1)
  answer!()
  assert.equal(await deciding.reply(), '250 2.0.0 Ok')
  assert.match(await deciding.reply(), /^421 4\.3\.2 /)
  deciding.socket.end()
  await stopped
})

test('content that came before our 354 ends the session, wherever it waited', async () => {
  const answers: (() => void)[] = []
  await using server = await startTestServer({
    answer: () => new Promise((resolve) => answers.push(() => resolve([ok]))),
  })
  await using client = await session(server.port)
  await data(client)
  client.send('x\r\n.\r\n')
  await settled(() => answers.length === 1)
  client.send(`${envelope}DATA\r\n`)
  await arrived()
  client.send('Subject: smuggled\r\n\r\n.\r\n')
  await arrived()
  answers[0]!()
  for (const code of ['250', '250', '250', '554']) assert.equal((await client.reply()).slice(0, 3), code)
  assert.equal(server.mails.length, 1)
})
