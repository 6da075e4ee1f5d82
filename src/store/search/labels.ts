/** Patterns on area, reason, rule and scanner, resolved to the numbers that entries carry: there are few labels. */
import type { Engine } from '../engine.ts'
import type { Filter } from './index.ts'
import { clean, matchesAll, valueMatcher } from './pattern.ts'

export const labelKinds = ['area', 'reason', 'rule', 'scanner'] as const
type LabelKind = (typeof labelKinds)[number]

/** Numbers that satisfy the filter; kinds without a criterion are absent. */
export type LabelNumbers = Partial<Record<LabelKind, number[]>>

/** Null when a criterion is satisfied by no label: then nothing can be found. */
export async function resolveLabels(engine: Engine, filter: Filter): Promise<LabelNumbers | null> {
  const asked = labelKinds.filter(
    (kind) =>
      filter.without?.[kind] ||
      (filter[kind] && !matchesAll(filter[kind])) ||
      (kind === 'area' && filter.areas !== undefined),
  )
  if (asked.length === 0) return {}
  const labels = await engine.all<{ id: number; kind: string; value: string }>(
    `select id, kind, value from labels where kind in (${asked.map((_, i) => `$${i + 1}`).join()})`,
    asked,
  )
  const numbers: LabelNumbers = {}
  for (const kind of asked) {
    const wanted = matcherOf(filter[kind]) ?? (() => true)
    const unwanted = matcherOf(filter.without?.[kind]) ?? (() => false)
    const found = labels
      .filter((label) => label.kind === kind)
      .filter(({ value }) => wanted(value.toLowerCase()) && !unwanted(value.toLowerCase()))
      .filter(({ value }) => kind !== 'area' || (filter.areas?.includes(value) ?? true))
    if (found.length === 0) return null
    numbers[kind] = found.map(({ id }) => id)
  }
  return numbers
}

const matcherOf = (pattern: Filter['area']) => pattern && valueMatcher(clean(pattern))
