/** Times and sizes as the viewer reads them: his time zone, his way of writing. */
import { Text, Tooltip } from '@mantine/core'
import { createContext, useContext, useMemo } from 'react'

/** Null: the browser's time zone. */
const ZoneContext = createContext<string | null>(null)
export const ZoneProvider = ZoneContext.Provider

/** IANA name of the viewer's time zone. */
export function useTimeZone(): string {
  return useContext(ZoneContext) ?? Intl.DateTimeFormat().resolvedOptions().timeZone
}

export interface Times {
  zone: string
  /** `24 Nov 2026, 11:19` */
  short(instant: string): string
  /** With seconds and zone, for tooltips and details. */
  full(instant: string): string
  /** `3 minutes ago`, `in 2 days` */
  relative(instant: string, now?: number): string
  day(instant: string): string
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
]

export function useTimes(): Times {
  const zone = useTimeZone()
  return useMemo(() => {
    const short = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: 'short',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
    const full = new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'full', timeStyle: 'long' })
    const day = new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'short' })
    const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
    return {
      zone,
      short: (instant) => short.format(new Date(instant)),
      full: (instant) => full.format(new Date(instant)),
      day: (instant) => day.format(new Date(instant)),
      relative(instant, now = Date.now()) {
        const ms = Date.parse(instant) - now
        const [unit, size] = steps.find(([, one]) => Math.abs(ms) >= one) ?? ['second', 1000]
        return relative.format(Math.round(ms / size), unit)
      },
    }
  }, [zone])
}

export interface TimeProps {
  at: string
  style?: 'short' | 'relative'
}

/** A time; the full one on hover. */
export function Time({ at, style = 'short' }: TimeProps) {
  const times = useTimes()
  return (
    <Tooltip label={times.full(at)}>
      <Text component="time" dateTime={at} inherit style={{ fontVariantNumeric: 'tabular-nums' }}>
        {style === 'short' ? times.short(at) : times.relative(at)}
      </Text>
    </Tooltip>
  )
}

const units = ['bytes', 'KB', 'MB', 'GB', 'TB']

/** `12.3 MB`, in powers of 1000. */
export function size(bytes: number): string {
  let n = bytes
  let unit = 0
  while (n >= 999.5 && unit < units.length - 1) {
    n /= 1000
    unit++
  }
  return `${unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`
}
