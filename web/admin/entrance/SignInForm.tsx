/** Name and password, then the code of the second factor when the account has one. */
import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { ApiError, call } from '../../api/client.ts'
import type { Session } from '../../api/session.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'

export interface SignInFormProps {
  /** Fixed when a session has ended: the same person signs in again. */
  name?: string
  onSignedIn: (session: Session) => void
}

export function SignInForm({ name: given = '', onSignedIn }: SignInFormProps) {
  const { entrance } = useText()
  const [name, setName] = useState(given)
  const [password, setPassword] = useState('')
  const [code, setCode] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [missing, setMissing] = useState(false)
  const [busy, setBusy] = useState(false)
  const fields = { name: useRef<HTMLInputElement>(null), password: useRef<HTMLInputElement>(null) }

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setMissing(true)
    if (busy) return
    if (name.trim() === '') return fields.name.current?.focus()
    if (password === '') return fields.password.current?.focus()
    setBusy(true)
    setError(null)
    try {
      onSignedIn(
        await call('signIn', {
          body: { name: name.trim(), password, ...(code ? { code: code.replace(/\s/g, '') } : {}) },
        }),
      )
    } catch (problem) {
      if (problem instanceof ApiError && problem.code === 'second-factor' && code === null) setCode('')
      else setError(problem)
    } finally {
      setBusy(false)
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack>
        {error !== null && <Failure error={error} />}
        {code === null ? (
          <>
            <TextInput
              ref={fields.name}
              label={entrance.name}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={missing && name.trim() === '' ? entrance.needName : undefined}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              autoFocus={given === ''}
              data-autofocus={given === '' || undefined}
            />
            <PasswordInput
              ref={fields.password}
              label={entrance.password}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              error={missing && name.trim() !== '' && password === '' ? entrance.needPassword : undefined}
              autoComplete="current-password"
              autoFocus={given !== ''}
              data-autofocus={given !== '' || undefined}
            />
          </>
        ) : (
          <>
            <TextInput
              label={entrance.code}
              description={entrance.codeHint}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              autoComplete="one-time-code"
              inputMode="text"
              spellCheck={false}
              autoFocus
            />
            <Anchor
              component="button"
              type="button"
              size="sm"
              onClick={() => {
                setCode(null)
                setPassword('')
                setError(null)
              }}
            >
              {entrance.otherAccount}
            </Anchor>
          </>
        )}
        <Button type="submit" loading={busy} fullWidth>
          {entrance.signIn}
        </Button>
      </Stack>
    </form>
  )
}
