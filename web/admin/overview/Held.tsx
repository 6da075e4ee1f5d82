/** What was held, by day and reason: as a chart or as a table. */
import { Group, Paper, SegmentedControl, Text, Title } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useId } from 'react'
import { overview } from '../../text/en/overview.ts'
import { useText } from '../../text/index.ts'
import { count } from '../../text/plural.ts'
import { visible } from '../../ui/MailText.tsx'
import { size, useTimeZone } from '../../ui/times.tsx'
import chart from './chart.module.css'
import { DayChart } from './DayChart.tsx'
import { DayTable } from './DayTable.tsx'
import classes from './overview.module.css'
import { type Column, longDay, otherColor, type ReasonTotal } from './series.ts'
import type { Day } from './useOverview.ts'

export const heldHeight = 260
const color = (part: number) => `var(--part-${part})`

export interface HeldProps {
  days: readonly Day[]
  totals: readonly ReasonTotal[]
}

export function Held({ days, totals }: HeldProps) {
  const id = useId()
  const columns = useColumns(days, totals)
  const search: Record<string, string> = useSearch({ strict: false })
  const navigate = useNavigate()
  const table = search.as === 'table'
  const held = days.reduce((sum, day) => sum + day.held, 0)
  const bytes = days.reduce((sum, day) => sum + day.bytes, 0)
  const Shown = table ? DayTable : DayChart
  return (
    <Paper component="section" withBorder p="lg" aria-labelledby={id} className={chart.palette}>
      <Group justify="space-between" align="flex-start" gap="xs">
        <div>
          <Title order={2} id={id}>
            {overview.chart}
          </Title>
          <Text size="sm" c="dimmed" className={classes.numbers}>
            {overview.chartLead(held, size(bytes))}
          </Text>
        </div>
        <SegmentedControl
          size="xs"
          aria-label={overview.show}
          classNames={{ label: classes.touch }}
          value={table ? 'table' : 'chart'}
          onChange={(as) =>
            void navigate({
              to: '/overview',
              search: { ...search, as: as === 'table' ? 'table' : '' },
              replace: true,
              resetScroll: false,
            })
          }
          data={[
            { value: 'chart', label: overview.asChart },
            { value: 'table', label: overview.asTable },
          ]}
        />
      </Group>
      <Legend totals={totals} />
      <Shown
        columns={columns}
        names={totals.map(({ reason }) => ({ key: reason, name: visible(reason) }))}
        label={`${overview.chart}. ${table ? '' : overview.chartHint}`}
        height={heldHeight}
        color={color}
      />
    </Paper>
  )
}

function Legend({ totals }: { totals: readonly ReasonTotal[] }) {
  const own = totals.filter((one) => one.color !== otherColor)
  const others = totals.filter((one) => one.color === otherColor)
  const entries = own.map(({ reason, count: n, color: which }) => ({ name: visible(reason), n, which }))
  if (others.length > 0)
    entries.push({
      name: overview.otherReasons,
      n: others.reduce((sum, one) => sum + one.count, 0),
      which: otherColor,
    })
  return (
    <Group component="ul" gap="4px 18px" my="sm" className={chart.legend} aria-label={overview.reasons}>
      {entries.map(({ name, n, which }) => (
        <li key={name}>
          <span className={chart.swatch} style={{ background: color(which) }} aria-hidden />
          {name} <span className={classes.quiet}>{count(n)}</span>
        </li>
      ))}
    </Group>
  )
}

function useColumns(days: readonly Day[], totals: readonly ReasonTotal[]): Column[] {
  const { common } = useText()
  const timeZone = useTimeZone()
  return days.map(({ day, held, reasons }) => {
    const name = longDay(day)
    const span = { from: day, to: day, timeZone }
    return {
      key: day,
      name,
      total: held,
      target: { to: '/query', search: span },
      label: overview.dayLabel(name, held),
      parts: totals.flatMap(({ reason, color: which }) => {
        const value = reasons[reason] ?? 0
        if (value === 0) return []
        return {
          key: reason,
          name: visible(reason),
          value,
          color: which,
          target: { to: '/query', search: { reason, ...span } },
          label: `${name}, ${visible(reason)}: ${common.messages(value)}`,
        }
      }),
    }
  })
}
