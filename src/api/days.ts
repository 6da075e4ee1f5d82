/** Days as the clocks of a time zone show them: such as begin an hour late, or last 23 or 25 hours. */
import { checkTimeZone } from './dates.ts'

export interface Day {
  /** Such as 2026-01-31. */
  day: string
  /** Milliseconds; it ends where the next begins. */
  from: number
  to: number
}

const dayMs = 86_400_000
const quarterMs = 900_000
/** Clocks are between twelve hours behind UTC and fourteen ahead. */
const [behindMs, aheadMs] = [13 * 3_600_000, 15 * 3_600_000]

/** The last days, today the last. @throws Problem 'invalid' when there is no such time zone. */
export function lastDays(count: number, now: number, timeZone = 'UTC'): Day[] {
  checkTimeZone(timeZone)
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  const dateAt = (ms: number): string => {
    const { year, month, day } = Object.fromEntries(
      clock.formatToParts(ms).map(({ type, value }) => [type, value]),
    )
    return `${year}-${month}-${day}`
  }
  const today = Date.parse(dateAt(now))
  /** The first quarter-hour of that day or, should the zone have skipped it, of the next. */
  const beginOf = (midnight: number): number => {
    const day = nameOf(midnight)
    let [before, at] = [midnight - aheadMs, midnight + behindMs]
    while (at - before > quarterMs) {
      const middle = before + Math.floor((at - before) / 2 / quarterMs) * quarterMs
      if (dateAt(middle) < day) before = middle
      else at = middle
    }
    return at
  }
  const begins = Array.from({ length: count + 1 }, (_, n) => beginOf(today - (count - 1 - n) * dayMs))
  return begins.slice(0, count).map((from, n) => ({
    day: nameOf(today - (count - 1 - n) * dayMs),
    from,
    to: begins[n + 1]!,
  }))
}

const nameOf = (midnight: number): string => new Date(midnight).toISOString().slice(0, 10)
