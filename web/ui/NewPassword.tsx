/** A new password, typed twice. */
import { PasswordInput } from '@mantine/core'
import { useState } from 'react'

export interface NewPasswordState {
  value: string
  again: string
  mismatch: boolean
  setValue: (value: string) => void
  setAgain: (value: string) => void
  /** Whether it can be sent; from now on what is wrong is shown. */
  check: () => boolean
}

export function useNewPassword(): NewPasswordState {
  const [value, setValue] = useState('')
  const [again, setAgain] = useState('')
  const [checked, setChecked] = useState(false)
  return {
    value,
    again,
    mismatch: checked && value !== again,
    setValue,
    setAgain,
    check() {
      setChecked(true)
      return value !== '' && value === again
    },
  }
}

export interface NewPasswordProps {
  state: NewPasswordState
  words: { wanted: string; hint: string; repeat: string; mismatch: string }
  size?: 'sm' | 'md'
  autoFocus?: boolean
}

export function NewPassword({ state, words, size = 'sm', autoFocus = false }: NewPasswordProps) {
  return (
    <>
      <PasswordInput
        size={size}
        label={words.wanted}
        description={words.hint}
        value={state.value}
        onChange={(event) => state.setValue(event.currentTarget.value)}
        autoComplete="new-password"
        autoFocus={autoFocus}
      />
      <PasswordInput
        size={size}
        label={words.repeat}
        value={state.again}
        onChange={(event) => state.setAgain(event.currentTarget.value)}
        error={state.mismatch ? words.mismatch : undefined}
        autoComplete="new-password"
      />
    </>
  )
}
