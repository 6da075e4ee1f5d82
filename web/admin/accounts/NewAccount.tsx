/** Making an account: name, role, and a first password that its owner changes. */
import { Button, Checkbox, Group, Modal, PasswordInput, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useDeed } from '../../api/hooks.ts'
import { accounts } from '../../text/en/accounts.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'
import { tellDone } from '../../ui/notify.tsx'
import { DomainsInput } from './DomainsInput.tsx'
import { type Role, RoleSelect } from './RoleSelect.tsx'

export function NewAccount({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={accounts.create}>
      {opened && <Form onClose={onClose} />}
    </Modal>
  )
}

function Form({ onClose }: { onClose: () => void }) {
  const { common } = useText()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('operator')
  const [domains, setDomains] = useState<string[]>([])
  const [password, setPassword] = useState('')
  const [mustChange, setMustChange] = useState(true)
  const create = useDeed('createAccount', ['accounts'])
  const about = (field: string) => (create.error?.field === field ? create.error.message : undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === '' || password === '') return
    create.mutate(
      {
        body: {
          name: name.trim(),
          role,
          domains: role === 'domain-administrator' ? domains : [],
          password,
          mustChangePassword: mustChange,
        },
      },
      {
        onSuccess: (account) => {
          tellDone(accounts.done.created(account.name))
          onClose()
        },
      },
    )
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {create.error && !['name', 'password', 'domains'].some(about) && <Failure error={create.error} />}
        <TextInput
          label={accounts.name}
          description={accounts.nameHint}
          value={name}
          error={about('name')}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          data-autofocus
        />
        <RoleSelect value={role} onChange={setRole} />
        {role === 'domain-administrator' && (
          <DomainsInput
            value={domains}
            error={about('domains')}
            onChange={(all) => {
              create.reset()
              setDomains(all)
            }}
          />
        )}
        <PasswordInput
          label={accounts.password}
          description={accounts.passwordHint}
          value={password}
          error={about('password')}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="new-password"
        />
        <Checkbox
          label={accounts.mustChange}
          checked={mustChange}
          onChange={(event) => setMustChange(event.currentTarget.checked)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button type="submit" loading={create.isPending} disabled={name.trim() === '' || password === ''}>
            {accounts.create}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
