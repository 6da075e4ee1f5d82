/**
 * Promise: whatever is in a mail, its bytes are those that came: in over SMTP, held, released, out over SMTP, with the
 * store's real threads and many at once. CONTENTS=500 SEED=2 tries more, and others.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Courier } from '../src/delivery/courier.ts'
import { deliveryOptions } from '../src/delivery/options.ts'
import { courierTo } from '../src/delivery/testing/carry.ts'
import { fakeHop } from '../src/delivery/testing/fake-hop.ts'
import { startWorker } from '../src/delivery/worker.ts'
import { startIntake } from '../src/intake/listen.ts'
import { lmtpOptions, smtpOptions } from '../src/intake/options.ts'
import { TestClient } from '../src/intake/smtp/testing/client.ts'
import { defaultsOf } from '../src/options.ts'
import { compilePolicy } from '../src/policy/compile.ts'
import { release } from '../src/quarantine/release.ts'
import { admin } from '../src/quarantine/testing/held.ts'
import { parseId } from '../src/store/ids.ts'
import { type Random, randomFrom } from '../src/store/search/testing/entries.ts'
import { forEachEngine } from './store.ts'

const count = Number(process.env.CONTENTS ?? 150)
const seed = Number(process.env.SEED ?? 1)
const senders = 6

const kb = 1 << 10
/** Where something begins or ends: looking for plain lines, sockets, small contents, pools, chunks, staging. */
const borders = [0, 1, 2, 3, 16 * kb, 32 * kb, 64 * kb, 96 * kb, 128 * kb, 256 * kb, 512 * kb, 1024 * kb]
const plainTokens = [
  '\r\n',
  '\r\n',
  'a',
  'word ',
  '.',
  '..',
  '\r\n.',
  '\r\n..',
  '\r\n.\r\n',
  '\r\n\r\n',
  '\xe4\xff',
  '\x7f\x01',
]
const wildTokens = [
  ...plainTokens,
  '\r',
  '\n',
  '\0',
  '\r\r\n',
  '\n.\n',
  '\r.\r',
  '\r\n.\n',
  '\n.\r\n',
  '\0.\0',
]

interface Content {
  bytes: Buffer
  /** Only BDAT carries it as it is. */
  wild: boolean
}

function contentOf(random: Random, i: number): Content {
  const border = random.pick(i % 4 === 0 ? borders : borders.slice(0, 8))
  const size = Math.max(0, border + random.pick([-2, -1, 0, 1, 2, random.int(3000)]))
  const wild = random.chance(0.4)
  const tokens = wild ? wildTokens : plainTokens
  const bytes = Buffer.alloc(size)
  const line = random.pick(['x'.repeat(70), 'long'.repeat(200), 'y'])
  // Lines of one length, or noise that does not compress; what is odd lies where the borders are, and anywhere.
  if (random.chance(0.2)) for (let at = 0; at < size; at++) bytes[at] = 32 + random.int(95)
  else if (size > 0) bytes.fill(`${line}\r\n`, 'latin1')
  const all = [0, size - 3, ...borders.map((place) => place - 2), random.int(size + 1)]
  const places = random.chance(0.5) ? all : [random.pick(all.filter((place) => place < size))]
  for (const place of places)
    if (place >= 0 && place < size && random.chance(0.6))
      bytes.write(
        Array.from({ length: 1 + random.int(4) }, () => random.pick(tokens)).join(''),
        place,
        'latin1',
      )
  if (random.chance(0.6) && size >= 2) bytes.write('\r\n', size - 2, 'latin1')
  const text = bytes.toString('latin1')
  return { bytes, wild: /\r(?!\n)|(?<!\r)\n|\0/.test(text) }
}

/** What DATA carries: it cannot say that the last line has no end. */
const ended = (bytes: Buffer) =>
  bytes.length === 0 || bytes.subarray(-2).equals(Buffer.from('\r\n'))
    ? bytes
    : Buffer.concat([bytes, Buffer.from('\r\n')])

async function send(
  client: TestClient,
  { bytes, wild }: Content,
  i: number,
  random: Random,
): Promise<number> {
  const data = !wild && bytes.equals(ended(bytes)) && random.chance(0.5)
  const out = random.chance(0.5) ? 'bdat' : 'data'
  client.send(`MAIL FROM:<${wild ? 'bdat' : out}@example.org> BODY=8BITMIME\r\n`)
  for (const n of [0, 1]) client.send(`RCPT TO:<r${n}.${i}@example.com>\r\n`)
  if (data) client.send('DATA\r\n')
  for (const code of data ? ['250', '250', '250', '354'] : ['250', '250', '250'])
    assert.equal((await client.reply()).slice(0, 3), code)
  const text = bytes.toString('latin1')
  if (data) return held(await client.ask(`${text.replace(/^\./gm, '..')}.\r\n`))
  let at = 0
  while (at < text.length && random.chance(0.6)) {
    const piece = text.slice(at, at + 1 + random.int(text.length))
    client.send(`BDAT ${piece.length}\r\n${piece}`)
    assert.equal((await client.reply()).slice(0, 3), '250')
    at += piece.length
  }
  return held(await client.ask(`BDAT ${text.length - at} LAST\r\n${text.slice(at)}`))
}

