import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { systemClock } from '../clock.ts'
import { formatId, idAt, idSource, idTime, parseId } from './ids.ts'

const clockAt = (ms: () => number) => ({ ...systemClock, now: ms })

test('ids grow, whatever the clock does', () => {
  let now = Date.UTC(2026, 0, 1)
  const ids = idSource(
    clockAt(() => now),
    3,
    0,
  )
  let last = 0
  for (let i = 0; i < 5000; i++) {
    if (i % 700 === 0) now -= 60_000
    if (i % 31 === 0) now += 1
    const id = ids.next()
    assert.ok(id > last)
    last = id
  }
})

test('after a restart ids go on above the greatest one kept, even with the clock set back', () => {
  const now = Date.UTC(2026, 0, 1)
  const kept = idAt(now + 3_600_000) + 77
  assert.ok(
    idSource(
      clockAt(() => now),
      0,
      kept,
    ).next() > kept,
  )
})

test('two nodes never give the same id', () => {
  const now = Date.UTC(2026, 0, 1)
  const [a, b] = [
    idSource(
      clockAt(() => now),
      0,
      0,
    ),
    idSource(
      clockAt(() => now),
      15,
      0,
    ),
  ]
  const seen = new Set<number>()
  for (let i = 0; i < 2000; i++) seen.add(a.next()).add(b.next())
  assert.equal(seen.size, 4000)
})

test('an id carries its time, and a time is the least id of that moment', () => {
  const now = Date.UTC(2088, 5, 1, 12, 30, 15, 123)
  const id = idSource(
    clockAt(() => now),
    15,
    0,
  ).next()
  assert.equal(idTime(id), now)
  assert.ok(idAt(now) <= id && id < idAt(now + 1))
  assert.ok(Number.isSafeInteger(id))
})

test('the written form reads back and sorts the same way', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
      assert.equal(parseId(formatId(a)), a)
      assert.equal(formatId(a) < formatId(b), a < b)
    }),
  )
  for (const text of ['', 'x', '0000000000u', '000000000000', 'zzzzzzzzzzz', '../../../..', '0000000000\n'])
    assert.equal(parseId(text), null, text)
})
