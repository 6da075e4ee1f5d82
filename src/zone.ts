/**
 * What the clocks of a time zone show, for dates as people write them and for times of day. Names are IANA's; one that
 * there is not is a RangeError. Pure, for a browser as well.
 */
const clocks = new Map<string, Intl.DateTimeFormat>()
/** There are some 600 names; whoever asks for more invents them. */
const clocksLimit = 1000

/** @throws RangeError when there is no such zone */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone)
  if (known) return known
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  if (clocks.size < clocksLimit) clocks.set(timeZone, clock)
  return clock
}

/** Milliseconds that the zone's clocks are ahead of UTC at that moment. @throws RangeError when there is no such zone */
export function offsetAt(ms: number, timeZone: string): number {
  return timeZone === 'UTC' ? 0 : shownAt(ms, timeZone) - Math.floor(ms / 1000) * 1000
}

/** What the clocks show, to the second, as if it were UTC. @throws RangeError when there is no such zone */
export function shownAt(ms: number, timeZone: string): number {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
  for (const { type, value } of clockOf(timeZone).formatToParts(ms)) part[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return Date.UTC(year, month - 1, day, hour, minute, second)
}
