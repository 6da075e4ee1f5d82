/** Promise: a day is what a person's clock calls one, and days neither overlap nor leave a gap. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastDays } from './days.ts'

const at = (text: string) => Date.parse(text)
const begins = (count: number, now: string, timeZone?: string) =>
  lastDays(count, at(now), timeZone).map(({ day, from }) => `${day} ${new Date(from).toISOString()}`)
const hours = (count: number, now: string, timeZone: string) =>
  lastDays(count, at(now), timeZone).map(({ from, to }) => (to - from) / 3_600_000)

test('days begin at midnight of the zone, also where clocks differ by quarters of an hour', () => {
  assert.deepEqual(begins(2, '2026-01-15T09:00:00Z'), [
    '2026-01-14 2026-01-14T00:00:00.000Z',
    '2026-01-15 2026-01-15T00:00:00.000Z',
  ])
  assert.deepEqual(begins(2, '2026-01-14T18:15:00Z', 'Asia/Kathmandu'), [
    '2026-01-14 2026-01-13T18:15:00.000Z',
    '2026-01-15 2026-01-14T18:15:00.000Z',
  ])
  assert.deepEqual(begins(1, '2026-01-14T18:14:59Z', 'Asia/Kathmandu'), [
    '2026-01-14 2026-01-13T18:15:00.000Z',
  ])
  assert.deepEqual(begins(1, '2026-01-14T10:00:00Z', 'Pacific/Kiritimati'), [
    '2026-01-15 2026-01-14T10:00:00.000Z',
  ])
  assert.deepEqual(begins(1, '2026-01-14T11:59:00Z', 'Etc/GMT+12'), ['2026-01-13 2026-01-13T12:00:00.000Z'])
})

test('when clocks change a day has 23 or 25 hours', () => {
  assert.deepEqual(hours(3, '2026-03-09T12:00:00Z', 'America/New_York'), [24, 23, 24])
  assert.deepEqual(hours(3, '2026-11-02T12:00:00Z', 'America/New_York'), [24, 25, 24])
  // Where midnight itself is skipped the day begins an hour late.
  assert.deepEqual(begins(1, '2026-04-24T12:00:00Z', 'Africa/Cairo'), ['2026-04-24 2026-04-23T22:00:00.000Z'])
  assert.deepEqual(hours(2, '2026-04-24T12:00:00Z', 'Africa/Cairo'), [24, 23])
})

test('days lie one after the other', () => {
  for (const zone of ['UTC', 'Australia/Lord_Howe', 'America/St_Johns', 'Asia/Kathmandu', 'Africa/Cairo']) {
    const days = lastDays(90, at('2026-05-20T21:13:00Z'), zone)
    for (const [n, { from, day }] of days.entries()) {
      if (n > 0) assert.equal(from, days[n - 1]!.to, `${zone} ${day}`)
      assert.equal(from % 900_000, 0, `${zone} ${day}`)
    }
    const today = days.at(-1)!
    assert.ok(today.from <= at('2026-05-20T21:13:00Z') && at('2026-05-20T21:13:00Z') < today.to, zone)
    assert.equal(new Set(days.map(({ day }) => day)).size, 90)
  }
})

test('a zone that does not exist is told', () => {
  assert.throws(() => lastDays(1, 0, 'Mars/Olympus'), /There is no time zone "Mars\/Olympus"/)
})
