/**
 * bench/digest: how long it takes to write and queue a digest for each of many users, and how much memory that takes,
 * in a store that holds some new messages for each of them among mail for others.
 *
 *   node bench/digest.ts [--users 50000] [--items 5] [--others 250000] [--url postgresql://…]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../src/clock.ts'
import { startDigests } from '../src/digest/digests.ts'
import { digestDeps } from '../src/digest/testing/site.ts'
import { insertRows } from '../src/store/kysely.ts'
import { countPosts } from '../src/store/posts.ts'
import { digits, judged, table } from './figures.ts'
import { benchMail } from './query-mail.ts'
import { fill, openBenchStore } from './query-store.ts'

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '50000' },
    items: { type: 'string', default: '5' },
    others: { type: 'string', default: '250000' },
    url: { type: 'string', default: '' },
  },
})
const [users, items, others] = [Number(values.users), Number(values.items), Number(values.others)]
const folder = mkdtempSync(join(tmpdir(), 'lazaret-bench-digest-'))
const endMs = Date.UTC(2026, 5, 30, 7)
const behindMs = systemClock.now() - endMs
// Users are planned an hour before it is seven o'clock, and written a little after.
let turnedMs = -3_600_000
const clock = { ...systemClock, now: () => systemClock.now() - behindMs + turnedMs }

try {
  await using store = await openBenchStore(folder, values.url, clock)
  const { db } = store.ctx
  const total = users * items + others
  const mails = function* () {
    const [every, wanted] = [Math.floor(total / (users * items)), users * items]
    let n = 0
    let own = 0
    for (const mail of benchMail(total, endMs - 7_200_000)) {
      // Within the last day, in the order of their times.
      const receivedMs = endMs - 86_400_000 + Math.floor((n / total) * 79_200_000)
      const recipients = n % every === 0 && own < wanted ? [`u${own++ % users}@example.org`] : mail.recipients
      n++
      yield { ...mail, receivedMs, area: 'Spam', recipients }
    }
  }
  console.log(`filling: ${total} messages, ${users} users`)
  await fill(store.ctx, mails(), () => {})
  for (let at = 0; at < users; at += 1000)
    await db.transaction(async (trx) => {
      const ids = Array.from({ length: Math.min(1000, users - at) }, () => db.ids.next())
      const names = ids.map((_, i) => `u${at + i}@example.org`)
      await insertRows(trx, {
        table: 'users',
        columns: [
          'id',
          'name',
          'name_key',
          'display',
          'source',
          'password',
          'locale',
          'time_zone',
          'preferences',
          'created_at',
          'disabled_at',
          'seen_at',
        ],
        rows: ids.map((id, i) => [id, names[i]!, names[i]!, '', 'bench', '', '', '', '{}', 0, null, null]),
      })
      await insertRows(trx, {
        table: 'user_addresses',
        columns: ['user_id', 'address_key', 'address', 'kind', 'source', 'added_by', 'added_at'],
        rows: ids.map((id, i) => [id, names[i]!, names[i]!, 'own', 'bench', 'bench', 0]),
      })
    })
  await using digests = startDigests(store.ctx, digestDeps({ rounds: false }))
  const lines: string[][] = []
  const time = async (what: string, work: () => Promise<unknown>): Promise<number> => {
    const began = performance.now()
    await work()
    const s = (performance.now() - began) / 1000
    lines.push([what, digits(s)])
    return s
  }
  await time('planning them the first time', () => digests.round())
  const before = process.memoryUsage.rss()
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 50)
  turnedMs = 120_000
  const s = await time('writing and queueing', () => digests.round())
  clearInterval(watch)
  const { due } = await countPosts(db.read, 'digest')
  console.log(table(['what', 'seconds'], lines))
  console.log(
    `${due} digests queued, ${digits(due / s)} a second; memory ${Math.round(before / 1e6)} MB before, ${Math.round(most / 1e6)} MB at most`,
  )
  console.log(judged([{ what: `${users} digests, seconds`, value: s, atMost: 300 }]))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
