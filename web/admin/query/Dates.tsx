/** The choice of a time range, and the fields for an exact one. */
import { NativeSelect } from '@mantine/core'
import { useText } from '../../text/index.ts'
import { choiceOf, type DateChoice, type Preset, presets } from './dateChoice.ts'
import classes from './query.module.css'
import type { Draft } from './useDraft.ts'

export interface DatesProps {
  draft: Draft
  exact: boolean
  onExact: (exact: boolean) => void
}

export function Dates({ draft, exact, onExact }: DatesProps) {
  const { query } = useText()
  const { from = '', to = '' } = draft.criteria
  const found = choiceOf({ from, to })
  const choice: DateChoice = exact && found !== 'written' ? 'exact' : found
  const choose = (value: string) => {
    onExact(value === 'exact')
    if (value in presets) draft.set({ from: undefined, to: undefined, ...presets[value as Preset] })
    // Days and hours back from now cannot be shown in the fields: they start empty.
    else if (value === 'exact' && found !== 'exact') draft.set({ from: undefined, to: undefined })
  }
  return (
    <NativeSelect
      label={query.dates}
      classNames={{ label: classes.label }}
      value={choice}
      onChange={(event) => choose(event.currentTarget.value)}
      data={[
        ...Object.entries(query.presets).map(([value, label]) => ({ value, label })),
        ...(choice === 'written' ? [{ value: 'written', label: query.written(from, to) }] : []),
      ]}
    />
  )
}
