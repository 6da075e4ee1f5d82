/** The path with a real store, real rules and scanners, and a next hop that does as a test says. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { boundTo } from '../../test/bound.ts'
import { openTestStore, type TestStore } from '../../test/store.ts'
import type { Courier, CourierOutcome, Parcel } from '../delivery/courier.ts'
import { replyLine } from '../mail/reply.ts'
import { gtube } from '../mail/test-patterns.ts'
import { defaultsOf } from '../options.ts'
import { compilePolicy } from '../policy/compile.ts'
import { defaultAreas, defaultRules } from '../policy/defaults.ts'
import { scanOptions } from '../scan/options.ts'
import type { Scanner } from '../scan/scanner.ts'
import { scannersOf } from '../scan/scanners.ts'
import type { Engine } from '../store/engine.ts'
import { parseId } from '../store/ids.ts'
import { smtpOptions } from './options.ts'
import { createReceiver, type ReceiveParts } from './receive.ts'
import type { Reception } from './reception.ts'

const policy = compilePolicy(
  defaultAreas,
  [
    { name: 'Refused', who: { recipients: ['refused@example.org'] }, disposition: 'reject', area: 'Review' },
    { name: 'Later', who: { recipients: ['later@example.org'] }, disposition: 'defer' },
    { name: 'Held', who: { recipients: ['held@example.org'] }, disposition: 'quarantine', area: 'Review' },
    ...defaultRules,
  ],
  { onScannerFailure: 'hold', unscannedArea: 'Unscanned', ownDomains: [] },
)

interface Setting extends AsyncDisposable {
  store: TestStore
  /** Messages before this one are of other tests. */
  after: number
  /** What the next hop got: whole mails as text. */
  carried: { parcel: Parcel; text: string }[]
  send(recipients: string[], text?: string, via?: 'smtp' | 'lmtp'): Promise<string[]>
  begin(recipients: string[], via?: 'smtp' | 'lmtp'): Reception
}

const clean = 'From: a@example.org\r\nSubject: hello\r\n\r\nhello\r\n'

let shared: Promise<TestStore> | undefined
after(async () => (await shared)?.[Symbol.asyncDispose]())

interface Ways extends Partial<ReceiveParts> {
  /** What the next hop says to a recipient. */
  hop?: (address: string) => CourierOutcome
  /** A store of its own, with this engine. */
  wrap?: (engine: Engine) => Engine
  /** How far the clock is ahead, ms. */
  ahead?: () => number
}

async function setUp({ wrap, ahead, ...more }: Ways = {}): Promise<Setting> {
  shared ??= openTestStore('sqlite', undefined)
  const store = wrap ? await openTestStore('sqlite', undefined, { wrap }) : await shared
  const carried: Setting['carried'] = []
  const hop =
    more.hop ??
    (() => ({ outcome: 'delivered', reply: { code: 250, status: '2.0.0', text: 'taken' }, text: '' }))
  const nextHop: Courier = {
    async carry(parcel, signal) {
      signal.throwIfAborted()
      const pieces: Uint8Array[] = [parcel.trace]
      for await (const piece of parcel.content()) pieces.push(piece)
      carried.push({ parcel, text: Buffer.concat(pieces).toString('latin1') })
      const outcomes = parcel.recipients.map(({ address }) => hop(address))
      return { host: 'hop', tls: '', tookMs: 0, outcomes }
    },
    async [Symbol.asyncDispose]() {},
  }
  const scanners = scannersOf(defaultsOf(scanOptions))
  const parts: ReceiveParts = {
    policy: () => policy,
    scanners: () => scanners,
    scanDeadlineMs: () => 10_000,
    authenticationOf: () => ['mx.example; spf=pass'],
    nextHop,
    options: () => defaultsOf(smtpOptions),
    hostname: () => 'mx.example',
    ...more,
  }
  const { clock } = store.ctx
  const skewed = { ...store.ctx, clock: { ...clock, now: () => clock.now() + (ahead?.() ?? 0) } }
  const receiver = createReceiver(skewed, parts)
  store.told.length = 0
  const begin: Setting['begin'] = (addresses, via = 'smtp') =>
    receiver.begin({
      via,
      sender: 'sender@example.org',
      recipients: addresses.map((address) => ({ address, parameters: {} })),
      body: '8BITMIME',
      smtputf8: false,
      client: { ip: '192.0.2.1', port: 25, name: 'c.example', helo: 'c', protocol: 'ESMTP' },
      peerIp: '127.0.0.1',
    })
  return {
    store,
    carried,
    after: store.ctx.db.ids.next(),
    begin,
    async send(addresses, text = clean, via = 'smtp') {
      const reception = begin(addresses, via)
      const bytes = Buffer.from(text, 'latin1')
      for (let i = 0; i < bytes.length; i += 65_536) await reception.write(bytes.subarray(i, i + 65_536))
      return (await reception.end()).map(replyLine)
    },
    async [Symbol.asyncDispose]() {
      await receiver[Symbol.asyncDispose]()
      if (wrap) await store[Symbol.asyncDispose]()
    },
  }
}

