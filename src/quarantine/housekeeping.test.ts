/** Retention: everything in its time, in batches, and never what is in motion. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailToHold, storedHash } from '../../test/mails.ts'
import { forEachEngine, type TestStore } from '../../test/store.ts'
import { defaultsOf } from '../options.ts'
import { verifyAudit } from '../store/audit.ts'
import { expireMessages, pastInArea } from '../store/retention.ts'
import { accept } from './accept.ts'
import { startHousekeeping } from './housekeeping.ts'
import { retentionOptions } from './options.ts'
import { release } from './release.ts'
import { remove, restore } from './remove.ts'
import { admin, audited, hold, holdMany, states } from './testing/held.ts'

const day = 86_400_000
const areas = () => [
  { name: 'Spam', keepDays: 30 },
  { name: 'Long', keepDays: 365 },
]
const options = { ...defaultsOf(retentionOptions), interval_minutes: 1440 }

async function has(store: TestStore, id: number): Promise<{ row: boolean; bytes: boolean }> {
  const row = await store.ctx.db.read
    .selectFrom('messages')
    .select('content_id')
    .where('id', '=', id)
    .executeTakeFirst()
  const chunks = await store.ctx.db.read
    .selectFrom('chunks')
    .select('n')
    .where('content_id', '=', row?.content_id ?? -1)
    .execute()
  return { row: row !== undefined, bytes: chunks.length > 0 }
}

forEachEngine((open) => {
  test('each area keeps its mail as long as it says; the record stays, then goes too', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const [spam, long] = [await hold(ctx), await hold(ctx, undefined, { area: 'Long' })]
    await clock.turn(29 * day)
    const young = await hold(ctx)
    await using housekeeping = startHousekeeping(ctx, areas, options)
    await housekeeping.round()
    assert.deepEqual(await has(store, spam), { row: true, bytes: true })
    await clock.turn(2 * day)
    assert.deepEqual(await has(store, spam), { row: true, bytes: false })
    assert.deepEqual(await states(ctx, spam), ['expired'])
    assert.deepEqual(await states(ctx, long), ['held'])
    assert.deepEqual(await states(ctx, young), ['held'])
    const [refused] = await release(ctx, admin, { ids: [spam] })
    assert.match(refused!.text, /retention period was over/)
    assert.equal((await audited(ctx, 'retention.expire'))[0]?.details.messages, 1)
    await clock.turn(91 * day)
    assert.deepEqual(await has(store, spam), { row: false, bytes: false })
    assert.deepEqual(await has(store, long), { row: true, bytes: true })
    const found = await ctx.db.search.search({ filter: {}, sort: 'timestamp', order: 'asc', limit: 10 })
    assert.ok(!found.ids.includes(spam) && found.ids.includes(long))
    assert.equal((await audited(ctx, 'retention.purge'))[0]?.details.messages, 1)
    assert.equal((await verifyAudit(ctx.db.read)).brokenAt, null)
  })

  test('mail in motion is never touched; what has failed lately is kept for somebody to see', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const many = await holdMany(ctx, 20)
    const moving = await hold(ctx, ['a@example.com', 'b@example.com'])
    await release(ctx, admin, { ids: [moving], recipients: ['a@example.com'] })
    const failed = await hold(ctx)
    await clock.turn(40 * day)
    await ctx.db.transaction((trx) =>
      trx
        .updateTable('holdings')
        .set({ state: 'release-failed', changed_at: clock.now() })
        .where('message_id', '=', failed)
        .execute(),
    )
    await using housekeeping = startHousekeeping(ctx, areas, options)
    assert.equal((await housekeeping.round()).expired, 20)
    assert.deepEqual(await states(ctx, moving), ['releasing', 'held'])
    assert.deepEqual(await has(store, moving), { row: true, bytes: true })
    assert.deepEqual(await states(ctx, failed), ['release-failed'])
    assert.deepEqual(await states(ctx, many[0]!), ['expired'])
    await clock.turn(9 * day)
    assert.deepEqual(await states(ctx, failed), ['expired'])
    assert.deepEqual(await has(store, moving), { row: true, bytes: true })
  })

  test('releases and expiry at the same moment: each message goes one way, bytes and all', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const ids = await holdMany(ctx, 200)
    await clock.turn(31 * day)
    await using housekeeping = startHousekeeping(ctx, areas, options)
    const [results] = await Promise.all([
      Promise.all(ids.filter((_, i) => i % 2 === 0).map((id) => release(ctx, admin, { ids: [id] }))),
      housekeeping.round(),
    ])
    for (const [result] of results) {
      const { bytes } = await has(store, result!.id)
      assert.deepEqual(await states(ctx, result!.id), [
        result!.result === 'released' ? 'releasing' : 'expired',
      ])
      assert.equal(bytes, result!.result === 'released')
    }
  })

  test('what fails between the look and the deed is spared', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const [failing, other] = [await hold(ctx), await hold(ctx)]
    const bounds = { beforeId: other + 1, failedSince: clock.now() - day, afterId: 0 }
    const candidates = await pastInArea(ctx.db, 'Spam', bounds)
    assert.equal(candidates.length, 2)
    await ctx.db.transaction((trx) =>
      trx
        .updateTable('holdings')
        .set({ state: 'release-failed', changed_at: clock.now() })
        .where('message_id', '=', failing)
        .execute(),
    )
    const spared = { states: ['releasing'], failedSince: bounds.failedSince } as const
    const change = { at: clock.now(), by: 'test' }
    await ctx.db.transaction((trx) => expireMessages(ctx.db, trx, candidates, spared, change))
    assert.deepEqual(await states(ctx, failing), ['release-failed'])
    assert.deepEqual(await states(ctx, other), ['expired'])
  })

  test('records whose removal the search index was not told are taken out of it in the next round', async () => {
    await using store = await open()
    const { ctx } = store
    const [gone, stays] = [await hold(ctx), await hold(ctx)]
    await ctx.db.transaction(async (trx) => {
      await trx.deleteFrom('holdings').where('message_id', '=', gone).execute()
      await trx.deleteFrom('messages').where('id', '=', gone).execute()
      await trx.insertInto('forgotten').values({ id: gone }).execute() // and then the process died
    })
    await using housekeeping = startHousekeeping(ctx, areas, options)
    await housekeeping.round()
    const found = await ctx.db.search.search({ filter: {}, sort: 'timestamp', order: 'asc', limit: 10 })
    assert.deepEqual(found.ids, [stays])
  })

  test('the trash is emptied after its days, and what was restored stays', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const [gone, back, half] = [
      await hold(ctx),
      await hold(ctx),
      await hold(ctx, ['a@example.com', 'b@example.com']),
    ]
    await remove(ctx, admin, { ids: [gone, back] })
    await remove(ctx, admin, { ids: [half], recipients: ['a@example.com'] })
    await using _housekeeping = startHousekeeping(ctx, areas, options)
    await clock.turn(5 * day)
    assert.equal((await restore(ctx, admin, { ids: [back] }))[0]?.result, 'done')
    await clock.turn(3 * day)
    assert.deepEqual(await states(ctx, gone), ['expired'])
    assert.deepEqual(await has(store, gone), { row: true, bytes: false })
    assert.match((await restore(ctx, admin, { ids: [gone] }))[0]!.text, /content was removed/)
    assert.deepEqual(await states(ctx, back), ['held'])
    assert.deepEqual(await states(ctx, half), ['deleted', 'held'])
    assert.deepEqual(await has(store, half), { row: true, bytes: true })
  })

  test('content shared by several messages goes with the last of them', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const mail = await mailToHold(ctx, Buffer.from('Subject: x\r\n\r\nshared\r\n'))
    const group = mail.groups[0]!
    const recipients = [{ address: 'b@example.com', parameters: {}, state: 'held' as const }]
    const [spam, long] = await accept(ctx, {
      ...mail,
      groups: [group, { ...group, area: 'Long', recipients }],
    })
    {
      await using _ = startHousekeeping(ctx, areas, options)
      await clock.turn(31 * day)
    }
    assert.deepEqual(await states(ctx, spam!), ['expired', 'expired'])
    assert.deepEqual(await has(store, long!), { row: true, bytes: true })
    assert.equal(await storedHash(ctx, mail.content.id), mail.content.sha256)
    await clock.turn(330 * day)
    await using housekeeping = startHousekeeping(ctx, areas, options)
    await clock.turn(5 * day)
    assert.deepEqual(await has(store, long!), { row: true, bytes: false })
    await housekeeping.round()
  })

  test('a clock that jumps: nothing is removed, and it says so, until it is confirmed', async () => {
    await using store = await open()
    const { ctx, clock } = store
    await holdMany(ctx, 1001)
    await clock.turn(366 * day)
    let now = options
    await using housekeeping = startHousekeeping(ctx, areas, () => now)
    const stopped = await housekeeping.round()
    assert.equal(stopped.expired, 0)
    assert.match(stopped.stops[0]!, /1001 of 1001 messages in the area Spam .*purge_share_max_percent/)
    assert.ok(store.told.some((event) => event.kind === 'failure' && event.where === 'housekeeping'))
    now = { ...options, purge_share_max_percent: 100 }
    assert.equal((await housekeeping.round()).expired, 1001)
  })

  test('mail of an area that is no longer configured is kept for its own time', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const id = await hold(ctx, undefined, { area: 'Dropped' })
    await clock.turn(360 * day)
    await using housekeeping = startHousekeeping(ctx, areas, options)
    await clock.turn(4 * day)
    assert.deepEqual(await states(ctx, id), ['held'])
    await clock.turn(2 * day)
    assert.deepEqual(await states(ctx, id), ['expired'])
    await housekeeping.round()
  })
})
