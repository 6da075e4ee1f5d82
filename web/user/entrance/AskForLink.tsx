/** Has a one-time link mailed. What is said afterwards is the same whether the address is known or not. */
import { Button, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useLanguage } from '../../text/user.ts'
import { my } from '../api.ts'
import { Trouble } from '../Trouble.tsx'

export function AskForLink() {
  const { locale, text } = useLanguage()
  const { entrance } = text
  const [address, setAddress] = useState('')
  const [sent, setSent] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (busy || address.trim() === '') return
    setBusy(true)
    setError(null)
    try {
      await my('askForLink', { body: { address: address.trim(), language: locale } })
      setSent(true)
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  if (sent) return <Text role="status">{entrance.linkSent}</Text>
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack>
        {error !== null && <Trouble error={error} />}
        <TextInput
          size="md"
          type="email"
          label={entrance.address}
          description={entrance.linkText}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
          autoComplete="email"
          autoFocus
        />
        <Button type="submit" size="md" loading={busy} fullWidth>
          {entrance.sendLink}
        </Button>
      </Stack>
    </form>
  )
}