const table = async ({ store, after }: Setting) => {
  const { read } = store.ctx.db
  const messages = await read
    .selectFrom('messages')
    .selectAll()
    .where('id', '>', after)
    .orderBy('id')
    .execute()
  const holdings = await read.selectFrom('holdings').selectAll().orderBy('message_id').orderBy('n').execute()
  return messages.map((message) => ({
    ...message,
    copies: holdings
      .filter((each) => each.message_id === message.id)
      .map(({ address, state }) => `${address} ${state}`),
  }))
}

const contentOf = async ({ store }: Setting, id: number) => {
  const pieces: Uint8Array[] = []
  for await (const piece of store.ctx.content.open(id)) pieces.push(piece)
  return Buffer.concat(pieces).toString('latin1')
}

test('clean mail goes to the next hop below one trace line, its answer is ours, and nothing is kept', async () => {
  await using setting = await setUp()
  assert.deepEqual(await setting.send(['a@example.org', 'b@example.org']), ['250 2.0.0 taken'])
  const [{ parcel, text }] = setting.carried as [Setting['carried'][number]]
  assert.match(
    text,
    /^Received: from c \(c\.example \[192\.0\.2\.1\]\)[\s\S]*? by mx\.example with ESMTP\s[\s\S]*?\r\nFrom: a@/,
  )
  assert.ok(text.endsWith(clean))
  assert.equal(text.length, parcel.size)
  assert.equal(parcel.sender, 'sender@example.org')
  assert.equal(parcel.body, '8BITMIME')
  assert.deepEqual(parcel.client, { ip: '192.0.2.1', name: 'c.example', helo: 'c' })
  assert.deepEqual(await table(setting), [])
  assert.ok(setting.store.told.some((event) => event.kind === 'passed' && event.recipients === 2))
})

test('held mail is answered 250 with its id, is there byte by byte, and goes nowhere', async () => {
  await using setting = await setUp()
  const [reply] = await setting.send(['held@example.org', 'Held@Example.org'])
  const id = parseId(/^250 2\.0\.0 Ok: held as (\w+)$/.exec(reply!)![1]!)
  const [message] = await table(setting)
  assert.equal(message!.id, id)
  assert.deepEqual(message!.copies, ['held@example.org held', 'Held@Example.org held'])
  assert.equal(message!.rule, 'Held')
  assert.equal(message!.authentication, '["mx.example; spf=pass"]')
  assert.equal(await contentOf(setting, message!.content_id), clean)
  assert.deepEqual(setting.carried, [])
  assert.ok(setting.store.told.some((event) => event.kind === 'held' && event.area === 'Review'))
})

