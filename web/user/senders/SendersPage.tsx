/** Senders: whom one has approved and blocked, how many there may be, and the way to add, change and remove them. */
import { Button, Group, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useWords } from '../../text/user.ts'
import { PageTurner } from '../../ui/PageTurner.tsx'
import { SearchField } from '../../ui/SearchField.tsx'
import { useMy } from '../api.ts'
import { go, usePlace } from '../place.tsx'
import { useTitle } from '../shell/useTitle.ts'
import { Trouble } from '../Trouble.tsx'
import { AddSender } from './AddSender.tsx'
import { SenderList, SendersSkeleton } from './SenderList.tsx'
import styles from './senders.module.css'
import { useSenders } from './useSenders.ts'
import { addressOf, perPage, queryOf, type View, views, type Wish, wishOf } from './wish.ts'

export function SendersPage() {
  const { senders, list } = useWords()
  const wish = wishOf(usePlace())
  useTitle(senders.title)
  const found = useMy('findMySenders', queryOf(wish), { keepPrevious: true })
  const deeds = useSenders()
  const change = (changes: Partial<Wish>) => go(addressOf({ ...wish, page: 1, ...changes }))
  const answer = found.data
  return (
    <Stack gap="md" maw={860}>
      <div>
        <Title order={1}>{senders.title}</Title>
        <Text c="dimmed">{senders.lead}</Text>
      </div>
      <AddSender deeds={deeds} allowed={answer?.allowed ?? 0} />
      <Group gap="sm" align="center">
        <SegmentedControl
          aria-label={senders.views.label}
          size="md"
          value={wish.show}
          onChange={(show) => change({ show: show as View })}
          data={views.map((value) => ({ value, label: senders.views[value] }))}
        />
        <search className={styles.search}>
          <SearchField
            q={wish.q}
            onSearch={(q) => change({ q })}
            words={{ search: senders.search, clear: list.clear, find: list.searchShort }}
          />
        </search>
      </Group>
      {found.error && !answer && <Trouble error={found.error} retry={() => void found.refetch()} />}
      {!answer && !found.error && <SendersSkeleton />}
      {answer && answer.items.length === 0 && (
        <Nothing isFiltered={answer.all > 0} onAll={() => go(addressOf({ show: 'all', q: '', page: 1 }))} />
      )}
      {answer && answer.items.length > 0 && <SenderList items={answer.items} deeds={deeds} />}
      {answer && (
        <Group justify="space-between">
          <Text c="dimmed" size="sm" role="status">
            {wish.q !== '' && `${senders.found(answer.total)} · `}
            {senders.used(answer.all, answer.allowed)}
          </Text>
          <PageTurner
            size="md"
            page={wish.page}
            more={wish.page * perPage < answer.total}
            onPage={(page) => change({ page })}
            words={{ ...list, here: list.page(wish.page) }}
          />
        </Group>
      )}
    </Stack>
  )
}

function Nothing({ isFiltered, onAll }: { isFiltered: boolean; onAll: () => void }) {
  const { senders } = useWords()
  return (
    <Paper withBorder radius="lg" p="xl">
      <Stack align="center" gap="xs">
        <Title order={2} size="h3">
          {isFiltered ? senders.nothing : senders.empty}
        </Title>
        <Text c="dimmed" ta="center">
          {isFiltered ? senders.nothingText : senders.emptyText}
        </Text>
        {isFiltered && (
          <Button size="md" variant="default" onClick={onAll}>
            {senders.showAll}
          </Button>
        )}
      </Stack>
    </Paper>
  )
}
