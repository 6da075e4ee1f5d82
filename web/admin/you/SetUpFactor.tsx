/** Setting up the second factor: password, QR code, first code. */
import { Box, Button, Code, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useMemo, useState } from 'react'
import { encode } from 'uqr'
import type { AnswerOf } from '../../api/client.ts'
import { useDeed } from '../../api/hooks.ts'
import { you } from '../../text/en/you.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'

export interface SetUpFactorProps {
  opened: boolean
  onClose: () => void
  onCodes: (codes: string[]) => void
}

export function SetUpFactor({ opened, onClose, onCodes }: SetUpFactorProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={you.setUpTitle}>
      {opened && <Steps onClose={onClose} onCodes={onCodes} />}
    </Modal>
  )
}

function Steps({ onClose, onCodes }: Omit<SetUpFactorProps, 'opened'>) {
  const [begun, setBegun] = useState<AnswerOf<'beginSecondFactor'> | null>(null)
  return begun ? (
    <FirstCode begun={begun} onClose={onClose} onCodes={onCodes} />
  ) : (
    <Password onClose={onClose} onBegun={setBegun} />
  )
}

function Password({
  onClose,
  onBegun,
}: {
  onClose: () => void
  onBegun: (begun: AnswerOf<'beginSecondFactor'>) => void
}) {
  const { common } = useText()
  const [password, setPassword] = useState('')
  const begin = useDeed('beginSecondFactor')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (password !== '') begin.mutate({ body: { password } }, { onSuccess: onBegun })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        {begin.error && <Failure error={begin.error} />}
        <PasswordInput
          label={you.current}
          description={you.passwordFirst}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          data-autofocus
        />
        <Buttons onClose={onClose} cancel={common.cancel} label={you.go} busy={begin.isPending} />
      </Stack>
    </form>
  )
}

function FirstCode({
  begun,
  onClose,
  onCodes,
}: Omit<SetUpFactorProps, 'opened'> & { begun: AnswerOf<'beginSecondFactor'> }) {
  const { common } = useText()
  const [code, setCode] = useState('')
  const confirm = useDeed('confirmSecondFactor', ['session'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (code.trim() !== '')
      confirm.mutate(
        { body: { code: code.replace(/\s/g, '') } },
        { onSuccess: ({ recoveryCodes }) => onCodes(recoveryCodes) },
      )
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{you.scan}</Text>
        <Qr text={begun.uri} label={you.qr} />
        <Box>
          <Text size="xs" c="dimmed">
            {you.key}
          </Text>
          <Code fz="sm">{begun.secret.replace(/(.{4})(?=.)/g, '$1 ')}</Code>
        </Box>
        {confirm.error && <Failure error={confirm.error} />}
        <TextInput
          label={you.codeLabel}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={10}
          autoFocus
        />
        <Buttons onClose={onClose} cancel={common.cancel} label={you.turnOn} busy={confirm.isPending} />
      </Stack>
    </form>
  )
}

function Buttons(props: { onClose: () => void; cancel: string; label: string; busy: boolean }) {
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="default" onClick={props.onClose}>
        {props.cancel}
      </Button>
      <Button type="submit" loading={props.busy}>
        {props.label}
      </Button>
    </Group>
  )
}

/** Drawn as one path, dark on white in any theme: cameras want it so. */
function Qr({ text, label }: { text: string; label: string }) {
  const { path, size } = useMemo(() => {
    const { data, size: modules } = encode(text, { border: 2 })
    const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    return { path: squares.join(''), size: modules }
  }, [text])
  return (
    <Box bg="white" p={4} w={212} mx="auto" style={{ borderRadius: 8 }}>
      <svg
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={label}
        shapeRendering="crispEdges"
        display="block"
      >
        <path d={path} fill="black" />
      </svg>
    </Box>
  )
}
