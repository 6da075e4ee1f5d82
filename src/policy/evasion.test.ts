/**
 * Mail made so that a reader of ours and the recipient's program see different things: by the rules that hold without
 * any configuration none of it passes as clean, and its ordinary relatives do.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReader } from '../mail/reader.ts'
import { eicar } from '../mail/test-patterns.ts'
import { defaultsOf } from '../options.ts'
import { scanOptions } from '../scan/options.ts'
import type { Scannable } from '../scan/scanner.ts'
import { scannersOf } from '../scan/scanners.ts'
import { compilePolicy } from './compile.ts'
import { decide } from './decide.ts'
import { defaultAreas, defaultRules } from './defaults.ts'

const policy = compilePolicy(defaultAreas, defaultRules, {
  onScannerFailure: 'hold',
  unscannedArea: 'Unscanned',
  ownDomains: [],
})
const scanners = scannersOf(defaultsOf(scanOptions))
const lines = (...text: string[]): string => text.join('\r\n')

async function judged(message: string): Promise<string> {
  const reader = createReader()
  reader.push(Buffer.from(message, 'latin1'))
  const facts = reader.end()
  const client = { ip: '192.0.2.1', port: null, name: null, helo: null, protocol: 'ESMTP' }
  const envelope = {
    via: 'smtp' as const,
    sender: 'a@example.org',
    recipients: [{ address: 'b@example.org', parameters: {} }],
    body: null,
    smtputf8: false,
    client,
    peerIp: '192.0.2.1',
  }
  const mail: Scannable = { envelope, facts, async *content() {} }
  const signal = new AbortController().signal
  const verdicts = await Promise.all(scanners.map((scanner) => scanner.scan(mail, signal)))
  const decision = decide(policy, { envelope, facts, verdicts: verdicts.filter((each) => each !== null) })[0]!
  return `${decision.disposition} ${decision.area} ${facts.ambiguities}`
}

const exe = lines('Content-Type: application/octet-stream; name="a.exe"', '', 'x')
const plain = lines('Content-Type: text/plain', '', 'hello')
/** What is in the header decides which of two boundaries counts: harmless within one, a program within the other. */
const two = (type: string, seen: string, meant: string): string =>
  lines(
    `Content-Type: multipart/mixed; ${type}`,
    '',
    `--${seen}`,
    plain,
    `--${meant}`,
    exe,
    `--${meant}--`,
    `--${seen}--`,
    '',
  )
const pieces = (count: number): string =>
  Array.from({ length: count }, (_, i) => `;\r\n filename*${i}=${'a'.repeat(10)}`).join('')
const named = (disposition: string): string => lines(`Content-Disposition: attachment${disposition}`, '', 'x')
const uuencoded = (content: string): string[] => {
  const encoded: string[] = []
  for (let at = 0; at < content.length; at += 45) {
    const bytes = Buffer.from(content.slice(at, at + 45), 'latin1')
    let line = String.fromCharCode(32 + bytes.length)
    for (let i = 0; i < bytes.length; i += 3) {
      const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
      for (const shift of [18, 12, 6, 0]) line += String.fromCharCode(32 + ((word >> shift) & 63))
    }
    encoded.push(line)
  }
  return encoded
}

