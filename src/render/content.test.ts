/** Promises about looking into a message: its text, its links, its parts and what each of them holds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { contentIn, htmlMail, lines, look, pageIn, partIn } from './testing/messages.ts'

const alternative = lines(
  'Content-Type: multipart/alternative; boundary=a',
  '',
  '--a',
  'Content-Type: text/plain',
  '',
  'plain words',
  '--a',
  'Content-Type: text/html',
  '',
  '<p>rich words, <a href="https://example.org/x">here</a>',
  '--a--',
)

test('of several forms the plain one is text and the rich one is the page', () => {
  const content = contentIn(alternative)
  assert.deepEqual(content, {
    text: 'plain words',
    textIsFrom: 'plain',
    textIsCut: false,
    hasHtml: true,
    links: [{ text: 'here', target: 'https://example.org/x' }],
    remoteContent: 0,
    parts: [],
    problem: null,
  })
  assert.match(pageIn(alternative), /rich words/)
  assert.doesNotMatch(pageIn(alternative), /plain words/)
})

test('an empty plain form does not stand for the rich one', () => {
  const content = contentIn(alternative.replace('plain words', ' '))
  assert.deepEqual([content.textIsFrom, content.text], ['html', 'rich words, here <https://example.org/x>'])
})

test('texts one after the other are all shown, and attached ones are not', () => {
  const part = (fields: string, text: string) => `--m\r\n${fields}\r\n\r\n${text}\r\n`
  const mail = `Content-Type: multipart/mixed; boundary=m\r\n\r\n${part('Content-Type: text/plain', 'one')}${part('Content-Type: text/html', '<b>two</b>')}${part('Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt', 'three')}${part('Content-Type: text/plain; name=b.txt', 'four')}--m--\r\n`
  const { text, textIsFrom, parts } = contentIn(mail)
  assert.deepEqual([text, textIsFrom], ['one\n\ntwo\n\nfour', 'html'])
  assert.deepEqual(
    parts.map(({ part: number, name, size }) => [number, name, size]),
    [
      [3, 'a.txt', 5],
      [4, 'b.txt', 4],
    ],
  )
  assert.equal(partIn(mail, 3)?.toString(), 'three')
})

test('HTML as text has its lines, lists and cells, and no style or script', () => {
  const { text } = contentIn(
    htmlMail(
      '<title>t</title><style>p{}</style><h1>Head</h1>one   two\r\nthree<br>four<ul><li>a<li>b</ul><table><tr><td>x<td>y</table><pre>p\n  q</pre><script>1</script>&euro;&nbsp;&#x41;&unknown;&amp',
    ),
  )
  assert.equal(text, 'Head\n\none two three\nfour\n• a\n• b\n\nx y\n\np\n  q\n€\u00a0A&unknown;&')
})

const charsets: [string, Buffer, string, string][] = [
  ['UTF-8', Buffer.from('grün'), 'text/plain; charset=utf-8', 'grün'],
  ['none, but UTF-8', Buffer.from('grün'), 'text/plain', 'grün'],
  ['none, but Latin-1', Buffer.from('grün', 'latin1'), 'text/plain', 'grün'],
  [
    'Windows-1252 called ISO-8859-1',
    Buffer.from('\x93a\x94', 'latin1'),
    'text/plain; charset=ISO-8859-1',
    '“a”',
  ],
  ['Latin-1 called UTF-8', Buffer.from('grün', 'latin1'), 'text/plain; charset=utf-8', 'grün'],
  ['unknown', Buffer.from('gr\xfcn', 'latin1'), 'text/plain; charset=x-nothing', 'grün'],
  ['Shift-JIS', Buffer.from('\x93\xfa\x96\x7b', 'latin1'), 'text/plain; charset=Shift_JIS', '日本'],
  ['UTF-16 by its mark', Buffer.from('\ufeffgrün', 'utf16le'), 'text/plain; charset=us-ascii', 'grün'],
  ['KOI8-R said by the HTML', Buffer.from('<meta charset="koi8-r">\xc1', 'latin1'), 'text/html', 'а'],
  ['UTF-16 said in ASCII', Buffer.from('<meta charset=utf-16>grün'), 'text/html', 'grün'],
]
for (const [what, bytes, type, wanted] of charsets)
  test(`charset: ${what}`, () => {
    const mail = Buffer.concat([
      Buffer.from(`Content-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n`),
      Buffer.from(bytes.toString('base64')),
    ])
    assert.equal(contentIn(mail).text, wanted)
  })

test('a script cannot come in by a charset', () => {
  for (const charset of ['utf-7', 'hz-gb-2312', 'iso-2022-jp', 'utf-16', 'x-user-defined'])
    assert.doesNotMatch(
      pageIn(htmlMail('+ADw-script+AD4-alert(1)+ADw-/script+AD4-~{<script>~}\x1b$B<script>', charset)),
      /<script/,
      charset,
    )
})

test('a message within a message is one part, whole, and what is attached to it is there as well', () => {
  const inner = lines(
    'Subject: inner',
    'Content-Type: multipart/mixed; boundary=i',
    '',
    '--i',
    '',
    'inner text',
    '--i',
    'Content-Type: application/pdf; name=x.pdf',
    '',
    '%PDF-1',
    '--i--',
  )
  const mail = `Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nouter text\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--o--\r\n`
  const { text, parts } = contentIn(mail)
  assert.equal(text, 'outer text')
  assert.deepEqual(
    parts.map(({ part, type, size, trueType }) => [part, type, size, trueType]),
    [
      [2, 'message/rfc822', inner.length, 'message/rfc822'],
      [5, 'application/pdf', 6, 'application/pdf'],
    ],
  )
  assert.equal(partIn(mail, 2)?.toString(), inner)
  assert.equal(partIn(mail, 5)?.toString(), '%PDF-1')
  assert.equal(partIn(mail, 0), null)
  assert.equal(partIn(mail, 99), null)
})

const reference = {
  base64: (bytes: Buffer) => `${bytes.toString('base64').replace(/.{76}/g, '$&\r\n')}`,
  'quoted-printable': (bytes: Buffer) =>
    [...bytes]
      .map((byte, i) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}${i % 20 === 19 ? '=\r\n' : ''}`)
      .join(''),
  'x-uuencode': (bytes: Buffer) => {
    const char = (value: number) => String.fromCharCode(value === 0 ? 96 : 32 + value)
    let text = 'begin 644 file.bin\r\n'
    for (let at = 0; at < bytes.length; at += 45) {
      const line = bytes.subarray(at, at + 45)
      text += char(line.length)
      for (let i = 0; i < line.length; i += 3) {
        const value = (line[i]! << 16) | ((line[i + 1] ?? 0) << 8) | (line[i + 2] ?? 0)
        for (const shift of [18, 12, 6, 0]) text += char((value >> shift) & 63)
      }
      text += '\r\n'
    }
    return `${text}\`\r\nend`
  },
}

for (const [encoding, encode] of Object.entries(reference))
  test(`a part in ${encoding} comes out as it went in, whatever the pieces`, () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 400 }),
        fc.integer({ min: 1, max: 50 }),
        (array, piece) => {
          const bytes = Buffer.from(array)
          const mail = `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/x-thing; name=t\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${encode(bytes)}\r\n--b--\r\n`
          assert.deepEqual(partIn(mail, 1, piece), bytes)
          assert.equal(contentIn(mail).parts[0]?.size, bytes.length)
        },
      ),
      { numRuns: 100 },
    )
  })

test('a part that is not encoded keeps every byte but the line break of the delimiter', () => {
  for (const body of ['', '\r\n', 'a\r\n\r\n', 'a\n', 'a=\r\n', '\r\n\r\n\r\nb'])
    for (const encoding of ['7bit', 'quoted-printable']) {
      const mail = `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/x-thing\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n--b--\r\n`
      const wanted = encoding === '7bit' ? body : body.replace('=\r\n', '')
      for (const piece of [1, 2, 3, 1000])
        assert.equal(partIn(mail, 1, piece)?.toString(), wanted, JSON.stringify(body))
    }
})

test('uuencoded files in a text are parts of their own', () => {
  const files = [Buffer.from('first file'), Buffer.from('second '.repeat(20))]
  const mail = lines(
    'Subject: x',
    '',
    'hello',
    reference['x-uuencode'](files[0]!),
    'and',
    reference['x-uuencode'](files[1]!),
    'bye',
  )
  const { parts, text } = contentIn(mail)
  assert.deepEqual(
    parts.map(({ part, name, size }) => [part, name, size]),
    [
      [10_000, 'file.bin', 10],
      [10_001, 'file.bin', 140],
    ],
  )
  assert.deepEqual([partIn(mail, 10_000, 7), partIn(mail, 10_001, 7)], files)
  assert.match(text, /hello/)
})

test('names show what would disguise them', () => {
  const { parts } = contentIn(
    lines("Content-Type: application/pdf; name*=utf-8''invoice%E2%80%AEfdp.exe%E2%80%8B", '', 'MZ'),
  )
  assert.equal(parts[0]?.name, 'invoice[U+202E]fdp.exe[U+200B]')
})

test('what is nested too deep, or too much, is told', () => {
  let deep = ''
  for (let i = 0; i < 200; i++) deep += `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`
  assert.match(contentIn(deep).problem ?? '', /nested too deep/)
  const many = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: image/png\r\n\r\nx\r\n'.repeat(3000)}`
  const { problem, parts } = contentIn(many)
  assert.match(problem ?? '', /more than 1000 parts/)
  assert.ok(parts.length <= 1000)
  const long = contentIn(`Subject: x\r\n\r\n${'word '.repeat(300_000)}`)
  assert.ok(long.textIsCut)
  assert.ok(long.text.length <= 500_000)
  assert.match(pageIn(`Subject: x\r\n\r\n${'word '.repeat(300_000)}`), /only its beginning is shown/)
})

test('many links and many texts are bounded', () => {
  assert.equal(contentIn(htmlMail('<a href="https://example.org/">x</a>'.repeat(5000))).links.length, 200)
  const texts = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${`--b\r\n\r\n${'x'.repeat(10)}\r\n`.repeat(100)}--b--\r\n`
  const { text, parts } = contentIn(texts)
  assert.equal(text.split('\n\n').length, 20)
  assert.equal(parts.length, 80)
})

test('remote content is counted, what comes along is not', () => {
  const { remoteContent } = contentIn(
    htmlMail(
      '<img src="https://a.example/1"><img src="cid:x"><img src="data:image/png;base64,AA"><td background="//a.example/2"><p style="background:url(\'https://a.example/3\')"><style>@import "https://a.example/4"; a{b:url(data:x)} c{d:url(https://a.example/5)}</style><link href="https://a.example/6" rel=stylesheet>',
    ),
  )
  assert.equal(remoteContent, 6)
})

test('a message without text says so', () => {
  const mail = lines('Content-Type: application/pdf', '', '%PDF-1.4')
  const { text, textIsFrom, parts } = contentIn(mail)
  assert.deepEqual([text, textIsFrom, parts.length], ['', 'none', 1])
  assert.match(pageIn(mail), /has no text/)
  assert.equal(look('').parts.length, 0)
})
