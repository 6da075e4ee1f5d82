/** The link of an invitation that was not mailed: shown once, to be handed over. */
import { Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core'
import type { AnswerOf } from '../../api/client.ts'
import { users } from '../../text/en/users.ts'
import { useText } from '../../text/index.ts'
import { useTimes } from '../../ui/times.tsx'
import classes from './users.module.css'

export interface InvitationLinkProps {
  invitation: AnswerOf<'inviteUserAgain'> | null
  /** It was asked for; otherwise there was no other way. */
  wanted: boolean
  onClose: () => void
}

export function InvitationLink({ invitation, wanted, onClose }: InvitationLinkProps) {
  const { common } = useText()
  const times = useTimes()
  const url = invitation?.url ?? ''
  return (
    <Modal
      opened={invitation !== null}
      onClose={onClose}
      title={users.linkTitle}
      closeOnClickOutside={false}
      withCloseButton={false}
    >
      <Stack>
        {!wanted && <Text size="sm">{users.linkWhy}</Text>}
        <Text size="sm">{users.linkText(invitation ? times.short(invitation.expiresAt) : '')}</Text>
        <Code block className={classes.link ?? ''} aria-label={users.link}>
          {url}
        </Code>
        <Group justify="space-between" gap="xs">
          <CopyButton value={url}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? common.copied : common.copy}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose} data-autofocus>
            {common.close}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
