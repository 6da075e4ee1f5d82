/** What the worker promises: every released copy arrives or is visibly failed, once, whatever the next hop does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine, type TestStore } from '../../test/store.ts'
import { systemClock } from '../clock.ts'
import { defaultsOf } from '../options.ts'
import { release } from '../quarantine/release.ts'
import { admin, audited, hold, holdMany, states } from '../quarantine/testing/held.ts'
import { formatId } from '../store/ids.ts'
import { attemptsOf, cancelDeliveries, listDeliveries, retryDeliveries } from './operations.ts'
import { deliveryOptions, nextHopOptions } from './options.ts'
import { smtpCourier } from './smtp.ts'
import { deferred, delivered, failed, fakeCourier } from './testing/fake-courier.ts'
import { fakeHop } from './testing/fake-hop.ts'
import { startWorker } from './worker.ts'

const minute = 60_000
const options = { ...defaultsOf(deliveryOptions), stop_grace_s: 0, poll_interval_s: 20 }
const problems = (store: TestStore) => store.told.filter(({ kind }) => kind === 'failure')

forEachEngine((open) => {
  test('released mail is sent with its trace, recipients of one release together, and recorded', async () => {
    await using store = await open()
    const { ctx } = store
    const text = Buffer.from('Subject: x\r\n\r\nthe very bytes\r\n')
    const id = await hold(ctx, ['a@example.com', 'B@example.com'], {}, text)
    const [released] = await release(ctx, admin, { ids: [id] })
    const { courier, parcels } = fakeCourier()
    await using worker = startWorker(ctx, courier, options, 'mx.example.com')
    await worker.drain()
    assert.deepEqual(await states(ctx, id), ['delivered', 'delivered'])
    assert.equal(parcels.length, 1)
    const { parcel, bytes } = parcels[0]!
    assert.deepEqual(
      [parcel.sender, ...parcel.recipients.map(({ address }) => address)],
      ['Sender@Example.org', 'a@example.com', 'B@example.com'],
    )
    assert.ok(bytes.endsWith(text.toString()))
    assert.match(bytes, /^Received: by mx\.example\.com[\s\S]*X-Lazaret-Release: /)
    assert.ok(bytes.includes(formatId(released!.release!)))
    assert.equal(parcel.size, Buffer.byteLength(bytes))
    const { items } = await listDeliveries(ctx.db, { state: 'done', limit: 10 })
    assert.deepEqual(
      items.map(({ attempt }) => [attempt?.outcome, attempt?.code, attempt?.status, attempt?.reply]),
      [
        ['delivered', 250, '2.0.0', 'kept'],
        ['delivered', 250, '2.0.0', 'kept'],
      ],
    )
    assert.equal(store.told.filter(({ kind }) => kind === 'attempt').length, 2)
    await worker.drain()
    assert.equal(parcels.length, 1)
  })

  test('a next hop that is down and comes up: retried with growing waits, then delivered', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const id = await hold(ctx)
    let down = true
    const { courier, parcels } = fakeCourier(() => (down ? deferred : delivered))
    await using worker = startWorker(ctx, courier, options)
    await release(ctx, admin, { ids: [id] })
    await worker.drain()
    assert.deepEqual(await states(ctx, id), ['releasing'])
    const waits = [1, 5, 15, 30, 60, 60]
    for (const [i, wait] of waits.entries()) {
      const [waiting] = (await listDeliveries(ctx.db, { state: 'due', limit: 1 })).items
      const untilMs = waiting!.next_at - clock.now()
      assert.ok(
        Math.abs(untilMs - wait * minute) <= wait * minute * 0.11,
        `${untilMs} ms for ${wait} minutes`,
      )
      await clock.turn(untilMs - 1)
      assert.equal(parcels.length, i + 1)
      await clock.turn(options.poll_interval_s * 1000)
      await worker.drain()
      assert.equal(parcels.length, i + 2)
    }
    const { items } = await listDeliveries(ctx.db, { state: 'due', limit: 10 })
    assert.equal(items[0]?.attempts, waits.length + 1)
    assert.match(items[0]!.attempt!.reply, /ECONNREFUSED/)
    down = false
    await clock.turn(70 * minute)
    await worker.drain()
    assert.deepEqual(await states(ctx, id), ['delivered'])
    assert.equal((await attemptsOf(ctx.db, [items[0]!.id])).length, waits.length + 2)
  })

  test('five days of "later" end visibly; a "never" at once; both can be released again', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const [slow, dead] = [
      await hold(ctx, ['slow@example.com']),
      await hold(ctx, ['dead@example.com', 'ok@example.com']),
    ]
    const { courier, parcels } = fakeCourier((address) =>
      address.startsWith('slow') ? deferred : address.startsWith('dead') ? failed : delivered,
    )
    await using worker = startWorker(ctx, courier, { ...options, poll_interval_s: 3600 })
    await release(ctx, admin, { ids: [slow, dead] })
    await worker.drain()
    assert.deepEqual(await states(ctx, dead), ['release-failed', 'delivered'])
    for (let hour = 0; hour < 5 * 24; hour++) {
      assert.deepEqual(await states(ctx, slow), ['releasing'])
      await clock.turn(60 * minute)
      await worker.drain()
    }
    await clock.turn(61 * minute)
    await worker.drain()
    assert.deepEqual(await states(ctx, slow), ['release-failed'])
    const before = parcels.length
    const [again] = await release(ctx, admin, { ids: [dead] })
    assert.deepEqual(
      again?.recipients.map(({ address, result }) => [address, result]),
      [
        ['dead@example.com', 'done'],
        ['ok@example.com', 'refused'],
      ],
    )
    await worker.drain()
    assert.equal(parcels.length, before + 1)
  })

  test('content that is gone or damaged ends visibly, with nothing delivered', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const big = Buffer.alloc(700_000, 'Subject: big\r\n')
    const [gone, damaged, large] = [await hold(ctx), await hold(ctx), await hold(ctx, undefined, {}, big)]
    await release(ctx, admin, { ids: [gone, damaged, large] })
    await ctx.db.engine.transaction(async (tx) => {
      const content = (id: number) => `(select content_id from messages where id = ${id})`
      await tx.run(`update contents set purged_at = 1 where id = ${content(gone)}`)
      await tx.run(`update contents set sha256 = 'x' where id in (${content(damaged)}, ${content(large)})`)
    })
    const { courier, parcels } = fakeCourier()
    await using worker = startWorker(ctx, courier, options)
    await worker.drain()
    assert.deepEqual(await states(ctx, gone), ['release-failed'])
    assert.deepEqual(
      await states(ctx, damaged),
      ['releasing'],
      'it might have been the disk: tried a few times',
    )
    for (let i = 0; i < 10; i++) {
      await clock.turn(minute)
      await worker.drain()
    }
    assert.deepEqual(
      [await states(ctx, damaged), await states(ctx, large)],
      [['release-failed'], ['release-failed']],
    )
    assert.equal(parcels.length, 0)
    assert.ok(problems(store).length > 0)
  })

  test('many at once: each delivered exactly once, by two workers, over a real connection', async () => {
    await using store = await open()
    const { ctx } = store
    const ids = await holdMany(ctx, 300)
    await using hop = await fakeHop()
    const nextHop = { ...defaultsOf(nextHopOptions), host: '127.0.0.1', port: hop.port, connections: 5 }
    await using courier = smtpCourier(nextHop, systemClock)
    await using one = startWorker(ctx, courier, options)
    await using two = startWorker(ctx, courier, options)
    await release(ctx, admin, { ids })
    await Promise.all([one.drain(), two.drain()])
    await Promise.all([one.drain(), two.drain()])
    assert.equal(hop.mails.length, 300)
    assert.equal(new Set(hop.mails.map(({ bytes }) => bytes.toString())).size, 300)
    for (const id of ids.slice(0, 10)) assert.deepEqual(await states(ctx, id), ['delivered'])
  })

  test('people can try a delivery now, and give it up', async () => {
    await using store = await open()
    const { ctx } = store
    const id = await hold(ctx, ['a@example.com', 'b@example.com'])
    let down = true
    const { courier } = fakeCourier(() => (down ? deferred : delivered))
    await using worker = startWorker(ctx, courier, options)
    await release(ctx, admin, { ids: [id] })
    await worker.drain()
    const { items } = await listDeliveries(ctx.db, { messageId: id, state: 'due', limit: 10 })
    const [a, b] = items.map((item) => item.id)
    const cancelled = await cancelDeliveries(ctx, admin, [b!, 77])
    assert.deepEqual(
      cancelled.map(({ result }) => result),
      ['done', 'not-found'],
    )
    assert.deepEqual(await states(ctx, id), ['releasing', 'held'])
    down = false
    assert.deepEqual(
      (await retryDeliveries(ctx, admin, [a!, b!])).map(({ result }) => result),
      ['done', 'refused'],
    )
    await worker.drain()
    assert.deepEqual(await states(ctx, id), ['delivered', 'held'])
    assert.equal((await audited(ctx, 'delivery.cancel')).length, 1)
    assert.equal((await audited(ctx, 'delivery.retry')).length, 1)
    const all = await listDeliveries(ctx.db, { limit: 1 })
    const rest = await listDeliveries(ctx.db, { limit: 1, after: all.next! })
    assert.deepEqual([all.items[0]?.id, rest.items[0]?.id].sort(), [a, b].sort())
    assert.equal(rest.next, null)
  })
})
