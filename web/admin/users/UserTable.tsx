/** Users in a table, on a narrow screen as cards; each leads to its page. */
import { Anchor, Badge, Group, Paper, Table, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { AnswerOf } from '../../api/client.ts'
import { users } from '../../text/en/users.ts'
import { MailText, visible } from '../../ui/MailText.tsx'
import { Time, useTimes } from '../../ui/times.tsx'
import classes from './users.module.css'

export type User = AnswerOf<'showUser'>

export function UserTable({ items }: { items: readonly User[] }) {
  return (
    <Paper withBorder style={{ overflow: 'hidden' }}>
      <Table
        verticalSpacing={10}
        horizontalSpacing="md"
        visibleFrom="sm"
        highlightOnHover
        layout="fixed"
        aria-label={users.list}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="36%">{users.user}</Table.Th>
            <Table.Th>{users.person}</Table.Th>
            <Table.Th w={110} ta="right">
              {users.addresses}
            </Table.Th>
            <Table.Th w={190}>{users.seen}</Table.Th>
            <Table.Th w={130}>{users.standing}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((user) => (
            <Table.Tr key={user.id}>
              <Table.Td>
                <Anchor
                  className={`${classes.open} cut`}
                  title={visible(user.name)}
                  renderRoot={(props) => (
                    <Link {...props} to="/users/$id" params={{ id: user.id }} search={{}} />
                  )}
                >
                  <MailText>{user.name}</MailText>
                </Anchor>
              </Table.Td>
              <Table.Td className="cut" title={visible(user.display)}>
                <MailText>{user.display}</MailText>
              </Table.Td>
              <Table.Td ta="right" style={{ fontVariantNumeric: 'tabular-nums' }}>
                {addressesOf(user)}
              </Table.Td>
              <Table.Td>
                <Seen of={user} />
              </Table.Td>
              <Table.Td>
                <Standing of={user} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Paper hiddenFrom="sm" component="nav" aria-label={users.list}>
        {items.map((user) => (
          <Link
            key={user.id}
            to="/users/$id"
            params={{ id: user.id }}
            search={{}}
            className={classes.card ?? ''}
          >
            <Text fw={500} className="cut" component="div">
              <MailText>{user.name}</MailText>
            </Text>
            <Group gap={8} justify="space-between" wrap="nowrap">
              <Text size="sm" c="dimmed" className="cut" component="div">
                {user.display !== '' ? (
                  <MailText>{user.display}</MailText>
                ) : user.seenAt === null ? (
                  users.state.unseen
                ) : (
                  <Time at={user.seenAt} />
                )}
              </Text>
              <Standing of={user} />
            </Group>
          </Link>
        ))}
      </Paper>
    </Paper>
  )
}

/** One that several sources tell is one. */
const addressesOf = ({ addresses }: User): number =>
  new Set(addresses.map(({ address }) => address.toLowerCase())).size

function Seen({ of: { seenAt } }: { of: User }) {
  if (seenAt !== null) return <Time at={seenAt} />
  return (
    <Text component="span" inherit c="dimmed">
      {users.never}
    </Text>
  )
}

export function Standing({ of: { disabledAt, invitedUntil } }: { of: User }) {
  const times = useTimes()
  if (disabledAt !== null)
    return (
      <Badge variant="light" color="gray" tt="none">
        {users.disabled}
      </Badge>
    )
  if (invitedUntil !== null)
    return (
      <Badge variant="light" tt="none" title={users.invitedUntil(times.short(invitedUntil))}>
        {users.invited}
      </Badge>
    )
  return (
    <Text component="span" size="sm">
      {users.enabled}
    </Text>
  )
}
