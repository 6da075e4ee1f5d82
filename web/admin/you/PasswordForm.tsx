/** Changing the own password: the current one is asked for, so that nobody does it at an unlocked screen. */
import { Box, Button, PasswordInput, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useDeed } from '../../api/hooks.ts'
import { useSession } from '../../api/session.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'
import { tellDone } from '../../ui/notify.tsx'
import { Section } from '../../ui/Section.tsx'

export function PasswordForm() {
  const { you, entrance } = useText()
  const { name } = useSession()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [mismatch, setMismatch] = useState(false)
  const deed = useDeed('changeOwnPassword')

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setMismatch(password !== again)
    if (password === '' || current === '' || password !== again || deed.isPending) return
    deed.mutate(
      { body: { current, password } },
      {
        onSuccess: () => {
          tellDone(you.changed)
          setCurrent('')
          setPassword('')
          setAgain('')
        },
      },
    )
  }

  return (
    <Section title={you.password} lead={you.passwordHint}>
      <form onSubmit={submit}>
        <Stack maw={400}>
          {deed.error && <Failure error={deed.error} />}
          {/* For password managers: whose password it is. */}
          <input type="text" autoComplete="username" value={name} readOnly hidden />
          <PasswordInput
            label={you.current}
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
            autoComplete="current-password"
          />
          <PasswordInput
            label={entrance.newPassword}
            description={entrance.newPasswordHint}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="new-password"
          />
          <PasswordInput
            label={entrance.repeat}
            value={again}
            onChange={(event) => setAgain(event.currentTarget.value)}
            error={mismatch && password !== again ? entrance.mismatch : undefined}
            autoComplete="new-password"
          />
          <Box>
            <Button
              type="submit"
              variant="default"
              loading={deed.isPending}
              disabled={current === '' || password === ''}
            >
              {you.changePassword}
            </Button>
          </Box>
        </Stack>
      </form>
    </Section>
  )
}
