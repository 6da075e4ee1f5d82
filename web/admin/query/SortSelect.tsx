/** The order, where a narrow screen shows cards that have no headings. */
import { ActionIcon, Group, NativeSelect } from '@mantine/core'
import { IconSortAscending, IconSortDescending } from '@tabler/icons-react'
import { useText } from '../../text/index.ts'
import { firstOrder, type Order, type SortKey } from './address.ts'
import { type ColumnId, sortOf } from './columns.tsx'

export interface SortSelectProps {
  order: Order
  onOrder: (changes: Partial<Order>) => void
}

export function SortSelect({ order: { sort, order }, onOrder }: SortSelectProps) {
  const { query } = useText()
  const data = (Object.entries(sortOf) as [ColumnId, SortKey][]).map(([id, value]) => ({
    value,
    label: query.columns[id],
  }))
  const Icon = order === 'asc' ? IconSortAscending : IconSortDescending
  return (
    <Group gap={6} hiddenFrom="sm" wrap="nowrap" justify="flex-end">
      <NativeSelect
        aria-label={query.sortBy}
        value={sort}
        data={data}
        onChange={(event) => {
          const next = event.currentTarget.value as SortKey
          onOrder({ sort: next, order: firstOrder(next) })
        }}
      />
      <ActionIcon
        variant="default"
        size={36}
        aria-label={`${query.reversed} (${query[order]})`}
        onClick={() => onOrder({ order: order === 'asc' ? 'desc' : 'asc' })}
      >
        <Icon size={18} />
      </ActionIcon>
    </Group>
  )
}
