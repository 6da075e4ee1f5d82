/** What was found: the deeds on it, its pages, its rows, and what there is to say when there is nothing. */
import { Button, Group, Progress, Skeleton, Stack, Text } from '@mantine/core'
import { Suspense, useCallback, useMemo, useState } from 'react'
import type { FilterText } from '../../../src/api/search.ts'
import { urlOf } from '../../api/client.ts'
import { useDeed } from '../../api/hooks.ts'
import { useMay, useSession } from '../../api/session.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'
import { tellFailure } from '../../ui/notify.tsx'
import { useTimeZone } from '../../ui/times.tsx'
import { type FindQuery, filterOf, type Order } from './address.ts'
import { chosenColumns, type Optional } from './columns.tsx'
import { DeleteDialog, EverythingDialog, ReleaseDialog } from './later.ts'
import { NoResult } from './NoResult.tsx'
import { Pager, RowsPerPage } from './Pager.tsx'
import classes from './query.module.css'
import { Rows } from './Rows.tsx'
import { SortSelect } from './SortSelect.tsx'
import { Toolbar } from './Toolbar.tsx'
import { focusedRow, moveFocus, useKeys } from './useKeys.ts'
import type { Result } from './useResult.ts'
import { useTicks } from './useTicks.ts'

export interface ResultViewProps {
  result: Result
  criteria: FilterText
  order: Order
  query: FindQuery
  onSearch: (criteria: FilterText) => void
  onOrder: (changes: Partial<Order>) => void
  onKeys: () => void
  onBox: () => void
}

type Dialog = 'release' | 'delete' | 'release-all' | 'delete-all' | null

export function ResultView(props: ResultViewProps) {
  const { result, criteria, order, query: asked, onSearch, onOrder, onKeys, onBox } = props
  const { query } = useText()
  const { answer, renew } = result
  const zone = useTimeZone()
  const mayRelease = useMay('message.release')
  const mayDelete = useMay('message.delete')
  const page = answer.data
  const items = page?.items ?? nothing
  const shown = useShown(order, answer.isPlaceholderData)
  const ticks = useTicks(JSON.stringify(criteria), items)
  const [dialog, setDialog] = useState<Dialog>(null)
  const [optional, choose] = useColumns()
  const search = useMemo(
    () => Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, String(value)])),
    [asked],
  )
  const open = (action: 'release' | 'delete') => setDialog(ticks.everything ? `${action}-all` : action)
  const { clear } = ticks
  const done = useCallback(
    (ids: string[]) => {
      clear()
      renew(ids)
    },
    [clear, renew],
  )
  const closeDialog = useCallback(() => setDialog(null), [])

  const { tick, ids } = ticks
  useKeys(
    useMemo(() => {
      const [next, previous] = [() => moveFocus(1), () => moveFocus(-1)]
      return {
        j: next,
        ArrowDown: next,
        k: previous,
        ArrowUp: previous,
        x() {
          const id = focusedRow()?.dataset.id
          if (id && mayRelease) tick(id, !ids.has(id), false)
        },
        r() {
          if (mayRelease && (ids.size > 0 || ticks.everything))
            setDialog(ticks.everything ? 'release-all' : 'release')
        },
        '/': onBox,
        '?': onKeys,
      }
    }, [tick, ids, ticks.everything, mayRelease, onBox, onKeys]),
  )

  const { page: _page, limit: _limit, ...whole } = asked
  return (
    <section aria-label={query.result} className={classes.result}>
      <Toolbar
        ticks={ticks}
        shown={items.length}
        total={page?.total ?? 0}
        totalIsExact={page?.totalIsExact ?? true}
        exportUrl={urlOf('exportMessages', { query: { timeZone: zone, ...whole } })}
        onRelease={() => open('release')}
        onDelete={() => open('delete')}
        chosen={optional}
        onChoose={choose}
      />
      <div className={classes.progress}>
        {answer.isFetching && <Progress value={100} animated size={2} aria-label={query.searching} />}
      </div>
      {answer.error && !answer.isFetching ? (
        <Failure error={answer.error} retry={() => void result.again()} />
      ) : page === undefined ? (
        <Waiting />
      ) : items.length === 0 ? (
        <NoResult criteria={criteria} beyond={page.total > 0} onSearch={onSearch} />
      ) : (
        <Stack gap="xs">
          <Group justify="space-between" gap="xs" mih={36}>
            <Group gap="sm">
              <Text size="sm" c="dimmed" role="status" className={classes.total}>
                {query.place(
                  (shown.page - 1) * shown.limit + 1,
                  (shown.page - 1) * shown.limit + items.length,
                  page.total,
                  page.totalIsExact,
                )}
              </Text>
              <Fresh result={result} />
            </Group>
            <Pager
              order={shown}
              total={page.total}
              totalIsExact={page.totalIsExact}
              more={page.nextCursor !== null}
              onPage={(to) => onOrder({ page: to })}
            />
          </Group>
          <SortSelect order={order} onOrder={onOrder} />
          <Rows
            items={items}
            optional={optional}
            order={shown}
            search={search}
            ticks={ticks}
            tickable={mayRelease || mayDelete}
            waiting={answer.isPlaceholderData}
            onSort={(sort, direction) => onOrder({ sort, order: direction })}
          />
          <Group justify="space-between" gap="xs">
            <RowsPerPage limit={order.limit} onLimit={(limit) => onOrder({ limit })} />
            <Text size="sm" c="dimmed" className={classes.total}>
              {query.total(page.total, page.totalIsExact)}
            </Text>
          </Group>
        </Stack>
      )}
      <Suspense>
        {dialog === 'release' && (
          <ReleaseDialog messages={ticks.messages} onClose={closeDialog} onDone={done} />
        )}
        {dialog === 'delete' && (
          <DeleteDialog messages={ticks.messages} onClose={closeDialog} onDone={done} />
        )}
        {(dialog === 'release-all' || dialog === 'delete-all') && (
          <EverythingDialog
            action={dialog === 'release-all' ? 'release' : 'delete'}
            criteria={filterOf(criteria, zone)}
            onClose={closeDialog}
          />
        )}
      </Suspense>
    </section>
  )
}

