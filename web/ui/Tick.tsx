/** A check box of a table of cards, with room around it for a finger. */
import { Checkbox } from '@mantine/core'
import cards from './cards.module.css'

export interface TickProps {
  label: string
  checked: boolean
  indeterminate?: boolean
  disabled?: boolean
  /** Why it cannot be ticked. */
  why?: string | undefined
  onChange: (on: boolean) => void
  /** Where it is narrow: the label beside it. */
  labelled?: boolean
}

export function Tick({ label, checked, indeterminate, disabled, why, onChange, labelled }: TickProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: its control is the check box inside
    <label className={cards.target} title={why}>
      <Checkbox
        size="xs"
        aria-label={why ? `${label}: ${why}` : label}
        checked={checked}
        disabled={disabled}
        indeterminate={indeterminate}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {labelled && <span className={cards.words}>{label}</span>}
    </label>
  )
}
