/** From and to, exactly. Loaded when somebody wants it: calendars are heavy. */
import { Group } from '@mantine/core'
import { DateTimePicker } from '@mantine/dates'
import { useText } from '../../text/index.ts'
import { criterionOf, pickerValue } from './dateChoice.ts'

export interface ExactDatesProps {
  from: string
  to: string
  onChange: (changes: { from?: string | undefined; to?: string | undefined }) => void
}

export function ExactDates({ from, to, onChange }: ExactDatesProps) {
  const { query } = useText()
  const common = {
    clearable: true,
    valueFormat: 'DD MMM YYYY, HH:mm',
    placeholder: query.presets.any,
    w: { base: '100%', xs: 210 },
    highlightToday: true,
  } as const
  return (
    <Group gap="sm" align="flex-end">
      <DateTimePicker
        {...common}
        label={query.from}
        value={pickerValue(from, 'from') ?? null}
        onChange={(value) => onChange({ from: criterionOf(value) })}
      />
      <DateTimePicker
        {...common}
        label={query.to}
        value={pickerValue(to, 'to') ?? null}
        onChange={(value) => onChange({ to: criterionOf(value) })}
      />
    </Group>
  )
}
