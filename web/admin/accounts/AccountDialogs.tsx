/** What an administrator changes of an account: role, password, second factor, disabling. One dialog at a time. */
import { Checkbox, PasswordInput, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { InputOf } from '../../api/client.ts'
import { useDeed } from '../../api/hooks.ts'
import { accounts } from '../../text/en/accounts.ts'
import { useText } from '../../text/index.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { tellDone } from '../../ui/notify.tsx'
import type { Account } from './AccountTable.tsx'
import { DomainsInput } from './DomainsInput.tsx'
import { type Role, RoleSelect } from './RoleSelect.tsx'

export interface AccountDialog {
  kind: 'role' | 'password' | 'factor' | 'disable'
  account: Account
}

export function AccountDialogs({ dialog, onClose }: { dialog: AccountDialog | null; onClose: () => void }) {
  // A new one for each opening: nothing typed for one account is left for the next.
  return dialog && <Dialog key={`${dialog.kind} ${dialog.account.name}`} {...dialog} onClose={onClose} />
}

function Dialog({ kind, account, onClose }: AccountDialog & { onClose: () => void }) {
  const { common } = useText()
  const change = useDeed('changeAccount', ['accounts'])
  const [role, setRole] = useState<Role>(account.role)
  const [domains, setDomains] = useState<string[]>(account.domains)
  const [password, setPassword] = useState('')
  const [mustChange, setMustChange] = useState(true)
  const { name } = account

  const put = (body: InputOf<'changeAccount'>['body'], done: string) =>
    change.mutate(
      { params: { name }, body },
      {
        onSuccess: () => {
          tellDone(done)
          onClose()
        },
      },
    )

  const kinds = {
    role: {
      title: accounts.roleTitle(name),
      label: common.save,
      run: () =>
        put({ role, ...(role === 'domain-administrator' ? { domains } : {}) }, accounts.done.role(name)),
      content: (
        <Stack>
          <RoleSelect value={role} onChange={setRole} />
          {role === 'domain-administrator' && (
            <DomainsInput
              value={domains}
              error={change.error?.field === 'domains' ? change.error.message : undefined}
              onChange={setDomains}
            />
          )}
        </Stack>
      ),
    },
    password: {
      title: accounts.passwordTitle(name),
      label: accounts.setPassword,
      run: () =>
        password !== '' && put({ password, mustChangePassword: mustChange }, accounts.done.password(name)),
      content: (
        <Stack>
          <PasswordInput
            label={accounts.password}
            description={accounts.passwordHint}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="new-password"
            data-autofocus
          />
          <Checkbox
            label={accounts.mustChange}
            checked={mustChange}
            onChange={(event) => setMustChange(event.currentTarget.checked)}
          />
        </Stack>
      ),
    },
    factor: {
      title: accounts.factorOffTitle(name),
      label: accounts.factorOff,
      run: () => put({ secondFactor: 'off' }, accounts.done.factorOff(name)),
      content: <Text size="sm">{accounts.factorOffText}</Text>,
    },
    disable: {
      title: accounts.disableTitle(name),
      label: accounts.disable,
      run: () => put({ disabled: true }, accounts.done.disabled(name)),
      content: <Text size="sm">{accounts.disableText}</Text>,
    },
  }
  const { title, label, run, content } = kinds[kind]
  return (
    <Confirm
      opened
      title={title}
      confirmLabel={label}
      danger={kind === 'disable' || kind === 'factor'}
      busy={change.isPending}
      onClose={onClose}
      onConfirm={run}
    >
      {change.error && change.error.field !== 'domains' && <Failure error={change.error} />}
      {content}
    </Confirm>
  )
}
