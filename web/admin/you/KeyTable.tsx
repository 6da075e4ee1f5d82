/** API keys, one row each; on a narrow screen one card each. */
import { Badge, Button, Group, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import type { AnswerOf } from '../../api/client.ts'
import { keys } from '../../text/en/you.ts'
import { useText } from '../../text/index.ts'
import { Time } from '../../ui/times.tsx'

export type ApiKey = AnswerOf<'listKeys'>['items'][number]

export function stateOf(key: ApiKey, now = Date.now()): 'active' | 'expired' | 'revoked' {
  if (key.revokedAt !== null) return 'revoked'
  return key.expiresAt !== null && Date.parse(key.expiresAt) <= now ? 'expired' : 'active'
}

export interface KeyTableProps {
  items: readonly ApiKey[]
  withOwner: boolean
  onRevoke: (key: ApiKey) => void
}

export function KeyTable({ items, withOwner, onRevoke }: KeyTableProps) {
  const { common } = useText()
  return (
    <>
      <Table.ScrollContainer minWidth={withOwner ? 640 : 560} visibleFrom="sm" type="native">
        <Table verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{keys.name}</Table.Th>
              {withOwner && <Table.Th>{keys.owner}</Table.Th>}
              <Table.Th>{keys.role}</Table.Th>
              <Table.Th>{keys.used}</Table.Th>
              <Table.Th>{keys.expires}</Table.Th>
              <Table.Th>
                <VisuallyHidden>{keys.revoke}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((key) => (
              <Table.Tr key={key.id}>
                <Table.Td maw={220}>
                  <Text size="sm" className="cut" title={key.name}>
                    {key.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {keys.created} <Time at={key.createdAt} />
                  </Text>
                </Table.Td>
                {withOwner && <Table.Td>{key.account}</Table.Td>}
                <Table.Td>{common.roles[key.role]}</Table.Td>
                <Table.Td>{key.usedAt ? <Time at={key.usedAt} style="relative" /> : common.never}</Table.Td>
                <Table.Td>
                  <Ends of={key} />
                </Table.Td>
                <Table.Td ta="right">
                  <Revoke of={key} onRevoke={onRevoke} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Stack hiddenFrom="sm" gap="sm">
        {items.map((key) => (
          <Group key={key.id} justify="space-between" wrap="nowrap" align="flex-start">
            <Stack gap={2} style={{ minWidth: 0 }}>
              <Text size="sm" fw={500} className="cut">
                {key.name}
              </Text>
              <Text size="xs" c="dimmed">
                {withOwner ? `${key.account} · ` : ''}
                {common.roles[key.role]}
              </Text>
              <Text size="xs" component="div">
                <Ends of={key} />
              </Text>
            </Stack>
            <Revoke of={key} onRevoke={onRevoke} />
          </Group>
        ))}
      </Stack>
    </>
  )
}

function Ends({ of: key }: { of: ApiKey }) {
  const state = stateOf(key)
  if (state !== 'active')
    return (
      <Badge variant="light" color="gray" tt="none">
        {keys.states[state]}
      </Badge>
    )
  return key.expiresAt ? <Time at={key.expiresAt} style="relative" /> : keys.expiry.never
}

function Revoke({ of: key, onRevoke }: { of: ApiKey; onRevoke: (key: ApiKey) => void }) {
  if (stateOf(key) === 'revoked') return null
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      color="red"
      aria-label={`${keys.revoke}: ${key.name}`}
      onClick={() => onRevoke(key)}
    >
      {keys.revoke}
    </Button>
  )
}
