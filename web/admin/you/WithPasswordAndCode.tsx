/** Turning the second factor off, and new recovery codes: both take the password and a code. */
import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useDeed } from '../../api/hooks.ts'
import { you } from '../../text/en/you.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'
import { tellDone } from '../../ui/notify.tsx'

export interface WithPasswordAndCodeProps {
  /** Null: closed. */
  kind: 'off' | 'codes' | null
  onClose: () => void
  onCodes: (codes: string[]) => void
}

export function WithPasswordAndCode({ kind, onClose, onCodes }: WithPasswordAndCodeProps) {
  return (
    <Modal
      opened={kind !== null}
      onClose={onClose}
      title={kind === 'off' ? you.turnOffTitle : you.newCodesTitle}
    >
      {kind && <Form kind={kind} onClose={onClose} onCodes={onCodes} />}
    </Modal>
  )
}

function Form({ kind, onClose, onCodes }: WithPasswordAndCodeProps & { kind: 'off' | 'codes' }) {
  const { common } = useText()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const off = useDeed('endSecondFactor', ['session'])
  const renew = useDeed('renewRecoveryCodes', ['session'])
  const error = off.error ?? renew.error
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (password === '' || code.trim() === '') return
    const body = { password, code: code.replace(/\s/g, '') }
    if (kind === 'off')
      off.mutate(
        { body },
        {
          onSuccess: () => {
            tellDone(you.turnedOff)
            onClose()
          },
        },
      )
    else renew.mutate({ body }, { onSuccess: ({ recoveryCodes }) => onCodes(recoveryCodes) })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{kind === 'off' ? you.turnOffText : you.newCodesText}</Text>
        {error && <Failure error={error} />}
        <PasswordInput
          label={you.current}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          data-autofocus
        />
        <TextInput
          label={you.codeOrRecovery}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          autoComplete="one-time-code"
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button
            type="submit"
            color={kind === 'off' ? 'red' : undefined}
            loading={off.isPending || renew.isPending}
            disabled={password === '' || code.trim() === ''}
          >
            {kind === 'off' ? you.turnOff : you.newCodes}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