function held(reply: string): number {
  assert.match(reply, /^250/)
  return parseId(/[0-9a-hjkmnp-tv-z]{10,}/i.exec(reply)?.[0] ?? '') ?? assert.fail(`no id in ${reply}`)
}

/** What is put before a mail that is released. */
const traceLines = /^Received: .*\r\n(?:[ \t].*\r\n)*X-Lazaret-Release: .*\r\n$/

const policy = compilePolicy([{ name: 'All' }], [{ name: 'All', disposition: 'quarantine', area: 'All' }], {
  onScannerFailure: 'defer',
  unscannedArea: 'All',
  ownDomains: [],
})

forEachEngine((open) => {
  test(`${count} odd contents arrive as they came`, async () => {
    await using store = await open()
    const { ctx } = store
    const random = randomFrom(seed)
    await using hop = await fakeHop({ offers: ['PIPELINING', '8BITMIME', 'BINARYMIME', 'CHUNKING'] })
    await using bdat = courierTo(hop)
    await using data = courierTo(hop, { chunking: false })
    const courier: Courier = {
      carry: (parcel, signal) => (parcel.sender.startsWith('bdat') ? bdat : data).carry(parcel, signal),
      async [Symbol.asyncDispose]() {},
    }
    const options = { ...defaultsOf(smtpOptions), hostname: 'mx.example', bare_newline: 'accept' as const }
    await using intake = await startIntake(
      ctx,
      {
        policy: () => policy,
        scanners: () => [],
        scanDeadlineMs: () => 1000,
        authenticationOf: () => [],
        nextHop: courier,
        pressure: () => null,
      },
      { smtp: { ...options, listen: ['127.0.0.1:0'] }, lmtp: { ...defaultsOf(lmtpOptions), listen: [] } },
    )
    const contents = Array.from({ length: count }, (_, i) => contentOf(random, i))
    const ids: number[] = []
    let next = 0
    const work = async () => {
      await using client = await TestClient.connect(Number(intake.addresses[0]?.split(':').at(-1)))
      await client.reply()
      await client.ask('EHLO client.example\r\n')
      for (let i = next++; i < count; i = next++) ids[i] = await send(client, contents[i]!, i, random)
    }
    await Promise.all(Array.from({ length: senders }, work))

    await using worker = startWorker(ctx, courier, { ...defaultsOf(deliveryOptions), stop_grace_s: 0 })
    // Some mails go to both recipients at once, some in two releases that read one content at the same time.
    const apart = ids.filter((_, i) => i % 3 === 0)
    const recipients = (n: number) => apart.map((id) => `r${n}.${ids.indexOf(id)}@example.com`)
    await Promise.all([
      release(ctx, admin, { ids: ids.filter((_, i) => i % 3 !== 0) }),
      release(ctx, admin, { ids: apart, recipients: recipients(0) }),
      release(ctx, admin, { ids: apart, recipients: recipients(1) }),
    ])
    await worker.drain()

    const got = new Map(hop.mails.flatMap((mail) => mail.recipients.map((to) => [to, mail] as const)))
    for (const [i, { bytes }] of contents.entries())
      for (const n of [0, 1]) {
        const mail = got.get(`r${n}.${i}@example.com`)
        assert.ok(mail, `content ${i} did not arrive`)
        const sent = mail.sender.startsWith('data') ? ended(bytes) : bytes
        const trace = mail.bytes.subarray(0, mail.bytes.length - sent.length).toString('latin1')
        assert.ok(traceLines.test(trace), `content ${i} is another: ${trace.slice(0, 300)}`)
        assert.ok(mail.bytes.subarray(trace.length).equals(sent), `content ${i} is another`)
        const kept = await ctx.db.read
          .selectFrom('messages')
          .select('content_id')
          .where('id', '=', ids[i]!)
          .executeTakeFirstOrThrow()
        const pieces = await Array.fromAsync(ctx.content.open(kept.content_id), (piece) => Buffer.from(piece))
        assert.ok(Buffer.concat(pieces).equals(bytes), `content ${i} is kept as another`)
      }
    assert.equal(got.size, 2 * count)
    assert.equal(store.told.filter(({ kind }) => kind === 'failure').length, 0)
  })
})
