/** Times and sizes as people say them, in their language and time zone. */
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

export interface Moments {
  /** `14:05` today, `Yesterday 14:05`, `Monday 14:05`, `3 Nov, 14:05`, with the year when it is another one. */
  friendly(instant: string): string
  /** All of it: weekday, date, time, zone. */
  full(instant: string): string
  day(instant: string): string
  /** `in 12 days`, `in 3 hours` */
  ahead(instant: string): string
  /** In powers of 1000. */
  size(bytes: number): string
}

/** The language as the browser's user writes it: `en` is 2 PM in the United States and 14:00 in Britain. */
export const regionalLocale = (
  language: string,
  preferred: readonly string[] = navigator.languages,
): string => preferred.find((one) => one.split('-')[0] === language) ?? language

export function momentsOf(locale: string, timeZone: string, now: () => number = Date.now): Moments {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone, ...options })
  const clock = format({ hour: '2-digit', minute: '2-digit' })
  const weekday = format({ weekday: 'long', hour: '2-digit', minute: '2-digit' })
  const date = format({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
  const year = format({ day: 'numeric', month: 'short', year: 'numeric' })
  const day = format({ day: 'numeric', month: 'long', year: 'numeric' })
  const full = format({ dateStyle: 'full', timeStyle: 'short' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  // Days are counted on the calendar of that time zone.
  const calendar = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })
  const dayNumber = (ms: number) => Math.round(Date.parse(calendar.format(ms)) / dayMs)
  return {
    friendly(instant) {
      const ms = Date.parse(instant)
      const ago = dayNumber(now()) - dayNumber(ms)
      if (ago === 0) return clock.format(ms)
      if (ago === 1) return `${capital(relative.format(-1, 'day'))}, ${clock.format(ms)}`
      if (ago > 1 && ago < 6) return capital(weekday.format(ms))
      return ago > 300 || ago < 0 ? year.format(ms) : date.format(ms)
    },
    full: (instant) => full.format(Date.parse(instant)),
    day: (instant) => day.format(Date.parse(instant)),
    ahead(instant) {
      const left = Date.parse(instant) - now()
      if (left < hourMs) return relative.format(Math.max(0, Math.round(left / minuteMs)), 'minute')
      if (left < dayMs) return relative.format(Math.round(left / hourMs), 'hour')
      return relative.format(Math.round(left / dayMs), 'day')
    },
    size(bytes) {
      const step = Math.min(
        units.length - 1,
        Math.max(0, Math.floor(Math.log10(Math.max(1, bytes * 1.0005)) / 3)),
      )
      const value = bytes / 1000 ** step
      return new Intl.NumberFormat(locale, {
        style: 'unit',
        unit: units[step] ?? 'byte',
        unitDisplay: step === 0 ? 'long' : 'short',
        maximumFractionDigits: step === 0 || value >= 100 ? 0 : 1,
      }).format(value)
    },
  }
  function capital(text: string): string {
    return text.slice(0, 1).toLocaleUpperCase(locale) + text.slice(1)
  }
}
