/** A chart by day as a table: the same numbers, the same links. */
import { Table } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { overview } from '../../text/en/overview.ts'
import { count } from '../../text/plural.ts'
import chart from './chart.module.css'
import classes from './overview.module.css'
import type { Column, Target } from './series.ts'

export interface DayTableProps {
  columns: readonly Column[]
  /** The series, in their order. */
  names: readonly { key: string; name: string }[]
  label: string
  height: number
}

export function DayTable({ columns, names, label, height }: DayTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section className={chart.tableBox} style={{ height }} tabIndex={0} aria-label={label}>
      <Table stickyHeader fz="sm" verticalSpacing={5} className={classes.numbers}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{overview.day}</Table.Th>
            <Table.Th>{overview.total}</Table.Th>
            {names.map(({ key, name }) => (
              <Table.Th key={key}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.toReversed().map((column) => (
            <Table.Tr key={column.key}>
              <Table.Th scope="row" fw={500}>
                {column.name}
              </Table.Th>
              <Table.Td>
                <Count value={column.total} target={column.target} label={column.label} />
              </Table.Td>
              {names.map(({ key }) => {
                const part = column.parts.find((one) => one.key === key)
                return (
                  <Table.Td key={key}>
                    {part ? <Count value={part.value} target={part.target} label={part.label} /> : 0}
                  </Table.Td>
                )
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

function Count({ value, target, label }: { value: number; target: Target; label: string }) {
  if (value === 0) return 0
  return (
    <Link {...target} aria-label={label} className={classes.link}>
      {count(value)}
    </Link>
  )
}
