/** What DATA carries: the receiver gets the same bytes back, and never an end that was not meant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isPlain } from '../mail/plain-lines.ts'
import { DotStuffing, UnsafeContent } from './stuffing.ts'

function stuff(pieces: Uint8Array[]): Buffer {
  const stuffing = new DotStuffing()
  const out = pieces.map((piece) => Buffer.from(stuffing.push(piece)))
  return Buffer.concat([...out, Buffer.from(stuffing.end())])
}

/** RFC 5321 §4.5.2, the receiver's side, written as plainly as possible. */
const unstuff = (bytes: Buffer): Buffer =>
  Buffer.from(
    bytes
      .toString('latin1')
      .split('\r\n')
      .map((line) => (line.startsWith('.') ? line.slice(1) : line))
      .join('\r\n'),
    'latin1',
  )

const cut = (bytes: Buffer, sizes: number[]): Buffer[] => {
  const pieces: Buffer[] = []
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}

const token = fc.constantFrom(
  '.',
  '..',
  '\r\n',
  '\r\n.',
  '\r\n.\r\n',
  'a',
  'word ',
  '\t',
  '\x01',
  '\xe4',
  '\x0e',
  'x'.repeat(60),
)
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

test('plain lines: the receiver gets the same bytes, however they were cut', () => {
  fc.assert(
    fc.property(fc.array(token, { maxLength: 60 }), sizes, (tokens, by) => {
      const bytes = Buffer.from(tokens.join(''), 'latin1')
      const whole = bytes.length === 0 || bytes.toString('latin1').endsWith('\r\n')
      const sent = stuff(cut(bytes, by))
      assert.deepEqual(unstuff(sent), whole ? bytes : Buffer.concat([bytes, Buffer.from('\r\n')]))
      assert.equal(`\r\n${sent.toString('latin1')}`.includes('\r\n.\r\n'), false)
    }),
    { numRuns: 500 },
  )
})

test('any bytes: sent unchanged in meaning, or refused before they go out', () => {
  const anything = fc.oneof(token, fc.constantFrom('\r', '\n', '\0', '\n.\n', '\r.\r'))
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 30 }), sizes, (tokens, by) => {
      const text = tokens.join('')
      const unsafe = /\r(?!\n)|(?<!\r)\n|\0/.test(text)
      const run = () => stuff(cut(Buffer.from(text, 'latin1'), by))
      if (unsafe) assert.throws(run, UnsafeContent)
      else run()
    }),
    { numRuns: 500 },
  )
})

test('the cost is linear: dots at every line begin are no worse than a few times plain lines', () => {
  const time = (line: string) => {
    const bytes = Buffer.from(line.repeat(Math.floor(2_000_000 / line.length)))
    let best = Number.POSITIVE_INFINITY
    for (let i = 0; i < 5; i++) {
      const began = performance.now()
      stuff([bytes])
      best = Math.min(best, performance.now() - began)
    }
    return best
  }
  time('.\r\n')
  assert.ok(time('..\r\n') < 30 * time(`${'x'.repeat(76)}\r\n`) + 50)
})

test('plain is what DATA carries as it is, and nothing else', () => {
  const wild = fc.oneof(token, fc.constantFrom('\r', '\n', '\0'))
  // As plainly as possible.
  const plain = (bytes: Buffer) => {
    const lines = bytes.toString('latin1').split('\r\n')
    return lines.pop() === '' && lines.every((line) => !/^\.|[\r\n\0]/.test(line))
  }
  fc.assert(
    fc.property(fc.array(wild, { maxLength: 8 }), (tokens) => {
      const bytes = Buffer.from(tokens.join(''), 'latin1')
      assert.equal(isPlain(bytes), plain(bytes))
      if (plain(bytes)) assert.ok(stuff([bytes]).equals(bytes))
    }),
  )
  // Long content is looked at in pieces: what is special counts wherever they meet.
  const odd = fc.constantFrom('.', 'a', '\r', '\n', '\0', '\r\n', '\r\n.')
  fc.assert(
    fc.property(fc.nat({ max: 200 }), fc.integer({ min: 16_200, max: 16_600 }), odd, (length, at, text) => {
      const bytes = Buffer.from(
        `${'x'.repeat(length)}\r\n`.repeat(Math.ceil(33_000 / (length + 2))),
        'latin1',
      )
      bytes.write(text, at, 'latin1')
      assert.equal(isPlain(bytes), plain(bytes))
      if (plain(bytes)) assert.ok(stuff([bytes]).equals(bytes))
    }),
    { numRuns: 1000 },
  )
  const stuffing = new DotStuffing()
  stuffing.push(Buffer.from('x\r'))
  assert.throws(() => stuffing.push(Buffer.from('y\r\n'), true), UnsafeContent, 'said of a line that goes on')
})
