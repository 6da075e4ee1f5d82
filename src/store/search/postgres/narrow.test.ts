/** Promise: what the trigram index is asked leaves out nothing, and is as little as narrows mail down. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asLetters } from './letters.ts'
import { chooseGrams, narrow } from './narrow.ts'
import { Sample } from './sample.ts'

const row = (sender: string, subject: string) => ({
  sender_letters: asLetters(sender),
  subject_letters: asLetters(subject),
  recipients_letters: asLetters('\nsomebody@example.com\n'),
  attachments_letters: '',
})
// Every tenth mail is an invoice, every hundredth comes from the bank, a third of the others from the shop.
const sample = new Sample(
  1_000_000,
  Array.from({ length: 1000 }, (_, i) =>
    row(
      i % 100 === 0 ? 'bank@bank.example' : i % 3 === 0 ? 'news@shop.example' : 'news@club.example',
      i % 10 === 0 ? 'your invoice' : 'hello',
    ),
  ),
)
const piece = (column: 'sender' | 'subject' | 'recipients', text: string) => ({
  column: `${column}_letters` as const,
  letters: asLetters(text),
})
const texts = (pieces: readonly { letters: string }[]) => pieces.map(({ letters }) => asLetters(letters))

test('of characters that always come together one three are asked', () => {
  const { pieces, share } = chooseGrams([piece('subject', 'your invoice')], sample)
  assert.equal(pieces.length, 1)
  assert.ok('your invoice'.includes(texts(pieces)[0] as string))
  assert.equal(share, 0.1)
})

test('what every mail has is asked of nobody when something else is there', () => {
  const { pieces, share } = chooseGrams(
    [piece('recipients', '@example.com\n'), piece('sender', '@bank.')],
    sample,
  )
  assert.equal(share, 0.01)
  assert.deepEqual(
    pieces.map(({ column }) => column),
    ['sender_letters'],
  )
})

test('what the sample does not have is asked by three of its threes, since it may be in many others', () => {
  const { pieces, share } = chooseGrams([piece('subject', 'quarterly report')], sample)
  assert.equal(pieces.length, 3)
  assert.equal(share, 0)
})

test('two of the rare are asked together with what narrows them down', () => {
  const both = chooseGrams([piece('subject', 'invoice'), piece('sender', 'shop')], sample)
  assert.deepEqual([both.pieces.length, both.share], [2, 0.03])
})

test('any one of several: each by its own; without a sample all of them is asked', () => {
  const params: unknown[] = []
  const bind = (value: unknown) => `$${params.push(value)}`
  const choice = [[piece('subject', 'invoice')], [piece('sender', 'bank')]]
  const { sql, entries } = narrow([choice], sample, bind)
  assert.match(sql, /^\(\(e\.subject_letters like \$1\) or \(e\.sender_letters like \$2\)\)$/)
  assert.equal(Math.round(entries ?? 0), 110_000)
  params.length = 0
  assert.deepEqual(narrow([[[piece('subject', '50%_off')]]], null, bind), {
    sql: 'e.subject_letters like $1',
    entries: null,
  })
  assert.deepEqual(params, [`%${asLetters('50%_off')}%`])
})
