/** Behind an invitation: whoever was invited chooses a password and is logged on. */
import { Button, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ApiError } from '../../api/request.ts'
import { useWords } from '../../text/user.ts'
import { NewPassword, useNewPassword } from '../../ui/NewPassword.tsx'
import { my } from '../api.ts'
import { Trouble } from '../Trouble.tsx'
import { EntranceFrame } from './EntranceFrame.tsx'
import type { TokenPageProps } from './MailedLink.tsx'
import { isUsedUp } from './used-up.ts'

export function Invitation({ token, onSignedIn, onLeave }: TokenPageProps) {
  const { entrance, password } = useWords()
  const wanted = useNewPassword()
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (busy || !wanted.check()) return
    setBusy(true)
    setError(null)
    try {
      onSignedIn(await my('acceptInvitation', { body: { token, password: wanted.value } }))
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  const says = isUsedUp(error)
    ? entrance.invitationBad
    : error instanceof ApiError && error.status === 400
      ? password.bad
      : undefined
  return (
    <EntranceFrame title={entrance.welcomeTitle} lead={entrance.welcomeText}>
      {error !== null && <Trouble error={error} {...(says === undefined ? {} : { says })} />}
      {isUsedUp(error) ? (
        <Button size="md" variant="default" onClick={onLeave}>
          {entrance.toLogOn}
        </Button>
      ) : (
        <form onSubmit={(event) => void submit(event)} noValidate>
          <Stack>
            <NewPassword state={wanted} words={password} size="md" autoFocus />
            <Button type="submit" size="md" loading={busy} fullWidth>
              {entrance.startUsing}
            </Button>
          </Stack>
        </form>
      )}
    </EntranceFrame>
  )
}
