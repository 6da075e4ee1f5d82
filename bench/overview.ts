/**
 * bench/overview: how long the overview and the list of areas take, as the API answers them, in the store of a million
 * messages that bench/query fills, while mail comes in; and what the first start after an upgrade has to count.
 *
 *   node bench/overview.ts [--rows 1000000] [--rounds 200] [--rate 100]
 */
import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../src/clock.ts'
import { openAdmin } from '../src/http/testing/admin.ts'
import { tally } from '../src/quarantine/tally.ts'
import { digits, judged, median, table } from './figures.ts'
import { benchMail } from './query-mail.ts'
import { fill, intake, openBenchStore } from './query-store.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '200' },
    rate: { type: 'string', default: '100' },
    folder: { type: 'string', default: join(tmpdir(), 'lazaret-bench') },
  },
})
const rows = Number(values.rows)
const folder = join(values.folder, `query-sqlite-${rows}`)
const endMs = Date.UTC(2026, 5, 30)
// To the store it is the moment after its newest mail.
const behindMs = systemClock.now() - endMs
const clock = { ...systemClock, now: () => systemClock.now() - behindMs }

const isFilled = existsSync(folder)
mkdirSync(folder, { recursive: true })
await using store = await openBenchStore(folder, '', clock)
const { ctx } = store
if (!isFilled) await fill(ctx, benchMail(rows, endMs), () => {})

using admin = openAdmin(ctx)
const client = await admin.as('administrator')
const lines: string[][] = []

async function time(what: string, count: number, ask: () => Promise<unknown>): Promise<number> {
  const ms: number[] = []
  for (let n = 0; n < count; n++) {
    const began = performance.now()
    await ask()
    ms.push(performance.now() - began)
  }
  const p95 = [...ms].sort((a, b) => a - b)[Math.floor(count * 0.95)] ?? Number.NaN
  lines.push([what, String(count), digits(median(ms)), digits(p95), digits(Math.max(...ms))])
  return p95
}

const overview = (days: number, timeZone: string) => () =>
  client.call('showOverview', { query: { days, timeZone } })
const rounds = Number(values.rounds)
const zone = 'Asia/Kathmandu'
await time('overview, nothing counted yet', 1, overview(14, zone))
await time('counting all there is', 1, () => tally(ctx, new AbortController().signal))
{
  using started = openAdmin(ctx)
  const fresh = await started.as('administrator')
  await time('overview, 14 days, first', 1, () =>
    fresh.call('showOverview', { query: { days: 14, timeZone: zone } }),
  )
  await time('areas, first', 1, () => fresh.call('listAreas'))
}
const idle = await time('overview, 14 days', rounds, overview(14, zone))
await time('overview, 90 days', rounds, overview(90, zone))
await time('areas', rounds, () => client.call('listAreas'))
const stop = intake(ctx, Number(values.rate))
const busy = await time(`overview, 14 days, ${values.rate} mails/s`, rounds, overview(14, zone))
await time(`areas, ${values.rate} mails/s`, rounds, () => client.call('listAreas'))
await stop()
console.log(table(['what', 'times', 'median ms', 'p95 ms', 'longest ms'], lines))
console.log(
  judged([
    { what: 'overview of 14 days, p95 ms', value: idle, atMost: 50 },
    { what: 'the same while mail comes in, p95 ms', value: busy, atMost: 100 },
  ]),
)
