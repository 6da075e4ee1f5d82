/** Replies as servers send them, and as nobody should. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cleanText, ProtocolFault, ReplyReader } from './replies.ts'

function read(text: string, piece = text.length) {
  const reader = new ReplyReader()
  const bytes = Buffer.from(text)
  for (let i = 0; i < bytes.length; i += piece) reader.write(bytes.subarray(i, i + piece))
  const replies = []
  for (let reply = reader.take(); reply; reply = reader.take()) replies.push(reply)
  return { replies: replies.map(({ code, status, text }) => [code, status, text]), empty: reader.empty }
}

test('replies, however they are cut', () => {
  const cases: [string, unknown[][]][] = [
    ['250 2.1.0 Ok\r\n', [[250, '2.1.0', 'Ok']]],
    ['250\r\n', [[250, '', '']]],
    ['250-2.1.5 one\r\n250-2.1.5 two\r\n250 2.1.5 three\r\n', [[250, '2.1.5', 'one two three']]],
    [
      '354 go\n250 ok\r\n',
      [
        [354, '', 'go'],
        [250, '', 'ok'],
      ],
    ],
    ['550 2.1.5 contradicts itself\r\n', [[550, '', '2.1.5 contradicts itself']]],
    ['550 5.7.1 Grüße\r\n', [[550, '5.7.1', 'Grüße']]],
    ['550 5.7.1 \x1b[31mred\x07\u202ekcatta\r\n', [[550, '5.7.1', '[31mred kcatta']]],
  ]
  for (const [text, replies] of cases)
    for (const piece of [1, 3, 1000]) assert.deepEqual(read(text, piece), { replies, empty: true }, text)
})

test('what is no reply is a fault', () => {
  for (const text of [
    'hello\r\n',
    '25 x\r\n',
    '2500 x\r\n',
    '999 x\r\n',
    '\r\n',
    '250-a\r\n550 b\r\n',
    'HTTP/1.1 400 Bad\r\n',
  ])
    assert.throws(() => read(text), ProtocolFault, text)
  assert.throws(() => read('250-x\r\n'.repeat(10_000), 1000), ProtocolFault)
  assert.throws(() => read('x'.repeat(20_000), 1000), ProtocolFault)
  assert.throws(() => read('250 x\r\n'.repeat(5000), 1000), ProtocolFault)
})

test('text for people is bounded and has nothing invisible', () => {
  const clean = cleanText(`\0\u0085\u2066${'x'.repeat(10_000)}\ud800`)
  assert.ok(clean.length <= 2000)
  assert.match(clean, /^x+…$/)
})