test('recipients who disagree: held first, then passed; what the next hop refuses is taken into custody', async () => {
  const words: Record<string, CourierOutcome> = {
    later: { outcome: 'deferred', reply: { code: 450, status: '4.2.0', text: 'wait' }, text: '' },
    never: {
      outcome: 'failed',
      reply: { code: 550, status: '5.1.1', text: 'unknown\r\n250 injected' },
      text: '',
    },
    good: { outcome: 'delivered', reply: { code: 250, status: '2.0.0', text: 'taken' }, text: '' },
  }
  await using setting = await setUp({ hop: (address) => words[address.slice(0, address.indexOf('.'))]! })
  const replies = await setting.send([
    'good.a@x',
    'held@example.org',
    'later.a@x',
    'never.a@x',
    'refused@example.org',
  ])
  assert.match(replies.join(), /^250 2\.0\.0 Ok: held as \w+$/)
  const messages = await table(setting)
  assert.deepEqual(
    messages.map(({ copies, area }) => [area, ...copies]),
    [
      ['Review', 'held@example.org held'],
      ['Review', 'refused@example.org held'],
      ['Review', 'later.a@x releasing'],
      ['Review', 'never.a@x release-failed'],
    ],
  )
  assert.equal(new Set(messages.map(({ content_id }) => content_id)).size, 1)
  assert.equal(await contentOf(setting, messages[0]!.content_id), clean)
  assert.doesNotMatch(messages[3]!.explanation, /[\r\n]/)
  const due = await setting.store.ctx.db.read
    .selectFrom('deliveries')
    .selectAll()
    .where('id', '>', setting.after)
    .execute()
  assert.deepEqual(
    due.map(({ address, state }) => `${address} ${state}`),
    ['later.a@x due'],
  )
  assert.deepEqual(
    setting.carried[0]!.parcel.recipients.map(({ address }) => address),
    ['good.a@x', 'later.a@x', 'never.a@x'],
  )
})

test('clean mail that the next hop takes for some only: one yes, the others in custody', async () => {
  await using setting = await setUp({
    hop: (address) =>
      address.startsWith('good')
        ? { outcome: 'delivered', reply: { code: 250, status: '2.0.0', text: 'taken' }, text: '' }
        : { outcome: 'failed', reply: { code: 550, status: '5.1.1', text: 'unknown' }, text: '' },
  })
  assert.deepEqual(await setting.send(['bad@x', 'good@x']), ['250 2.0.0 taken'])
  assert.deepEqual(
    (await table(setting)).map(({ copies }) => copies),
    [['bad@x release-failed']],
  )
  assert.equal(await contentOf(setting, (await table(setting))[0]!.content_id), clean)
  assert.deepEqual(await setting.send(['bad@x']), ['550 5.1.1 unknown'])
  assert.equal((await table(setting)).length, 1)
})

test('LMTP: everybody has an answer of his own', async () => {
  await using setting = await setUp({
    hop: () => ({ outcome: 'deferred', reply: null, text: 'connection refused' }),
  })
  const replies = await setting.send(
    ['a@x', 'held@example.org', 'refused@example.org', 'later@example.org'],
    clean,
    'lmtp',
  )
  assert.deepEqual(
    replies.map((reply) => reply.slice(0, 9)),
    ['451 4.4.1', '250 2.0.0', '550 5.7.1', '451 4.7.1'],
  )
  assert.deepEqual(
    (await table(setting)).map(({ copies }) => copies),
    [['held@example.org held']],
  )
})

test('a mail that goes round in circles is refused', async () => {
  await using setting = await setUp()
  const text = `${'Received: from a by b\r\n'.repeat(51)}${clean}`
  assert.deepEqual(
    await setting.send(['a@x', 'b@x'], text, 'lmtp'),
    Array(2).fill('554 5.4.6 Too many hops: the mail goes round in circles'),
  )
  assert.deepEqual(await setting.send(['a@x'], text.slice(text.indexOf('\n') + 1)), ['250 2.0.0 taken'])
})

test('a test pattern is found and held, a large message keeps its bytes', async () => {
  await using setting = await setUp()
  const spam = `${clean}${gtube}\r\n`
  const [reply] = await setting.send(['a@x'], spam)
  assert.match(reply!, /^250 2\.0\.0 Ok: held/)
  const big = `${clean}${'0123456789'.repeat(7)}\r\n`.repeat(40_000)
  await setting.send(['held@example.org'], big)
  const messages = await table(setting)
  assert.deepEqual(
    messages.map(({ area, reason }) => `${area} ${reason}`),
    ['Spam spam', 'Review policy'],
  )
  assert.equal(await contentOf(setting, messages[1]!.content_id), big)
})

