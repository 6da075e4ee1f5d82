/** The columns of a result: the seed's five and the state always, the others as chosen. */
import { type ReactNode, useCallback } from 'react'
import { useApi } from '../../api/hooks.ts'
import type { Text } from '../../text/index.ts'
import { useText } from '../../text/index.ts'
import { visible } from '../../ui/MailText.tsx'
import { size, useTimes } from '../../ui/times.tsx'
import type { Item, SortKey } from './address.ts'
import classes from './cells.module.css'
import { Plain } from './Plain.tsx'

export const optionalColumns = [
  'area',
  'rule',
  'scanner',
  'score',
  'size',
  'attachments',
  'messageId',
  'expiry',
] as const
export type Optional = (typeof optionalColumns)[number]
export type ColumnId = keyof Text['query']['columns']

export const sortOf: Partial<Record<ColumnId, SortKey>> = {
  receivedAt: 'timestamp',
  sender: 'sender',
  recipients: 'recipient',
  subject: 'subject',
}
/** Numbers stand at the right. */
export const numeric: ReadonlySet<ColumnId> = new Set(['score', 'size'])

export const chosenColumns = (wanted: readonly string[] | null): Optional[] =>
  optionalColumns.filter((id) => wanted?.includes(id))

/** How the optional cells are filled. Keeps its identity while nothing changes, so that rows need not be drawn again. */
export function useOptionalCells(chosen: readonly Optional[]): (id: Optional, item: Item) => ReactNode {
  const { query } = useText()
  const times = useTimes()
  const areas = useApi('listAreas', {}, { enabled: chosen.includes('expiry'), staleTime: 60_000 }).data
  return useCallback(
    (id, item) => {
      switch (id) {
        case 'score':
          return item.score === null ? '' : item.score.toFixed(1)
        case 'size':
          return size(item.size)
        case 'attachments':
          return <Names names={item.attachments.map(({ name }) => name)} />
        case 'expiry': {
          const days = areas?.items.find(({ name }) => name === item.area)?.keepDays
          if (days === undefined) return ''
          if (days === null) return query.kept
          return times.day(new Date(Date.parse(item.receivedAt) + days * dayMs).toISOString())
        }
        default:
          return <Plain text={item[id]} />
      }
    },
    [areas, times, query.kept],
  )
}

const dayMs = 86_400_000

function Names({ names }: { names: readonly string[] }) {
  const { query } = useText()
  const [first] = names
  if (first === undefined) return null
  return (
    <span className={classes.first} title={names.slice(0, 20).map(visible).join('\n')}>
      <span className="cut">
        <Plain text={first} />
      </span>
      {names.length > 1 && <span className={classes.more}>{query.moreRecipients(names.length - 1)}</span>}
    </span>
  )
}
