import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { forEachEngine, testClock } from '../../test/store.ts'
import { systemClock } from '../clock.ts'
import { formatId, idAt, idSource, idTime, parseId } from './ids.ts'
import { insertPosts } from './posts.ts'
import { insertRequests } from './requests.ts'
import { insertSearch } from './searches.ts'
import { insertUser } from './users.ts'

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

forEachEngine((open) => {
  test('opened again with the clock set back, a store repeats no id of what users and accounts have made', async () => {
    const now = Date.UTC(2026, 0, 1)
    await using store = await open({ clock: testClock(now + 3_600_000) })
    const { db } = store.ctx
    const name = 'anna@example.org'
    const noUser = { display: '', source: '', password: '', locale: '', time_zone: '', preferences: '{}' }
    const never = { created_at: now, disabled_at: null, seen_at: null }
    const search = { account_id: 1, name: 'x', query: '', shared: 0, created_at: now }
    const asked = { address: name, address_key: name, asked_by: name, note: '', asked_at: now, answer: '' }
    const openOne = { state: 'open' as const, decided_by: '', decided_at: null }
    const post = { kind: 'letter' as const, recipient: name, smtputf8: false, bytes: Buffer.from('x') }
    const made: [string, (trx: typeof db.read) => Promise<unknown>][] = [
      ['users', (trx) => insertUser(trx, { id: db.ids.next(), name, name_key: name, ...noUser, ...never })],
      [
        'requests',
        (trx) =>
          insertRequests(trx, [{ id: db.ids.next(), message_id: 1, n: 1, user_id: 1, ...asked, ...openOne }]),
      ],
      ['posts', (trx) => insertPosts(db, trx, [post], now)],
      ['saved_searches', (trx) => insertSearch(trx, { id: db.ids.next(), ...search })],
    ]
    for (const [table, make] of made) {
      await store.clock.turn(1000)
      const before = db.ids.next()
      await db.transaction(make)
      await using again = await open({ again: store, clock: testClock(now) })
      assert.ok(idTime(again.ctx.db.ids.next()) > idTime(before), table)
    }
  })
})
