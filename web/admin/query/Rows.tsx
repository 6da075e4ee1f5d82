/** The table of a result: headings that sort, check boxes, a link behind each timestamp. On a phone its rows are cards. */

import { IconArrowDown, IconArrowUp, IconSelector } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import { type CSSProperties, type MouseEvent, startTransition, useEffect, useMemo, useState } from 'react'
import { useText } from '../../text/index.ts'
import { useTimes } from '../../ui/times.tsx'
import { firstOrder, type Item, type Order, type Search, type SortKey } from './address.ts'
import { type ColumnId, numeric, type optionalColumns, sortOf, useOptionalCells } from './columns.tsx'
import { Row } from './Row.tsx'
import classes from './rows.module.css'
import type { Ticks } from './useTicks.ts'

export interface RowsProps {
  items: readonly Item[]
  optional: readonly (typeof optionalColumns)[number][]
  order: Order
  /** The result, for the pages of its messages. */
  search: Search
  ticks: Ticks
  tickable: boolean
  /** An answer is on its way that will replace these. */
  waiting: boolean
  onSort: (sort: SortKey, order: Order['order']) => void
}

export function Rows({ items, optional, order, search, ticks, tickable, waiting, onSort }: RowsProps) {
  const { query } = useText()
  const times = useTimes()
  const router = useRouter()
  const cells = useOptionalCells(optional)
  const columns = useMemo<readonly ColumnId[]>(
    () => ['receivedAt', 'sender', 'recipients', 'subject', 'reason', 'states', ...optional],
    [optional],
  )
  const suffix = useMemo(
    () =>
      router.buildLocation({ to: '/query/$id', params: { id: 'x' }, search }).href.slice('/query/x'.length),
    [router, search],
  )
  const click = (event: MouseEvent<HTMLTableElement>) => {
    const target = event.target as HTMLElement
    const box = target.closest<HTMLInputElement>('input[data-tick]')
    if (box) return ticks.tick(box.dataset.tick ?? '', !ticks.ids.has(box.dataset.tick ?? ''), event.shiftKey)
    const link = target.closest<HTMLAnchorElement>('a[data-open]')
    // Other buttons and keys open a new tab or window: the browser's business.
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
      return
    event.preventDefault()
    void router.navigate({ to: '/query/$id', params: { id: link.dataset.open ?? '' }, search })
  }
  const drawn = useDrawn(items)
  const slow = useSlow(waiting)
  const all = items.length > 0 && items.every(({ id }) => ticks.ids.has(id))
  const some = items.some(({ id }) => ticks.ids.has(id))
  return (
    <div className={classes.scroll}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the links and check boxes in it have the keys */}
      <table
        className={classes.table}
        aria-label={query.result}
        aria-busy={waiting}
        data-waiting={slow || undefined}
        style={{ '--least': `${leastWidth(columns)}px` } as CSSProperties}
        onClick={click}
      >
        <thead>
          <tr>
            {tickable && (
              <th className={classes.tick} scope="col">
                <label>
                  <input
                    type="checkbox"
                    checked={all}
                    ref={(box) => {
                      if (box) box.indeterminate = some && !all
                    }}
                    aria-label={query.tickPage}
                    onChange={() => ticks.tickPage(!all)}
                  />
                </label>
              </th>
            )}
            {columns.map((id) => (
              <Heading key={id} id={id} order={order} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {drawn.map((item) => (
            <Row
              key={item.id}
              item={item}
              ticked={ticks.everything || ticks.ids.has(item.id)}
              href={`/query/${item.id}${suffix}`}
              columns={columns}
              times={times}
              optional={cells}
              tickable={tickable}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

const patienceMs = 250

/** Rows are dimmed only when the answer is slow: otherwise it would flicker. */
function useSlow(waiting: boolean): boolean {
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSlow(waiting), waiting ? patienceMs : 0)
    return () => clearTimeout(timer)
  }, [waiting])
  return slow && waiting
}

const drawnAtOnce = 60

/** What fits on a screen is drawn at once, the rest of a long page a moment later: nobody waits for what he cannot see. */
function useDrawn(items: readonly Item[]): readonly Item[] {
  const page = `${items[0]?.id} ${items.at(-1)?.id} ${items.length}`
  // At the first sight all of it, so that whoever comes back finds the place where he was.
  const [whole, setWhole] = useState(page)
  useEffect(() => startTransition(() => setWhole(page)), [page])
  return whole === page ? items : items.slice(0, drawnAtOnce)
}

/** Columns without a width of their own share what is left: they must not be left with nothing. */
const leastWidth = (columns: readonly ColumnId[]): number =>
  columns.reduce((sum, id) => sum + (widths[id] ?? sharedWidth), 44)

const sharedWidth = 170
/** As the style sheet has them. */
const widths: Partial<Record<ColumnId, number>> = {
  receivedAt: 168,
  reason: 108,
  states: 152,
  area: 104,
  scanner: 104,
  expiry: 104,
  score: 84,
  size: 84,
}

interface HeadingProps {
  id: ColumnId
  order: Order
  onSort: RowsProps['onSort']
}

function Heading({ id, order, onSort }: HeadingProps) {
  const { query } = useText()
  const sort = sortOf[id]
  const common = { scope: 'col', 'data-column': id, 'data-numeric': numeric.has(id) || undefined } as const
  if (!sort) return <th {...common}>{query.columns[id]}</th>
  const active = order.sort === sort
  const Icon = active ? (order.order === 'asc' ? IconArrowUp : IconArrowDown) : IconSelector
  return (
    <th {...common} aria-sort={active ? (order.order === 'asc' ? 'ascending' : 'descending') : 'none'}>
      <button
        type="button"
        className={classes.sort}
        data-active={active || undefined}
        onClick={() => onSort(sort, active ? (order.order === 'asc' ? 'desc' : 'asc') : firstOrder(sort))}
      >
        {query.columns[id]}
        <Icon size={14} aria-hidden />
      </button>
    </th>
  )
}
