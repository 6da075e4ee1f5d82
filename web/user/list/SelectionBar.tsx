/** What can be done with what is ticked: at the foot of the screen, in reach of a thumb. */
import { Button, CloseButton, Group, Paper, Text } from '@mantine/core'
import { IconArrowBackUp, IconMailCheck, IconTrash } from '@tabler/icons-react'
import { useWords } from '../../text/user.ts'
import type { MyMessage } from '../api.ts'
import { RequestButton } from '../RequestButton.tsx'
import type { Deeds } from '../useDeeds.ts'
import styles from './list.module.css'

export interface SelectionBarProps {
  items: readonly MyMessage[]
  deeds: Deeds
  onClear: () => void
}

export function SelectionBar({ items, deeds, onClear }: SelectionBarProps) {
  const { list } = useWords()
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
          <Button
            size="md"
            loading={deeds.busy}
            leftSection={<IconMailCheck size={20} stroke={1.7} aria-hidden />}
            onClick={() => run(deeds.notSpam)}
          >
            {list.notSpam}
          </Button>
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
          <Button
            size="md"
            variant="default"
            loading={deeds.busy}
            leftSection={<IconTrash size={20} stroke={1.7} aria-hidden />}
            onClick={() => run(deeds.remove)}
          >
            {list.delete}
          </Button>
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
