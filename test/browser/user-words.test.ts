/** Promise: whoever reads German, French, Spanish or Japanese meets no English, and no word that is missing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reasons } from '../../src/policy/decision.ts'
import { de } from '../../web/text/de/user.ts'
import { en } from '../../web/text/en/user.ts'
import { es } from '../../web/text/es/user.ts'
import { fr } from '../../web/text/fr/user.ts'
import { ja } from '../../web/text/ja/user.ts'
import { browserLocale, languages } from '../../web/text/user.ts'
import { momentsOf, regionalLocale } from '../../web/user/moments.ts'

const catalogues: Record<string, object> = { en, de, fr, es, ja }
const counts = [0, 1, 2, 1234]

/** Every sentence of a catalogue by its place; a sentence with a number in it for several numbers. */
function sentences(part: object, place = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(part) as [string, unknown][]) {
    const here = place === '' ? key : `${place}.${key}`
    if (typeof value === 'string') found.set(here, value)
    else if (typeof value === 'function')
      for (const n of counts) {
        const say = value as (...given: unknown[]) => string
        found.set(`${here}(${n})`, say(n, true))
        found.set(`${here}(${n}, false)`, say(n, false))
      }
    else for (const [at, text] of sentences(value as object, here)) found.set(at, text)
  }
  return found
}

test('every language has the same sentences, none empty, none with a gap', () => {
  assert.deepEqual(Object.keys(catalogues), Object.keys(languages))
  const wanted = [...sentences(en).keys()]
  for (const [language, catalogue] of Object.entries(catalogues)) {
    const said = sentences(catalogue)
    assert.deepEqual([...said.keys()].sort(), [...wanted].sort(), language)
    for (const [place, text] of said) {
      assert.ok(text.trim() !== '', `${language} ${place} is empty`)
      assert.doesNotMatch(text, /undefined|NaN|\[object/, `${language} ${place}`)
    }
  }
})

test('no sentence of more than three words is the English one', () => {
  const english = sentences(en)
  for (const [language, catalogue] of Object.entries(catalogues)) {
    if (language === 'en') continue
    const same = [...sentences(catalogue)].filter(
      ([place, text]) => text === english.get(place) && text.split(/\s+/).length > 3,
    )
    assert.deepEqual(same, [], language)
  }
  for (const [place, text] of sentences(ja))
    assert.match(text, /[\u3040-\u30ff\u4e00-\u9fff]/, `${place} is in Japanese`)
})

test('every reason of the product is said in every language', () => {
  for (const { reasons: said } of [en, de, fr, es, ja])
    for (const reason of reasons) assert.ok(said[reason].short !== '' && said[reason].long !== '', reason)
})

test('the language is the first of the browser’s that there is, English when there is none', () => {
  assert.equal(browserLocale(['pt-BR', 'fr-CA', 'en']), 'fr')
  assert.equal(browserLocale(['DE-at']), 'de')
  assert.equal(browserLocale(['constructor', 'xx']), 'en')
  assert.equal(browserLocale([]), 'en')
})

test('times are said as in the language, on the calendar of the time zone', () => {
  const now = () => Date.parse('2026-11-24T23:30:00Z')
  const berlin = momentsOf('de', 'Europe/Berlin', now)
  assert.equal(berlin.friendly('2026-11-24T23:10:00Z'), '00:10')
  assert.equal(berlin.friendly('2026-11-24T22:10:00Z'), 'Gestern, 23:10')
  assert.match(berlin.friendly('2026-11-22T10:00:00Z'), /^Sonntag.*11:00$/)
  assert.match(berlin.friendly('2026-11-02T10:00:00Z'), /^2\. Nov\..*11:00$/)
  assert.match(berlin.friendly('2025-11-02T10:00:00Z'), /2025$/)
  assert.equal(momentsOf('en', 'UTC', now).friendly('2026-11-24T22:10:00Z').includes('Yesterday'), false)
  assert.equal(momentsOf('fr', 'UTC', now).ahead('2026-12-04T23:30:00Z'), 'dans 10 jours')
  assert.equal(momentsOf('en', 'UTC', now).ahead('2026-11-24T23:00:00Z'), 'this minute')
  assert.equal(momentsOf('de', 'UTC', now).size(1_234_000), '1,2 MB')
  const [british, american] = [
    regionalLocale('en', ['fr', 'en-GB', 'en-US']),
    regionalLocale('en', ['en-US']),
  ]
  assert.equal(momentsOf(british, 'UTC', now).friendly('2026-11-24T22:10:00Z'), '22:10')
  assert.match(momentsOf(american, 'UTC', now).friendly('2026-11-24T22:10:00Z'), /^10:10\sPM$/)
  assert.equal(regionalLocale('ja', ['en-GB']), 'ja')
})
