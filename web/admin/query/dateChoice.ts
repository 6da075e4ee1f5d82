/** Dates of the form: presets that stay relative in the address, and exact ones on the clocks of the criteria's zone. */
import type { FilterText } from '../../../src/api/search.ts'

export const presets = {
  any: {},
  '1h': { from: '1h' },
  today: { from: 'today' },
  yesterday: { from: 'yesterday', to: 'yesterday' },
  '7d': { from: '7d' },
  '30d': { from: '30d' },
} as const satisfies Record<string, { from?: string; to?: string }>

export type Preset = keyof typeof presets
/** written: dates that neither a preset nor the two fields can show, such as `3w`. */
export type DateChoice = Preset | 'exact' | 'written'

type Range = Pick<FilterText, 'from' | 'to'>

export function choiceOf({ from = '', to = '' }: Range): DateChoice {
  for (const [name, preset] of Object.entries(presets) as [Preset, Range][])
    if (from.toLowerCase() === (preset.from ?? '') && to.toLowerCase() === (preset.to ?? '')) return name
  const shown = [pickerValue(from, 'from'), pickerValue(to, 'to')]
  return shown.every((value) => value !== undefined) ? 'exact' : 'written'
}

const wall = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::\d\d)?)?$/

/** `2026-01-31 09:00:00` as the pickers want it; null for no date; undefined for what they cannot show. */
export function pickerValue(text: string, end: 'from' | 'to'): string | null | undefined {
  if (text === '') return null
  const [, day, time] = wall.exec(text.trim()) ?? []
  if (day === undefined) return undefined
  if (time !== undefined) return `${day} ${time}:00`
  return `${end === 'to' ? nextDay(day) : day} 00:00:00`
}

/** The picker's value as a criterion. */
export const criterionOf = (picked: string | null): string | undefined =>
  picked?.slice(0, 16).replace(' ', 'T')

/** A bare day as the end includes that day. */
function nextDay(day: string): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + 1)
  return date.toISOString().slice(0, 10)
}
