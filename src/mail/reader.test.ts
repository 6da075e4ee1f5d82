/** What users rely on: whatever the bytes and however they arrive, the reader tells the same and hides nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MessageFacts } from './message.ts'
import { createReader } from './reader.ts'
import { eicar, gtube } from './test-patterns.ts'

function read(message: string | Uint8Array, pieceBytes = Number.POSITIVE_INFINITY): MessageFacts {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : message
  const reader = createReader()
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes))
  return reader.end()
}

const lines = (...text: string[]): string => text.join('\r\n')
const base64 = (content: string | Buffer): string =>
  (
    Buffer.from(content as string)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  ).join('\r\n')
const mixed = (...parts: string[]): string =>
  lines(
    'Subject: s',
    'Content-Type: multipart/mixed; boundary="b-1"',
    '',
    ...parts.flatMap((part) => ['--b-1', part]),
    '--b-1--',
    '',
  )
const attachment = (fields: string, content: string): string => lines(fields, '', content)
const file = (name: string, content: string | Buffer, type = 'application/octet-stream'): string =>
  attachment(
    lines(
      `Content-Type: ${type}; name="${name}"`,
      'Content-Transfer-Encoding: base64',
      'Content-Disposition: attachment',
    ),
    base64(content),
  )

const typical = mixed(
  lines('Content-Type: text/plain; charset=utf-8', '', 'Hello,', '', 'the invoice.'),
  file('invoice.pdf', '%PDF-1.7 and so on'),
)

test('a plain letter', () => {
  const facts = read(
    lines(
      'From: "Ann, of Example" <ann@example.org>',
      'To: Bob <bob@example.com>,',
      ' carol@example.com (Carol)',
      'Subject: =?utf-8?B?w4RwZmVs?= and =?iso-8859-1?Q?B=E4ume?=',
      'Date: Mon, 1 Jan 2024 10:00:00 +0000',
      'Message-ID: <1@example.org>',
      '',
      'Body',
    ),
  )
  assert.equal(facts.from, 'Ann, of Example <ann@example.org>')
  assert.deepEqual(facts.fromAddresses, ['ann@example.org'])
  assert.equal(facts.to, 'Bob <bob@example.com>, Carol <carol@example.com>')
  assert.equal(facts.subject, 'Äpfel and Bäume')
  assert.equal(facts.date, 'Mon, 1 Jan 2024 10:00:00 +0000')
  assert.equal(facts.messageId, '<1@example.org>')
  assert.equal(facts.headers.length, 5)
  assert.deepEqual([facts.attachments, facts.patterns, facts.ambiguities], [[], [], []])
})

test('attachments: name, declared and true type, size', () => {
  const exe = Buffer.concat([
    Buffer.from('MZ'),
    Buffer.alloc(58),
    Buffer.from([64, 0, 0, 0]),
    Buffer.from('PE\0\0rest'),
  ])
  const { attachments, ambiguities } = read(
    mixed(
      lines('Content-Type: text/plain', '', 'text'),
      file('a.pdf', '%PDF-1.4'),
      file('holiday.jpg', exe, 'image/jpeg'),
      lines('Content-Type: text/csv', 'Content-Disposition: attachment; filename="t.csv"', '', 'a;b', ''),
      lines(
        'Content-Type: image/png',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        '=89PNG=0D=0A=1A=0A',
      ),
    ),
  )
  assert.deepEqual(attachments, [
    { name: 'a.pdf', type: 'application/octet-stream', trueType: 'application/pdf', size: 8 },
    {
      name: 'holiday.jpg',
      type: 'image/jpeg',
      trueType: 'application/vnd.microsoft.portable-executable',
      size: 72,
    },
    { name: 't.csv', type: 'text/csv', trueType: null, size: 5 },
    { name: '', type: 'image/png', trueType: 'image/png', size: 8 },
  ])
  assert.deepEqual(ambiguities, [])
})

test('the size of a large attachment, and the mark of a disk image deep in it', () => {
  const image = Buffer.alloc(200_001, 7)
  image.write('CD001', 32_769, 'latin1')
  const expected = [
    {
      name: 'x.dat',
      type: 'application/octet-stream',
      trueType: 'application/x-iso9660-image',
      size: 200_001,
    },
  ]
  const message = Buffer.from(mixed(file('x.dat', image)))
  for (const pieceBytes of [Number.POSITIVE_INFINITY, 65_536, 1_000, 77])
    assert.deepEqual(read(message, pieceBytes).attachments, expected)
  const binary = Buffer.concat([
    Buffer.from(lines('Content-Type: application/octet-stream; name=x.dat', '', '')),
    image,
  ])
  assert.deepEqual(read(binary, 999).attachments, expected)
})

const names: [string, string, string][] = [
  ['RFC 2231', "Content-Disposition: attachment; filename*=UTF-8''%e2%82%ac%20rates.txt", '€ rates.txt'],
  [
    'RFC 2231 in pieces',
    'Content-Disposition: attachment; filename*0*=utf-8\'\'a%20; filename*1="b"; filename*2*=%2Etxt',
    'a b.txt',
  ],
  ['encoded word', 'Content-Type: application/x; name="=?utf-8?Q?=C3=A4.exe?="', 'ä.exe'],
  ['raw UTF-8', 'Content-Disposition: attachment; filename="ä.exe"', 'ä.exe'],
  ['blanks without quotes', 'Content-Disposition: attachment; filename=my file.exe', 'my file.exe'],
  ['no closing quote', 'Content-Disposition: attachment; filename="x.exe', 'x.exe'],
  ['a Windows path', 'Content-Disposition: attachment; filename="C:\\temp\\x.exe"', 'x.exe'],
  ['a path upwards', 'Content-Disposition: attachment; filename="../../etc/x.exe"', 'x.exe'],
  ['a folded field', 'Content-Disposition: attachment;\r\n\tfilename="x.exe"', 'x.exe'],
  ['an unknown charset', "Content-Disposition: attachment; filename*=x-none''%E9.exe", 'é.exe'],
  ['magic words', 'Content-Disposition: attachment; filename="__proto__"', '__proto__'],
  ['controls', "Content-Disposition: attachment; filename*=utf-8''a%0d%0ab%00.exe", 'a b .exe'],
]
for (const [what, field, name] of names)
  test(`file name: ${what}`, () =>
    assert.equal(read(mixed(attachment(field, 'x'))).attachments[0]?.name, name))

test('a long name is cut but keeps its extension', () => {
  const { name } = read(mixed(file(`${'n'.repeat(900)}.exe`, 'x'))).attachments[0]!
  assert.equal(name.length, 255)
  assert.ok(name.endsWith('.exe'))
})

const ambiguous: [string, string][] = [
  [
    'duplicate-content-type',
    lines('Content-Type: text/plain', 'Content-Type: multipart/mixed; boundary=b', '', 'x'),
  ],
  [
    'duplicate-boundary',
    lines('Content-Type: multipart/mixed; boundary=a; boundary=b', '', '--a', '', 'x', '--a--'),
  ],
  [
    'duplicate-content-transfer-encoding',
    lines('Content-Transfer-Encoding: 7bit', 'Content-Transfer-Encoding: base64', '', 'eA=='),
  ],
  [
    'conflicting-names',
    mixed(
      attachment('Content-Type: a/b; name=x.exe\r\nContent-Disposition: attachment; filename=x.txt', 'x'),
    ),
  ],
  [
    'parameter-pieces-out-of-order',
    mixed(attachment('Content-Disposition: attachment; filename*1=exe; filename*0="a."', 'x')),
  ],
  [
    'text-after-quoted-parameter',
    mixed(attachment('Content-Disposition: attachment; filename="a.txt".exe', 'x')),
  ],
  ['boundary-unclosed', lines('Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'x')],
  ['multipart-without-parts', lines('Content-Type: multipart/mixed; boundary=b', '', 'x')],
  ['multipart-without-boundary', lines('Content-Type: multipart/mixed', '', 'x')],
  [
    'part-after-closing-boundary',
    lines('Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'x', '--b--', '--b', '', 'y', '--b--'),
  ],
  ['text-after-boundary', lines('Content-Type: multipart/mixed; boundary=b', '', '--bcd', '', 'x', '--b--')],
  ['partial-message', lines('Content-Type: message/partial; id=1; number=1; total=2', '', 'x')],
  ['external-body', lines('Content-Type: message/external-body; access-type=URL', '', 'x')],
  [
    'encoded-multipart',
    lines('Content-Type: multipart/mixed; boundary=b', 'Content-Transfer-Encoding: base64', '', '--b--'),
  ],
  ['unknown-transfer-encoding', lines('Content-Transfer-Encoding: x-other', '', 'x')],
  ['nul-in-header', lines('Subject: a\0b', '', 'x')],
  ['bare-cr-in-header', lines('Subject: a\rContent-Type: text/html', '', 'x')],
  ['header-line-without-colon', lines('Subject: a', 'no colon here', 'To: b', '', 'x')],
  ['duplicate-from', lines('From: a@b', 'From: c@d', '', 'x')],
  ['uuencoded-file', lines('', 'begin 644 x.exe', '#86)C', '`', 'end', '')],
]
for (const [name, message] of ambiguous)
  test(`ambiguity: ${name}`, () => {
    const { ambiguities } = read(message)
    assert.ok(ambiguities.includes(name), `found only: ${ambiguities}`)
  })

test('all readings of contradicting names are told', () => {
  const { attachments } = read(
    mixed(
      attachment('Content-Type: a/b; name=x.exe\r\nContent-Disposition: attachment; filename=x.txt', 'x'),
    ),
  )
  assert.deepEqual(
    attachments.map(({ name }) => name),
    ['x.txt', 'x.exe'],
  )
})

test('uuencoded files in text are named', () => {
  const { attachments } = read(lines('', 'See this:', 'begin 644 run.exe', '#86)C', '`', 'end', 'bye'))
  assert.deepEqual(attachments, [
    { name: 'run.exe', type: 'application/x-uuencode', trueType: null, size: 3 },
  ])
  assert.deepEqual(read(lines('', 'begin 644 the new year well', 'with good resolutions')).attachments, [])
})

test('nested messages are descended into, encoded ones too', () => {
  const inner = lines('Subject: inner', 'Content-Type: application/pdf; name=in.exe', '', 'MZ')
  const plain = read(mixed(attachment('Content-Type: message/rfc822', inner)))
  assert.deepEqual(
    plain.attachments.map(({ type, name, size }) => [type, name, size]),
    [
      ['message/rfc822', '', inner.length],
      ['application/pdf', 'in.exe', 2],
    ],
  )
  assert.equal(plain.subject, 's')
  const hidden = read(
    mixed(attachment('Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64', base64(inner))),
  )
  assert.ok(hidden.attachments.some(({ name }) => name === 'in.exe'))
  assert.deepEqual(hidden.ambiguities, ['encoded-message'])
})

const patterns: [string, string[], string][] = [
  ['GTUBE in plain text', ['gtube'], lines('', 'text', gtube)],
  [
    'GTUBE in base64 text',
    ['gtube'],
    lines('Content-Type: text/plain', 'Content-Transfer-Encoding: base64', '', base64(`text ${gtube}`)),
  ],
  [
    'GTUBE in quoted-printable',
    ['gtube'],
    lines(
      'Content-Type: text/html',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      `a=3D${gtube.slice(0, 30)}=`,
      gtube.slice(30),
    ),
  ],
  ['GTUBE in a part', ['gtube'], mixed(lines('Content-Type: text/plain', '', gtube))],
  ['EICAR as body', ['eicar'], lines('Subject: s', '', eicar, '')],
  ['EICAR attached', ['eicar'], mixed(file('a.txt', eicar))],
  [
    'EICAR in a nested message',
    ['eicar'],
    mixed(attachment('Content-Type: message/rfc822', lines('', eicar))),
  ],
  [
    'EICAR behind two Content-Types',
    ['eicar'],
    lines('Content-Type: text/plain', 'Content-Type: text/html', '', eicar),
  ],
  ['EICAR not at the beginning', [], lines('', 'look:', eicar)],
  ['nothing', [], typical],
]
for (const [what, expected, message] of patterns)
  test(`patterns: ${what}`, () => {
    for (const pieceBytes of [Number.POSITIVE_INFINITY, 61, 1])
      assert.deepEqual(read(message, pieceBytes).patterns, expected)
  })

test('display text has no controls, line ends or lone surrogates', () => {
  const facts = read(
    lines(
      'Subject: =?utf-8?Q?a=0D=0ABcc:_x=00=1B[31m?=',
      'From: =?utf-8?Q?x=0A?= <a@b>',
      'Message-ID: <a\u2028b>',
      '',
      '',
    ),
  )
  for (const text of [facts.subject, facts.from, facts.messageId!])
    assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
  assert.ok(read(`Subject: ${'😀'.repeat(600)}x\r\n\r\n`).subject.isWellFormed())
})
