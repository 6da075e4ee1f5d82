/** Which requests, and in which order. */
import { NativeSelect } from '@mantine/core'
import { approvals } from '../../text/en/approvals.ts'
import { SearchField } from '../../ui/SearchField.tsx'
import classes from './requests.module.css'
import { type Order, orders, type Wish } from './wish.ts'

export function Filters({ wish, onChange }: { wish: Wish; onChange: (changes: Partial<Wish>) => void }) {
  return (
    <search className={classes.filters}>
      <SearchField q={wish.q} onSearch={(q) => onChange({ q })} words={approvals} />
      <NativeSelect
        size="md"
        aria-label={approvals.order}
        value={wish.order}
        onChange={(event) => onChange({ order: event.currentTarget.value as Order })}
        data={orders.map((value) => ({ value, label: approvals.orders[value] }))}
      />
    </search>
  )
}
