/** Promise: letters say the same in each language, carry their link or code, and nothing in a name acts in them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LetterLanguage, type LetterOrder, letterTexts, writeLetterOf } from './letter.ts'

const url = `https://mail.example.org/sign-in#${'x'.repeat(43)}`
const hostile = 'Eve"><script>alert(1)</script>\r\nBcc: x@example.org\u202e \u{1F4A3}'
const orders: LetterOrder[] = [
  { kind: 'signIn', url, minutes: 15 },
  { kind: 'invitation', url, hours: 72, display: hostile },
  { kind: 'newPassword', url, hours: 1, display: '' },
  { kind: 'delegation', code: 'ABCD-2345', hours: 24, who: hostile, address: 'sales@example.org' },
]

test('each letter in each language has its link or code in text and HTML, and a subject of its own', () => {
  const subjects = new Set<string>()
  for (const language of Object.keys(letterTexts) as LetterLanguage[])
    for (const order of orders) {
      const { subject, text, html } = writeLetterOf(language, 'Example & Sons', order)
      subjects.add(subject)
      const key = order.kind === 'delegation' ? order.code : order.url
      assert.ok(text.includes(`\n${key}\n`), `${language} ${order.kind}: the key has a line of its own`)
      assert.ok(html.includes(key) && html.includes(`lang="${language}"`))
      assert.ok(
        text.includes('Example & Sons') && html.includes('Example &amp; Sons'),
        `${language} ${order.kind}`,
      )
      assert.doesNotMatch(text + html, /undefined|\[object|\$\{/)
    }
  assert.equal(subjects.size, orders.length * 5)
})

test('a name is text on one line: no markup, no header, no turned direction', () => {
  for (const language of Object.keys(letterTexts) as LetterLanguage[])
    for (const order of orders) {
      const { subject, text, html } = writeLetterOf(language, hostile, order)
      assert.doesNotMatch(html, /<script|<img|javascript:/i)
      assert.doesNotMatch(text + html, /\u202e/)
      assert.doesNotMatch(text, /^Bcc:/m)
      assert.doesNotMatch(subject, /[\r\n]/)
    }
})
