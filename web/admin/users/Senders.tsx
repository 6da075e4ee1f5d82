/** The senders that a user has approved and blocked; an administrator takes one off the list. */
import { ActionIcon, Badge, Group, Skeleton, Stack, Text, Tooltip } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useApi, useDeed } from '../../api/hooks.ts'
import { users } from '../../text/en/users.ts'
import { Failure } from '../../ui/Failure.tsx'
import { MailText, visible } from '../../ui/MailText.tsx'
import { tellDone, tellFailure } from '../../ui/notify.tsx'
import { PageTurner } from '../../ui/PageTurner.tsx'
import { Section } from '../../ui/Section.tsx'
import { Time } from '../../ui/times.tsx'
import type { User } from './UserTable.tsx'
import classes from './users.module.css'

const perPage = 10

export function Senders({ user: { id }, may }: { user: User; may: boolean }) {
  const [page, setPage] = useState(1)
  const list = useApi(
    'findUserSenders',
    { params: { id }, query: { page, limit: perPage } },
    { keepPrevious: true },
  )
  const remove = useDeed('removeUserSender', ['users'])
  const total = list.data?.total ?? 0
  const pages = Math.max(1, Math.ceil(total / perPage))
  return (
    <Section title={users.sendersTitle} lead={users.sendersLead}>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Skeleton height={48} />}
      {list.data && list.data.items.length === 0 && (
        <Text size="sm" c="dimmed">
          {users.noSenders}
        </Text>
      )}
      {list.data && list.data.items.length > 0 && (
        <ul className={classes.rows}>
          {list.data.items.map((sender) => (
            <li key={sender.id}>
              <Group justify="space-between" wrap="nowrap" gap="sm">
                <Stack gap={2} style={{ minWidth: 0 }}>
                  <Group gap={8}>
                    <Text component="span" inherit style={{ overflowWrap: 'anywhere', minWidth: 0 }}>
                      <MailText>{sender.pattern}</MailText>
                    </Text>
                    <Badge variant="light" color={sender.kind === 'blocked' ? 'red' : 'green'} tt="none">
                      {users.senderKinds[sender.kind]}
                    </Badge>
                    {sender.expired && (
                      <Badge variant="light" color="gray" tt="none">
                        {users.senderEnded}
                      </Badge>
                    )}
                  </Group>
                  <Text size="xs" c="dimmed" component="div" style={{ overflowWrap: 'anywhere' }}>
                    {sender.address !== null && (
                      <>
                        {users.senderFor} <MailText>{sender.address}</MailText> ·{' '}
                      </>
                    )}
                    <Time at={sender.createdAt} />
                    {sender.expiresAt !== null && (
                      <>
                        {' '}
                        · {users.senderUntil} <Time at={sender.expiresAt} />
                      </>
                    )}
                  </Text>
                </Stack>
                {may && (
                  <Tooltip label={users.removeSender(visible(sender.pattern))}>
                    <ActionIcon
                      size={40}
                      variant="subtle"
                      color="red"
                      aria-label={users.removeSender(visible(sender.pattern))}
                      loading={remove.isPending && remove.variables.params.sender === sender.id}
                      onClick={() =>
                        remove.mutate(
                          { params: { id, sender: sender.id } },
                          {
                            onSuccess: () => tellDone(users.done.senderRemoved(visible(sender.pattern))),
                            onError: tellFailure,
                          },
                        )
                      }
                    >
                      <IconTrash size={18} aria-hidden />
                    </ActionIcon>
                  </Tooltip>
                )}
              </Group>
            </li>
          ))}
        </ul>
      )}
      <PageTurner
        page={page}
        more={page < pages}
        onPage={(to) => setPage(Math.min(to, pages))}
        words={{ ...users, here: users.pageOf(page, pages) }}
      />
    </Section>
  )
}
