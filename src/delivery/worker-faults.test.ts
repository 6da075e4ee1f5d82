/** What the worker promises when processes die, stop or stand still, and when the database fails under it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boundTo } from '../../test/bound.ts'
import { faultyEngine } from '../../test/faulty.ts'
import { forEachEngine } from '../../test/store.ts'
import type { Clock } from '../clock.ts'
import { defaultsOf } from '../options.ts'
import { release } from '../quarantine/release.ts'
import { admin, hold, holdMany, states } from '../quarantine/testing/held.ts'
import type { Engine } from '../store/engine.ts'
import type { CourierOutcome } from './courier.ts'
import { deliveryOptions } from './options.ts'
import { delivered, fakeCourier } from './testing/fake-courier.ts'
import { startWorker } from './worker.ts'

const minute = 60_000
const options = { ...defaultsOf(deliveryOptions), stop_grace_s: 0 }
const quiet: Clock['every'] = () => ({ wake() {}, async [Symbol.asyncDispose]() {} })

forEachEngine((open, kind) => {
  test('a worker that dies: its deliveries are taken up when the lease is over', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const id = await hold(ctx)
    await release(ctx, admin, { ids: [id] })
    // Died after it had taken the delivery.
    await ctx.db.transaction((trx) =>
      trx
        .updateTable('deliveries')
        .set({ leased_by: 'dead', leased_until: clock.now() + 2 * minute, next_at: clock.now() + 2 * minute })
        .execute(),
    )
    const { courier, parcels } = fakeCourier()
    await using worker = startWorker(ctx, courier, options)
    await worker.drain()
    // On SQLite nobody else can be at work: a worker that starts knows that the lease is a dead one's.
    assert.equal(parcels.length, kind === 'sqlite' ? 1 : 0)
    await clock.turn(3 * minute)
    await worker.drain()
    assert.equal(parcels.length, 1)
    assert.deepEqual(await states(ctx, id), ['delivered'])
  })

  test('a lease is renewed while a slow next hop thinks, and not taken by a second worker', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const id = await hold(ctx)
    const answer = Promise.withResolvers<CourierOutcome>()
    const began = Promise.withResolvers<void>()
    const slow = fakeCourier(() => {
      began.resolve()
      return answer.promise
    })
    const other = fakeCourier()
    await using first = startWorker(ctx, slow.courier, { ...options, poll_interval_s: 3600 })
    const deaf = { ...ctx.events, listen: () => () => {} }
    const elsewhere = { ...ctx, events: deaf, clock: { ...clock, every: quiet } }
    await using second = startWorker(elsewhere, other.courier, options)
    await second.drain() // on SQLite a worker that starts ends all leases: no other process can be at work
    await first.drain()
    await release(ctx, admin, { ids: [id] })
    await began.promise
    for (let i = 0; i < 10; i++) {
      await clock.turn(minute)
      await second.drain()
    }
    assert.equal(other.parcels.length, 0)
    answer.resolve(delivered)
    await first.drain()
    assert.deepEqual(await states(ctx, id), ['delivered'])
  })

  test('a machine that slept longer than a lease: what is on its way is not begun a second time', async () => {
    await using store = await open()
    const { ctx } = store
    let asleepMs = 0
    const clock = { ...ctx.clock, now: () => ctx.clock.now() + asleepMs, every: quiet }
    const answer = Promise.withResolvers<CourierOutcome>()
    const began = Promise.withResolvers<void>()
    const { courier, parcels } = fakeCourier(() => {
      began.resolve()
      return answer.promise
    })
    const id = await hold(ctx)
    await release(ctx, admin, { ids: [id] })
    await using worker = startWorker({ ...ctx, clock }, courier, options)
    await began.promise
    asleepMs = 10 * minute
    const drained = worker.drain()
    const lease = () => ctx.db.read.selectFrom('deliveries').select('leased_until').executeTakeFirstOrThrow()
    while ((await lease()).leased_until < clock.now()) await new Promise(setImmediate)
    answer.resolve(delivered)
    await drained
    assert.equal(parcels.length, 1)
    assert.deepEqual(await states(ctx, id), ['delivered'])
  })

  test('stopping gives back what was not begun, and waits for what is on its way', async () => {
    await using store = await open()
    const { ctx } = store
    const ids = await holdMany(ctx, 30)
    await release(ctx, admin, { ids })
    const answer = Promise.withResolvers<CourierOutcome>()
    const began = Promise.withResolvers<void>()
    const { courier } = fakeCourier(() => {
      began.resolve()
      return answer.promise
    })
    const worker = startWorker(ctx, courier, { ...options, parallel: 4, stop_grace_s: 60 })
    await began.promise
    const stopped = worker[Symbol.asyncDispose]()
    answer.resolve(delivered)
    await stopped
    const left = await ctx.db.read.selectFrom('deliveries').selectAll().where('state', '=', 'due').execute()
    assert.ok(
      left.length >= 20 && left.every((row) => row.leased_by === '' && row.attempts === 0),
      `${left.length} left`,
    )
    const next = fakeCourier()
    await using second = startWorker(ctx, next.courier, options)
    await second.drain()
    assert.equal(next.parcels.length, left.length)
  })

  test('a content that the database cannot read holds up no other', async () => {
    let damaged = 0
    const unless = async <T>(params: readonly unknown[] | undefined, read: () => Promise<T>): Promise<T> => {
      if (damaged > 0 && params?.includes(damaged)) throw new Error('database disk image is malformed')
      return await read()
    }
    const wrap = (engine: Engine): Engine => ({
      kind: engine.kind,
      all: (sql, params) =>
        sql.includes('chunks') ? unless(params, () => engine.all(sql, params)) : engine.all(sql, params),
      contents: (sql, params) => unless(params, () => engine.contents(sql, params)),
      commit: (prepare) => engine.commit(prepare),
      transaction: (work, access) => engine.transaction(work, access),
      [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
    })
    await using store = await open({ wrap })
    const { ctx } = store
    const ids = await holdMany(ctx, 9)
    const { content_id } = await ctx.db.read
      .selectFrom('messages')
      .select('content_id')
      .where('id', '=', ids[4]!)
      .executeTakeFirstOrThrow()
    damaged = content_id
    const { courier, parcels } = fakeCourier()
    await using worker = startWorker({ ...ctx, clock: { ...ctx.clock, every: quiet } }, courier, options)
    await release(ctx, admin, { ids })
    await worker.drain()
    assert.equal(parcels.length, 8)
    assert.deepEqual(await states(ctx, ids[4]!), ['releasing'])
    const attempts = await ctx.db.read
      .selectFrom('attempts')
      .select('reply')
      .where('outcome', '=', 'deferred')
      .execute()
    assert.match(attempts[0]?.reply ?? '', /cannot be read: database disk image is malformed/)
  })

  test('a database that fails while recording: nothing is sent again, everything is recorded in the end', async () => {
    const { wrap, faults } = faultyEngine()
    await using store = await open({ wrap })
    const { ctx } = store
    for (const when of ['before', 'after'] as const)
      for (let n = 1; ; n++) {
        const ids = await holdMany(ctx, 3)
        await release(ctx, admin, { ids })
        const { courier, parcels } = fakeCourier()
        await using worker = startWorker({ ...ctx, clock: { ...ctx.clock, every: quiet } }, courier, options)
        faults.arm(n, when)
        const first = await worker.drain().then(
          () => true,
          () => false,
        )
        faults.disarm()
        if (!first) await worker.drain()
        await store.clock.turn(5 * minute) // what a lost claim has leased, and content that could not be read
        await worker.drain()
        for (const id of ids) assert.deepEqual(await states(ctx, id), ['delivered'], `${when} ${n}`)
        assert.equal(parcels.length, 3, `${when} ${n}`)
        const attempts = await ctx.db.read
          .selectFrom('attempts')
          .innerJoin('deliveries', 'deliveries.id', 'delivery_id')
          .select('attempts.id')
          .where('message_id', 'in', ids)
          .where('outcome', '=', 'delivered')
          .execute()
        assert.equal(attempts.length, 3, `${when} ${n}`)
        if (!faults.hit) break
      }
  })

  test('while what was done cannot be recorded nothing new is sent, however often it is called', async () => {
    let broken = false
    const wrap = (engine: Engine): Engine => ({
      ...boundTo(engine),
      transaction: (work, access) =>
        broken ? Promise.reject(new Error('the database is away')) : engine.transaction(work, access),
    })
    await using store = await open({ wrap })
    const { ctx } = store
    const ids = await holdMany(ctx, 100)
    await release(ctx, admin, { ids })
    const { courier, parcels } = fakeCourier(() => {
      if (parcels.length === 0) broken = true
      return delivered
    })
    await using worker = startWorker(ctx, courier, { ...options, parallel: 1 })
    await assert.rejects(worker.drain(), /away/)
    const sent = parcels.length
    assert.ok(sent < 50, `${sent} were sent before any was recorded`)
    broken = true
    for (let i = 0; i < 4; i++) await assert.rejects(worker.drain(), /away/)
    assert.equal(parcels.length, sent)
    broken = false
    await worker.drain()
    assert.equal(parcels.length, 100)
    for (const id of ids) assert.deepEqual(await states(ctx, id), ['delivered'])
  })

  test('what waits for its turn while the lease ends is left to whoever has taken it', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const ids = await holdMany(ctx, 10)
    const answer = Promise.withResolvers<CourierOutcome>()
    const began = Promise.withResolvers<void>()
    const slow = fakeCourier(() => {
      began.resolve()
      return answer.promise
    })
    const other = fakeCourier()
    // Nobody renews the leases: the database was away, or the process stood still.
    const still = {
      ...ctx,
      events: { ...ctx.events, listen: () => () => {} },
      clock: { ...clock, every: quiet },
    }
    await using first = startWorker(still, slow.courier, { ...options, parallel: 1 })
    await using second = startWorker(still, other.courier, options)
    await Promise.all([first.drain(), second.drain()]) // from here on neither takes the other for dead
    await release(ctx, admin, { ids })
    const draining = first.drain()
    await began.promise
    await clock.turn(3 * minute)
    await second.drain()
    assert.equal(other.parcels.length, 10)
    answer.resolve(delivered)
    await draining
    assert.equal(slow.parcels.length, 1)
    for (const id of ids) assert.deepEqual(await states(ctx, id), ['delivered'])
  })
})
