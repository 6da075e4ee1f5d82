/** Hostile messages: any bytes in any pieces, limits, bombs. Nothing throws, hangs, grows, or is passed over in silence. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ReaderLimits } from './limits.ts'
import type { MessageFacts } from './message.ts'
import { createReader } from './reader.ts'
import { eicar, gtube } from './test-patterns.ts'

function read(
  message: string | Uint8Array,
  pieceBytes = Number.POSITIVE_INFINITY,
  limits: Partial<ReaderLimits> = {},
): MessageFacts {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : message
  const reader = createReader(limits)
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes))
  return reader.end()
}

const lines = (...text: string[]): string => text.join('\r\n')
test('limits are noted, never silently passed', () => {
  const parts = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: a/b; name=a.txt\r\n\r\nx\r\n'.repeat(30)}--b--`
  assert.ok(read(parts, 100, { parts: 10 }).ambiguities.includes('too-many-parts'))
  const few = read(parts, 100, { attachments: 10 })
  assert.deepEqual([few.attachments.length, few.ambiguities.includes('too-many-attachments')], [10, true])
  let nested = 'Subject: s\r\n'
  for (let i = 0; i < 100; i++)
    nested += `Content-Type: multipart/mixed; boundary="b${i}-"\r\n\r\n--b${i}-\r\n`
  assert.ok(read(nested).ambiguities.includes('too-deep'))
  assert.ok(read('Content-Type: message/rfc822\r\n\r\n'.repeat(200)).ambiguities.includes('too-deep'))
  const header = `Subject: ${'a'.repeat(100_000)}\r\n\r\nx`
  const long = read(header)
  assert.deepEqual([long.subject.length, long.ambiguities], [1_000, ['header-field-too-long']])
  assert.ok(read(header, 100, { headerBlockBytes: 50_000 }).ambiguities.includes('header-block-too-large'))
  assert.ok(read('A: b\r\n'.repeat(6_000)).ambiguities.includes('too-many-header-fields'))
})

/** Pieces of messages in odd orders reach more of the reader than random bytes do. */
const fragments = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  '--',
  '--b',
  '--b--',
  '\r\n--b\r\n',
  '\r\n--b--\r\n',
  '--bb',
  'Content-Type: multipart/mixed; boundary=b\r\n',
  'Content-Type: multipart/digest; boundary="bb"\r\n',
  'Content-Type: message/rfc822\r\n',
  'Content-Type: text/plain; name="a.exe"\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  'Content-Transfer-Encoding: quoted-printable\r\n',
  'Content-Disposition: attachment; filename*0*=',
  "utf-8''%41",
  '=?utf-8?B?',
  '=?q?Q?=41?=',
  '?=',
  '"',
  '(',
  '<a@b>',
  ':',
  ';',
  'begin 644 x\r\n',
  '#86)C\r\n',
  'end\r\n',
  '=4',
  '=\r\n',
  'QUJD',
  '=',
  'From: ',
  'Subject: ',
  ' ',
  '\t',
  'ä',
  '%PDF-',
  'MZ',
  'PK\x03\x04',
  gtube,
  eicar,
]
const message = fc.oneof(
  fc
    .array(fc.constantFrom(...fragments), { maxLength: 60 })
    .map((parts) => Buffer.from(parts.join(''), 'utf8')),
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
)

test('any bytes, in any pieces, give the same facts and no error', () => {
  fc.assert(
    fc.property(
      message,
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 10 }),
      (bytes, steps) => {
        const whole = read(bytes)
        assert.deepEqual(read(bytes, 1), whole)
        const reader = createReader()
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const step = steps[i % steps.length]!
          reader.push(bytes.subarray(at, at + step))
          at += step
        }
        assert.deepEqual(reader.end(), whole)
        assert.equal(whole.size, bytes.length)
      },
    ),
    { numRuns: 500 },
  )
})

const bombs: [string, () => string][] = [
  [
    '100,000 parts',
    () =>
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: a/b; name=a\r\n\r\nx\r\n'.repeat(100_000)}`,
  ],
  [
    '20,000 nested multiparts',
    () =>
      Array.from(
        { length: 20_000 },
        (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
      ).join(''),
  ],
  [
    'lines that look like delimiters',
    () =>
      `${Array.from({ length: 60 }, (_, i) => `Content-Type: multipart/mixed; boundary=a${'a'.repeat(50)}${i}\r\n\r\n--a${'a'.repeat(50)}${i}\r\n`).join('')}\r\n${`--${'a'.repeat(51)}x\n`.repeat(100_000)}`,
  ],
  ['dashes', () => `Content-Type: multipart/mixed; boundary=-\r\n\r\n--${'\n--'.repeat(1_500_000)}`],
  ['one long header', () => `X: ${'a'.repeat(5_000_000)}\r\n\r\n`],
  ['folds', () => `Subject: a\r\n${' b\r\n'.repeat(500_000)}\r\n`],
  ['encoded words', () => `Subject: ${'=?a?Q? '.repeat(9_000)}\r\nFrom: ${'=?'.repeat(30_000)}\r\n\r\n`],
  ['nested comments and quotes', () => `From: ${'('.repeat(60_000)}\r\nTo: ${'<"'.repeat(30_000)}\r\n\r\n`],
  [
    '50,000 pieces of a parameter',
    () => `Content-Type: a/b${Array.from({ length: 50_000 }, (_, i) => `;name*${i}*=a`).join('')}\r\n\r\n`,
  ],
  ['begin lines', () => `\r\n${'begin 644 a\r\n#86)C\r\n'.repeat(200_000)}`],
]
for (const [what, make] of bombs)
  test(`bomb: ${what}`, () => {
    const bytes = Buffer.from(make())
    const before = process.cpuUsage()
    read(bytes, 65_536)
    const { user, system } = process.cpuUsage(before)
    assert.ok(user + system < 2_000_000, `took ${(user + system) / 1_000} ms of CPU`)
  })

test('memory does not grow with the message', () => {
  const reader = createReader()
  reader.push(
    Buffer.from(
      lines(
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: a/b',
        'Content-Transfer-Encoding: base64',
        '',
        '',
      ),
    ),
  )
  const piece = Buffer.from(`${'QUJD'.repeat(19)}\r\n`.repeat(800))
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  for (let i = 0; i < 500; i++) {
    reader.push(piece)
    most = Math.max(most, process.memoryUsage().arrayBuffers - before)
  }
  assert.ok(most < 16_000_000, `grew by ${most} bytes over ${500 * piece.length}`)
  assert.equal(reader.end().attachments[0]?.size, 500 * 800 * 57)
})
