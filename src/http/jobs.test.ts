/** Jobs and deliveries over HTTP, in the shapes that the contract promises (the client checks every answer). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine, type TestStore } from '../../test/store.ts'
import { deliveryOptions } from '../delivery/options.ts'
import { deferred, fakeCourier } from '../delivery/testing/fake-courier.ts'
import { startWorker } from '../delivery/worker.ts'
import { defaultsOf } from '../options.ts'
import { startJobWorker } from '../quarantine/job-worker.ts'
import { deeds, hold, openAdmin } from './testing/admin.ts'

const rules = () => [{ name: 'Spam', releasableBy: ['operator'] }]
const problemOf = (code: string) => (error: { code?: string }) => error.code === code

async function holdSome({ ctx }: TestStore) {
  const bank = await hold(ctx, 'one', { sender: 'news@bank.example', subject: 'Bank' })
  const virus = await hold(ctx, 'two', { sender: 'evil@bank.example', group: { reason: 'malware' } })
  const other = await hold(ctx, 'three', { sender: 'friend@example.net' })
  return { bank, virus, other }
}

forEachEngine((open) => {
  test('preview, start, progress, items: what matches is released and nothing else', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const client = await admin.as('operator')
    const { bank, virus, other } = await holdSome(store)
    const criteria = { sender: '*bank*', subject: '' }
    const preview = await client.call('previewJob', { body: { action: 'release', criteria } })
    assert.deepEqual(
      [preview.messages, preview.recipients, preview.left, preview.tooMany, preview.limit],
      [1, 2, { virus: 1, forbidden: 0, nothingHeld: 0 }, false, 100_000],
    )
    const late = await hold(store.ctx, 'four', { sender: 'late@bank.example' })
    const order = { action: 'release' as const, criteria, asOf: preview.asOf, note: 'asked for' }
    const job = await client.call('startJob', { body: { ...order, messages: preview.messages } })
    assert.deepEqual([job.state, job.worked, job.criteria], ['running', 0, { sender: '*bank*' }])
    assert.deepEqual([job.createdBy, job.note, job.endedAt], ['operator1 (key test)', 'asked for', null])
    await using worker = startJobWorker(store.ctx, rules)
    await worker.drain()
    const done = await client.call('showJob', { params: { id: job.id } })
    assert.deepEqual([done.state, done.done, done.recipients, done.problem], ['done', 1, 2, null])
    const { items } = await client.call('listJobItems', { params: { id: job.id }, query: {} })
    assert.deepEqual(items, [
      {
        message: bank,
        outcome: 'done',
        text: 'Released to 2 of 2 recipients.',
        sender: 'news@bank.example',
        subject: 'Bank',
      },
    ])
    for (const [id, state] of [
      [bank, 'releasing'],
      [virus, 'held'],
      [other, 'held'],
      [late, 'held'],
    ] as const) {
      const detail = await client.call('showMessage', { params: { id } })
      assert.equal(detail.recipients[0]?.state, state)
    }
    assert.ok((await deeds(store.ctx)).includes(`operator1 (key test) job.start ${job.id}`))
  })

  test('dates such as today are those of the preview, and what came since is told', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const client = await admin.as('operator')
    await hold(store.ctx, 'one')
    const body = { action: 'delete' as const, criteria: { from: '1d' } }
    const preview = await client.call('previewJob', { body })
    assert.equal(preview.messages, 1)
    const start = (messages: number) =>
      client.call('startJob', { body: { ...body, asOf: preview.asOf, messages } })
    await assert.rejects(start(0), problemOf('conflict'))
    await store.clock.turn(3 * 86_400_000)
    assert.equal((await start(1)).messages, 1)
  })

  test('a job is stopped by whoever may release, seen by whoever may look', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const [operator, auditor] = [await admin.as('operator'), await admin.as('auditor')]
    await holdSome(store)
    const criteria = {}
    const preview = await operator.call('previewJob', { body: { action: 'delete', criteria } })
    const ids: string[] = []
    for (let i = 0; i < 3; i++) {
      const body = { action: 'delete' as const, criteria, asOf: preview.asOf, messages: 3 }
      ids.push((await operator.call('startJob', { body })).id)
    }
    const stopped = await operator.call('stopJob', { params: { id: ids[0]! } })
    assert.deepEqual([stopped.state, stopped.worked], ['stopped', 0])
    const first = await auditor.call('listJobs', { query: { limit: 2 } })
    assert.deepEqual(
      first.items.map(({ id, state }) => [id, state]),
      [
        [ids[2], 'running'],
        [ids[1], 'running'],
      ],
    )
    const rest = await auditor.call('listJobs', { query: { limit: 2, before: first.items[1]!.id } })
    assert.deepEqual(
      rest.items.map(({ id }) => id),
      [ids[0]],
    )
    await using worker = startJobWorker(store.ctx, rules)
    await worker.drain()
    const walk: string[] = []
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await auditor.call('listJobItems', {
        params: { id: ids[2]! },
        query: { limit: 2, outcome: 'refused', ...(cursor ? { cursor } : {}) },
      })
      walk.push(...page.items.map(({ text }) => text))
      cursor = page.nextCursor
    }
    assert.equal(walk.length, 3)
    for (const text of walk) assert.match(text, /Deleted already|Nothing was changed/)
    const nowhere = { params: { id: '00000000001' } }
    for (const route of ['showJob', 'stopJob'] as const)
      await assert.rejects(operator.call(route, nowhere), problemOf('not-found'))
    await assert.rejects(operator.call('listJobItems', { ...nowhere, query: {} }), problemOf('not-found'))
    const damaged = operator.call('listJobItems', { params: { id: ids[2]! }, query: { cursor: 'x' } })
    await assert.rejects(damaged, problemOf('invalid'))
  })

  test('an order that waits can be undone by giving up its deliveries', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const client = await admin.as('operator')
    const id = await hold(store.ctx, 'one')
    await client.call('releaseMessages', { body: { ids: [id], delaySeconds: 10 } })
    const { items } = await client.call('listDeliveries', { query: { message: id, state: 'due' } })
    assert.equal(items[0]?.nextAttemptAt, new Date(store.clock.now() + 10_000).toISOString())
    const { results } = await client.call('cancelDeliveries', { body: { ids: items.map((one) => one.id) } })
    assert.deepEqual(
      results.map(({ result }) => result),
      ['done', 'done'],
    )
    const detail = await client.call('showMessage', { params: { id } })
    assert.deepEqual(
      detail.recipients.map(({ state }) => state),
      ['held', 'held'],
    )
  })

  test('a delivery tells its attempts, the newest first, and who ordered it', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const client = await admin.as('operator')
    const id = await hold(store.ctx, 'one', { recipients: ['a@example.com'] })
    await client.call('releaseMessages', { body: { ids: [id], note: 'asked for by phone' } })
    const options = { ...defaultsOf(deliveryOptions), stop_grace_s: 0 }
    await using worker = startWorker(store.ctx, fakeCourier(() => deferred).courier, options)
    await worker.drain()
    await store.clock.turn(3_600_000)
    await worker.drain()
    const [delivery] = (await client.call('listDeliveries', { query: { message: id } })).items
    const whole = await client.call('showDelivery', { params: { id: delivery!.id } })
    assert.deepEqual([whole.orderedBy, whole.note], ['operator1 (key test)', 'asked for by phone'])
    assert.deepEqual([whole.message, whole.recipient, whole.state], [id, 'a@example.com', 'due'])
    assert.ok(whole.attempts.length >= 2)
    assert.deepEqual(
      whole.attempts.map(({ at }) => at),
      whole.attempts
        .map(({ at }) => at)
        .toSorted()
        .reverse(),
    )
    assert.deepEqual(whole.lastAttempt, whole.attempts[0])
    await assert.rejects(
      client.call('showDelivery', { params: { id: '00000000001' } }),
      problemOf('not-found'),
    )
  })
})
