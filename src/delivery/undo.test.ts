/** Undo: a release that waits a little is sent when its wait is over, and until then giving it up leaves no trace of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../test/store.ts'
import { defaultsOf } from '../options.ts'
import { check } from '../quarantine/check.ts'
import { release } from '../quarantine/release.ts'
import { admin, audited, hold, states } from '../quarantine/testing/held.ts'
import { cancelDeliveries, listDeliveries, readDelivery } from './operations.ts'
import { deliveryOptions } from './options.ts'
import { deferred, delivered, fakeCourier } from './testing/fake-courier.ts'
import { startWorker } from './worker.ts'

/** The worker would not look by itself in time. */
const options = { ...defaultsOf(deliveryOptions), stop_grace_s: 0, poll_interval_s: 3600 }
const waitMs = 10_000

forEachEngine((open) => {
  test('a release that waits is sent when its wait is over, not before and not much later', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const { courier, parcels } = fakeCourier()
    await using worker = startWorker(ctx, courier, options)
    await worker.drain()
    const id = await hold(ctx, ['a@example.com', 'b@example.com'])
    const [result] = await release(ctx, admin, { ids: [id], delaySeconds: 10 })
    assert.equal(result?.result, 'released')
    await worker.drain()
    await clock.turn(waitMs - 1)
    await worker.drain()
    assert.deepEqual([parcels.length, await states(ctx, id)], [0, ['releasing', 'releasing']])
    await clock.turn(1000)
    // Joins the look that the clock has begun; asking for one here would prove nothing.
    while (parcels.length === 0) await new Promise(setImmediate)
    await worker.drain()
    assert.deepEqual([parcels.length, await states(ctx, id)], [1, ['delivered', 'delivered']])
  })

  test('nothing waits longer than a minute, whatever is asked for', async () => {
    await using store = await open()
    const { ctx, clock } = store
    await release(ctx, admin, { ids: [await hold(ctx)], delaySeconds: 86_400 })
    const { items } = await listDeliveries(ctx.db, { state: 'due', limit: 1 })
    assert.equal(items[0]?.next_at, clock.now() + 60_000)
  })

  test('given up while it waits, it is held again, nothing is sent, and it can be released again', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const { courier, parcels } = fakeCourier()
    await using worker = startWorker(ctx, courier, options)
    const id = await hold(ctx, ['a@example.com', 'b@example.com'])
    await release(ctx, admin, { ids: [id], delaySeconds: 10 })
    await worker.drain()
    const ids = (await listDeliveries(ctx.db, { messageId: id, limit: 10 })).items.map((row) => row.id)
    const results = await cancelDeliveries(ctx, admin, ids)
    assert.deepEqual(
      results.map(({ result, text }) => [result, text]),
      ids.map(() => ['done', 'It was given up before anything was sent; the mail is held again.']),
    )
    assert.deepEqual(await states(ctx, id), ['held', 'held'])
    await clock.turn(waitMs + 1000)
    await worker.drain()
    assert.equal(parcels.length, 0)
    assert.equal((await audited(ctx, 'delivery.cancel')).length, 2)
    assert.deepEqual((await check(ctx)).findings, [])
    const [again] = await release(ctx, admin, { ids: [id] })
    assert.equal(again?.result, 'released')
    await worker.drain()
    assert.deepEqual([parcels.length, await states(ctx, id)], [1, ['delivered', 'delivered']])
  })

  test('what is on the wire is not given up, though its lease has run out', async () => {
    await using store = await open()
    const { ctx } = store
    const hang = Promise.withResolvers<void>()
    const { courier } = fakeCourier(async () => {
      await hang.promise
      return delivered
    })
    await using worker = startWorker(ctx, courier, options)
    await worker.drain()
    const id = await hold(ctx)
    await release(ctx, admin, { ids: [id] })
    const [delivery] = (await listDeliveries(ctx.db, { messageId: id, limit: 1 })).items
    while ((await readDelivery(ctx.db, delivery!.id))!.leased_by === '') await new Promise(setImmediate)
    // Another machine, whose clock is ahead.
    const ahead = { ...ctx, clock: { ...ctx.clock, now: () => ctx.clock.now() + 86_400_000 } }
    const [given] = await cancelDeliveries(ahead, admin, [delivery!.id])
    assert.equal(given?.result, 'refused')
    hang.resolve()
    await worker.drain()
    assert.deepEqual(await states(ctx, id), ['delivered'])
    assert.deepEqual((await check(ctx)).findings, [])
  })

  test('too late is told as it is: on the wire, delivered, or tried and waiting', async () => {
    await using store = await open()
    const { ctx } = store
    const hang = Promise.withResolvers<void>()
    let answer = delivered
    const { courier, parcels } = fakeCourier(async () => {
      await hang.promise
      return answer
    })
    await using worker = startWorker(ctx, courier, options)
    await worker.drain()
    const id = await hold(ctx)
    await release(ctx, admin, { ids: [id] })
    const [delivery] = (await listDeliveries(ctx.db, { messageId: id, limit: 1 })).items
    while ((await readDelivery(ctx.db, delivery!.id))!.leased_by === '') await new Promise(setImmediate)
    const cancel = async (one: number) => (await cancelDeliveries(ctx, admin, [one]))[0]
    const during = await cancel(delivery!.id)
    assert.deepEqual([during?.result, during?.text], ['refused', 'It is being delivered at this moment.'])
    hang.resolve()
    await worker.drain()
    const afterwards = await cancel(delivery!.id)
    assert.deepEqual([afterwards?.result, afterwards?.text], ['refused', 'It was delivered already.'])
    assert.deepEqual([parcels.length, await states(ctx, id)], [1, ['delivered']])

    answer = deferred
    const other = await hold(ctx)
    await release(ctx, admin, { ids: [other], note: 'asked for by phone' })
    await worker.drain()
    const [tried] = (await listDeliveries(ctx.db, { messageId: other, limit: 1 })).items
    const whole = await readDelivery(ctx.db, tried!.id)
    assert.deepEqual(
      [whole?.ordered_by, whole?.note, whole?.attempted.length, whole?.attempted[0]?.outcome],
      ['alice', 'asked for by phone', 1, 'deferred'],
    )
    const given = await cancel(tried!.id)
    assert.deepEqual(
      [given?.result, given?.text],
      ['done', 'It was given up after an attempt; the mail is held again.'],
    )
    assert.deepEqual(await states(ctx, other), ['held'])
    assert.equal(await readDelivery(ctx.db, 12345), undefined)
  })
})
