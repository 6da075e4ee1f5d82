/** Promise: dates, words for dates and exclusions mean what is documented, and a cursor stays with its search. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cursorTime, decodeCursor, encodeCursor, type FilterText, parseFilter } from './search.ts'

const now = Date.parse('2026-03-10T22:30:00Z')
const at = (text: FilterText) => {
  const { from, to } = parseFilter(text, now)
  return [from, to].map((ms) => (ms === undefined ? undefined : new Date(ms).toISOString()))
}

test('words for dates are counted from now', () => {
  assert.deepEqual(at({ from: '7d', to: '12h' }), ['2026-03-03T22:30:00.000Z', '2026-03-10T10:30:00.000Z'])
  assert.deepEqual(at({ from: '2W' }), ['2026-02-24T22:30:00.000Z', undefined])
  assert.deepEqual(at({ from: 'yesterday', to: 'Yesterday' }), [
    '2026-03-09T00:00:00.000Z',
    '2026-03-10T00:00:00.000Z',
  ])
  assert.deepEqual(at({ from: 'today 09:30', to: 'todayT00:00' }), [
    '2026-03-10T09:30:00.000Z',
    '2026-03-10T00:00:00.000Z',
  ])
})

test('days and times without a zone are in the time zone that is given', () => {
  const timeZone = 'Europe/Berlin'
  // Half past eleven there; an hour ahead until 29 March, when the day has 23 hours.
  assert.deepEqual(at({ from: 'today', to: 'today', timeZone }), [
    '2026-03-09T23:00:00.000Z',
    '2026-03-10T23:00:00.000Z',
  ])
  assert.deepEqual(at({ from: '2026-03-29', to: '2026-03-29', timeZone }), [
    '2026-03-28T23:00:00.000Z',
    '2026-03-29T22:00:00.000Z',
  ])
  assert.deepEqual(at({ from: '2026-07-01T12:00', to: '2026-07-01T12:00Z', timeZone }), [
    '2026-07-01T10:00:00.000Z',
    '2026-07-01T12:00:00.000Z',
  ])
  assert.deepEqual(at({ from: 'today', timeZone: 'Pacific/Auckland' }), [
    '2026-03-10T11:00:00.000Z',
    undefined,
  ])
})

test('a date as it was: offsets, days that include themselves, a plus that became a blank', () => {
  assert.deepEqual(at({ from: '2026-04-01', to: '2026-04-01' }), [
    '2026-04-01T00:00:00.000Z',
    '2026-04-02T00:00:00.000Z',
  ])
  for (const from of ['2026-04-01T09:30:00+0200', '2026-04-01T09:30+02:00', '2026-04-01 09:30 02:00'])
    assert.deepEqual(at({ from }), ['2026-04-01T07:30:00.000Z', undefined])
})

test('what is no date or no time zone is refused, and the field named', () => {
  for (const to of [
    '2026-02-31',
    'tomorrow',
    '7',
    'd',
    '7 d',
    '-7d',
    '99999d',
    'todayx',
    '12:00',
    '7d 09:00',
  ])
    assert.throws(() => parseFilter({ to }, now), { code: 'invalid', facts: { field: 'to' } }, to)
  assert.throws(() => parseFilter({ from: 'today', timeZone: 'Europe/Nowhere' }, now), {
    code: 'invalid',
    facts: { field: 'timeZone' },
  })
})

test('exclusions are patterns of their own, and complaints name them', () => {
  assert.deepEqual(parseFilter({ area: 'Spam', notArea: '*a*', notMessageId: '<x@y>' }, now), {
    area: { start: true, pieces: ['spam'], end: true },
    without: {
      area: { start: false, pieces: ['a'], end: false },
      messageId: { start: true, pieces: ['x@y'], end: true },
    },
  })
  assert.throws(() => parseFilter({ notSender: '*a'.repeat(20) }, now), { facts: { field: 'notSender' } })
})

test('a cursor is good for its own search only, on which its words for dates stand still', () => {
  const search = (text: FilterText, time: number) =>
    ({ filter: parseFilter(text, time), sort: 'timestamp', order: 'desc' }) as const
  const position = { key: '', id: 7 }
  const text = { from: '7d', notArea: 'spam' }
  const cursor = encodeCursor(position, search(text, now), now)
  assert.equal(cursorTime(cursor), now)
  assert.deepEqual(decodeCursor(cursor, search(text, cursorTime(cursor))), position)
  for (const other of [
    { from: '7d' },
    { from: '7d', area: 'spam' },
    { from: '7d', notReason: 'spam' },
    { from: '7d', notArea: 'spam*' },
    { from: '8d', notArea: 'spam' },
  ])
    assert.throws(() => decodeCursor(cursor, search(other, now)), { facts: { field: 'cursor' } })
  for (const damaged of ['', 'x', cursor.slice(0, -4), btoa('[2,"x",1,"",null]'), btoa('[2,"x",1,"",9e15]')])
    assert.throws(() => cursorTime(damaged), { code: 'invalid', facts: { field: 'cursor' } })
})
