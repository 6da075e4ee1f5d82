/** Patterns mean what people expect, and no text makes them slow. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyMatch, globMatch } from './glob.ts'

test('globs agree with a plain reading of them', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'B', '*', '.'), maxLength: 8 })
  fc.assert(
    fc.property(letters, letters, (pattern, text) => {
      const source = pattern.toLowerCase().replace(/[.]/g, '\\.').replace(/\*/g, '.*')
      assert.equal(globMatch(pattern)(text), new RegExp(`^${source}$`, 's').test(text.toLowerCase()))
    }),
    { numRuns: 2_000 },
  )
  const began = process.cpuUsage()
  globMatch('*a*a*a*a*a*a*a*a*b')('a'.repeat(200_000))
  assert.ok(process.cpuUsage(began).user < 500_000)
})

test('a list matches when one of its patterns does', () => {
  const matches = anyMatch(['Exact@example.com', '*@list.example'])
  for (const text of ['exact@EXAMPLE.com', 'a@list.example']) assert.ok(matches(text), text)
  for (const text of ['x', 'an-exact@example.com', '']) assert.ok(!matches(text), text)
})
