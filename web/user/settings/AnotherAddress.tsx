/**
 * Looking after one more address: it is named, a code is mailed to it, and whoever has the code enters it. What is said
 * after the first step is the same for every address.
 */
import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ApiError } from '../../api/request.ts'
import { useLanguage } from '../../text/user.ts'
import { visible } from '../../ui/MailText.tsx'
import { my } from '../api.ts'
import { useNotices } from '../notices.tsx'
import { Trouble } from '../Trouble.tsx'

type Step = 'closed' | 'address' | 'code'

export function AnotherAddress({ onAdded }: { onAdded: () => Promise<void> }) {
  const { text } = useLanguage()
  const { delegations } = text
  const [step, setStep] = useState<Step>('closed')
  const [sentTo, setSentTo] = useState<string | null>(null)
  const { tell } = useNotices()
  if (step === 'closed')
    return (
      <Group>
        <Button size="md" variant="default" onClick={() => setStep('address')}>
          {delegations.another}
        </Button>
      </Group>
    )
  return (
    <Stack gap="sm" component="section" aria-label={delegations.another}>
      <Title order={3}>{delegations.another}</Title>
      {step === 'address' ? (
        <AskForCode
          onSent={(address) => {
            setSentTo(address)
            setStep('code')
          }}
          onHaveCode={() => setStep('code')}
        />
      ) : (
        <>
          {sentTo !== null && (
            <Text role="status" style={{ overflowWrap: 'anywhere' }}>
              {delegations.sent(visible(sentTo))}
            </Text>
          )}
          <EnterCode
            onUsed={async (address) => {
              await onAdded()
              setStep('closed')
              setSentTo(null)
              tell(delegations.added(visible(address)))
            }}
            onBack={() => {
              setSentTo(null)
              setStep('address')
            }}
          />
        </>
      )}
    </Stack>
  )
}

interface AskForCodeProps {
  onSent: (address: string) => void
  onHaveCode: () => void
}

function AskForCode({ onSent, onHaveCode }: AskForCodeProps) {
  const { locale, text } = useLanguage()
  const { delegations } = text
  const [address, setAddress] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const isBad = error instanceof ApiError && error.field === 'address'
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const wanted = address.trim()
    if (busy || wanted === '') return
    setBusy(true)
    setError(null)
    try {
      await my('askForDelegation', { body: { address: wanted, language: locale } })
      onSent(wanted)
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        {error !== null && !isBad && <Trouble error={error} />}
        <TextInput
          size="md"
          type="email"
          label={delegations.address}
          description={delegations.anotherText}
          value={address}
          error={isBad ? delegations.badAddress : undefined}
          onChange={(event) => setAddress(event.currentTarget.value)}
          autoComplete="off"
          autoFocus
        />
        <Group gap="xs">
          <Button type="submit" size="md" loading={busy}>
            {delegations.send}
          </Button>
          <Button size="md" variant="subtle" onClick={onHaveCode}>
            {delegations.haveCode}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface EnterCodeProps {
  onUsed: (address: string) => Promise<void>
  onBack: () => void
}

function EnterCode({ onUsed, onBack }: EnterCodeProps) {
  const { text } = useLanguage()
  const { delegations } = text
  const [code, setCode] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const isBad = error instanceof ApiError && error.field === 'code'
  const isFull = error instanceof ApiError && error.status === 409
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (busy || code.trim() === '') return
    setBusy(true)
    setError(null)
    try {
      const { address } = await my('useDelegationCode', { body: { code: code.trim() } })
      await onUsed(address)
    } catch (problem) {
      setError(problem)
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        {error !== null && !isBad && (
          <Trouble error={error} {...(isFull ? { says: delegations.tooMany } : {})} />
        )}
        <TextInput
          size="md"
          label={delegations.code}
          description={delegations.codeHint}
          value={code}
          error={isBad ? delegations.badCode : undefined}
          onChange={(event) => setCode(event.currentTarget.value)}
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={40}
          maw={260}
          autoFocus
        />
        <Group gap="xs">
          <Button type="submit" size="md" loading={busy}>
            {delegations.use}
          </Button>
          <Button size="md" variant="subtle" onClick={onBack}>
            {text.back}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
