/** What is done with a user as a whole: a letter with a link, the link itself, disabling and enabling. */
import { Button, Menu, Text } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import type { AnswerOf } from '../../api/client.ts'
import { useDeed } from '../../api/hooks.ts'
import { users } from '../../text/en/users.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { tellDone, tellFailure } from '../../ui/notify.tsx'
import { InvitationLink } from './InvitationLink.tsx'
import type { User } from './UserTable.tsx'

export function UserActions({ user }: { user: User }) {
  const { id, name, disabledAt, hasPassword } = user
  const again = useDeed('inviteUserAgain', ['users'])
  const change = useDeed('changeUser', ['users'])
  const [asked, setAsked] = useState(false)
  const [shown, setShown] = useState<AnswerOf<'inviteUserAgain'> | null>(null)
  const [wanted, setWanted] = useState(false)
  const invite = (mail: boolean) =>
    again.mutate(
      { params: { id }, body: { mail } },
      {
        onSuccess: (invitation) => {
          setWanted(!mail)
          if (invitation.url === null) tellDone(users.done.mailed(name))
          else setShown(invitation)
        },
        onError: tellFailure,
      },
    )
  const set = (disabled: boolean) =>
    change.mutate(
      { params: { id }, body: { disabled } },
      {
        onSuccess: () => tellDone(disabled ? users.done.disabled(name) : users.done.enabled(name)),
        onError: tellFailure,
        onSettled: () => setAsked(false),
      },
    )
  if (disabledAt !== null)
    return (
      <Button loading={change.isPending} onClick={() => set(false)}>
        {users.enable}
      </Button>
    )
  return (
    <>
      <Button variant="default" loading={again.isPending} onClick={() => invite(true)}>
        {hasPassword ? users.newPassword : users.resend}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
            {users.more}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => invite(false)}>{users.showLink}</Menu.Item>
          <Menu.Item color="red" onClick={() => setAsked(true)}>
            {users.disable}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={asked}
        title={users.disableTitle(name)}
        confirmLabel={users.disable}
        danger
        busy={change.isPending}
        onClose={() => setAsked(false)}
        onConfirm={() => set(true)}
      >
        <Text size="sm">{users.disableText}</Text>
      </Confirm>
      <InvitationLink invitation={shown} wanted={wanted} onClose={() => setShown(null)} />
    </>
  )
}
