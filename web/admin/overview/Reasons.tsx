/** Why mail was held in the days shown: counts and shares, each with the query behind it. */
import { Table, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { overview } from '../../text/en/overview.ts'
import { count } from '../../text/plural.ts'
import { visible } from '../../ui/MailText.tsx'
import { Section } from '../../ui/Section.tsx'
import { useTimeZone } from '../../ui/times.tsx'
import chart from './chart.module.css'
import classes from './overview.module.css'
import type { ReasonTotal } from './series.ts'
import type { Day } from './useOverview.ts'

export interface ReasonsProps {
  totals: readonly ReasonTotal[]
  days: readonly Day[]
}

export function Reasons({ totals, days }: ReasonsProps) {
  const timeZone = useTimeZone()
  const all = totals.reduce((sum, one) => sum + one.count, 0)
  const from = days[0]?.day ?? 'today'
  return (
    <Section title={overview.reasons} lead={overview.reasonsLead(days.length)}>
      {all === 0 ? (
        <Text size="sm" c="dimmed">
          {overview.noneHeld}
        </Text>
      ) : (
        <Table fz="sm" verticalSpacing={6} className={`${classes.numbers} ${chart.palette}`}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{overview.reason}</Table.Th>
              <Table.Th w="38%">{overview.share}</Table.Th>
              <Table.Th w={90} ta="right">
                {overview.messages}
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {totals.map(({ reason, count: n, color }) => (
              <Table.Tr key={reason}>
                <Table.Td>
                  <Link to="/query" search={{ reason, from, timeZone }} className={classes.link}>
                    {visible(reason)}
                  </Link>
                </Table.Td>
                <Table.Td>
                  <div className={classes.share}>
                    <span
                      style={{ width: `${(100 * n) / all}%`, background: `var(--part-${color})` }}
                      aria-hidden
                    />
                    {percent(n / all)}
                  </div>
                </Table.Td>
                <Table.Td ta="right">{count(n)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Section>
  )
}

const percents = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 })
const percent = (share: number): string => (share < 0.005 ? '< 1%' : percents.format(share))
