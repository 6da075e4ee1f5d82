/** Promises of the overview and of the list of areas: numbers that are right at once, in everybody's days. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine, type TestStore, testClock } from '../../test/store.ts'
import { ApiError } from '../api/api-error.ts'
import type { AnswerOf } from '../api/routes.ts'
import { areaList, overview } from '../api/system-schemas.ts'
import type { Context } from '../context.ts'
import { defaultsOf } from '../options.ts'
import { startHousekeeping } from '../quarantine/housekeeping.ts'
import { retentionOptions } from '../quarantine/options.ts'
import { release } from '../quarantine/release.ts'
import { remove } from '../quarantine/remove.ts'
import { tally } from '../quarantine/tally.ts'
import { admin as alice, hold } from '../quarantine/testing/held.ts'
import { claimDeliveries, recordAttempts } from '../store/deliveries.ts'
import { formatId } from '../store/ids.ts'
import { openAdmin, spamArea, type TestAdmin } from './testing/admin.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const never = new AbortController().signal

async function show(admin: TestAdmin, query: { days?: number; timeZone?: string } = {}) {
  const answer = await (await admin.as('auditor')).call('showOverview', { query })
  assert.deepEqual(overview.parse(answer), answer)
  return answer
}

/** `01-15 2 {"spam":2}` of the days on which something was held. */
const heldDays = ({ days }: AnswerOf<'showOverview'>): string[] =>
  days
    .filter(({ held }) => held > 0)
    .map((one) => `${one.day.slice(5)} ${one.held} ${JSON.stringify(one.reasons)}`)

/** The next hop answers the due deliveries. */
async function attempt(
  ctx: Context,
  outcome: 'delivered' | 'deferred' | 'failed',
  code: number,
): Promise<void> {
  const now = ctx.clock.now()
  const due = await claimDeliveries(ctx.db, { by: 'worker', now, until: now + minute }, 100)
  const attempts = due.map((delivery) => ({
    id: ctx.db.ids.next(),
    delivery,
    at: now,
    took_ms: 5,
    outcome,
    host: 'mx.example.net',
    tls: '',
    code,
    status: `${Math.floor(code / 100)}.2.0`,
    reply: 'says the next hop',
    next_at: outcome === 'deferred' ? now + hour : null,
  }))
  await recordAttempts(ctx.db, 'worker', 'system', now, attempts)
}

