/** Only what RFC 5321 calls an address gets in; nothing that could end a line or a bracket. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { domainOf, parseForwardPath, parsePath, parseReversePath } from './address.ts'
import { decodeXtext, encodeXtext } from './xtext.ts'

const ascii = { smtputf8: false }
const local64 = 'l'.repeat(64)
const domain253 = `${`${'d'.repeat(60)}.`.repeat(5).slice(0, 252)}d`

const good: [string, string][] = [
  ['<a@b.example>', 'a@b.example'],
  ['<A.b+c=d@EXAMPLE.org>', 'A.b+c=d@EXAMPLE.org'],
  ["<!#$%&'*+-/=?^_`{|}~@example.org>", "!#$%&'*+-/=?^_`{|}~@example.org"],
  ['<"quoted @ \\" string"@example.org>', '"quoted @ \\" string"@example.org'],
  ['<user@[192.0.2.1]>', 'user@[192.0.2.1]'],
  ['<user@[IPv6:2001:db8::1]>', 'user@[IPv6:2001:db8::1]'],
  ['<user@[IPv6:::ffff:192.0.2.1]>', 'user@[IPv6:::ffff:192.0.2.1]'],
  ['<user@localhost>', 'user@localhost'],
  ['<@relay.example,@other.example:user@example.org>', 'user@example.org'],
  ['<user@under_score.example>', 'user@under_score.example'],
  [`<${local64}@example.org>`, `${local64}@example.org`],
]
for (const [path, address] of good)
  test(`accepts ${path}`, () => assert.deepEqual(parsePath(path, ascii), { address }))

const bad = [
  'a@b',
  '<a@b',
  'a@b>',
  '<a>',
  '<@b>',
  '<a@>',
  '<a@@b>',
  '<a@b@c>',
  '<.a@b>',
  '<a.@b>',
  '<a..b@c>',
  '<a b@c>',
  '<a@b c>',
  '<a@-b>',
  '<a@b->',
  '<a@b..c>',
  '<a@.b>',
  '<"a@b>',
  '<"a"b@c>',
  '<""@b>',
  '<a@[300.1.1.1]>',
  '<a@[1.2.3]>',
  '<a@[IPv6:1::2::3]>',
  '<a@[IPv6:12345::]>',
  '<a@[x]>',
  '<a@b>x>',
  '<a<b@c>',
  '<a@b\r\nRCPT TO:<x@y>>',
  '<a@b\0>',
  '<"a\r\n"@b>',
  '<"a\x7f"@b>',
  '<@r:>',
  '<@r a@b>',
  '<@:a@b>',
  '<a@b\u2028>',
  '<ä@example.org>',
  '<a@exämple.org>',
  `<l${local64}@example.org>`,
  `<a@${domain253}>`,
  `<a@${'l'.repeat(64)}.org>`,
]
for (const path of bad)
  test(`refuses ${JSON.stringify(path).slice(0, 60)}`, () => {
    const parsed = parsePath(path, ascii)
    assert.ok('error' in parsed && parsed.error.length > 10, JSON.stringify(parsed))
  })

test('other than ASCII needs SMTPUTF8; controls stay refused', () => {
  assert.deepEqual(parsePath('<ä@exämple.org>', { smtputf8: true }), { address: 'ä@exämple.org' })
  for (const path of ['<\u0085a@b>', '<a\u2029@b>', '<a@b\u009f>', '<"\ud800"@b>'])
    assert.ok('error' in parsePath(path, { smtputf8: true }), path)
  assert.ok(
    'error' in parsePath(`<${'ä'.repeat(40)}@b.org>`, { smtputf8: true }),
    'octets are counted, not characters',
  )
})

test('the null sender and the postmaster', () => {
  assert.deepEqual(parseReversePath('<>', ascii), { address: '' })
  assert.ok('error' in parseForwardPath('<>', ascii))
  assert.deepEqual(parseForwardPath('<Postmaster>', ascii), { address: 'Postmaster' })
  assert.ok('error' in parseReversePath('<postmaster>', ascii))
})

test('what is accepted can stand in a command line again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.boolean(), (text, smtputf8) => {
      for (const path of [text, `<${text}>`, `<${text}@example.org>`, `<"${text}"@example.org>`]) {
        const parsed = parsePath(path, { smtputf8 })
        if ('error' in parsed) continue
        assert.doesNotMatch(parsed.address, /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
        assert.deepEqual(parsePath(`<${parsed.address}>`, { smtputf8 }), parsed)
      }
    }),
    { numRuns: 500 },
  )
})

test('domains', () => {
  assert.equal(domainOf('a@B.Example'), 'b.example')
  assert.equal(domainOf('"x@y"@b.example'), 'b.example')
  assert.equal(domainOf('postmaster'), '')
  assert.equal(domainOf(''), '')
})

test('xtext', () => {
  assert.equal(decodeXtext('a+2Bb+40c'), 'a+b@c')
  assert.equal(decodeXtext('rfc822;bob@example.org'), 'rfc822;bob@example.org')
  for (const broken of ['a+2', 'a+2g', 'a+2b', 'a=b', 'a b', 'ä', '+'])
    assert.equal(decodeXtext(broken), null, broken)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) =>
      assert.equal(decodeXtext(encodeXtext(text)), text),
    ),
  )
})
