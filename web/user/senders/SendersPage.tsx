/** Senders: whom one has approved and blocked, how many there may be, and the way to add, change and remove them. */
import {
  ActionIcon,
  Button,
  CloseButton,
  Group,
  Paper,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconSearch } from '@tabler/icons-react'
import { type FormEvent, useEffect, useState } from 'react'
import { useWords } from '../../text/user.ts'
import { useMy } from '../api.ts'
import { go, usePlace } from '../place.tsx'
import { useTitle } from '../shell/useTitle.ts'
import { Trouble } from '../Trouble.tsx'
import { AddSender } from './AddSender.tsx'
import { SenderList, SendersSkeleton } from './SenderList.tsx'
import { useSenders } from './useSenders.ts'
import { addressOf, perPage, queryOf, type View, views, type Wish, wishOf } from './wish.ts'

export function SendersPage() {
  const { senders } = useWords()
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
        <Search q={wish.q} onSearch={(q) => change({ q })} />
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
          <Turning page={wish.page} total={answer.total} onPage={(page) => change({ page })} />
        </Group>
      )}
    </Stack>
  )
}

function Search({ q, onSearch }: { q: string; onSearch: (q: string) => void }) {
  const { senders, list } = useWords()
  const [words, setWords] = useState(q)
  useEffect(() => setWords(q), [q])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSearch(words.trim())
  }
  return (
    <search style={{ flex: '1 1 220px', minWidth: 0 }}>
      <form onSubmit={submit}>
        <TextInput
          size="md"
          aria-label={senders.search}
          placeholder={senders.search}
          value={words}
          maxLength={200}
          enterKeyHint="search"
          onChange={(event) => setWords(event.currentTarget.value)}
          rightSectionWidth={words === '' ? 44 : 88}
          rightSection={
            <>
              {words !== '' && (
                <CloseButton
                  size="lg"
                  aria-label={list.clear}
                  onClick={() => {
                    setWords('')
                    onSearch('')
                  }}
                />
              )}
              <ActionIcon type="submit" variant="subtle" size={40} aria-label={list.searchShort}>
                <IconSearch size={20} stroke={1.8} aria-hidden />
              </ActionIcon>
            </>
          }
        />
      </form>
    </search>
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

function Turning({ page, total, onPage }: { page: number; total: number; onPage: (page: number) => void }) {
  const { list } = useWords()
  const last = Math.max(1, Math.ceil(total / perPage))
  if (last === 1 && page === 1) return null
  return (
    <Group component="nav" gap="xs" aria-label={list.page(page)} wrap="nowrap">
      <Button
        variant="default"
        size="md"
        px="sm"
        disabled={page === 1}
        onClick={() => onPage(page - 1)}
        aria-label={list.earlier}
      >
        <IconChevronLeft size={20} aria-hidden />
      </Button>
      <Text size="sm">{list.page(page)}</Text>
      <Button
        variant="default"
        size="md"
        px="sm"
        disabled={page >= last}
        onClick={() => onPage(page + 1)}
        aria-label={list.later}
      >
        <IconChevronRight size={20} aria-hidden />
      </Button>
    </Group>
  )
}
