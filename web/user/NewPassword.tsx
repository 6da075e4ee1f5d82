/** A new password, typed twice. */
import { PasswordInput } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../text/user.ts'

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

export function NewPassword({ state, autoFocus = false }: { state: NewPasswordState; autoFocus?: boolean }) {
  const { password } = useWords()
  return (
    <>
      <PasswordInput
        size="md"
        label={password.wanted}
        description={password.hint}
        value={state.value}
        onChange={(event) => state.setValue(event.currentTarget.value)}
        autoComplete="new-password"
        autoFocus={autoFocus}
      />
      <PasswordInput
        size="md"
        label={password.repeat}
        value={state.again}
        onChange={(event) => state.setAgain(event.currentTarget.value)}
        error={state.mismatch ? password.mismatch : undefined}
        autoComplete="new-password"
      />
    </>
  )
}
