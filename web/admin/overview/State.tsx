/** How the store and the scanners are. */
import { Badge, Group, Text } from '@mantine/core'
import { overview } from '../../text/en/overview.ts'
import { MailText } from '../../ui/MailText.tsx'
import { Section } from '../../ui/Section.tsx'
import { size, Time } from '../../ui/times.tsx'
import classes from './overview.module.css'
import type { Overview } from './useOverview.ts'

const farDays = 3650
const soonDays = 14

export function Store({ store }: { store: Overview['store'] }) {
  const { freeBytes, growthBytesPerDay: growth } = store
  const days = freeBytes !== null && growth !== null && growth > 0 ? freeBytes / growth : null
  const grows = growth === null ? overview.growthUnknown : growth <= 0 ? overview.growthNone : size(growth)
  return (
    <Section title={overview.store}>
      <dl className={classes.facts}>
        <dt>{overview.size}</dt>
        <dd>{size(store.bytes)}</dd>
        <dt>{overview.free}</dt>
        <dd>{freeBytes === null ? overview.freeUnknown : size(freeBytes)}</dd>
        <dt>{overview.growth}</dt>
        <dd>{grows}</dd>
        <dt>{overview.engine}</dt>
        <dd>{overview.engines[store.engine] ?? store.engine}</dd>
      </dl>
      {days !== null && (
        <Text size="sm" className={days < soonDays ? classes.soon : undefined}>
          {days > farDays ? overview.fullFar : overview.full(Math.floor(days))}
        </Text>
      )}
    </Section>
  )
}

const healthColors = { well: 'green', failing: 'red', idle: 'gray' } as const

export function Scanners({ scanners }: { scanners: Overview['scanners'] }) {
  return (
    <Section title={overview.scanners} lead={scanners.length > 0 ? overview.scannersLead : undefined}>
      {scanners.length === 0 && (
        <Text size="sm" c="dimmed">
          {overview.noScanners}
        </Text>
      )}
      <ul className={classes.scanners}>
        {scanners.map(({ name, health, asked, failed, medianMs, lastFailure }) => (
          <li key={name}>
            <Group justify="space-between" gap="xs" wrap="nowrap">
              <Text fw={500} className="cut" title={name}>
                {name}
              </Text>
              <Badge variant="light" color={healthColors[health]} tt="none" fw={500} radius="sm">
                {overview.health[health]}
              </Badge>
            </Group>
            {health !== 'idle' && (
              <Text size="sm" c="dimmed" className={classes.numbers}>
                {overview.asked(asked, failed)}
                {medianMs !== null && `, ${overview.median(medianMs)}`}
              </Text>
            )}
            {lastFailure && (
              <Text size="sm" className={classes.failure}>
                {overview.lastFailure} <Time at={lastFailure.at} style="relative" />:{' '}
                <MailText>{lastFailure.detail}</MailText>
              </Text>
            )}
          </li>
        ))}
      </ul>
    </Section>
  )
}
