/** A check box with room around it for a finger. */
import { Checkbox } from '@mantine/core'
import classes from './deliveries.module.css'

export interface TickProps {
  label: string
  checked: boolean
  indeterminate?: boolean
  onChange: (on: boolean) => void
  /** Where it is narrow: the label beside it. */
  labelled?: boolean
}

export function Tick({ label, checked, indeterminate, onChange, labelled }: TickProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: its control is the check box inside
    <label className={classes.target}>
      <Checkbox
        size="xs"
        aria-label={label}
        checked={checked}
        indeterminate={indeterminate}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {labelled && <span className={classes.tickWords}>{label}</span>}
    </label>
  )
}
