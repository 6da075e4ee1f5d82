/** What a message is, at a glance: subject, who to whom, why it is here, the state of each copy, and what can be done. */
import { Box, Group, Paper, Skeleton, Stack, Text, ThemeIcon, Title, UnstyledButton } from '@mantine/core'
import { IconBug, IconFishHook, IconMailExclamation, IconShieldExclamation } from '@tabler/icons-react'
import type { AnswerOf } from '../../api/client.ts'
import { useText } from '../../text/index.ts'
import { MailText, visible } from '../../ui/MailText.tsx'
import { type CopyState, StateBadge } from '../../ui/StateBadge.tsx'
import { size, Time } from '../../ui/times.tsx'
import { type Detail, heldForVirus } from './copies.ts'
import { MessageActions } from './MessageActions.tsx'
import styles from './message.module.css'

type Known = AnswerOf<'findMessages'>['items'][number] | Detail

export interface MessageHeadProps {
  /** As far as it is known yet. */
  known: Known | undefined
  detail: Detail | undefined
  onRecipients: () => void
}

export function MessageHead({ known, detail, onRecipients }: MessageHeadProps) {
  const { message, common } = useText()
  if (!known)
    return (
      <Stack gap="sm">
        <Skeleton h={30} w="60%" />
        <Skeleton h={20} w="40%" />
        <Skeleton h={64} />
        <Skeleton h={40} w={320} />
      </Stack>
    )
  return (
    <Stack gap="sm">
      <Box>
        <Title order={1} className={styles.subject} title={visible(known.subject).slice(0, 2000)}>
          <MailText whenEmpty={common.noSubject}>{known.subject}</MailText>
        </Title>
        <Group gap="2px 14px" mt={4} fz="sm" c="dimmed">
          <span className={styles.any}>
            {message.from}{' '}
            <MailText c="var(--mantine-color-text)" whenEmpty={common.nullSender}>
              {known.sender}
            </MailText>
          </span>
          <span className={styles.any}>
            {message.to} <To recipients={known.recipients} />
          </span>
          <span>
            <Time at={known.receivedAt} />
          </span>
          <span>{size(known.size)}</span>
        </Group>
      </Box>
      <Why known={known} detail={detail} />
      {detail ? (
        <>
          <Copies detail={detail} onRecipients={onRecipients} />
          <MessageActions detail={detail} />
        </>
      ) : (
        <Skeleton h={76} w={320} maw="100%" />
      )}
    </Stack>
  )
}

function To({ recipients }: { recipients: Known['recipients'] }) {
  const { common } = useText()
  const [first] = recipients
  if (!first) return <>{common.none}</>
  return (
    <>
      <MailText c="var(--mantine-color-text)">{first.address}</MailText>
      {recipients.length > 1 && ` ${common.more(recipients.length - 1)}`}
    </>
  )
}

const looks: Record<string, { color: string; icon: typeof IconBug }> = {
  malware: { color: 'red', icon: IconBug },
  phishing: { color: 'orange', icon: IconFishHook },
  spam: { color: 'yellow', icon: IconMailExclamation },
}

function Why({ known, detail }: { known: Known; detail: Detail | undefined }) {
  const { message } = useText()
  const reason = detail && heldForVirus(detail) ? 'malware' : known.reason
  const { color, icon: Icon } = looks[reason] ?? { color: 'blue', icon: IconShieldExclamation }
  return (
    <Paper withBorder p="sm" component="section" aria-label={message.why}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <ThemeIcon variant="light" color={color} size={36} radius="xl" aria-hidden>
          <Icon size={20} stroke={1.7} />
        </ThemeIcon>
        <Box style={{ minWidth: 0 }}>
          <Text fw={550} className={styles.reason}>
            <MailText>{known.explanation}</MailText>
          </Text>
          <Group gap="2px 14px" fz="sm" c="dimmed" mt={2}>
            <span className={styles.any}>
              {message.area} <MailText c="var(--mantine-color-text)">{known.area}</MailText>
            </span>
            {known.rule !== '' && (
              <span className={styles.any}>
                {message.rule} <MailText c="var(--mantine-color-text)">{known.rule}</MailText>
              </span>
            )}
          </Group>
        </Box>
      </Group>
    </Paper>
  )
}

const namedAtMost = 3

/** Each recipient with its state while they are few; counts of the states when they are many. */
function Copies({ detail: { recipients }, onRecipients }: { detail: Detail; onRecipients: () => void }) {
  const { message } = useText()
  const states = Map.groupBy(recipients, ({ state }) => state)
  return (
    <Group gap="6px 16px" component="section" aria-label={message.copies} role="status">
      {recipients.length <= namedAtMost
        ? recipients.map(({ address, state }) => (
            <Group key={address} gap={6} wrap="nowrap" style={{ minWidth: 0 }}>
              <StateBadge state={state} />
              <Text size="sm" component="span" className="cut" title={visible(address)}>
                <MailText>{address}</MailText>
              </Text>
            </Group>
          ))
        : [...states].map(([state, copies]) => (
            <StateBadge key={state} state={state satisfies CopyState} count={copies.length} />
          ))}
      {recipients.length > namedAtMost && (
        <UnstyledButton fz="sm" c="var(--mantine-color-anchor)" onClick={onRecipients}>
          {message.allRecipients(recipients.length)}
        </UnstyledButton>
      )}
    </Group>
  )
}
