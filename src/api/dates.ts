/**
 * Dates as people write them in a search: ISO 8601 (`2026-04-01`, `2026-04-01T09:30:00Z`), `today`, `yesterday` (with or
 * without a time behind: `yesterdayT18:00`), and back from now `12h`, `7d`, `2w`. What has no zone is in the asker's, else
 * in UTC. Words stay words until a search is run, so that a saved search for the last week goes on meaning that.
 */
import { Problem } from '../problem.ts'
import { offsetAt } from '../zone.ts'

export interface When {
  /** Milliseconds. */
  now: number
  /** IANA name, such as Europe/Berlin. */
  timeZone?: string
}

const dayMs = 86_400_000
const unitsMs: Record<string, number> = { h: 3_600_000, d: dayMs, w: 7 * dayMs }
const back = /^(\d{1,4})([hdw])$/i
const dayWord = /^(today|yesterday)(?=$|[T ])/i
const instant = /^\d{4}-\d\d-\d\d(?:([T ])(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/i

/**
 * Milliseconds. A day without a time begins there as `from` and ends there as `to`.
 * @throws Problem 'invalid', with the field in its facts.
 */
export function parseInstant(given: string, field: 'from' | 'to', { now, timeZone = 'UTC' }: When): number {
  const [, count, unit] = back.exec(given) ?? []
  if (unit) return now - Number(count) * (unitsMs[unit.toLowerCase()] as number)
  const text = given
    .replace(dayWord, (word) => today(now, timeZone, word.toLowerCase() === 'today' ? 0 : -1))
    // The plus of +02:00, written into a URL as it is, arrives as a blank.
    .replace(/(:\d\d(?:\.\d+)?) (?=\d\d:?\d\d$)/, '$1+')
  const date = text.slice(0, 10)
  const [matched, hasTime, time = '00:00', zone] = instant.exec(text) ?? []
  const day = Date.parse(date)
  const ms = Date.parse(`${date}T${time}${zone ? zone.replace(/^(...)(\d\d)$/, '$1:$2') : 'Z'}`)
  // Date.parse takes 31 February for 3 March in some forms: the day must come back as it was written.
  if (!matched || Number.isNaN(ms) || Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date)
    throw new Problem(
      'invalid',
      `"${given.slice(0, 40)}" is no date.`,
      'Write 2026-04-01, 2026-04-01T09:30:00Z, today, yesterday, or 12h, 7d, 2w for so long ago.',
      { field },
    )
  if (zone) return ms
  return inZone(field === 'to' && !hasTime ? ms + dayMs : ms, timeZone)
}

/** @throws Problem 'invalid' when there is no such time zone. */
export function checkTimeZone(timeZone: string): void {
  try {
    offsetAt(0, timeZone)
  } catch {
    throw new Problem(
      'invalid',
      `There is no time zone "${timeZone.slice(0, 40)}".`,
      'Write it as Europe/Berlin, or leave it out for UTC.',
      { field: 'timeZone' },
    )
  }
}

function today(now: number, timeZone: string, days: number): string {
  const local = now + offsetAt(now, timeZone) + days * dayMs
  return new Date(local).toISOString().slice(0, 10)
}

/** When the clocks of the zone show this (given as if it were UTC); what they skip is taken for what is shown instead. */
function inZone(local: number, timeZone: string): number {
  const near = local - offsetAt(local, timeZone)
  return local - offsetAt(near, timeZone)
}
