/** An empty list: mostly good news. */
import { Button, Center, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconMailbox, IconMoodSmile, IconSearch, IconTrash } from '@tabler/icons-react'
import { useWords } from '../../text/user.ts'
import type { Wish } from './wish.ts'

export function NoMessages({ wish: { q, reason, show, page }, onAll }: { wish: Wish; onAll: () => void }) {
  const { list } = useWords()
  const searched = q !== '' || reason !== '' || page > 1
  const [title, text, Icon] = searched
    ? [list.emptySearch, list.emptySearchText, IconSearch]
    : show === 'held'
      ? [list.emptyHeld, list.emptyHeldText, IconMoodSmile]
      : show === 'delivered'
        ? [list.emptyDelivered, list.emptyDeliveredText, IconMailbox]
        : [list.emptyDeleted, list.emptyDeletedText, IconTrash]
  return (
    <Center py={56}>
      <Stack gap="sm" align="center" maw={460} ta="center">
        <ThemeIcon
          variant="light"
          color={show === 'held' && !searched ? 'green' : 'gray'}
          size={64}
          radius="xl"
          aria-hidden
        >
          <Icon size={36} stroke={1.5} />
        </ThemeIcon>
        <Text fw={600} size="lg" role="status">
          {title}
        </Text>
        <Text c="dimmed">{text}</Text>
        {searched && (
          <Button variant="default" size="md" onClick={onAll}>
            {list.showAll}
          </Button>
        )}
      </Stack>
    </Center>
  )
}