test('whatever fails is answered 451, kept nowhere, and told', async () => {
  const broken: Partial<ReceiveParts>[] = [
    { policy: () => assert.fail('policy') },
    { scanners: () => assert.fail('scanners') },
    { authenticationOf: () => assert.fail('authentication') },
  ]
  for (const parts of broken) {
    await using setting = await setUp(parts)
    assert.deepEqual(
      await setting.send(['held@example.org', 'a@x'], clean, 'lmtp'),
      Array(2).fill('451 4.3.0 Local error, try again later'),
    )
    assert.deepEqual(await table(setting), [])
    assert.deepEqual(setting.carried, [])
    assert.ok(setting.store.told.some(({ kind }) => kind === 'failure'))
  }
})

test('when nothing can be made durable, nothing is passed on either', async () => {
  await using setting = await setUp({
    wrap: (engine) => ({
      ...boundTo(engine),
      commit: async () => {
        throw new Error('disk full')
      },
    }),
  })
  assert.deepEqual(await setting.send(['held@example.org', 'a@x']), [
    '451 4.3.0 Local error, try again later',
  ])
  assert.deepEqual(await setting.send(['held@example.org'], 'x'.repeat(3_000_000)), [
    '451 4.3.0 Local error, try again later',
  ])
  assert.deepEqual(setting.carried, [])
  assert.deepEqual(await table(setting), [])
})

test('no room on the disk is told as such', async () => {
  for (const why of [
    'not kept: database or disk is full',
    'could not extend file: No space left on device',
  ]) {
    await using setting = await setUp({
      wrap: (engine) => ({ ...boundTo(engine), commit: () => Promise.reject(new Error(why)) }),
    })
    assert.deepEqual(await setting.send(['held@example.org']), [
      '452 4.3.1 Not enough room on the disk, try again later',
    ])
  }
})

test('a client that leaves while scanners think leaves nothing; one that waits too long is told so', async () => {
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<null>()
  const slow: Scanner = {
    name: 'slow',
    scan() {
      asked.resolve()
      return answer.promise
    },
  }
  await using left = await setUp({ scanners: () => [slow] })
  const reception = left.begin(['held@example.org'])
  reception.write(Buffer.from(clean))
  const replies = reception.end()
  await asked.promise
  reception.abort()
  answer.resolve(null)
  assert.deepEqual((await replies).map(replyLine), ['451 4.3.0 The client left before our answer'])
  assert.deepEqual(await table(left), [])
  assert.deepEqual(
    left.store.told.map(({ kind }) => kind),
    ['refused'],
  )

  let late = 0
  await using slowly = await setUp({
    ahead: () => late,
    policy() {
      late = 60_000
      return policy
    },
  })
  assert.deepEqual(await slowly.send(['held@example.org']), [
    '451 4.3.0 Could not be decided in time, try again later',
  ])
  assert.deepEqual(await table(slowly), [])
})

test('told to hurry, it does not wait for scanners, and nothing is kept', async () => {
  const thinking = Promise.withResolvers<AbortSignal>()
  const slow: Scanner = {
    name: 'slow',
    scan: (_, signal) =>
      new Promise((_, reject) => {
        thinking.resolve(signal)
        signal.addEventListener('abort', () => reject(signal.reason))
      }),
  }
  await using setting = await setUp({ scanners: () => [slow] })
  const reception = setting.begin(['a@x'])
  reception.write(Buffer.from(clean))
  const replies = reception.end()
  await thinking.promise
  reception.hurry?.()
  assert.deepEqual((await replies).map(replyLine), [
    '451 4.3.0 Could not be decided in time, try again later',
  ])
  assert.deepEqual([await table(setting), setting.carried], [[], []])
})

test('told to hurry, it waits for a next hop that may have taken the mail already', async () => {
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  const nextHop: Courier = {
    async carry({ recipients }, signal) {
      asked.resolve()
      await answer.promise
      const outcome = signal.aborted ? 'deferred' : 'delivered'
      const reply = { code: 250, status: '2.0.0', text: 'taken' }
      return {
        host: 'hop',
        tls: '',
        tookMs: 0,
        outcomes: recipients.map(() => ({ outcome, reply, text: '' })),
      }
    },
    async [Symbol.asyncDispose]() {},
  }
  await using setting = await setUp({ nextHop })
  const reception = setting.begin(['a@x'])
  reception.write(Buffer.from(clean))
  const replies = reception.end()
  await asked.promise
  reception.hurry?.()
  answer.resolve()
  assert.deepEqual((await replies).map(replyLine), ['250 2.0.0 taken'])
})
