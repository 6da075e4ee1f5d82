/** What became of released mail, by day. */
import { Group, Text } from '@mantine/core'
import { overview } from '../../text/en/overview.ts'
import { Section } from '../../ui/Section.tsx'
import chart from './chart.module.css'
import { DayChart } from './DayChart.tsx'
import { type Column, longDay } from './series.ts'
import type { Day } from './useOverview.ts'

export const endedHeight = 200
const color = (part: number) => `var(--end-${part})`

export function Ended({ days }: { days: readonly Day[] }) {
  const delivered = days.reduce((sum, day) => sum + day.delivered, 0)
  const failed = days.reduce((sum, day) => sum + day.failed, 0)
  const columns = days.map((day): Column => {
    const name = longDay(day.day)
    const part = (key: string, value: number, which: number, word: string, state: string) =>
      value === 0
        ? []
        : [
            {
              key,
              name: word,
              value,
              color: which,
              target: { to: '/deliveries', search: { state } } as const,
              label: overview.barLabel(name, value, word),
            },
          ]
    return {
      key: day.day,
      name,
      total: day.delivered + day.failed,
      target: { to: '/deliveries', search: { state: 'done' } },
      label: overview.deliveryDayLabel(name, day.delivered + day.failed),
      parts: [
        ...part('delivered', day.delivered, 0, overview.delivered, 'done'),
        ...part('failed', day.failed, 1, overview.deliveryFailed, 'failed'),
      ],
    }
  })
  return (
    <Section title={overview.deliveries} lead={overview.deliveriesLead(delivered, failed)}>
      <div className={chart.palette}>
        {delivered + failed === 0 ? (
          <Text size="sm" c="dimmed" mih={60}>
            {overview.noDeliveries}
          </Text>
        ) : (
          <>
            <Group component="ul" gap="4px 18px" mt={0} mb="xs" className={chart.legend}>
              {[overview.delivered, overview.deliveryFailed].map((name, which) => (
                <li key={name}>
                  <span className={chart.swatch} style={{ background: color(which) }} aria-hidden />
                  {name}
                </li>
              ))}
            </Group>
            <DayChart
              columns={columns}
              label={`${overview.deliveries}. ${overview.chartHint}`}
              height={endedHeight}
              color={color}
            />
          </>
        )}
      </div>
    </Section>
  )
}
