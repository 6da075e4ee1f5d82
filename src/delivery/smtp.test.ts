/** The courier against next hops that behave, misbehave, hang and vanish at every stage. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { carryOnce, courierTo, never, parcel, text, trace, word } from './testing/carry.ts'
import { type Answer, type FakeHop, fakeHop, type Script } from './testing/fake-hop.ts'

const at =
  (step: string, answer: Answer): NonNullable<Script['answer']> =>
  (here) =>
    here === step ? answer : undefined

for (const [name, script] of [
  ['DATA, pipelined', {}],
  ['DATA, one command at a time', { offers: [] }],
  ['BDAT', { offers: ['PIPELINING', 'CHUNKING'] }],
  ['BDAT, one command at a time', { offers: ['CHUNKING'] }],
] as [string, Script][])
  test(`${name}: the bytes arrive as they are, below the trace`, async () => {
    const { outcomes, hop } = await carryOnce(script, parcel({ to: ['b@y.example', '"odd name"@y.example'] }))
    assert.deepEqual(outcomes.map(word), ['delivered', 'delivered'])
    assert.deepEqual(outcomes[0]?.reply, { code: 250, status: '2.0.0', text: 'kept' })
    assert.equal(hop.mails.length, 1)
    assert.deepEqual(hop.mails[0]?.recipients, ['b@y.example', '"odd name"@y.example'])
    assert.deepEqual(hop.mails[0]?.bytes, Buffer.concat([trace, text]))
  })

test('every fault at every stage is an outcome, and nothing is delivered', async () => {
  const stages: [step: string, answer: Answer, outcome: string, words: RegExp][] = [
    ['connect', '421 too busy', 'deferred', /too busy/],
    ['connect', '554 go away', 'deferred', /go away/],
    ['connect', 'hang', 'deferred', /time-out.*greeting/],
    ['connect', 'close', 'deferred', /closed|ECONNRESET/],
    ['connect', 'SSH-2.0-x', 'deferred', /no reply/],
    ['EHLO', '421 busy', 'deferred', /busy/],
    ['EHLO', 'hang', 'deferred', /time-out.*EHLO/],
    ['EHLO', 'close', 'deferred', /closed|ECONNRESET/],
    ['MAIL', '451 4.3.0 later', 'deferred', /later/],
    ['MAIL', '550 5.7.1 never', 'failed', /never/],
    ['MAIL', '354 what', 'deferred', /out of turn/],
    ['MAIL', 'hang', 'deferred', /time-out.*MAIL/],
    ['MAIL', 'close', 'deferred', /closed|ECONNRESET/],
    ['MAIL', '250-one\r\n550 two', 'deferred', /two codes/],
    ['RCPT', '450 4.2.1 greylisted', 'deferred', /greylisted/],
    ['RCPT', '550 5.1.1 unknown', 'failed', /unknown/],
    ['RCPT', 'hang', 'deferred', /time-out.*RCPT/],
    ['RCPT', 'close', 'deferred', /closed|ECONNRESET/],
    ['DATA', '451 later', 'deferred', /later/],
    ['DATA', '554 never', 'failed', /never/],
    ['DATA', '250 what', 'deferred', /out of turn/],
    ['DATA', 'hang', 'deferred', /time-out.*DATA/],
    ['DATA', 'close', 'deferred', /closed|ECONNRESET/],
    ['.', '451 4.7.1 later', 'deferred', /later/],
    ['.', '554 5.7.1 virus', 'failed', /virus/],
    ['.', '354 what', 'deferred', /may have arrived/],
    ['.', 'hang', 'deferred', /time-out.*may have arrived/],
    ['.', 'close', 'deferred', /may have arrived/],
    ['.', `250${'-x'.repeat(70_000)}`, 'deferred', /longer than 64 KB/],
  ]
  for (const [step, answer, outcome, words] of stages)
    for (const offers of [['PIPELINING'], [], ['PIPELINING', 'CHUNKING']]) {
      if (offers.includes('CHUNKING') && step === 'DATA') continue
      const name = `${step} ${answer?.slice(0, 20)} ${offers}`
      const here = step === '.' && offers.includes('CHUNKING') ? 'BDAT' : step
      const { outcomes, hop } = await carryOnce({ offers, answer: at(here, answer) }, parcel(), {
        command_timeout_s: 0.05,
        data_timeout_s: 0.05,
      })
      assert.equal(word(outcomes[0]), outcome, name)
      assert.match(`${outcomes[0]?.reply?.text} ${outcomes[0]?.text}`, words, name)
      if (step !== '.') assert.equal(hop.mails.length, 0, name)
    }
})

test('a port where nobody listens is deferred, for everybody who waits, at once', async () => {
  let port = 0
  {
    await using gone = await fakeHop()
    port = gone.port
  }
  await using courier = courierTo({ port }, { connections: 1 })
  const reports = await Promise.all(Array.from({ length: 50 }, () => courier.carry(parcel(), never())))
  for (const { outcomes } of reports) {
    assert.equal(word(outcomes[0]), 'deferred')
    assert.match(outcomes[0]!.text, /ECONNREFUSED/)
  }
})

test('recipients get the answers that are theirs', async () => {
  const answer: Script['answer'] = (step, line) =>
    step !== 'RCPT'
      ? undefined
      : line.includes('<no@')
        ? '550 5.1.1 no'
        : line.includes('<wait@')
          ? '450 wait'
          : undefined
  const to = ['no@y.example', 'yes@y.example', 'wait@y.example', 'evil@y.example>\r\nRCPT TO:<x@z.example']
  const { outcomes, hop } = await carryOnce({ answer }, parcel({ to }))
  assert.deepEqual(outcomes.map(word), ['failed', 'delivered', 'deferred', 'failed'])
  assert.match(outcomes[3]!.text, /5\.1\.3/)
  assert.deepEqual(hop.mails[0]?.recipients, ['yes@y.example'])
})

test('LMTP: one answer for each accepted recipient', async () => {
  for (const offers of [['PIPELINING'], ['PIPELINING', 'CHUNKING'], []]) {
    const script: Script = {
      lmtp: true,
      offers,
      answer: (step, line) =>
        step === 'RCPT' && line.includes('<no@')
          ? '550 no'
          : (step === '.' || step === 'BDAT') && line === 'full@y.example'
            ? '452 4.2.2 full'
            : undefined,
    }
    const { outcomes, hop } = await carryOnce(
      script,
      parcel({ to: ['a@y.example', 'no@y.example', 'full@y.example'] }),
      {
        protocol: 'lmtp',
      },
    )
    assert.deepEqual(outcomes.map(word), ['delivered', 'failed', 'deferred'])
    assert.deepEqual(hop.mails[0]?.recipients, ['a@y.example'])
    assert.ok(hop.commands[0]?.startsWith('LHLO '))
  }
})

test('connections are kept, limited, and a refusal does not spoil the next mail', async () => {
  await using hop = await fakeHop({
    answer: (step, line) => (step === 'RCPT' && line.includes('<no@') ? '550 no' : undefined),
  })
  await using courier = courierTo(hop, { connections: 3 })
  const sent = await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      courier.carry(parcel({ to: [i % 2 ? 'no@y.example' : 'b@y.example'] }), never()),
    ),
  )
  assert.equal(sent.filter((report) => word(report.outcomes[0]) === 'delivered').length, 30)
  assert.equal(hop.mails.length, 30)
  assert.equal(hop.connections, 3)
})

const goneIdle = async (hop: FakeHop, spoil: Script['answer']) => {
  await using courier = courierTo(hop)
  assert.equal(word((await courier.carry(parcel(), never())).outcomes[0]), 'delivered')
  hop.script.answer = spoil
  return (await courier.carry(parcel(), never())).outcomes[0]
}

test('a kept connection that the server is done with is replaced once', async () => {
  for (const answer of ['421 4.4.2 time is up', 'close'] as const) {
    await using hop = await fakeHop()
    const outcome = await goneIdle(hop, (step, _line, count) =>
      step === 'MAIL' && count === 2 ? answer : undefined,
    )
    assert.equal(word(outcome), 'delivered', answer)
    assert.equal(hop.mails.length, 2)
    assert.equal(hop.connections, 2)
  }
  await using hop = await fakeHop()
  const outcome = await goneIdle(hop, (step) => (step === 'MAIL' ? '421 always' : undefined))
  assert.equal(word(outcome), 'deferred', 'a second refusal is an answer')
  assert.equal(hop.connections, 2)
})

test('content that ends in an error is never completed', async () => {
  for (const offers of [['PIPELINING'], ['CHUNKING']]) {
    const content = async function* () {
      yield text
      throw new Error('what is stored is not what was received')
    }
    const { outcomes, hop } = await carryOnce({ offers }, parcel({ content }))
    assert.equal(word(outcomes[0]), 'deferred')
    assert.match(outcomes[0]!.text, /cannot be read.*not what was received/)
    assert.equal(hop.mails.length, 0)
  }
})

test('bytes that could end DATA early are sent by BDAT or not at all', async () => {
  const smuggled = 'MAIL FROM:<evil@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\nhidden\r\n.\r\n'
  const ends = [
    '\n.\n',
    '\n.\r\n',
    '\r.\r',
    '\r\n.\r',
    '\r\n.\n',
    '\r.\r\n',
    '\n.\r',
    '\r\n\0.\r\n',
    '\r\n.\0\r\n',
    '\n\n.\r\n',
  ]
  for (const end of ends)
    for (const split of [1, 7, 1000]) {
      const bytes = Buffer.from(`Subject: x\r\n\r\nfirst${end}${smuggled}`)
      const content = async function* () {
        for (let i = 0; i < bytes.length; i += split) yield bytes.subarray(i, i + split)
      }
      const data = await carryOnce({}, parcel({ content, size: 100 }))
      assert.equal(word(data.outcomes[0]), 'failed', JSON.stringify(end))
      assert.match(data.outcomes[0]!.text, /bare|NUL/)
      assert.equal(data.hop.mails.length, 0)
      assert.ok(!data.hop.commands.some((line) => line.includes('evil')))
      if (split !== 1000) continue
      const bdat = await carryOnce({ offers: ['CHUNKING'] }, parcel({ content, size: 100 }))
      assert.equal(word(bdat.outcomes[0]), 'delivered')
      assert.deepEqual(bdat.hop.mails[0]?.bytes, Buffer.concat([trace, bytes]))
    }
})

test('a large message goes in pieces, and an early refusal stops it', async () => {
  const piece = Buffer.from('0123456789abcdef\r\n'.repeat(14_564)) // 256 KB
  const content = async function* () {
    for (let i = 0; i < 12; i++) yield piece
  }
  for (const offers of [['PIPELINING'], ['CHUNKING']]) {
    const { outcomes, hop } = await carryOnce({ offers }, parcel({ content, size: 12 * piece.length }))
    assert.equal(word(outcomes[0]), 'delivered')
    assert.equal(hop.mails[0]?.bytes.length, trace.length + 12 * piece.length)
  }
  const { outcomes, hop } = await carryOnce(
    {
      offers: ['CHUNKING'],
      answer: (step, _line, count) => (step === 'BDAT' && count === 3 ? '552 5.3.4 too big' : undefined),
    },
    parcel({ content, size: 1 }),
  )
  assert.equal(word(outcomes[0]), 'failed')
  assert.equal(hop.mails.length, 0)
})

test('being told to stop cuts the line, and the outcome is deferred', async () => {
  await using hop = await fakeHop({ answer: at('DATA', 'hang') })
  await using courier = courierTo(hop, { connections: 1 })
  const stop = new AbortController()
  const [first, waiting] = [courier.carry(parcel(), stop.signal), courier.carry(parcel(), stop.signal)]
  while (!hop.commands.includes('DATA')) await new Promise(setImmediate)
  stop.abort()
  for (const report of [await first, await waiting]) assert.match(report.outcomes[0]!.text, /stopped/)
  assert.equal(hop.mails.length, 0)
})

test('closing does not wait for a server that never greets', async () => {
  await using hop = await fakeHop({ answer: at('connect', 'hang') })
  const courier = courierTo(hop, { connections: 1 })
  const carried = [courier.carry(parcel(), never()), courier.carry(parcel(), never())]
  while (hop.connections === 0) await new Promise(setImmediate)
  await courier[Symbol.asyncDispose]()
  for (const { outcomes } of await Promise.all(carried)) assert.match(outcomes[0]!.text, /stop/)
})
