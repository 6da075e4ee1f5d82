/** Encoded words, charsets, parameters and address lists as real mail writes them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeCharset, displayText } from './charset.ts'
import { decodeWords } from './encoded-word.ts'
import { extensionOf, fileName } from './entity.ts'
import { readMailboxes } from './mailbox.ts'

const words: [string, string][] = [
  ['plain', 'plain'],
  ['=?us-ascii?Q?Keith_Moore?=', 'Keith Moore'],
  ['=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=', 'ab'],
  ['=?ISO-8859-1?Q?a?=\t =?ISO-8859-2?Q?_b?=', 'a b'],
  ['a =?utf-8?q?=C3=A4?= b', 'a ä b'],
  ['=?utf-8?B?w6Q=?==?utf-8?B?w7Y=?=', 'äö'],
  ['=?utf-8?Q?=E2=82?= =?utf-8?Q?=AC?=', '€'],
  ['=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=', '日本'],
  ['=?koi8-r?B?8NLJ18XU?=', 'Привет'],
  ['=?utf-8*en?Q?x?=', 'x'],
  ['=?x-unknown?Q?=E4?=', 'ä'],
  ['=?utf-7?Q?Fr+APY-sche?=', 'Frösche'],
  ['=?utf-8?X?abc?=', '=?utf-8?X?abc?='],
  ['=?utf-8?Q?unfinished', '=?utf-8?Q?unfinished'],
  ['=?=?=?=', '=?=?=?='],
  ['=?utf-8?Q?=GG=4?=', '=GG=4'],
  ['=?utf-8?Q??=', ''],
  ['=?utf-8?Q?=E6=97=A5=E6=9C=AC=E6=97?=', '日本\ufffd'],
  ['=?utf-8?Q?Fr=F6sche?=', 'Frösche'],
]
for (const [text, expected] of words)
  test(`encoded word ${text}`, () => assert.equal(decodeWords(text, 1_000), expected))

test('a charset nobody knows is read as Latin-1', () => {
  assert.equal(decodeCharset(Buffer.from([0xe4]), 'none-such'), 'ä')
  assert.equal(decodeCharset(Buffer.from([0xe4]), '__proto__'), 'ä')
  assert.equal(decodeCharset(Buffer.from('ä'), ''), 'ä')
})

const lists: [string, [string, string][]][] = [
  ['a@b', [['', 'a@b']]],
  ['Ann <a@b>', [['Ann', 'a@b']]],
  [
    '"Ann, B" <a@b>, c@d',
    [
      ['Ann, B', 'a@b'],
      ['', 'c@d'],
    ],
  ],
  ['a@b (Ann (of) B)', [['Ann (of) B', 'a@b']]],
  [
    'Friends: a@b, C <c@d>; e@f',
    [
      ['', 'a@b'],
      ['C', 'c@d'],
      ['', 'e@f'],
    ],
  ],
  ['Undisclosed recipients:;', []],
  ['"a@evil x"@good', [['', '"a@evil x"@good']]],
  ['"bank@bank.example" <x@evil.example>', [['bank@bank.example', 'x@evil.example']]],
  ['=?utf-8?Q?J=C3=BCrgen?= <j@b>', [['Jürgen', 'j@b']]],
  ['<@route:a@b>', [['', 'a@b']]],
  ['', []],
  [',,;;', []],
]
for (const [text, expected] of lists)
  test(`addresses: ${text}`, () =>
    assert.deepEqual(
      readMailboxes(text, 100),
      expected.map(([name, address]) => ({ name, address })),
    ))

test('names', () => {
  assert.equal(extensionOf('a.TXT'), 'txt')
  assert.equal(extensionOf('a.exe. . '), 'exe')
  assert.equal(extensionOf('none'), '')
  assert.equal(fileName('/', 255), '_')
  assert.equal(fileName('a/b\\c.txt', 255), 'c.txt')
})

test('display text is one line of bounded length', () => {
  assert.equal(displayText(' a\r\n\tb\0c ', 100), 'a b c')
  assert.equal(displayText('x'.repeat(50), 10).length, 10)
  assert.ok(displayText('a😀', 2).isWellFormed())
})
