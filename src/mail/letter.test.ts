/** Promise: a message of our own is read anywhere as it was meant, whatever stands in it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeWords } from './encoded-word.ts'
import { type Letter, quotedPrintable, writeLetter } from './letter.ts'
import { createReader } from './reader.ts'

const plain: Letter = {
  from: { name: 'Mail "Quarantine"', address: 'quarantine@example.org' },
  to: 'anna@example.org',
  subject: 'Held mail',
  atMs: Date.UTC(2026, 0, 5, 7, 0, 9),
  messageId: '1.2@example.org',
  text: 'One\nTwo\n',
}
const written = (letter: Partial<Letter>) => Buffer.from(writeLetter({ ...plain, ...letter })).toString()
const fieldOf = (text: string, name: string) =>
  new RegExp(`^${name}: ((?:.*\\r\\n )*.*)\\r\\n`, 'm').exec(text)?.[1] ?? ''

/** RFC 2045 §6.7, the other way. */
const decoded = (text: string) =>
  Buffer.from(
    text
      .replaceAll('=\r\n', '')
      .replace(/=([0-9A-F]{2})/g, (_, pair: string) => String.fromCharCode(Number.parseInt(pair, 16))),
    'latin1',
  )
    .toString()
    .replaceAll('\r\n', '\n')

test('a letter has the headers that it must have, and our own reader reads it', () => {
  const text = written({})
  assert.equal(fieldOf(text, 'Date'), 'Mon, 5 Jan 2026 07:00:09 +0000')
  assert.equal(fieldOf(text, 'From'), '"Mail \\"Quarantine\\""\r\n <quarantine@example.org>')
  assert.equal(fieldOf(text, 'To'), '<anna@example.org>')
  assert.equal(fieldOf(text, 'Message-ID'), '<1.2@example.org>')
  assert.equal(fieldOf(text, 'Auto-Submitted'), 'auto-generated')
  const reader = createReader()
  reader.push(Buffer.from(text))
  const facts = reader.end()
  assert.equal(facts.subject, 'Held mail')
  assert.deepEqual(facts.ambiguities, [])
})

test('text and HTML are alternatives, and neither can end its part', () => {
  const text = written({ text: '--=_lazaret_alternative--\n', html: '<p>x=1</p>\n--=_lazaret_alternative--' })
  const parts = text.split('--=_lazaret_alternative')
  assert.equal(parts.length, 4)
  assert.match(parts[1]!, /Content-Type: text\/plain; charset=utf-8\r\n/)
  assert.match(parts[2]!, /Content-Type: text\/html; charset=utf-8\r\n/)
  assert.match(parts[2]!, /<p>x=3D1<\/p>/)
})

test('whatever subject, name and text are: ASCII, short lines, no header of theirs, and they come back whole', () => {
  const anything = fc.string({ unit: 'grapheme', maxLength: 300 })
  fc.assert(
    fc.property(anything, anything, fc.string({ unit: 'binary', maxLength: 400 }), (subject, name, body) => {
      const text = written({ subject, from: { name, address: 'q@example.org' }, text: body, html: body })
      assert.match(text, /^[\r\n\x20-\x7e]*$/)
      assert.ok(text.split('\r\n').every((line) => line.length <= 78))
      assert.ok(!text.replaceAll('\r\n', '').includes('\n'))
      const head = text.slice(0, text.indexOf('\r\n\r\n'))
      const names = head.split('\r\n').filter((line) => !line.startsWith(' '))
      assert.deepEqual(
        names.map((line) => line.split(':')[0]),
        ['Date', 'From', 'To', 'Message-ID', 'Subject', 'Auto-Submitted', 'MIME-Version', 'Content-Type'],
      )
      const wanted = subject.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
      assert.equal(decodeWords(fieldOf(text, 'Subject').replaceAll('\r\n ', ' '), 10_000), wanted)
    }),
  )
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (line) => {
      const body = line.replaceAll('\r', '')
      assert.equal(decoded(quotedPrintable(body)), body.toWellFormed())
    }),
  )
})

test('an address that could be more than one is not written into the header', () => {
  assert.equal(fieldOf(written({ to: '"a,b"@example.org' }), 'To'), 'undisclosed-recipients:;')
  assert.equal(fieldOf(written({ to: 'ä@example.org' }), 'To'), '<ä@example.org>')
})
