import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePath } from './path.ts'

const long = (n: number) => 'x'.repeat(n)

/** What MAIL is given, and the address or the code of the refusal. */
const senders: [string, string | number][] = [
  ['FROM:<a@b.example>', 'a@b.example'],
  ['from:<A.b+c@B.Example>', 'A.b+c@B.Example'],
  ['FROM: <a@b>', 'a@b'],
  ['FROM:<>', ''],
  ['FROM:<"a b"@c>', '"a b"@c'],
  ['FROM:<"a\\"b>"@c>', '"a\\"b>"@c'],
  ['FROM:<"a@b"@c>', '"a@b"@c'],
  ['FROM:<a..b@docomo.example>', 'a..b@docomo.example'],
  ['FROM:<a.@docomo.example>', 'a.@docomo.example'],
  [`FROM:<bounce+${long(100)}=c@list.example>`, `bounce+${long(100)}=c@list.example`],
  ['FROM:<a@[192.0.2.1]>', 'a@[192.0.2.1]'],
  ['FROM:<a@[IPv6:2001:db8::1]>', 'a@[IPv6:2001:db8::1]'],
  ['FROM:<a@my_host.example>', 'a@my_host.example'],
  ['FROM:<\u00fc@b\u00fccher.example>', '\u00fc@b\u00fccher.example'],
  ['FROM:a@b', 501],
  ['FROM <a@b>', 501],
  ['FROM:', 501],
  ['FROM:<a@b', 501],
  ['FROM:<a@b>x', 501],
  ['TO:<a@b>', 501],
  ['FROM:<@relay.example:a@b>', 553],
  ['FROM:<a>', 553],
  ['FROM:<@>', 553],
  ['FROM:<a@>', 553],
  ['FROM:<@b>', 553],
  ['FROM:<a b@c>', 553],
  ['FROM:<a<b@c>', 553],
  ['FROM:<a@b@c>', 553],
  ['FROM:<a@b..c>', 553],
  ['FROM:<a@.b>', 553],
  ['FROM:<a@b.>', 553],
  ['FROM:<a@[1.2.3]>', 553],
  ['FROM:<a@[tag:x]>', 553],
  ['FROM:<"a"b@c>', 553],
  ['FROM:<"a@c>', 501],
  ['FROM:<a\u2028b@c>', 553],
  ['FROM:<a\u0085b@c>', 553],
  ['FROM:<a\u202eb@c>', 553],
  ['FROM:<postmaster>', 553],
  [`FROM:<${long(250)}@b>`, `${long(250)}@b`.length > 254 ? 553 : `${long(250)}@b`],
  [`FROM:<${long(253)}@b>`, 553],
  [`FROM:<${'\u00fc'.repeat(127)}@b>`, 553],
]

for (const [text, expected] of senders)
  test(`MAIL ${text.slice(0, 60)}`, () => {
    const parsed = parsePath(text, 'FROM')
    assert.equal('code' in parsed ? parsed.code : parsed.address, expected)
  })

test('RCPT: postmaster needs no domain, nobody else does without, and there is no null recipient', () => {
  const address = (text: string) => {
    const parsed = parsePath(text, 'TO')
    return 'code' in parsed ? parsed.code : parsed.address
  }
  assert.equal(address('TO:<Postmaster>'), 'Postmaster')
  assert.equal(address('TO:<root>'), 553)
  assert.equal(address('TO:<>'), 553)
  assert.equal(address('TO:<user%relay.example@here.example>'), 'user%relay.example@here.example')
})

test('parameters: keywords in any case, values as they are, each once', () => {
  const parameters = (text: string) => {
    const parsed = parsePath(`FROM:<a@b>${text}`, 'FROM')
    return 'code' in parsed ? parsed.code : parsed.parameters
  }
  assert.deepEqual(parameters(' size=10  SMTPUTF8 X-y=+3D'), [
    ['SIZE', '10'],
    ['SMTPUTF8', ''],
    ['X-Y', '+3D'],
  ])
  for (const bad of [' a=', ' =', ' a=b=c', ' -a', ' a\u00a0=b', ' SIZE=1 size=2'])
    assert.equal(parameters(bad), 501, bad)
})

test('a long argument costs time in proportion', () => {
  for (const piece of ['"\\', '@a.', 'a.', '<>', ' =', '[IPv6:', ' A=b'])
    parsePath(`FROM:<${piece.repeat(100_000)}`, 'FROM')
})
