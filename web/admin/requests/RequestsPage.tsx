/** Requests for release: who asks for what and why, and deciding on them. Live; what is shown stands in the address. */
import { Button, Group, Skeleton, Stack, Tabs, Text } from '@mantine/core'
import { IconMailQuestion } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi } from '../../api/hooks.ts'
import { useMay } from '../../api/session.ts'
import { approvals } from '../../text/en/approvals.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { Page } from '../../ui/Page.tsx'
import { PageTurner } from '../../ui/PageTurner.tsx'
import { Deciding } from './Deciding.tsx'
import { Filters } from './Filters.tsx'
import { type Request, RequestTable } from './RequestTable.tsx'
import classes from './requests.module.css'
import { perPage, queryFor, type State, searchFor, states, type Wish, wishIn } from './wish.ts'

export function RequestsPage() {
  const search: Record<string, string> = useSearch({ strict: false })
  const navigate = useNavigate()
  const wish = wishIn(search)
  const change = (changes: Partial<Wish>) =>
    void navigate({ to: '/requests', search: searchFor({ ...wish, page: 1, ...changes }) })
  return (
    <Page title={approvals.title} lead={approvals.lead}>
      <Tabs value={wish.state} onChange={(to) => change({ state: to as State })} keepMounted={false}>
        <Tabs.List aria-label={approvals.states.label} mb="md">
          {states.map((one) => (
            <Tabs.Tab key={one} value={one} className={classes.touch}>
              {approvals.states[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {states.map((one) => (
          <Tabs.Panel key={one} value={one}>
            <Requests key={one} wish={wish} onChange={change} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  )
}

function Requests({ wish, onChange }: { wish: Wish; onChange: (changes: Partial<Wish>) => void }) {
  const mayDecide = useMay('request.decide') && wish.state !== 'approved' && wish.state !== 'denied'
  const list = useApi('listRequests', { query: queryFor(wish) }, { keepPrevious: true })
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const items = list.data?.items ?? []
  const chosen = items.filter(({ id, mayDecide: can }) => can && ticked.has(id))
  return (
    <Stack gap="md">
      <Filters wish={wish} onChange={onChange} />
      {mayDecide && (
        <Deciding ticked={chosen} empty={items.length === 0} onDone={() => setTicked(new Set())} />
      )}
      {list.error && !list.data ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : !list.data ? (
        <Skeleton h={320} radius="md" />
      ) : items.length === 0 ? (
        <Nothing wish={wish} onAll={() => onChange({ q: '' })} />
      ) : (
        <>
          <RequestTable items={items} ticked={mayDecide ? ticked : null} onTick={setTicked} />
          <Pages
            total={list.data.total}
            exact={list.data.totalIsExact}
            items={items}
            page={wish.page}
            onPage={(page) => onChange({ page })}
          />
        </>
      )}
    </Stack>
  )
}

function Nothing({ wish, onAll }: { wish: Wish; onAll: () => void }) {
  const [title, text] =
    wish.q !== ''
      ? [approvals.noneFound, approvals.noneFoundText]
      : wish.state === 'open'
        ? [approvals.none, approvals.noneText]
        : [approvals.noneEnded, approvals.noneEndedText]
  return (
    <Empty title={title} icon={<IconMailQuestion />}>
      {text}
      {wish.q !== '' && (
        <div>
          <Button variant="default" mt="md" onClick={onAll}>
            {approvals.showAll}
          </Button>
        </div>
      )}
    </Empty>
  )
}

interface PagesProps {
  total: number
  exact: boolean
  items: readonly Request[]
  page: number
  onPage: (page: number) => void
}

function Pages({ total, exact, items, page, onPage }: PagesProps) {
  const more = items.length === perPage && (!exact || page * perPage < total)
  return (
    <Group justify="space-between">
      <Text size="sm" c="dimmed" role="status">
        {approvals.total(total, exact)}
      </Text>
      <PageTurner
        page={page}
        more={more}
        onPage={onPage}
        words={{ ...approvals, here: approvals.page(page) }}
      />
    </Group>
  )
}
