import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entryOf } from './held.ts'

const labels = { area: 1, reason: 1, rule: 1, scanner: 1 }
const message = { id: 1, sender: '', subject: '', message_id: '' }

test('a thousand ordinary attachments can all be searched for, of a thousand very long names the first', () => {
  const namesOf = (length: number) => Array.from({ length: 1000 }, (_, n) => `${n} ${'x'.repeat(length)}.pdf`)
  const keyOf = (names: string[]) => entryOf(message, ['a@example.com'], names, labels).attachments_key
  assert.equal(keyOf(namesOf(20)), `\n${namesOf(20).join('\n')}\n`)
  const long = keyOf(namesOf(250))
  assert.ok(long.length > 30_000 && long.length < 33_000, `${long.length} characters`)
  assert.ok(long.startsWith('\n0 xxx') && !long.includes('\n999 '))
})

test('a Message-ID is searched for without its brackets, whatever stands in it', () => {
  const keyOf = (message_id: string) => entryOf({ ...message, message_id }, [], [], labels).message_id_key
  assert.equal(keyOf('<1@Example.org>'), '1@example.org')
  assert.equal(keyOf('<1\u2028\u0085@x>'), '1\u2028\u0085@x')
})
