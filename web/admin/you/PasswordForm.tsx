/** Changing the own password: the current one is asked for, so that nobody does it at an unlocked screen. */
import { Box, Button, PasswordInput, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useDeed } from '../../api/hooks.ts'
import { useSession } from '../../api/session.ts'
import { you } from '../../text/en/you.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'
import { NewPassword, useNewPassword } from '../../ui/NewPassword.tsx'
import { tellDone } from '../../ui/notify.tsx'
import { Section } from '../../ui/Section.tsx'

export function PasswordForm() {
  const { entrance } = useText()
  const { name } = useSession()
  const [current, setCurrent] = useState('')
  const wanted = useNewPassword()
  const deed = useDeed('changeOwnPassword')

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!wanted.check() || current === '' || deed.isPending) return
    deed.mutate(
      { body: { current, password: wanted.value } },
      {
        onSuccess: () => {
          tellDone(you.changed)
          setCurrent('')
          wanted.setValue('')
          wanted.setAgain('')
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
          <NewPassword state={wanted} words={entrance.newPassword} />
          <Box>
            <Button
              type="submit"
              variant="default"
              loading={deed.isPending}
              disabled={current === '' || wanted.value === ''}
            >
              {you.changePassword}
            </Button>
          </Box>
        </Stack>
      </form>
    </Section>
  )
}