const nothing: [] = []

/** New mail, and states that could not be asked for again. Both quiet. */
function Fresh({ result: { fresh, stale, renew, again } }: { result: Result }) {
  const { query, common } = useText()
  return (
    <span role="status">
      {fresh !== 0 && (
        <Button size="compact-sm" variant="light" onClick={() => void again()}>
          {query.fresh(fresh)}, {query.show.toLowerCase()}
        </Button>
      )}
      {stale && (
        <Text size="sm" c="dimmed" component="span">
          {query.stale}{' '}
          <Button size="compact-sm" variant="subtle" onClick={() => renew('all')}>
            {common.retry}
          </Button>
        </Text>
      )}
    </span>
  )
}

function Waiting() {
  const { query } = useText()
  return (
    <Stack gap={14} pt={52} role="status" aria-label={query.searching}>
      {Array.from({ length: 10 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <Skeleton key={i} h={20} />
      ))}
    </Stack>
  )
}

/** The order that the rows on screen have, which stay until those of the new one are there. */
function useShown(order: Order, waiting: boolean): Order {
  const [shown, setShown] = useState(order)
  if (!waiting && shown !== order) setShown(order)
  return waiting ? shown : order
}

function useColumns(): [Optional[], (chosen: Optional[]) => void] {
  const { preferences } = useSession()
  const set = useDeed('setPreferences', ['session'])
  const [now, setNow] = useState<readonly string[] | null>(preferences.columns)
  const optional = useMemo(() => chosenColumns(now), [now])
  const choose = (chosen: Optional[]) => {
    setNow(chosen)
    set.mutate({ body: { columns: chosen } }, { onError: tellFailure })
  }
  return [optional, choose]
}
