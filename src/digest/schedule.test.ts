/** Promise: a digest comes at its time by the user's clocks, once, also on the days when they are changed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTimeZone, nextDue, type Schedule, weekdays } from './schedule.ts'

const daily: Schedule = { times: ['07:00'], days: weekdays }
const due = (schedule: Schedule, zone: string, from: string, count: number) => {
  const found: string[] = []
  let now = Date.parse(from)
  for (let i = 0; i < count; i++) {
    now = nextDue(schedule, zone, now) ?? Number.NaN
    found.push(new Date(now).toISOString().slice(0, 16))
  }
  return found
}

test('daily at seven, through the changes of the clocks', () => {
  assert.deepEqual(due(daily, 'Europe/Berlin', '2026-03-27T07:00Z', 3), [
    '2026-03-28T06:00',
    '2026-03-29T05:00',
    '2026-03-30T05:00',
  ])
  assert.deepEqual(due(daily, 'Europe/Berlin', '2026-10-24T06:00Z', 2), [
    '2026-10-25T06:00',
    '2026-10-26T06:00',
  ])
  assert.deepEqual(due(daily, 'Asia/Kolkata', '2026-01-01T00:00Z', 2), [
    '2026-01-01T01:30',
    '2026-01-02T01:30',
  ])
})

test('a time that the clocks skip, and one that they show twice, is due once that day', () => {
  const night: Schedule = { times: ['02:30'], days: weekdays }
  assert.deepEqual(due(night, 'Europe/Berlin', '2026-03-28T12:00Z', 2), [
    '2026-03-29T01:00',
    '2026-03-30T00:30',
  ])
  assert.deepEqual(due(night, 'Europe/Berlin', '2026-10-24T12:00Z', 2), [
    '2026-10-25T00:30',
    '2026-10-26T01:30',
  ])
  // Clocks that skip midnight.
  assert.deepEqual(due({ times: ['00:00'], days: weekdays }, 'Africa/Cairo', '2026-04-23T12:00Z', 2), [
    '2026-04-23T22:00',
    '2026-04-24T21:00',
  ])
})

test('several times, some weekdays, never', () => {
  const work: Schedule = { times: ['16:00', '08:00'], days: ['mon', 'fri'] }
  assert.deepEqual(due(work, 'UTC', '2026-01-15T09:00Z', 3), [
    '2026-01-16T08:00',
    '2026-01-16T16:00',
    '2026-01-19T08:00',
  ])
  assert.equal(nextDue({ times: ['08:00'], days: [] }, 'UTC', 0), null)
  // Once a week, at the moment itself: a week later.
  assert.deepEqual(due({ times: ['08:00'], days: ['fri'] }, 'UTC', '2026-01-16T08:00Z', 1), [
    '2026-01-23T08:00',
  ])
  // Samoa had no 30 December 2011: its seven o'clock is at the moment when the 31st begins.
  assert.deepEqual(due(daily, 'Pacific/Apia', '2011-12-29T18:00Z', 2), [
    '2011-12-30T10:00',
    '2011-12-30T17:00',
  ])
})

test('zones are names', () => {
  assert.equal(isTimeZone('Europe/Berlin'), true)
  for (const none of ['+02:00', 'Mars/Olympus', '', '../x']) assert.equal(isTimeZone(none), false)
})
