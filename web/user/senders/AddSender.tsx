/** Puts a sender on the list, or several at once. */
import { Button, Group, NativeSelect, Paper, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { useWords } from '../../text/user.ts'
import type { Sender, useSenders } from './useSenders.ts'

const dayMs = 86_400_000
export const spans = [7, 30, 90, 365] as const
export const endOf = (days: string): string | null =>
  days === '' ? null : new Date(Date.now() + Number(days) * dayMs).toISOString()

export function AddSender({ deeds, allowed }: { deeds: ReturnType<typeof useSenders>; allowed: number }) {
  const { senders } = useWords()
  const [words, setWords] = useState('')
  const [kind, setKind] = useState<Sender['kind']>('approved')
  const [days, setDays] = useState('')
  const [error, setError] = useState<string | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const wanted = words
      .split(/[,;\n]+/)
      .map((one) => one.trim())
      .filter((one) => one !== '')
    const wrong =
      wanted.length === 0
        ? senders.bad
        : await deeds.add({ senders: wanted, kind, expiresAt: endOf(days) }, allowed)
    setError(wrong)
    if (wrong === null) setWords('')
    field.current?.focus()
  }
  return (
    <Paper component="form" withBorder p="md" radius="lg" onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        <TextInput
          ref={field}
          size="md"
          label={senders.sender}
          description={senders.hint}
          value={words}
          error={error}
          maxLength={2000}
          inputMode="email"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setWords(event.currentTarget.value)
            setError(null)
          }}
        />
        <Group gap="sm" align="flex-end">
          <SegmentedControl
            size="md"
            aria-label={senders.what}
            value={kind}
            onChange={(value) => setKind(value as Sender['kind'])}
            data={[
              { value: 'approved', label: senders.approve },
              { value: 'blocked', label: senders.block },
            ]}
          />
          <NativeSelect
            size="md"
            aria-label={senders.until}
            value={days}
            onChange={(event) => setDays(event.currentTarget.value)}
            data={[
              { value: '', label: senders.forGood },
              ...spans.map((n) => ({ value: String(n), label: senders.forDays(n) })),
            ]}
          />
          <Button type="submit" size="md" loading={deeds.busy}>
            {kind === 'approved' ? senders.approve : senders.block}
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}
