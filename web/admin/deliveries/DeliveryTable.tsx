/** Deliveries in a table; each row opens to all its attempts. Where it is narrow a row is a card. */
import { Paper, Table } from '@mantine/core'
import { useState } from 'react'
import { deliveries } from '../../text/en/deliveries.ts'
import cards from '../../ui/cards.module.css'
import { Tick } from '../../ui/Tick.tsx'
import { DeliveryRow } from './DeliveryRow.tsx'
import classes from './deliveries.module.css'
import type { Delivery, State } from './useDeliveries.ts'

export interface DeliveryTableProps {
  items: readonly Delivery[]
  state: State
  /** Null: nothing can be done with them. */
  ticks: { ticked: ReadonlySet<string>; set(ids: readonly string[], on: boolean): void } | null
}

export function DeliveryTable({ items, state, ticks }: DeliveryTableProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const toggle = (id: string) => setOpen((before) => before.symmetricDifference(new Set([id])))
  const ids = items.map(({ id }) => id)
  const ticked = ids.filter((id) => ticks?.ticked.has(id)).length
  return (
    <Paper withBorder className={cards.paper}>
      <Table
        layout="fixed"
        verticalSpacing={9}
        horizontalSpacing="sm"
        className={`${cards.table} ${classes.table}`}
        aria-label={deliveries.list[state]}
      >
        <Table.Thead>
          <Table.Tr>
            {ticks && (
              <Table.Th className={cards.tickAll}>
                <Tick
                  label={deliveries.tickAll}
                  labelled
                  checked={ticked > 0 && ticked === ids.length}
                  indeterminate={ticked > 0 && ticked < ids.length}
                  onChange={(on) => ticks.set(ids, on)}
                />
              </Table.Th>
            )}
            <Table.Th w="22%">{deliveries.recipient}</Table.Th>
            <Table.Th>{deliveries.subject}</Table.Th>
            <Table.Th w={134}>{deliveries.since}</Table.Th>
            <Table.Th w={104} pr="lg" ta="right">
              {deliveries.attempts}
            </Table.Th>
            <Table.Th w={134}>{state === 'due' ? deliveries.next : deliveries.ended}</Table.Th>
            <Table.Th w="26%">{deliveries.words}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <DeliveryRow
              key={item.id}
              item={item}
              open={open.has(item.id)}
              onOpen={() => toggle(item.id)}
              ticked={ticks ? ticks.ticked.has(item.id) : null}
              onTick={(on) => ticks?.set([item.id], on)}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  )
}
