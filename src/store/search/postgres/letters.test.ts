/** Promise: patterns are made of the same letters as the columns that PostgreSQL's index has, and nothing is lost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../../test/store.ts'
import { asLetters, hasTrigram } from './letters.ts'

/** Every character that the database can keep, some thousand at a time. */
function* texts(): Generator<string> {
  for (let from = 1; from < 0x10000; from += 4096)
    yield Array.from({ length: 4096 }, (_, i) => String.fromCodePoint(from + i))
      .join('')
      .replace(/\p{Surrogate}/gu, '')
}

forEachEngine((open, kind) => {
  if (kind !== 'postgres') return
  test('the database swaps what we swap, back and forth', async () => {
    await using store = await open()
    for (const text of texts()) {
      assert.equal(asLetters(asLetters(text)), text)
      const [row] = await store.ctx.db.engine.all<{ letters: string }>(
        'select as_letters($1::text) as letters',
        [text],
      )
      assert.equal(row?.letters, asLetters(text))
    }
  })

  test('the index is used for whatever has three characters in a row', async () => {
    await using store = await open()
    const grams = async (pattern: string) => {
      const [row] = await store.ctx.db.engine.all<{ n: number }>(
        'select array_length(show_trgm($1), 1) as n',
        [pattern],
      )
      return row?.n ?? 0
    }
    for (const text of ['@x-', '%%%', '\n7.', '- a', 'ü\\_'].map(asLetters)) {
      assert.ok(hasTrigram(text), text)
      assert.ok((await grams(text)) >= 3, text)
    }
    for (const text of ['', '@@', '😀😀😀', 'a😀b'].map(asLetters)) assert.ok(!hasTrigram(text), text)
  })
})
