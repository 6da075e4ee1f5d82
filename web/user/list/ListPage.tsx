/** Spam Quarantine: the own held mail, found again by words and reason, and what may be done with it. */
import { SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useWords } from '../../text/user.ts'
import { type MySession, useMy } from '../api.ts'
import { soon } from '../arrivals.tsx'
import { go, rememberList, usePlace } from '../place.tsx'
import { useTitle } from '../shell/useTitle.ts'
import { Trouble } from '../Trouble.tsx'
import { useDeeds } from '../useDeeds.ts'
import { Filters } from './Filters.tsx'
import styles from './list.module.css'
import { Messages, MessagesSkeleton } from './Messages.tsx'
import { NoMessages } from './NoMessages.tsx'
import { Pages } from './Pages.tsx'
import { SelectionBar } from './SelectionBar.tsx'
import { addressOf, queryOf, type View, views, type Wish, wishOf } from './wish.ts'

export function ListPage({ session }: { session: MySession }) {
  const { list } = useWords()
  const wish = wishOf(usePlace())
  const address = addressOf(wish)
  useTitle(list.title)
  useEffect(() => rememberList(address), [address])
  const found = useMy(
    'findMyMessages',
    { query: queryOf(wish) },
    { keepPrevious: true, again: (answer) => soon(answer?.items ?? []) },
  )
  const deeds = useDeeds()
  const { selected, select } = useSelection(address, found.data?.items ?? [])
  const heading = useFocusKept(found.data)
  const change = (changes: Partial<Wish>) => go(addressOf({ ...wish, page: 1, ...changes }))
  const answer = found.data
  return (
    <Stack gap="md">
      <div>
        <Title order={1} ref={heading} tabIndex={-1} className={styles.heading ?? ''}>
          {list.title}
        </Title>
        <Text c="dimmed">{list.lead}</Text>
      </div>
      <SegmentedControl
        aria-label={list.views.label}
        className={styles.views ?? ''}
        size="md"
        value={wish.show}
        onChange={(show) => change({ show: show as View })}
        data={views.map((value) => ({ value, label: list.views[value] }))}
      />
      <Filters wish={wish} onChange={change} />
      {found.error && !answer && <Trouble error={found.error} retry={() => void found.refetch()} />}
      {!answer && !found.error && <MessagesSkeleton />}
      {answer && answer.items.length === 0 && (
        <NoMessages wish={wish} onAll={() => go(addressOf({ ...wish, q: '', reason: '', page: 1 }))} />
      )}
      {answer && answer.items.length > 0 && (
        <>
          <Messages
            items={answer.items}
            severalAddresses={session.addresses.length > 1}
            selected={selected}
            onSelect={select}
            deeds={deeds}
          />
          <Pages answer={answer} page={wish.page} onPage={(page) => go(addressOf({ ...wish, page }))} />
        </>
      )}
      <SelectionBar
        items={(answer?.items ?? []).filter(({ id }) => selected.has(id))}
        deeds={deeds}
        onClear={() => select(new Set())}
      />
    </Stack>
  )
}

/** What is ticked; another list begins with nothing ticked, and what has gone is not ticked either. */
function useSelection(address: string, items: readonly { id: string }[]) {
  const [ticked, setTicked] = useState<{ address: string; ids: ReadonlySet<string> }>({
    address,
    ids: new Set(),
  })
  const ids: ReadonlySet<string> = ticked.address === address ? ticked.ids : new Set<string>()
  return {
    selected: new Set(items.flatMap(({ id }) => (ids.has(id) ? [id] : []))),
    select: (wanted: ReadonlySet<string>) => setTicked({ address, ids: wanted }),
  }
}

/** A row that goes takes the keyboard's place with it: then that is the heading. */
function useFocusKept(answer: unknown) {
  const heading = useRef<HTMLHeadingElement>(null)
  const inside = useRef(false)
  useEffect(() => {
    const note = () => {
      inside.current = document.activeElement !== document.body
    }
    document.addEventListener('focusin', note)
    return () => document.removeEventListener('focusin', note)
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the list has changed
  useEffect(() => {
    if (inside.current && document.activeElement === document.body)
      heading.current?.focus({ preventScroll: true })
  }, [answer])
  return heading
}
