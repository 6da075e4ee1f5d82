/** Released mail on its way: what waits, failed, was delivered or given up; tried now or given up by hand. Live. */
import { Button, Paper, Skeleton, Stack, Tabs } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useMay } from '../../api/session.ts'
import { deliveries } from '../../text/en/deliveries.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { Page } from '../../ui/Page.tsx'
import { DeliveryTable } from './DeliveryTable.tsx'
import classes from './deliveries.module.css'
import { Handling } from './Handling.tsx'
import { type State, stateOf, states, useDeliveries } from './useDeliveries.ts'

export function DeliveriesPage() {
  const search: Record<string, string> = useSearch({ strict: false })
  const navigate = useNavigate()
  const state = stateOf(search.state)
  return (
    <Page title={deliveries.title} lead={deliveries.lead}>
      <Tabs
        value={state}
        onChange={(to) =>
          void navigate({ to: '/deliveries', search: to === null || to === 'due' ? {} : { state: to } })
        }
      >
        <Tabs.List aria-label={deliveries.tabs} mb="md">
          {states.map((one) => (
            <Tabs.Tab key={one} value={one} className={classes.touch}>
              {deliveries.states[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {states.map((one) => (
          <Tabs.Panel key={one} value={one}>
            {one === state && <Deliveries state={state} />}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  )
}

function Deliveries({ state }: { state: State }) {
  const mayChange = useMay('delivery.change') && state === 'due'
  const { list, more, error, items } = useDeliveries(state)
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const set = (ids: readonly string[], on: boolean) =>
    setTicked((before) => (on ? before.union(new Set(ids)) : before.difference(new Set(ids))))
  return (
    <Stack gap="sm">
      {error && <Failure error={error} retry={() => void list.refetch()} />}
      {mayChange && (
        <Handling
          empty={list.data !== undefined && items.length === 0}
          ticked={items.filter(({ id }) => ticked.has(id))}
          onDone={(ids) => set(ids, false)}
        />
      )}
      {list.isPending && <Blank />}
      {list.data && items.length === 0 && (
        <Paper withBorder>
          <Empty title={deliveries.none[state]} icon={<IconSend />}>
            {deliveries.noneText[state]}
          </Empty>
        </Paper>
      )}
      {items.length > 0 && (
        <DeliveryTable items={items} state={state} ticks={mayChange ? { ticked, set } : null} />
      )}
      {list.hasNextPage && (
        <Button
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void more()}
          style={{ alignSelf: 'center' }}
        >
          {state === 'due' ? deliveries.moreDue : deliveries.more}
        </Button>
      )}
    </Stack>
  )
}

function Blank() {
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        {Array.from({ length: 8 }, (_, n) => (
          <Skeleton key={String(n)} height={26} />
        ))}
      </Stack>
    </Paper>
  )
}
