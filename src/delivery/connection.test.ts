/** What a next hop offers decides what is said to it; TLS as the options ask, never less. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { NextHopValues } from './smtp.ts'
import { carryOnce, courierTo, never, parcel, text, trace, word } from './testing/carry.ts'
import { type Answer, certificate, fakeHop, type Script } from './testing/fake-hop.ts'

const at =
  (step: string, answer: Answer): NonNullable<Script['answer']> =>
  (here) =>
    here === step ? answer : undefined

test('what the server offers decides the parameters', async () => {
  const offers = [
    'PIPELINING',
    'SIZE 100000',
    '8BITMIME',
    'SMTPUTF8',
    'DSN',
    'XFORWARD NAME ADDR HELO',
    'CHUNKING',
    'BINARYMIME',
  ]
  const recipients = [
    { address: 'bä@y.example', parameters: { NOTIFY: 'NEVER', ORCPT: 'rfc822;x\r\nRSET', X: 'y' } },
  ]
  const client = { ip: '2001:db8::1', name: null, helo: 'a b\r\nQUIT' }
  const full = await carryOnce({ offers }, parcel({ recipients, body: 'BINARYMIME', client, sender: '' }))
  assert.deepEqual(full.hop.commands.slice(1), [
    'XFORWARD NAME=[UNAVAILABLE] ADDR=IPV6:2001:db8::1 HELO=a+20b+0D+0AQUIT',
    `MAIL FROM:<> SIZE=${trace.length + text.length} BODY=BINARYMIME SMTPUTF8`,
    'RCPT TO:<bä@y.example> NOTIFY=NEVER',
    `BDAT ${trace.length + text.length} LAST`,
  ])
  const none = await carryOnce({ offers: [] }, parcel({ body: '8BITMIME', client }))
  assert.deepEqual(none.hop.commands.slice(1), ['MAIL FROM:<a@x.example>', 'RCPT TO:<b@y.example>', 'DATA'])
  const utf8 = await carryOnce({ offers: [] }, parcel({ recipients }))
  assert.match(utf8.outcomes[0]!.text, /^5\.6\.7 /)
  const size = await carryOnce({ offers: ['SIZE 10'] }, parcel())
  assert.match(size.outcomes[0]!.text, /^5\.3\.4 /)
})

test('TLS: none, opportunistic, required, verified', async () => {
  const offers = ['PIPELINING', 'STARTTLS']
  const cases: [Script, Partial<NextHopValues>, string, RegExp][] = [
    [{ offers }, { tls: 'none' }, 'delivered', /^$/],
    [{ offers }, { tls: 'opportunistic' }, 'delivered', /^TLSv1/],
    [{ offers: [] }, { tls: 'opportunistic' }, 'delivered', /^$/],
    [{ offers, answer: at('STARTTLS', '454 not now') }, { tls: 'opportunistic' }, 'delivered', /^$/],
    [
      { offers, answer: at('STARTTLS', '220 go\r\n250 injected') },
      { tls: 'opportunistic' },
      'delivered',
      /^$/,
    ],
    [
      { offers, answer: at('STARTTLS', '220 go\r\n250 injected') },
      { tls: 'required', tls_verify: false },
      'deferred',
      /^$/,
    ],
    [{ offers }, { tls: 'required', tls_verify: false }, 'delivered', /^TLSv1/],
    [{ offers }, { tls: 'required' }, 'deferred', /^$/],
    [{ offers: [] }, { tls: 'required', tls_verify: false }, 'deferred', /^$/],
    [
      { offers, answer: at('STARTTLS', '454 not now') },
      { tls: 'required', tls_verify: false },
      'deferred',
      /^$/,
    ],
  ]
  for (const [script, more, outcome, tls] of cases) {
    const { report, hop } = await carryOnce(script, parcel(), more)
    const name = JSON.stringify([script.offers, more])
    assert.equal(word(report.outcomes[0]), outcome, name)
    assert.match(report.tls, tls, name)
    assert.equal(hop.mails.length, outcome === 'delivered' ? 1 : 0, name)
  }
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-tls-'))
  try {
    const tls_ca_file = join(folder, 'ca.pem')
    writeFileSync(tls_ca_file, certificate)
    const verified = { tls: 'required', tls_ca_file, host: 'localhost' } as const
    assert.equal(word((await carryOnce({ offers }, parcel(), verified)).outcomes[0]), 'delivered')
    const otherName = { ...verified, host: '127.0.0.1' }
    assert.match((await carryOnce({ offers }, parcel(), otherName)).outcomes[0]!.text, /TLS failed/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a connection that is idle for long is closed, politely; a new mail gets a new one', async () => {
  await using hop = await fakeHop()
  await using courier = courierTo(hop, { idle_timeout_s: 0.01 })
  await courier.carry(parcel(), never())
  while (!hop.commands.includes('QUIT')) await new Promise(setImmediate)
  assert.equal(word((await courier.carry(parcel(), never())).outcomes[0]), 'delivered')
  assert.equal(hop.connections, 2)
})

test('more recipients than one transaction takes go in several; without a server only once', async () => {
  const to = Array.from({ length: 25 }, (_, i) => `r${i}@y.example`)
  const { outcomes, hop } = await carryOnce({}, parcel({ to }), { recipients_per_mail: 10 })
  assert.deepEqual(
    hop.mails.map(({ recipients }) => recipients.length),
    [10, 10, 5],
  )
  assert.ok(outcomes.every((outcome) => word(outcome) === 'delivered'))
  const none = await carryOnce({ answer: at('connect', 'close') }, parcel({ to }), {
    recipients_per_mail: 10,
  })
  assert.equal(none.hop.connections, 1)
  assert.equal(none.outcomes.filter(({ text }) => text.startsWith('not tried')).length, 15)
})
