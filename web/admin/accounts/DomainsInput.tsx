/** Whose mail a domain administrator looks after: domains, one a pill. */
import { TagsInput } from '@mantine/core'
import { accounts } from '../../text/en/accounts.ts'

export interface DomainsInputProps {
  value: readonly string[]
  error?: string | undefined
  onChange: (domains: string[]) => void
}

export function DomainsInput({ value, error, onChange }: DomainsInputProps) {
  return (
    <TagsInput
      label={accounts.domains}
      description={accounts.domainsHint}
      placeholder={value.length === 0 ? 'example.org' : ''}
      value={[...value]}
      error={error}
      onChange={onChange}
      splitChars={[',', ' ', ';']}
      acceptValueOnBlur
      autoCapitalize="none"
      spellCheck={false}
      maxTags={100}
      // The frame around all of it shows the focus.
      styles={{ inputField: { outline: 'none' } }}
    />
  )
}