forEachEngine((open) => {
  test('what was held, delivered and failed is counted at once, and the same after it was summed up', async () => {
    await using store = await open()
    const { ctx, clock } = store
    using admin = openAdmin(ctx)
    const sizes: number[] = []
    for (const reason of ['spam', 'spam', 'malware', 'attachment', 'spam'] as const) {
      const id = await hold(ctx, undefined, { reason })
      const row = await ctx.db.read.selectFrom('messages').select('size').where('id', '=', id).execute()
      sizes.push(row[0]!.size)
      if (reason === 'malware') await release(ctx, alice, { ids: [id], confirmVirus: true })
    }
    await attempt(ctx, 'delivered', 250)
    await release(ctx, alice, { ids: [await hold(ctx)] })
    await attempt(ctx, 'failed', 550)
    const before = await show(admin, { days: 2 })
    const [yesterday, today] = before.days
    assert.deepEqual([yesterday?.day, yesterday?.held, today?.day], ['2026-01-14', 0, '2026-01-15'])
    assert.deepEqual([today?.held, today?.delivered, today?.failed], [6, 1, 1])
    assert.deepEqual(Object.entries(today!.reasons).sort(), [
      ['attachment', 1],
      ['malware', 1],
      ['spam', 4],
    ])
    assert.ok(today!.bytes > sizes.reduce((sum, size) => sum + size, 0))
    for (const turned of [45_000, 20 * minute, hour]) {
      await clock.turn(turned)
      assert.deepEqual((await show(admin, { days: 2 })).days, before.days)
      await tally(ctx, never)
      assert.deepEqual((await show(admin, { days: 2 })).days, before.days)
      using fresh = openAdmin(ctx)
      assert.deepEqual((await show(fresh, { days: 2 })).days, before.days)
    }
    await hold(ctx)
    assert.equal((await show(admin, { days: 1 })).days[0]?.held, 7)
  })

  test('asked for again and again while mail comes and is summed up, each is counted once', async () => {
    await using store = await open()
    const { ctx, clock } = store
    using admin = openAdmin(ctx)
    let held = 0
    for (let n = 0; n < 60; n++) {
      await hold(ctx)
      held++
      const [one, other] = await Promise.all([
        show(admin, { days: 3 }),
        show(admin, { days: 3 }),
        tally(ctx, never),
      ])
      for (const { days } of [one, other])
        assert.equal(
          days.reduce((sum, today) => sum + today.held, 0),
          held,
        )
      await clock.turn((n % 7) * 3 * minute)
    }
  })

  test('days begin where the asker lives, also on the day when clocks change', async () => {
    await using store = await open({ clock: testClock(Date.UTC(2026, 2, 6, 18, 10)) })
    const { ctx, clock } = store
    using admin = openAdmin(ctx)
    // Kathmandu is 5:45 ahead of UTC: there it becomes the 7th between these two.
    await hold(ctx)
    await clock.turn(5 * minute)
    await hold(ctx)
    await clock.turn(20 * minute)
    const inKathmandu = await show(admin, { timeZone: 'Asia/Kathmandu' })
    assert.deepEqual(heldDays(inKathmandu), ['03-06 1 {"spam":1}', '03-07 1 {"spam":1}'])
    assert.deepEqual(heldDays(await show(admin)), ['03-06 2 {"spam":2}'])
    // New York goes from UTC−5 to UTC−4 on the 8th, which so has 23 hours: 05:00 to 04:00 UTC.
    await clock.turn(Date.UTC(2026, 2, 8, 4, 59) - clock.now())
    await hold(ctx)
    await clock.turn(minute)
    await hold(ctx)
    await clock.turn(23 * hour - minute)
    await hold(ctx)
    await clock.turn(minute)
    await hold(ctx)
    for (let again = 0; again < 2; again++) {
      const { days } = await show(admin, { days: 3, timeZone: 'America/New_York' })
      assert.deepEqual(
        days.map(({ day: name, from, held }) => [name, from, held]),
        [
          ['2026-03-07', '2026-03-07T05:00:00.000Z', 1],
          ['2026-03-08', '2026-03-08T05:00:00.000Z', 2],
          ['2026-03-09', '2026-03-09T04:00:00.000Z', 1],
        ],
      )
      await clock.turn(hour)
      await tally(ctx, never)
    }
    await assert.rejects(
      show(admin, { timeZone: 'Mars/Olympus' }),
      (error) => error instanceof ApiError && error.status === 400 && /no time zone/.test(error.message),
    )
  })

  test('what retention removes stays counted', async () => {
    await using store = await open()
    const { ctx, clock } = store
    using admin = openAdmin(ctx)
    await hold(ctx)
    await clock.turn(hour)
    const options = { ...defaultsOf(retentionOptions), interval_minutes: 1440, records_days: 0 }
    await using housekeeping = startHousekeeping(ctx, () => [{ name: 'Spam', keepDays: 1 }], options)
    await housekeeping.round()
    await clock.turn(4 * day)
    const left = await ctx.db.read.selectFrom('messages').select('id').execute()
    assert.deepEqual(left, [])
    assert.deepEqual(heldDays(await show(admin)), ['01-15 1 {"spam":1}'])
  })

  test('the delivery that waits longest is named, with what the server said last', async () => {
    await using store = await open()
    const { ctx, clock } = store
    using admin = openAdmin(ctx)
    assert.equal((await show(admin)).deliveries.oldest, null)
    const id = await hold(ctx, ['slow@example.com'])
    await release(ctx, alice, { ids: [id] })
    const since = new Date(clock.now()).toISOString()
    assert.equal((await show(admin)).deliveries.oldest?.reply, '')
    await attempt(ctx, 'deferred', 451)
    await clock.turn(minute)
    await release(ctx, alice, { ids: [await hold(ctx)] })
    const { due, deferred, oldest } = (await show(admin)).deliveries
    assert.deepEqual([due, deferred], [2, 1])
    const { id: delivery, ...facts } = oldest!
    assert.deepEqual(facts, {
      message: formatId(id),
      recipient: 'slow@example.com',
      since,
      attemptCount: 1,
      reply: '451 4.2.0 says the next hop',
    })
    await (await admin.as('operator')).call('showDelivery', { params: { id: delivery } })
  })

  test('growth is known after a day', async () => {
    await using store = await open()
    const { ctx, clock } = store
    using admin = openAdmin(ctx)
    const growth = async () => (await show(admin)).store.growthBytesPerDay
    assert.equal(await growth(), null)
    await tally(ctx, never)
    assert.equal(await growth(), null)
    await clock.turn(2 * day)
    await tally(ctx, never)
    const { bytes } = await ctx.db.read
      .selectFrom('store_sizes')
      .select('bytes')
      .orderBy('day')
      .executeTakeFirstOrThrow()
    const now = await show(admin)
    assert.equal(now.store.growthBytesPerDay, Math.round((now.store.bytes - bytes) / 2))
    assert.ok(now.store.bytes > 0)
  })

  test('an area has its copies, messages and bytes, and what the configuration says of it', async () => {
    await using store = await open()
    const { ctx } = store
    const areas = [
      { ...spamArea, inDigest: true, description: 'Spam and bulk mail' },
      { ...spamArea, name: 'Empty' },
    ]
    using admin = openAdmin(ctx, {}, { policy: () => ({ areas }) })
    const sizes = await bytesOf(store, [await hold(ctx, ['a@example.com', 'b@example.com']), await hold(ctx)])
    await remove(ctx, alice, { ids: [await hold(ctx)] })
    await hold(ctx, undefined, { area: 'Old' })
    const answer = await (await admin.as('operator')).call('listAreas')
    assert.deepEqual(areaList.parse(answer), answer)
    const [spam, empty, old] = answer.items
    assert.deepEqual(
      { ...spam, bytes: 0 },
      {
        name: 'Spam',
        keepDays: 30,
        releasableBy: ['operator'],
        configured: true,
        messages: 3,
        held: 3,
        bytes: 0,
        visibleToUsers: true,
        inDigest: true,
        usersDownloadParts: false,
        description: 'Spam and bulk mail',
      },
    )
    assert.ok(spam!.bytes! > sizes)
    assert.deepEqual([empty?.messages, empty?.held, empty?.bytes], [0, 0, 0])
    assert.deepEqual(
      [old?.name, old?.configured, old?.keepDays, old?.messages, old?.held],
      ['Old', false, null, 1, 1],
    )
  })
})

async function bytesOf({ ctx }: TestStore, ids: number[]): Promise<number> {
  const rows = await ctx.db.read.selectFrom('messages').select('size').where('id', 'in', ids).execute()
  return rows.reduce((sum, { size }) => sum + size, 0)
}
