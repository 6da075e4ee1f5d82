/** Choosing a role, each with what it may. */
import { Radio, Stack } from '@mantine/core'
import type { AnswerOf } from '../../api/client.ts'
import { accounts } from '../../text/en/accounts.ts'
import { useText } from '../../text/index.ts'

export type Role = AnswerOf<'whoAmI'>['role']
const roles: readonly Role[] = ['administrator', 'operator', 'domain-administrator', 'reviewer', 'auditor']

export function RoleSelect({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  const { common } = useText()
  return (
    <Radio.Group
      label={accounts.role}
      value={value}
      onChange={(chosen) => onChange(roles.find((role) => role === chosen) ?? value)}
    >
      <Stack gap="xs" mt={6}>
        {roles.map((role) => (
          <Radio key={role} value={role} label={common.roles[role]} description={accounts.roleHints[role]} />
        ))}
      </Stack>
    </Radio.Group>
  )
}
