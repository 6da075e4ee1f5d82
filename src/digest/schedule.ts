/**
 * When digests are due: at times of day, on weekdays, by the clocks of the user's time zone. A time that the clocks skip
 * is at the moment when they go on; one that they show twice is the first of the two.
 */
import { z } from 'zod'
import { offsetAt, shownAt } from '../zone.ts'

export const languages = ['en', 'de', 'fr', 'es', 'ja'] as const
export type Language = (typeof languages)[number]

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

export const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 07:00')

export interface Schedule {
  /** `07:00` */
  times: readonly string[]
  /** None: never. */
  days: readonly Weekday[]
}

export const scheduleSchema = z.strictObject({
  times: z.array(timeOfDay).min(1).max(24),
  days: z.array(z.enum(weekdays)).max(7),
})

/** By its name: offsets (`+02:00`), which Intl takes as well, know nothing of summer time. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    offsetAt(0, name)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

const minuteMs = 60_000
const dayMs = 86_400_000

/** The moment when the clocks show `wanted` for the first time or, should they skip it, the moment when they go on. */
function momentOf(timeZone: string, wanted: number): number {
  const offsets = [
    shownAt(wanted - dayMs, timeZone) - (wanted - dayMs),
    shownAt(wanted + dayMs, timeZone) - (wanted + dayMs),
  ]
  const fitting = offsets.map((offset) => wanted - offset).filter((at) => shownAt(at, timeZone) === wanted)
  if (fitting.length > 0) return Math.min(...fitting)
  // Skipped: the clocks go on between these two.
  let [before, after] = [wanted - Math.max(...offsets), wanted - Math.min(...offsets)]
  while (after - before > minuteMs) {
    const middle = before + Math.floor((after - before) / 2 / minuteMs) * minuteMs
    if (shownAt(middle, timeZone) < wanted) before = middle
    else after = middle
  }
  return after
}

/** The first moment after `now` (milliseconds) when it is due; null: never. */
export function nextDue({ times, days }: Schedule, timeZone: string, now: number): number | null {
  if (days.length === 0 || times.length === 0) return null
  const today = Math.floor(shownAt(now, timeZone) / dayMs) * dayMs
  // A week, and a day on both sides: a zone can skip a day.
  for (let n = -1; n <= 8; n++) {
    const midnight = today + n * dayMs
    const weekday = weekdays[(new Date(midnight).getUTCDay() + 6) % 7] as Weekday
    if (!days.includes(weekday)) continue
    const moments = times
      .map((time) =>
        momentOf(
          timeZone,
          midnight + Number(time.slice(0, 2)) * 3_600_000 + Number(time.slice(3)) * minuteMs,
        ),
      )
      .filter((at) => at > now)
    if (moments.length > 0) return Math.min(...moments)
  }
  return null
}

/** Users in one time zone with one schedule are reckoned once. */
export function planner(
  now: number,
): (schedule: Schedule, timeZone: string) => { plan: string; next_at: number | null } {
  const known = new Map<string, number | null>()
  return (schedule, timeZone) => {
    const { times, days } = schedule
    const plan =
      days.length === 0 ? 'off' : `${timeZone} ${[...times].sort().join(',')} ${[...days].sort().join(',')}`
    if (!known.has(plan)) known.set(plan, nextDue(schedule, timeZone, now))
    return { plan, next_at: known.get(plan) ?? null }
  }
}