const held: [string, string][] = [
  ['a boundary that looks like an encoded word', two('boundary="=?us-ascii?Q?x?="', 'x', '=?us-ascii?Q?x?=')],
  ['a boundary behind a comment', two('boundary=(c)x', '(c)x', 'x')],
  ['a boundary with a backslash', two('boundary="a\\b"', 'a\\b', 'ab')],
  ['a boundary that ends with a blank', two('boundary="a "', 'a', 'a ')],
  ['a boundary that is two words', two('boundary=a b', 'a b', 'a')],
  ['a boundary in two forms', two("boundary=x; boundary*=us-ascii''y", 'y', 'x')],
  ['a boundary in pieces', two('boundary*0=a; boundary*1=b', 'ab', 'a')],
  ['a boundary that is never closed', two('boundary="a', 'x', 'y')],
  [
    'a line that begins like a delimiter and closes the multipart inside',
    lines(
      'Content-Type: multipart/mixed; boundary=outer',
      '',
      '--outer',
      'Content-Type: multipart/mixed; boundary=inner',
      '',
      '--inner',
      plain,
      '--outer-not',
      '',
      '--inner',
      exe,
      '--inner--',
      '--outer--',
      '',
    ),
  ],
  ['a multipart without boundary', lines('Content-Type: multipart/mixed', '', '--x', exe, '--x--', '')],
  ['a multipart without its semicolon', lines('Content-Type: multipart/mixed boundary=x', '', '--x', exe)],
  ['a multipart in which no part is', lines('Content-Type: multipart/mixed; boundary=y', '', '--x', exe)],
  ['a name that goes on behind the limit of a parameter', named(`; filename="${'a'.repeat(5_000)}.exe"`)],
  ['a name in too many pieces', named(`${pieces(250)};\r\n filename*250=".exe"`)],
  [
    'a name in pieces that are too long',
    named(`${pieces(199).replaceAll('a', 'abc')};\r\n filename*199=".exe"`),
  ],
  ['a name that NUL ends', named("; filename*=us-ascii''a.exe%00.txt")],
  ['a name that a slash ends', named('; filename="a.exe/"')],
  [
    'a header that a server ends early',
    lines(
      'Content-Type: multipart/mixed; boundary=x',
      'not a header field',
      '--x',
      'Content-Disposition: attachment; filename=a.exe',
      '',
      'program',
      '--x--',
      '',
    ),
  ],
  ['an encoding that only some know', lines('Content-Transfer-Encoding: x-uuencode', '', ...uuencoded('x'))],
  [
    'malware behind a thousand files',
    lines(
      '',
      ...Array.from({ length: 1_000 }, (_, i) => lines(`begin 644 ${i}.txt`, '#86)C', '`', 'end')),
      'begin 644 a.exe',
      '#86)C',
      '`',
      'end',
      '',
    ),
  ],
  ['a test virus, uuencoded', lines('', 'begin 644 a.txt', ...uuencoded(eicar), '`', 'end', '')],
]
for (const [what, message] of held)
  test(`held: ${what}`, async () => {
    assert.match(await judged(`Subject: s\r\n${message}`), /^quarantine /)
  })

const passed: [string, string][] = [
  [
    'a boundary as programs make them',
    two('boundary="----=_Part_1.2_(a)/b:c?d"', '----=_Part_1.2_(a)/b:c?d', 'z').replace(exe, plain),
  ],
  ['an unquoted boundary with equals signs', two('boundary=----=_x', '----=_x', 'z').replace(exe, plain)],
  ['a name with parentheses', named('; filename=report (1).pdf')],
  ['a name in two forms', named('; filename="a.pdf"; filename*=utf-8\'\'%C3%A4.pdf')],
  ['a long name', named(`; filename="${'a'.repeat(300)}.pdf"`)],
  [
    'a bounce with the header of the message only',
    lines(
      'Content-Type: multipart/report; boundary=x',
      '',
      '--x',
      plain,
      '--x',
      'Content-Type: message/rfc822',
      '',
      'Subject: s',
      'Content-Type: multipart/mixed; boundary=y',
      '',
      '--x--',
      '',
    ),
  ],
  [
    'a line of dashes in a letter',
    two('boundary=x', 'x', 'z').replace('hello', '--\r\nAnn\r\n-----').replace(exe, plain),
  ],
  ['an encoding written with a hyphen', lines('Content-Transfer-Encoding: 8-bit', '', 'x')],
]
for (const [what, message] of passed)
  test(`passed: ${what}`, async () => {
    assert.match(await judged(`Subject: s\r\n${message}`), /^deliver /)
  })

test('passed: the separator line of an mbox file, escaped or not', async () => {
  for (const line of ['From a@b Mon Jan  1 10:00:00 2024', '>From a@b Mon Jan  1 10:00:00 2024'])
    assert.match(await judged(lines(line, 'Subject: s', '', 'x')), /^deliver /)
})
