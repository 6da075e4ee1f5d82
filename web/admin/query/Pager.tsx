/** Above a result: arrows and a drop-down of pages. Below it: how many rows a page has. */
import { ActionIcon, Group, NativeSelect, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useText } from '../../text/index.ts'
import { count } from '../../text/plural.ts'
import type { Order } from './address.ts'
import classes from './query.module.css'

export interface PagerProps {
  order: Order
  total: number
  totalIsExact: boolean
  /** There is a page behind this one. */
  more: boolean
  onPage: (page: number) => void
}

export function Pager({ order: { page, limit }, total, totalIsExact, more, onPage }: PagerProps) {
  const { query } = useText()
  const pages = Math.max(1, Math.ceil(total / limit))
  const last = Math.max(pages, page)
  const known = Array.from({ length: pages }, (_, i) => i + 1)
  return (
    <Group gap={6} wrap="nowrap" component="nav" aria-label={query.page}>
      <Arrow label={query.previous} usable={page > 1} onClick={() => onPage(Math.min(page - 1, pages))}>
        <IconChevronLeft size={18} aria-hidden />
      </Arrow>
      <NativeSelect
        size="sm"
        aria-label={query.page}
        className={classes.page}
        value={String(page)}
        onChange={(event) => onPage(Number(event.currentTarget.value))}
        data={(page > pages ? [...known, page] : known).map((n) => ({ value: String(n), label: count(n) }))}
      />
      <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
        {query.pageOf(last, totalIsExact)}
      </Text>
      <Arrow label={query.next} usable={more} onClick={() => onPage(page + 1)}>
        <IconChevronRight size={18} aria-hidden />
      </Arrow>
    </Group>
  )
}

interface ArrowProps {
  label: string
  usable: boolean
  onClick: () => void
  children: ReactNode
}

/** At the end it is out of use, but keeps the focus of whoever came there by the keyboard. */
function Arrow({ label, usable, onClick, children }: ArrowProps) {
  return (
    <ActionIcon
      variant="default"
      size={34}
      aria-label={label}
      aria-disabled={!usable}
      data-disabled={usable ? undefined : true}
      onClick={() => usable && onClick()}
    >
      {children}
    </ActionIcon>
  )
}

const choices = [10, 25, 50, 100, 200, 500]

export function RowsPerPage({ limit, onLimit }: { limit: number; onLimit: (limit: number) => void }) {
  const { query } = useText()
  const all = [...new Set([...choices, limit])].sort((a, b) => a - b)
  return (
    <Group gap={8} wrap="nowrap" component="label">
      <Text size="sm" c="dimmed" component="span">
        {query.rows}
      </Text>
      <NativeSelect
        size="sm"
        value={String(limit)}
        onChange={(event) => onLimit(Number(event.currentTarget.value))}
        data={all.map(String)}
        className={classes.page}
      />
    </Group>
  )
}
