/** What can be done with what is ticked: at the foot of the screen, in reach of a thumb. */
import { Button, CloseButton, Group, Paper, Text } from '@mantine/core'
import { IconArrowBackUp, IconMailCheck, IconTrash, IconUserCheck, IconUserOff } from '@tabler/icons-react'
import { useWords } from '../../text/user.ts'
import type { MyMessage } from '../api.ts'
import { RequestButton } from '../RequestButton.tsx'
import { SplitButton } from '../SplitButton.tsx'
import type { Deeds } from '../useDeeds.ts'
import styles from './list.module.css'

export interface SelectionBarProps {
  items: readonly MyMessage[]
  deeds: Deeds
  onClear: () => void
}

export function SelectionBar({ items, deeds, onClear }: SelectionBarProps) {
  const { list, senders } = useWords()
  if (items.length === 0) return null
  const ids = items.map(({ id }) => id)
  const any = (deed: keyof MyMessage['may']) => items.some(({ may }) => may[deed])
  const requestable = items.flatMap(({ id, may }) => (may.request ? [id] : []))
  const run = (deed: (ids: readonly string[]) => Promise<unknown>) => void deed(ids).then(onClear)
  return (
    <Paper component="section" className={styles.bar ?? ''} shadow="md" withBorder radius="lg">
      <Group gap="xs" wrap="nowrap">
        <CloseButton size="lg" aria-label={list.clearSelection} onClick={onClear} />
        <Text size="sm" fw={500} role="status">
          {list.selected(items.length)}
        </Text>
      </Group>
      <Group gap="xs" className={styles.barDeeds ?? ''}>
        {any('notSpam') && (
          <SplitButton
            busy={deeds.busy}
            leftSection={<IconMailCheck size={20} stroke={1.7} aria-hidden />}
            label={list.notSpam}
            onClick={() => run(deeds.notSpam)}
            moreLabel={senders.moreNotSpam}
            more={{
              label: senders.notSpamAndApprove,
              icon: <IconUserCheck size={20} stroke={1.7} aria-hidden />,
              onClick: () => run((wanted) => deeds.notSpam(wanted, true)),
            }}
          />
        )}
        {requestable.length > 0 && (
          <RequestButton
            size="md"
            variant={any('notSpam') ? 'default' : 'filled'}
            ids={requestable}
            deeds={deeds}
            onSent={onClear}
          />
        )}
        {any('delete') && (
          <SplitButton
            variant="default"
            busy={deeds.busy}
            leftSection={<IconTrash size={20} stroke={1.7} aria-hidden />}
            label={list.delete}
            onClick={() => run(deeds.remove)}
            moreLabel={senders.moreDelete}
            more={{
              label: senders.deleteAndBlock,
              icon: <IconUserOff size={20} stroke={1.7} aria-hidden />,
              onClick: () => run((wanted) => deeds.remove(wanted, true)),
            }}
          />
        )}
        {any('restore') && (
          <Button
            size="md"
            loading={deeds.busy}
            leftSection={<IconArrowBackUp size={20} stroke={1.7} aria-hidden />}
            onClick={() => run(deeds.restore)}
          >
            {list.restore}
          </Button>
        )}
      </Group>
    </Paper>
  )
}
