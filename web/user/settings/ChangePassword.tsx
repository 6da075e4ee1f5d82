/** The password that is kept here, changed by whoever knows it. */
import { Button, PasswordInput, Stack, Title } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ApiError } from '../../api/request.ts'
import { useWords } from '../../text/user.ts'
import { NewPassword, useNewPassword } from '../../ui/NewPassword.tsx'
import { my } from '../api.ts'
import { useNotices } from '../notices.tsx'
import { Trouble } from '../Trouble.tsx'

export function ChangePassword({ name }: { name: string }) {
  const { password } = useWords()
  const { tell } = useNotices()
  const wanted = useNewPassword()
  const [current, setCurrent] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const field = error instanceof ApiError && error.status === 400 ? error.field : null
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (busy || !wanted.check() || current === '') return
    setBusy(true)
    setError(null)
    try {
      await my('changeOwnPassword', { body: { current, password: wanted.value } })
      for (const empty of [setCurrent, wanted.setValue, wanted.setAgain]) empty('')
      tell(password.changed)
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack>
        <Title order={2}>{password.title}</Title>
        {error !== null && field !== 'current' && (
          <Trouble
            error={error}
            {...(error instanceof ApiError && error.status === 400 ? { says: password.bad } : {})}
          />
        )}
        {/* For password managers: whose password this is. */}
        <input type="hidden" autoComplete="username" value={name} readOnly />
        <PasswordInput
          size="md"
          label={password.current}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          error={field === 'current' ? password.wrong : undefined}
          autoComplete="current-password"
        />
        <NewPassword state={wanted} words={password} size="md" />
        <Button type="submit" size="md" loading={busy} style={{ alignSelf: 'flex-start' }}>
          {password.change}
        </Button>
      </Stack>
    </form>
  )
}
