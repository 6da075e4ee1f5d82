/** Promise: mail of our own is sent once it is queued, tried again when asked to, and nothing of it stays behind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault, faultyEngine } from '../../test/faulty.ts'
import { forEachEngine } from '../../test/store.ts'
import type { Context } from '../context.ts'
import { defaultsOf } from '../options.ts'
import { insertPosts } from '../store/posts.ts'
import { deliveryOptions } from './options.ts'
import { openPost } from './post.ts'
import { postOptions } from './post-options.ts'
import { startPostWorker } from './post-worker.ts'
import { deferred, failed, fakeCourier } from './testing/fake-courier.ts'

const sender = () => ({ name: 'Q', address: 'q@example.org' })
const start = (ctx: Context, courier: Parameters<typeof startPostWorker>[1]) =>
  startPostWorker(
    ctx,
    courier,
    { ...defaultsOf(postOptions), keep_days: 1 },
    { ...defaultsOf(deliveryOptions), poll_interval_s: 3600 },
  )
const rows = ({ db }: Context) => db.read.selectFrom('posts').selectAll().orderBy('id').execute()
const letter = (to: string) => ({
  to,
  subject: 'Your link',
  text: `secret ${to}\n`,
  html: `<p>secret ${to}</p>`,
})
async function send(ctx: Context, to: string): Promise<void> {
  const post = openPost(ctx, sender)
  await ctx.db.transaction((trx) => post.put(trx, letter(to)))
  post.wake()
}

forEachEngine((open) => {
  test('a letter goes out with the null sender; its content is gone then', async () => {
    await using store = await open()
    const { ctx } = store
    const { courier, parcels } = fakeCourier()
    await using worker = start(ctx, courier)
    await send(ctx, 'anna@example.org')
    await worker.drain()
    const [sent, ...others] = parcels
    assert.deepEqual(others, [])
    assert.equal(sent?.parcel.sender, '')
    assert.deepEqual(sent?.parcel.recipients, [{ address: 'anna@example.org', parameters: {} }])
    assert.match(
      sent?.bytes ?? '',
      /^Date: [\s\S]*\r\nSubject: Your link\r\n[\s\S]*secret anna@example\.org\r\n[\s\S]*<p>secret/,
    )
    assert.equal(sent?.parcel.size, Buffer.byteLength(sent?.bytes ?? ''))
    const [row] = await rows(ctx)
    assert.deepEqual([row?.state, row?.content.length, row?.attempts], ['done', 0, 1])
    await store.clock.turn(2 * 86_400_000)
    assert.deepEqual(await rows(ctx), [])
  })

  test('a letter that somebody waits for does not wait for a round of digests', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const { courier, parcels } = fakeCourier()
    const digests = Array.from({ length: 50 }, (_, n) => ({
      kind: 'digest' as const,
      recipient: `n${n}@example.org`,
      smtputf8: false,
      bytes: new Uint8Array(Buffer.from('Subject: digest\r\n\r\n')),
    }))
    await ctx.db.transaction((trx) => insertPosts(ctx.db, trx, digests, clock.now()))
    await clock.turn(1000)
    await send(ctx, 'anna@example.org')
    await using worker = start(ctx, courier)
    await worker.drain()
    assert.equal(parcels.length, 51)
    assert.equal(
      parcels.findIndex(({ parcel }) => parcel.recipients[0]?.address === 'anna@example.org') < 20,
      true,
    )
  })

  test('"later" is tried again, "never" is not, and time runs out', async () => {
    await using store = await open()
    const { ctx, clock } = store
    let answers = 0
    const { courier } = fakeCourier((address) => {
      answers++
      return address.startsWith('never') ? failed : deferred
    })
    await using worker = start(ctx, courier)
    await send(ctx, 'never@example.org')
    await send(ctx, 'later@example.org')
    await worker.drain()
    assert.equal(answers, 2)
    await clock.turn(2 * 60_000)
    await worker.drain()
    assert.equal(answers, 3)
    const [never, later] = await rows(ctx)
    assert.deepEqual([never?.state, never?.content.length, never?.reply], ['failed', 0, '550 5.1.1 unknown'])
    assert.equal(later?.state, 'due')
    assert.ok((later?.content.length ?? 0) > 0)
    for (let hour = 0; hour < 125; hour++) {
      await clock.turn(3_600_000)
      await worker.drain()
    }
    const end = (await rows(ctx)).at(-1)
    assert.deepEqual([end?.state, end?.content.length, end?.reply], ['failed', 0, 'connect ECONNREFUSED'])
  })

  test('a fault at any call loses no letter', async () => {
    for (const moment of ['before', 'after'] as const) {
      const { wrap, faults } = faultyEngine()
      await using store = await open({ wrap })
      const { ctx, clock } = store
      const { courier, parcels } = fakeCourier()
      for (let n = 1; ; n++) {
        const to = `n${n}@example.org`
        await send(ctx, to)
        faults.arm(n, moment)
        {
          await using dying = start(ctx, courier)
          await dying.drain().catch((error: unknown) => assert.ok(error instanceof Fault, String(error)))
        }
        const { hit } = faults
        faults.disarm()
        await clock.turn(3_600_000)
        await using next = start(ctx, courier)
        await next.drain()
        assert.ok(
          parcels.some(({ parcel }) => parcel.recipients[0]?.address === to),
          `${moment} ${n}`,
        )
        assert.ok((await rows(ctx)).every(({ state }) => state === 'done'))
        if (!hit) break
        assert.ok(n < 30)
      }
    }
  })
})
