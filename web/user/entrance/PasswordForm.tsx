/** Name and password. What is wrong is said in one sentence that does not tell which of the two. */
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useWords } from '../../text/user.ts'
import { isSignedOut, type MySession, my } from '../api.ts'
import { Trouble } from '../Trouble.tsx'

export function PasswordForm({ onSignedIn }: { onSignedIn: (session: MySession) => void }) {
  const { entrance } = useWords()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (busy || name.trim() === '' || password === '') return
    setBusy(true)
    setError(null)
    try {
      onSignedIn(await my('signIn', { body: { name: name.trim(), password } }))
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack>
        {error !== null && (
          <Trouble error={error} {...(isSignedOut(error) ? { says: entrance.wrong } : {})} />
        )}
        <TextInput
          size="md"
          label={entrance.name}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={tried && name.trim() === '' ? entrance.needName : undefined}
          autoComplete="username"
          autoCapitalize="none"
          inputMode="email"
          spellCheck={false}
          autoFocus
        />
        <PasswordInput
          size="md"
          label={entrance.password}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={tried && name.trim() !== '' && password === '' ? entrance.needPassword : undefined}
          autoComplete="current-password"
        />
        <Button type="submit" size="md" loading={busy} fullWidth>
          {entrance.logOn}
        </Button>
      </Stack>
    </form>
  )
}
