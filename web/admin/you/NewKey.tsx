/** Making an API key: what it is for, what it may, until when; then the key itself, shown once. */
import { Button, Code, CopyButton, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { AnswerOf } from '../../api/client.ts'
import { useDeed } from '../../api/hooks.ts'
import { useSession } from '../../api/session.ts'
import { keys } from '../../text/en/you.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'

const roles = ['administrator', 'domain-administrator', 'operator', 'reviewer', 'auditor'] as const
const expiries = ['30', '90', '365', 'never'] as const

export function NewKey({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [made, setMade] = useState<AnswerOf<'createKey'> | null>(null)
  const close = () => {
    setMade(null)
    onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={made ? keys.createdTitle : keys.create}
      closeOnClickOutside={!made}
      closeOnEscape={!made}
    >
      {opened && (made ? <Made made={made} onClose={close} /> : <Form onMade={setMade} onClose={close} />)}
    </Modal>
  )
}

function Form({ onMade, onClose }: { onMade: (made: AnswerOf<'createKey'>) => void; onClose: () => void }) {
  const { common } = useText()
  const me = useSession()
  // The role for domains is that of an account which has them.
  const allowed = roles
    .slice(roles.indexOf(me.role))
    .filter((role) => role !== 'domain-administrator' || me.role === role)
  const [name, setName] = useState('')
  const [role, setRole] = useState<(typeof roles)[number]>(allowed.at(-1) ?? 'auditor')
  const [ends, setEnds] = useState<string>('365')
  const create = useDeed('createKey', ['keys'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === '') return
    create.mutate(
      { body: { name: name.trim(), role, ...(ends === 'never' ? {} : { expiresInDays: Number(ends) }) } },
      { onSuccess: onMade },
    )
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        {create.error && <Failure error={create.error} />}
        <TextInput
          label={keys.name}
          description={keys.nameHint}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={64}
          autoComplete="off"
          data-autofocus
        />
        <Select
          label={keys.role}
          value={role}
          allowDeselect={false}
          onChange={(value) => setRole(roles.find((one) => one === value) ?? role)}
          data={allowed.map((value) => ({ value, label: common.roles[value] }))}
        />
        <Select
          label={keys.expires}
          value={ends}
          allowDeselect={false}
          onChange={(value) => setEnds(value ?? ends)}
          data={expiries.map((value) => ({ value, label: keys.expiry[value] }))}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
            {keys.create}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Made({ made, onClose }: { made: AnswerOf<'createKey'>; onClose: () => void }) {
  const { common } = useText()
  return (
    <Stack>
      <Text size="sm">{keys.shownOnce}</Text>
      <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        {made.key}
      </Code>
      <Group justify="flex-end" gap="xs">
        <CopyButton value={made.key}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy} data-autofocus>
              {copied ? common.copied : common.copy}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onClose}>{keys.done}</Button>
      </Group>
    </Stack>
  )
}
