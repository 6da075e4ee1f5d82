/** One user: what is known, the addresses and who told them, where somebody is signed in, language and time zone. */
import { Alert, Anchor, Badge, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { Link, useParams } from '@tanstack/react-router'
import { Fragment } from 'react'
import { useApi } from '../../api/hooks.ts'
import { useMay } from '../../api/session.ts'
import { users } from '../../text/en/users.ts'
import { Failure } from '../../ui/Failure.tsx'
import { MailText, visible } from '../../ui/MailText.tsx'
import { Page } from '../../ui/Page.tsx'
import { Section } from '../../ui/Section.tsx'
import { Time } from '../../ui/times.tsx'
import { Addresses } from './Addresses.tsx'
import { Senders } from './Senders.tsx'
import { Sessions } from './Sessions.tsx'
import { Settings } from './Settings.tsx'
import { UserActions } from './UserActions.tsx'
import { Standing, type User } from './UserTable.tsx'
import classes from './users.module.css'

export function UserPage() {
  const { id = '' } = useParams({ strict: false })
  const found = useApi('showUser', { params: { id } })
  const manages = useMay('user.manage')
  const user = found.data
  const may = manages && user?.elsewhere === false
  return (
    <Page
      width="form"
      title={user ? visible(user.name) : users.user}
      lead={
        <Anchor renderRoot={(props) => <Link {...props} to="/users" search={{}} />} size="sm">
          <Group gap={4} component="span">
            <IconArrowLeft size={16} aria-hidden />
            {users.back}
          </Group>
        </Anchor>
      }
      actions={user && may && <UserActions user={user} />}
    >
      {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Skeleton height={240} radius="md" />}
      {user && (
        <Stack gap="lg">
          {user.elsewhere && <Alert color="gray">{users.elsewhere}</Alert>}
          <Facts user={user} />
          <Addresses user={user} may={may} />
          <Senders user={user} may={may} />
          {may && <Settings key={user.id} user={user} />}
          {may && <Sessions user={user} />}
        </Stack>
      )}
    </Page>
  )
}

function Facts({ user }: { user: User }) {
  const never = (
    <Text component="span" inherit c="dimmed">
      {users.never}
    </Text>
  )
  const rows = [
    [users.person, user.display === '' ? null : <MailText key="display">{user.display}</MailText>],
    [users.standing, <Standing key="standing" of={user} />],
    [users.signsIn, users.sources[user.source] ?? user.source],
    [users.password, user.hasPassword ? users.yes : users.no],
    [users.created, <Time key="created" at={user.createdAt} />],
    [users.seen, user.seenAt === null ? never : <Time key="seen" at={user.seenAt} />],
  ] as const
  return (
    <Section
      title={users.facts}
      badge={
        user.invitedUntil !== null &&
        user.disabledAt === null && (
          <Badge variant="light" tt="none">
            {users.invited}
          </Badge>
        )
      }
    >
      <dl className={classes.facts}>
        {rows.map(
          ([label, value]) =>
            value !== null && (
              <Fragment key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </Fragment>
            ),
        )}
      </dl>
    </Section>
  )
}
