/**
 * Numbers per day. What is over comes from what housekeeping has kept (quarantine/tally.ts); what it has not come to yet is
 * counted here, and remembered up to half a minute ago, so that of a busy hour only the last moments are counted again.
 * What is committed later than that is missing until housekeeping counts the quarter-hour.
 */
import type { Day } from '../api/days.ts'
import type { Context } from '../context.ts'
import { addedUp, bucketMs, countSpan, sumTallies, type Tally, talliedTo } from '../store/tallies.ts'

export interface DayCount extends Day, Omit<Sums, 'reasons'> {
  reasons: Record<string, number>
}

export interface DayCounts {
  count(days: readonly Day[]): Promise<DayCount[]>
}

const settledAfterMs = 30_000
/** A clock that is set back by more has made what is remembered worthless. */
const setBackMs = 2000
/** As far back as anybody may ask. */
const reachMs = 92 * 86_400_000

interface Settled {
  from: number
  /** All before is in `tallies`. */
  upTo: number
  tallies: Tally[]
}

interface Open {
  /** What begins before is in what was kept. */
  from: number
  tallies: Tally[]
}

export function openDayCounts({ db, clock }: Pick<Context, 'db' | 'clock'>): DayCounts {
  let settled: Settled | null = null
  let running: Promise<Open> | null = null
  let waiting: Promise<Open> | null = null

  async function countOpen(): Promise<Open> {
    const now = clock.now()
    const from = Math.max(await talliedTo(db.read), Math.floor((now - reachMs) / bucketMs) * bucketMs)
    if (!settled || settled.from > from || settled.upTo > now + setBackMs)
      settled = { from, upTo: from, tallies: [] }
    const known = { ...settled, tallies: settled.tallies.filter(({ bucket }) => bucket >= from) }
    known.from = from
    known.upTo = Math.max(known.upTo, from)
    const upTo = now - settledAfterMs
    if (upTo > known.upTo) {
      known.tallies = addedUp([
        ...known.tallies,
        ...(await countSpan(db.read, { from: known.upTo, to: upTo })),
      ])
      known.upTo = upTo
    }
    settled = known
    const newest = await countSpan(db.read, { from: known.upTo, to: Number.POSITIVE_INFINITY })
    return { from, tallies: addedUp([...known.tallies, ...newest]) }
  }

  /** One counting at a time; who asks while it is under way shares the next one, which sees what was there by then. */
  function open(): Promise<Open> {
    if (!running) return start()
    waiting ??= running.then(start, start)
    return waiting
  }

  function start(): Promise<Open> {
    waiting = null
    running = countOpen().finally(() => {
      running = null
    })
    return running
  }

  return {
    async count(days) {
      const { from, tallies } = await open()
      const sums = days.map((): Sums => ({ held: 0, delivered: 0, failed: 0, bytes: 0, reasons: new Map() }))
      for (const { span, ...tally } of await sumTallies(db.read, days, from)) add(sums[span], tally)
      for (const tally of tallies) {
        const { bucket } = tally
        add(sums[days.findIndex((day) => bucket >= day.from && bucket < day.to)], tally)
      }
      return days.map((day, n) => {
        const { reasons, ...counts } = sums[n]!
        return { ...day, ...counts, reasons: Object.fromEntries(reasons) }
      })
    },
  }
}

interface Sums {
  held: number
  delivered: number
  failed: number
  bytes: number
  reasons: Map<string, number>
}

function add(day: Sums | undefined, { kind, name, count, bytes }: Omit<Tally, 'bucket'>): void {
  if (!day) return
  if (kind === 'done') day.delivered += count
  if (kind === 'failed') day.failed += count
  if (kind !== 'held') return
  day.held += count
  day.bytes += bytes
  day.reasons.set(name, (day.reasons.get(name) ?? 0) + count)
}
