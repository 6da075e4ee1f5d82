/** The numbers that matter at this moment; each leads to what is behind it. */
import { Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { overview } from '../../text/en/overview.ts'
import { count } from '../../text/plural.ts'
import { MailText, visible } from '../../ui/MailText.tsx'
import { size, Time } from '../../ui/times.tsx'
import classes from './overview.module.css'
import type { Target } from './series.ts'
import type { Overview } from './useOverview.ts'

export function Now({ figures }: { figures: Overview }) {
  const { recipients, deliveries, days } = figures
  const today = days.at(-1)
  const failed = recipients['release-failed'] ?? 0
  return (
    <ul className={classes.now} aria-label={overview.now}>
      <Tile
        label={overview.held}
        value={recipients.held ?? 0}
        target={{ to: '/query', search: { state: 'held' } }}
      >
        {overview.heldText}
      </Tile>
      <Tile
        label={overview.today}
        value={today?.held ?? 0}
        target={{ to: '/query', search: { from: 'today' } }}
      >
        {overview.todayText(size(today?.bytes ?? 0))}
      </Tile>
      <Tile
        label={overview.failed}
        value={failed}
        tone={failed > 0 ? 'bad' : undefined}
        target={{ to: '/query', search: { state: 'release-failed' } }}
      >
        {failed > 0 ? overview.failedText : overview.failedNone}
      </Tile>
      <Tile
        label={overview.waiting}
        value={deliveries.due}
        tone={deliveries.deferred > 0 ? 'warn' : undefined}
        target={{ to: '/deliveries', search: {} }}
        more={deliveries.oldest && <Oldest of={deliveries.oldest} />}
      >
        {deliveries.due > 0 ? overview.waitingText(deliveries.deferred) : overview.waitingNone}
      </Tile>
    </ul>
  )
}

interface TileProps {
  label: string
  value: number
  target: Target
  tone?: 'bad' | 'warn'
  children: ReactNode
  more?: ReactNode
}

function Tile({ label, value, target, tone, children, more }: TileProps) {
  return (
    <li>
      <Link {...target} className={classes.tile} data-tone={tone}>
        <span className={classes.figure}>
          <span className={classes.label}>{label}</span>
          <span className={classes.value}>{count(value)}</span>
          <span className={classes.quiet}>{children}</span>
        </span>
        {more}
      </Link>
    </li>
  )
}

function Oldest({ of }: { of: NonNullable<Overview['deliveries']['oldest']> }) {
  return (
    <span className={classes.oldest}>
      <Text span size="xs" c="dimmed" className="cut">
        {overview.oldest} <Time at={of.since} style="relative" />, {overview.attempts(of.attemptCount)}
      </Text>
      <span className="cut" title={visible(of.recipient)}>
        <MailText>{of.recipient}</MailText>
      </span>
      <span className={classes.words} title={visible(of.reply)}>
        <MailText whenEmpty={overview.noAttempt}>{of.reply}</MailText>
      </span>
    </span>
  )
}
