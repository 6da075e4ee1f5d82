/** What the charts show: days as columns, reasons as parts of them, each with the query behind it. */
import type { Overview } from './useOverview.ts'

/** Where a link leads. */
export interface Target {
  to: '/query' | '/deliveries'
  search: Record<string, string>
}

export interface Part {
  key: string
  /** As people read it. */
  name: string
  value: number
  /** Of `colors`. */
  color: number
  target: Target
  label: string
}

export interface Column {
  key: string
  name: string
  total: number
  target: Target
  label: string
  /** From below. */
  parts: Part[]
}

/** Stands for all that have no colour of their own. */
export const otherColor = 6

/** Those that a reason would like to have, so that it is the same on every day and for every range. */
const wanted: Record<string, number> = {
  spam: 0,
  malware: 1,
  phishing: 2,
  attachment: 3,
  bulk: 4,
  policy: 5,
  spoofing: 2,
  encrypted: 3,
  content: 5,
  sender: 4,
  authentication: 2,
}

export interface ReasonTotal {
  reason: string
  count: number
  color: number
}

/** The most frequent first; those have colours, the many rare ones share one. */
export function reasonTotals(days: Overview['days']): ReasonTotal[] {
  const totals = new Map<string, number>()
  for (const { reasons } of days)
    for (const [reason, count] of Object.entries(reasons))
      totals.set(reason, (totals.get(reason) ?? 0) + count)
  const sorted = [...totals]
    .filter(([, count]) => count > 0)
    .sort(([a, m], [b, n]) => n - m || a.localeCompare(b))
  const free = new Set(Array.from({ length: otherColor }, (_, n) => n))
  const take = (color: number | undefined) => (color !== undefined && free.delete(color) ? color : null)
  const first = sorted.map(([reason], n) => (n < otherColor ? take(wanted[reason]) : null))
  return sorted.map(([reason, count], n) => {
    const [next = otherColor] = free
    const color = first[n] ?? (n < otherColor ? (take(next) ?? otherColor) : otherColor)
    return { reason, count, color }
  })
}

/** Round numbers from zero up to at least `most`, at most five. */
export function ticksTo(most: number): number[] {
  const rough = Math.max(1, most) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? 10 * power)
  return Array.from({ length: Math.ceil(Math.max(1, most) / step) + 1 }, (_, n) => n * step)
}

const weekday = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'short',
  day: 'numeric',
  month: 'short',
})
const plain = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' })

/** `2026-01-31` → `Sat, 31 Jan`; it has no zone: it is a day on the viewer's clocks. */
export const longDay = (day: string): string => weekday.format(new Date(`${day}T00:00:00Z`))
export const shortDay = (day: string): string => plain.format(new Date(`${day}T00:00:00Z`))
