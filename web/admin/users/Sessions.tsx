/** Where somebody is signed in as this user, and the end of it. */
import { Button, Skeleton, Text } from '@mantine/core'
import { useState } from 'react'
import { useApi, useDeed } from '../../api/hooks.ts'
import { users } from '../../text/en/users.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { visible } from '../../ui/MailText.tsx'
import { tellDone, tellFailure } from '../../ui/notify.tsx'
import { Section } from '../../ui/Section.tsx'
import { Time } from '../../ui/times.tsx'
import type { User } from './UserTable.tsx'
import classes from './users.module.css'

export function Sessions({ user: { id, name } }: { user: User }) {
  const params = { id }
  const list = useApi('listUserSessions', { params })
  const end = useDeed('endUserSessions', ['users'])
  const [asked, setAsked] = useState(false)
  const items = list.data?.items ?? []
  return (
    <Section
      title={users.sessionsTitle}
      lead={users.sessionsLead}
      action={
        items.length > 0 && (
          <Button variant="default" onClick={() => setAsked(true)}>
            {users.endSessions}
          </Button>
        )
      }
    >
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Skeleton height={48} />}
      {list.data && items.length === 0 && (
        <Text size="sm" c="dimmed">
          {users.noSessions}
        </Text>
      )}
      {items.length > 0 && (
        <ul className={classes.rows}>
          {items.map(({ createdAt, seenAt, origin, method }) => (
            <li key={`${createdAt} ${origin}`}>
              <Text component="div" inherit>
                {users.methods[method] ?? visible(method)} · {users.sessionFrom(visible(origin))}
              </Text>
              <Text size="xs" c="dimmed" component="div">
                <Time at={createdAt} /> · {users.lastActive} <Time at={seenAt} style="relative" />
              </Text>
            </li>
          ))}
        </ul>
      )}
      <Confirm
        opened={asked}
        title={users.endSessionsTitle(visible(name))}
        confirmLabel={users.endSessions}
        danger
        busy={end.isPending}
        onClose={() => setAsked(false)}
        onConfirm={() =>
          end.mutate(
            { params },
            {
              onSuccess: () => tellDone(users.done.ended),
              onError: tellFailure,
              onSettled: () => setAsked(false),
            },
          )
        }
      >
        <Text size="sm">{users.endSessionsText}</Text>
      </Confirm>
    </Section>
  )
}
