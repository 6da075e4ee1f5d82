/** Promise: digests and the pages of their links are whole in every language. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reasons } from '../../policy/decision.ts'
import { languages } from '../schedule.ts'
import { reasonText, texts } from './text.ts'

/** Every string, by its path; functions called with numbers and words. */
function strings(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function')
    return [1, 2, 17].flatMap((n) =>
      strings(path.includes('Before') ? value('WHO', 'WHEN') : value(n, 'ORG'), `${path}(${n})`),
    )
  return Object.entries(value as object).flatMap(([key, inner]) => strings(inner, `${path}.${key}`))
}

test('no language lacks a string, leaves one in English, or loses a number, a name or a time', () => {
  const english = new Map(strings(texts.en))
  for (const language of languages) {
    const found = new Map(strings(texts[language]))
    assert.deepEqual([...found.keys()].sort(), [...english.keys()].sort(), language)
    for (const [path, text] of found) {
      assert.ok(text.trim() !== '' && !/undefined|\[object|NaN/.test(text), `${language}${path}: ${text}`)
      if (language !== 'en' && path !== '.locale')
        assert.notEqual(text, english.get(path), `${language}${path}`)
      for (const word of ['WHO', 'WHEN', 'ORG', '17'])
        if (english.get(path)?.includes(word))
          assert.ok(text.includes(word), `${language}${path} has no ${word}`)
    }
  }
})

test('every reason has its words, and one that nobody knows has some', () => {
  for (const language of languages) {
    const words = reasons.map((reason) => reasonText(texts[language], reason))
    assert.equal(new Set(words).size, reasons.length, language)
    assert.equal(reasonText(texts[language], 'constructor'), texts[language].reasons.other)
  }
})
