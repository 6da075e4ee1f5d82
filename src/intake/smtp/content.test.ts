import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ContentReader, type Flaw } from './content.ts'

interface Result {
  /** null: the end did not come. */
  kept: string | null
  rest: string
  flaw: Flaw | null
}

function readAll(chunks: string[], dots = true): Result {
  const reader = new ContentReader(dots)
  let kept = ''
  for (const [i, text] of chunks.entries()) {
    const padded = Buffer.from(`ab${text}`, 'latin1') // content rarely starts where the chunk does
    const end = reader.take(padded, 2)
    kept += reader.kept?.toString('latin1') ?? ''
    if (end >= 0) {
      const rest = padded.toString('latin1', end) + chunks.slice(i + 1).join('')
      return { kept, rest, flaw: reader.flaw }
    }
  }
  reader.finish()
  return { kept: dots ? null : kept, rest: '', flaw: reader.flaw }
}

/** The same in the plainest way: RFC 5321 §4.5.2 read aloud. */
function plainly(text: string): Result {
  const whole = `\r\n${text}`
  const end = whole.indexOf('\r\n.\r\n')
  const raw = end < 0 ? whole : whole.slice(0, end + 2)
  const content = raw.replaceAll('\r\n.', '\r\n').slice(2)
  const flaws: [Flaw, number][] = [
    ['bare CR', raw.search(/\r(?!\n)/)],
    ['bare LF', raw.search(/(?<!\r)\n/)],
    ['NUL', raw.indexOf('\0')],
  ]
  const first = flaws.filter(([, at]) => at >= 0).sort((a, b) => a[1] - b[1])[0]
  return {
    kept: end < 0 ? null : content,
    rest: end < 0 ? '' : whole.slice(end + 5),
    flaw: first?.[0] ?? null,
  }
}

const cases: [string, string, string | null, Flaw | null][] = [
  ['a plain message', 'a\r\nb\r\n.\r\n', 'a\r\nb\r\n', null],
  ['an empty message', '.\r\n', '', null],
  ['transparency', '..\r\n.x\r\n...\r\n.\r\n', '.\r\nx\r\n..\r\n', null],
  ['a dot within a line', 'a.b\r\n.\r\n', 'a.b\r\n', null],
  ['LF.LF', 'a\n.\n\r\n.\r\n', 'a\n.\n\r\n', 'bare LF'],
  ['LF.CRLF', 'a\n.\r\nb\r\n.\r\n', 'a\n.\r\nb\r\n', 'bare LF'],
  ['CRLF.LF', 'a\r\n.\nb\r\n.\r\n', 'a\r\n\nb\r\n', 'bare LF'],
  ['CR.CR', 'a\r.\rb\r\n.\r\n', 'a\r.\rb\r\n', 'bare CR'],
  ['CR.CRLF', 'a\r.\r\nb\r\n.\r\n', 'a\r.\r\nb\r\n', 'bare CR'],
  ['CRLF.CR', 'a\r\n.\rb\r\n.\r\n', 'a\r\n\rb\r\n', 'bare CR'],
  ['CRCRLF.CRLF', 'a\r\r\n.\r\n', 'a\r\r\n', 'bare CR'],
  ['NUL between', 'a\r\n\0.\r\nb\r\n.\r\n', 'a\r\n\0.\r\nb\r\n', 'NUL'],
  ['NUL after the dot', 'a\r\n.\0\r\nb\r\n.\r\n', 'a\r\n\0\r\nb\r\n', 'NUL'],
  ['no end', 'a\r\n.\r', null, null],
  ['bytes above 127', 'é\xff\x80\r\n.\r\n', 'é\xff\x80\r\n', null],
]

for (const [name, wire, kept, flaw] of cases)
  test(`DATA: ${name}, however it is cut`, () => {
    const cuts = [[wire], [...wire]]
    for (let i = 1; i < wire.length; i++) cuts.push([wire.slice(0, i), wire.slice(i)])
    for (const chunks of cuts) assert.deepEqual(readAll(chunks), { kept, rest: '', flaw })
  })

const soup = fc
  .array(
    fc.constantFrom(
      '\r\n',
      '\r',
      '\n',
      '.',
      '\r\n.',
      '\r\n.\r\n',
      '\0',
      'x',
      'é',
      '\t',
      'long line '.repeat(8),
    ),
    {
      maxLength: 40,
    },
  )
  .map((pieces) => pieces.join(''))

test('DATA: any bytes in any chunks come out as read plainly', () => {
  fc.assert(
    fc.property(soup, fc.array(fc.nat(60), { maxLength: 20 }), (text, cuts) => {
      const wire = `${text}\r\n.\r\nQUIT\r\n`
      const chunks: string[] = []
      let from = 0
      for (const size of cuts) {
        chunks.push(wire.slice(from, from + size))
        from += size
      }
      chunks.push(wire.slice(from))
      assert.deepEqual(readAll(chunks), plainly(wire))
    }),
    { numRuns: 2000 },
  )
})

test('BDAT: bytes are untouched, flaws seen across any cut', () => {
  fc.assert(
    fc.property(soup, fc.nat(200), (text, cut) => {
      const read = readAll([text.slice(0, cut), text.slice(cut)], false)
      assert.equal(read.kept, text)
      assert.equal(read.flaw, plainly(`${text.replaceAll('.', ',')}$\r\n.\r\n`).flaw)
    }),
    { numRuns: 1000 },
  )
})

test('says how far in the flaw is', () => {
  const reader = new ContentReader(true)
  reader.take(Buffer.from('..abc\r\n'), 0)
  reader.take(Buffer.from('..d\ne\r\n.\r\n'), 0)
  assert.equal(reader.flaw, 'bare LF')
  assert.equal(reader.flawAt, 8)
})
