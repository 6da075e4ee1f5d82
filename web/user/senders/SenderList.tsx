/** The senders of one page, each with what can be done about it. */
import { ActionIcon, Badge, Button, Group, Menu, Skeleton, Stack, Text } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useWords } from '../../text/user.ts'
import { MailText, visible } from '../../ui/MailText.tsx'
import { useMoments } from '../Moment.tsx'
import { endOf, spans } from './AddSender.tsx'
import styles from './senders.module.css'
import type { Sender, useSenders } from './useSenders.ts'

export interface SenderListProps {
  items: readonly Sender[]
  deeds: ReturnType<typeof useSenders>
}

export function SenderList({ items, deeds }: SenderListProps) {
  return (
    <ul className={styles.list}>
      {items.map((sender) => (
        <li key={sender.id} className={styles.row}>
          <Facts sender={sender} />
          <Deeds sender={sender} deeds={deeds} />
        </li>
      ))}
    </ul>
  )
}

function Facts({ sender }: { sender: Sender }) {
  const { senders, list } = useWords()
  const moments = useMoments()
  const { pattern, kind, address, note, expiresAt, expired } = sender
  const more = [
    ...(address === null ? [] : [list.forAddress(visible(address))]),
    ...(expiresAt === null ? [] : [(expired ? senders.over : senders.untilWhen)(moments.full(expiresAt))]),
    ...(note === '' ? [] : [visible(note)]),
  ]
  return (
    <div className={styles.facts}>
      <Group gap="xs">
        <Text component="span" fw={600} style={{ overflowWrap: 'anywhere', minWidth: 0 }}>
          <MailText>{pattern}</MailText>
        </Text>
        <Badge
          variant="light"
          tt="none"
          size="lg"
          color={expired ? 'gray' : kind === 'approved' ? 'green' : 'red'}
          style={{ flexShrink: 0 }}
        >
          {senders.views[kind]}
        </Badge>
      </Group>
      {more.map((line) => (
        <Text key={line} size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {line}
        </Text>
      ))}
    </div>
  )
}

function Deeds({ sender, deeds }: { sender: Sender; deeds: SenderListProps['deeds'] }) {
  const { senders } = useWords()
  const name = visible(sender.pattern)
  const other = sender.kind === 'approved' ? 'blocked' : 'approved'
  return (
    <Group gap={4} wrap="nowrap">
      <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={44}
            disabled={deeds.busy}
            aria-label={senders.changeOf(name)}
          >
            <IconDots size={20} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item mih={44} onClick={() => void deeds.change(sender, { kind: other })}>
            {other === 'approved' ? senders.approveInstead : senders.blockInstead}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item mih={44} onClick={() => void deeds.change(sender, { expiresAt: null })}>
            {senders.forGood}
          </Menu.Item>
          {spans.map((n) => (
            <Menu.Item
              key={n}
              mih={44}
              onClick={() => void deeds.change(sender, { expiresAt: endOf(String(n)) })}
            >
              {senders.forDays(n)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button
        size="md"
        variant="subtle"
        disabled={deeds.busy}
        aria-label={senders.removeOf(name)}
        onClick={() => void deeds.remove(sender)}
      >
        {senders.remove}
      </Button>
    </Group>
  )
}

export function SendersSkeleton() {
  const text = useWords()
  return (
    <Stack gap="xs" aria-busy aria-label={text.loading}>
      {[0, 1, 2, 3].map((n) => (
        <Skeleton key={n} height={72} radius="lg" />
      ))}
    </Stack>
  )
}
