/** Patterns on area, reason, rule and scanner, resolved to the numbers that entries carry: there are few labels. */
import type { Engine } from '../engine.ts'
import type { Filter } from './index.ts'
import { clean, matchesAll, valueMatcher } from './pattern.ts'

export const labelKinds = ['area', 'reason', 'rule', 'scanner'] as const
type LabelKind = (typeof labelKinds)[number]

/** Numbers that satisfy the pattern; kinds without a criterion are absent. */
export type LabelNumbers = Partial<Record<LabelKind, number[]>>

/** Null when a criterion is satisfied by no label: then nothing can be found. */
export async function resolveLabels(engine: Engine, filter: Filter): Promise<LabelNumbers | null> {
  const numbers: LabelNumbers = {}
  for (const kind of labelKinds) {
    const pattern = filter[kind]
    if (!pattern || matchesAll(pattern)) continue
    const matches = valueMatcher(clean(pattern))
    const labels = await engine.all<{ id: number; value: string }>(
      'select id, value from labels where kind = $1',
      [kind],
    )
    const wanted = labels.filter(({ value }) => matches(value.toLowerCase())).map(({ id }) => id)
    if (wanted.length === 0) return null
    numbers[kind] = wanted
  }
  return numbers
}
