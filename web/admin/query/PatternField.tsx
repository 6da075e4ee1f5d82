/** One text criterion; while the cursor is in it, its label says how to find parts of a value. */
import { Autocomplete, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { TextField } from '../../../src/api/search.ts'
import { useText } from '../../text/index.ts'
import classes from './query.module.css'
import type { Draft } from './useDraft.ts'

export interface PatternFieldProps {
  name: TextField
  draft: Draft
  /** Id of the sentence that explains patterns, for screen readers. */
  explained: string
  /** Values to choose from. */
  values?: readonly string[]
}

const several: readonly TextField[] = ['recipient', 'attachment']
const valuesShown = 50

export function PatternField({ name, draft, explained, values }: PatternFieldProps) {
  const { query } = useText()
  const [opened, setOpened] = useState(false)
  const props = {
    label: query.fields[name],
    name,
    value: draft.criteria[name] ?? '',
    autoComplete: 'off',
    spellCheck: false,
    maxLength: 1000,
    classNames: { label: classes.label, root: classes.field },
    labelProps: { 'data-hint': several.includes(name) ? query.hint.many : query.hint.one },
    'aria-describedby': explained,
  } as const
  return values ? (
    <Autocomplete
      {...props}
      data={[...new Set(values)]}
      limit={valuesShown}
      comboboxProps={{ shadow: 'md' }}
      dropdownOpened={opened}
      onDropdownOpen={() => setOpened(true)}
      onDropdownClose={() => setOpened(false)}
      // Display Log: the list must not hide the result.
      onKeyDown={(event) => event.key === 'Enter' && setOpened(false)}
      onChange={(value) => draft.set({ [name]: value })}
    />
  ) : (
    <TextInput {...props} onChange={(event) => draft.set({ [name]: event.currentTarget.value })} />
  )
}
