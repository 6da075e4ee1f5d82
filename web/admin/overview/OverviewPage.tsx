/** The state of the whole at a glance: what matters now, what happened in the last days, store and scanners. Live. */
import { SegmentedControl, Skeleton, Stack } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { overview } from '../../text/en/overview.ts'
import { Failure } from '../../ui/Failure.tsx'
import { Page } from '../../ui/Page.tsx'
import { useTimeZone } from '../../ui/times.tsx'
import { Ended, endedHeight } from './Ended.tsx'
import { FirstSteps } from './FirstSteps.tsx'
import { Held, heldHeight } from './Held.tsx'
import { Now } from './Now.tsx'
import classes from './overview.module.css'
import { Reasons } from './Reasons.tsx'
import { Scanners, Store } from './State.tsx'
import { reasonTotals } from './series.ts'
import { type Overview, rangeOf, ranges, useOverview } from './useOverview.ts'

export function OverviewPage() {
  const search: Record<string, string> = useSearch({ strict: false })
  const navigate = useNavigate()
  const range = rangeOf(search.days)
  const { data, error, refetch, isPlaceholderData } = useOverview(range, useTimeZone())
  return (
    <Page
      title={overview.title}
      actions={
        <SegmentedControl
          aria-label={overview.range}
          classNames={{ label: classes.touch }}
          value={String(range)}
          onChange={(days) =>
            void navigate({ to: '/overview', search: { ...search, days }, resetScroll: false })
          }
          data={ranges.map((n) => ({ value: String(n), label: overview.days(n) }))}
        />
      }
    >
      <Stack gap="md">
        {error && (
          <Failure error={error} retry={() => void refetch()} {...(data ? { title: overview.stale } : {})} />
        )}
        {data ? <Figures of={data} waiting={isPlaceholderData} /> : !error && <Waiting />}
      </Stack>
    </Page>
  )
}

function Figures({ of, waiting }: { of: Overview; waiting: boolean }) {
  const totals = reasonTotals(of.days)
  if (totals.length === 0 && Object.values(of.recipients).every((n) => n === 0))
    return (
      <>
        <FirstSteps />
        <div className={classes.pair}>
          <Store store={of.store} />
          <Scanners scanners={of.scanners} />
        </div>
      </>
    )
  return (
    <>
      <Now figures={of} />
      <Stack gap="md" className={classes.range} data-waiting={waiting || undefined} aria-busy={waiting}>
        <Held days={of.days} totals={totals} />
        <div className={classes.columns}>
          <div>
            <Ended days={of.days} />
            <Scanners scanners={of.scanners} />
          </div>
          <div>
            <Reasons days={of.days} totals={totals} />
            <Store store={of.store} />
          </div>
        </div>
      </Stack>
    </>
  )
}

function Waiting() {
  return (
    <>
      <div className={classes.now}>
        {Array.from({ length: 4 }, (_, n) => (
          <Skeleton key={String(n)} className={classes.blank} />
        ))}
      </div>
      <Skeleton height={heldHeight + 130} />
      <div className={classes.pair}>
        <Skeleton height={endedHeight + 140} />
        <Skeleton height={endedHeight + 140} />
      </div>
    </>
  )
}
