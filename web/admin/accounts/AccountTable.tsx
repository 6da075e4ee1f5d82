/** Accounts in a table, on a narrow screen as cards; what can be done with one is in its menu. */
import { ActionIcon, Badge, Group, Menu, Paper, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { AnswerOf } from '../../api/client.ts'
import { useDeed } from '../../api/hooks.ts'
import { useSession } from '../../api/session.ts'
import { accounts } from '../../text/en/accounts.ts'
import { useText } from '../../text/index.ts'
import { tellDone, tellFailure } from '../../ui/notify.tsx'
import { Time } from '../../ui/times.tsx'
import type { AccountDialog } from './AccountDialogs.tsx'

export type Account = AnswerOf<'listAccounts'>['items'][number]

export interface AccountTableProps {
  items: readonly Account[]
  onChoose: (dialog: AccountDialog) => void
}

export function AccountTable({ items, onChoose }: AccountTableProps) {
  const { common } = useText()
  return (
    <Paper withBorder>
      <Table verticalSpacing={10} horizontalSpacing="md" visibleFrom="sm" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{accounts.name}</Table.Th>
            <Table.Th>{accounts.role}</Table.Th>
            <Table.Th>{accounts.state}</Table.Th>
            <Table.Th>{accounts.secondFactor}</Table.Th>
            <Table.Th>{accounts.created}</Table.Th>
            <Table.Th>
              <VisuallyHidden>{accounts.actions('')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((account) => (
            <Table.Tr key={account.name}>
              <Table.Td fw={500}>
                <Name of={account} />
              </Table.Td>
              <Table.Td>
                {common.roles[account.role]}
                <Domains of={account} />
              </Table.Td>
              <Table.Td>
                <State of={account} />
              </Table.Td>
              <Table.Td c={account.secondFactor ? undefined : 'dimmed'}>
                {account.secondFactor ? accounts.on : accounts.off}
              </Table.Td>
              <Table.Td>
                <Time at={account.createdAt} />
              </Table.Td>
              <Table.Td ta="right">
                <Actions of={account} onChoose={onChoose} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Stack hiddenFrom="sm" gap={0}>
        {items.map((account) => (
          <Group key={account.name} justify="space-between" wrap="nowrap" p="sm" className="row">
            <Stack gap={4} style={{ minWidth: 0 }}>
              <Text fw={500} component="div" className="cut">
                <Name of={account} />
              </Text>
              <Group gap={6}>
                <Text size="sm">{common.roles[account.role]}</Text>
                <State of={account} />
              </Group>
              <Domains of={account} />
            </Stack>
            <Actions of={account} onChoose={onChoose} />
          </Group>
        ))}
      </Stack>
    </Paper>
  )
}

function Name({ of: account }: { of: Account }) {
  const me = useSession()
  return (
    <>
      {account.name}
      {account.name === me.name && (
        <Text span inherit fw={400} c="dimmed">
          {' '}
          {accounts.youMark}
        </Text>
      )}
    </>
  )
}

function Domains({ of: { domains } }: { of: Account }) {
  const shown = domains.join(', ')
  return (
    domains.length > 0 && (
      <Text size="sm" c="dimmed" className="cut" maw={260} title={shown}>
        {shown}
      </Text>
    )
  )
}

function State({ of: account }: { of: Account }) {
  const [color, word] = account.disabledAt
    ? ['gray', accounts.disabled]
    : account.mustChangePassword
      ? ['yellow', accounts.firstPassword]
      : ['green', accounts.active]
  return (
    <Badge className="state" variant="light" color={color} tt="none" fw={500} radius="sm">
      {word}
    </Badge>
  )
}

function Actions({ of: account, onChoose }: { of: Account; onChoose: (dialog: AccountDialog) => void }) {
  const me = useSession()
  const change = useDeed('changeAccount', ['accounts'])
  const enable = () =>
    change.mutate(
      { params: { name: account.name }, body: { disabled: false } },
      { onSuccess: () => tellDone(accounts.done.enabled(account.name)), onError: tellFailure },
    )
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={accounts.actions(account.name)}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onChoose({ kind: 'role', account })}>{accounts.changeRole} …</Menu.Item>
        <Menu.Item onClick={() => onChoose({ kind: 'password', account })}>
          {accounts.setPassword} …
        </Menu.Item>
        {account.secondFactor && (
          <Menu.Item onClick={() => onChoose({ kind: 'factor', account })}>{accounts.factorOff} …</Menu.Item>
        )}
        <Menu.Divider />
        {account.disabledAt ? (
          <Menu.Item onClick={enable}>{accounts.enable}</Menu.Item>
        ) : (
          <Menu.Item
            color="red"
            disabled={account.name === me.name}
            onClick={() => onChoose({ kind: 'disable', account })}
          >
            {accounts.disable} …
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
