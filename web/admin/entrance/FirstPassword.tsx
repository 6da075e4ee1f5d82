/**
 * The first-run page: whoever came with a first password sets his own. The link that `npm start` prints carries name and
 * first password behind the #, which a browser sends to nobody; they are taken out of the address at once.
 */
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { call } from '../../api/client.ts'
import type { Session } from '../../api/session.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'
import { NewPassword, useNewPassword } from '../../ui/NewPassword.tsx'
import { EntranceFrame } from './EntranceFrame.tsx'

export interface FirstPasswordProps {
  /** Null: not signed in yet. */
  session: Session | null
  onSignedIn: (session: Session) => void
}

export function FirstPassword({ session, onSignedIn }: FirstPasswordProps) {
  const { entrance } = useText()
  const [carried] = useState(() => new URLSearchParams(location.hash.slice(1)))
  const [name, setName] = useState(session?.name ?? carried.get('name') ?? '')
  const [first, setFirst] = useState(carried.get('password') ?? '')
  const wanted = useNewPassword()
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    if (location.hash !== '') history.replaceState(history.state, '', location.pathname)
  }, [])

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!wanted.check() || busy) return
    setBusy(true)
    setError(null)
    try {
      if (!session) await call('signIn', { body: { name: name.trim(), password: first } })
      await call('changeOwnPassword', { body: { current: first, password: wanted.value } })
      onSignedIn(await call('whoAmI', {}))
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }

  return (
    <EntranceFrame title={entrance.firstTitle} lead={entrance.firstText}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack>
          {error !== null && <Failure error={error} />}
          <TextInput
            label={entrance.name}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            readOnly={session !== null}
            autoComplete="username"
          />
          {(session !== null || !carried.get('password')) && (
            <PasswordInput
              label={entrance.firstPassword}
              value={first}
              onChange={(event) => setFirst(event.currentTarget.value)}
              autoComplete="current-password"
            />
          )}
          <NewPassword state={wanted} words={entrance.newPassword} autoFocus />
          <Button type="submit" loading={busy} fullWidth>
            {entrance.setPassword}
          </Button>
        </Stack>
      </form>
    </EntranceFrame>
  )
}
