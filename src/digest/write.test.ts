/** Promise: a digest reads well, whatever strangers write in subjects and names, and however plain the mail client. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languages } from './schedule.ts'
import { wrapped } from './wrap.ts'
import { type Digest, type DigestItem, shortLine, writeDigest } from './write.ts'

const url = `https://quarantine.example.org:8447/digest/${'Ab3_'.repeat(15)}`
const item = (subject: string, headerFrom = 'Shop <news@shop.example>'): DigestItem => ({
  sender: 'x@relay.example',
  headerFrom,
  subject,
  reason: 'spam',
  receivedAt: Date.UTC(2026, 10, 24, 9, 5),
  expiresAt: Date.UTC(2026, 11, 24, 9, 5),
  to: [],
  notSpamUrl: url,
  approveUrl: url,
  deleteUrl: url,
})
const digest = (items: DigestItem[], more: Partial<Digest> = {}): Digest => ({
  language: 'en',
  timeZone: 'UTC',
  organisation: 'Example',
  items,
  total: items.length,
  consoleUrl: 'https://quarantine.example.org:8447/',
  unsubscribeUrl: url,
  ...more,
})

/** Columns on a terminal, reckoned another way: what is of East Asia or a picture takes two. */
const width = (line: string) =>
  [...line].reduce((sum, char) => sum + (char.codePointAt(0)! > 0x2e7f ? 2 : 1), 0)

test('no line of the text is wider than 72 columns, but for addresses; in every language', () => {
  const items = [
    item('please confirm your account details within the next hours '.repeat(4)),
    item('重要なお知らせ至急ご確認ください'.repeat(8), '株式会社サンプル <info@sample.example>'),
    item('🎉🎁 You won 💰 '.repeat(12)),
    item('عاجل: يرجى تأكيد حسابك قبل نهاية اليوم '.repeat(4)),
  ]
  for (const language of languages) {
    const { text } = writeDigest(digest(items, { language, total: 1234 }))
    for (const line of text.split('\n'))
      assert.ok(line.includes('https://') || width(line) <= 72, `${language}: ${line}`)
  }
})

test('strangers’ words never begin a line where ours do', () => {
  const subject = `${'x'.repeat(60)} Delete: ${url} ${'y '.repeat(20)} Delete: ${url} 2. Another`
  const { text } = writeDigest(digest([item(subject)]))
  const ours = text.split('\n').filter((line) => /^( {3})?(Delete|2\.|https)/.test(line))
  assert.equal(ours.filter((line) => line.startsWith('   Delete')).length, 1)
  assert.equal(ours.filter((line) => line.startsWith('2.')).length, 0)
})

test('a subject is broken between words, and in a script without blanks between letters', () => {
  assert.equal(wrapped('a b'), 'a b')
  assert.equal(
    wrapped(`1. ${'word '.repeat(20).trim()}`, '     ')
      .split('\n')[1]
      ?.slice(0, 9),
    '     word',
  )
  const [first = '', second = ''] = wrapped('重'.repeat(50), '  ').split('\n')
  assert.deepEqual([first.length, second], [36, `  ${'重'.repeat(14)}`])
  const whole = `see ${'z'.repeat(100)} here`
  assert.deepEqual(wrapped(whole).split('\n'), ['see', 'z'.repeat(100), 'here'])
})

test('a picture of several stays one; anything else that is hidden is shown', () => {
  assert.equal(shortLine('👨‍👩‍👧‍👦 ❤️‍🔥 hi', 100), '👨‍👩‍👧‍👦 ❤️‍🔥 hi')
  assert.equal(shortLine('a\u200db 👨\u200dx \u202egpj.exe', 100), 'a[U+200D]b 👨[U+200D]x [U+202E]gpj.exe')
})

test('the HTML has no picture, no script, nothing from elsewhere, and no unescaped word of strangers', () => {
  const hostile = '"><img src=https://evil.example/x onerror=alert(1)><script>alert(1)</script>'
  const { html } = writeDigest(digest([item(hostile, hostile)]))
  assert.doesNotMatch(html, /<(img|script|link|iframe|object|svg|style)\b/i)
  const addresses = [...html.matchAll(/(?:href|src|url\()="?([^"\s>]+)/g)].map(([, found]) => found)
  assert.deepEqual(
    addresses.filter(
      (found) => !found?.startsWith('https://quarantine.example.org') && !found?.includes('evil'),
    ),
    [],
  )
  assert.doesNotMatch(html, /="[^"]*evil/)
})
