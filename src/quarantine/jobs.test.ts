/** Jobs: what was previewed and no more, each message once with its outcome, whatever dies or interferes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultyEngine } from '../../test/faulty.ts'
import { forEachEngine } from '../../test/store.ts'
import { changeAccount, createAccount } from '../access/accounts.ts'
import type { Actor } from '../access/actor.ts'
import type { Context } from '../context.ts'
import { defaultsOf } from '../options.ts'
import type { Problem } from '../problem.ts'
import { verifyAudit } from '../store/audit.ts'
import { formatId } from '../store/ids.ts'
import { claimJob, listJobItems, nextBatch, readJob, recordBatch } from '../store/jobs.ts'
import type { Filter } from '../store/search/index.ts'
import { check } from './check.ts'
import { startHousekeeping } from './housekeeping.ts'
import { type JobLimits, jobLimits, looksAtOnce } from './job-scope.ts'
import { startJobWorker } from './job-worker.ts'
import { jobsAtOnce, previewJob, startJob, stopJob } from './jobs.ts'
import { retentionOptions } from './options.ts'
import { release } from './release.ts'
import { remove } from './remove.ts'
import { admin, audited, hold, holdMany, operator, states } from './testing/held.ts'

const open4all = [
  { name: 'Spam', releasableBy: ['operator'] },
  { name: 'Closed', releasableBy: ['administrator'] },
]
const rules = () => open4all
const small: JobLimits = { ...jobLimits, batchMessages: 5 }
const tick = 5000
const day = 86_400_000
const auditor: Actor = { name: 'carol', role: 'auditor', origin: '192.0.2.9' }

const orderOf = (ctx: Context, action: 'release' | 'delete' = 'release', filter: Filter = {}) => ({
  action,
  filter,
  asOf: ctx.db.ids.next(),
})

/** A job on everything there is, just as its preview said. */
async function start(ctx: Context, actor = operator, action: 'release' | 'delete' = 'release') {
  const order = orderOf(ctx, action)
  const { messages } = await previewJob(ctx, actor, open4all, order)
  const more = { criteria: {}, messages: messages.length, note: 'false alarm' }
  return (await startJob(ctx, actor, open4all, { ...order, ...more }, small)).id
}

async function itemsOf(ctx: Context, id: number) {
  return (await listJobItems(ctx.db, id, { limit: 500 })).items
}

const dueCount = async ({ db }: Context) =>
  (await db.read.selectFrom('deliveries').select('id').execute()).length

/** Unreadable from now on: releasing it throws. */
const damage = ({ db }: Context, ids: number[]) =>
  db.transaction((trx) =>
    trx.updateTable('messages').set({ verdicts: 'malware' }).where('id', 'in', ids).execute(),
  )

forEachEngine((open, kind) => {
  test('a preview counts what would change and what is left out, and changes nothing', async () => {
    await using store = await open()
    const { ctx } = store
    await hold(ctx, ['a@example.com', 'b@example.com'])
    await hold(ctx, undefined, { reason: 'attachment' })
    await hold(ctx, undefined, { reason: 'malware' })
    const scanned = await hold(ctx)
    const verdicts = '[{"scanner":"clamav","result":"malware"}]'
    await ctx.db.transaction((trx) =>
      trx.updateTable('messages').set({ verdicts }).where('id', '=', scanned).execute(),
    )
    await hold(ctx, undefined, { area: 'Closed' })
    await release(ctx, admin, { ids: [await hold(ctx)] })
    const order = orderOf(ctx)
    await hold(ctx) // came in later
    const before = await dueCount(ctx)
    const scope = await previewJob(ctx, operator, open4all, order)
    assert.deepEqual(
      { ...scope, messages: scope.messages.length },
      {
        messages: 2,
        recipients: 3,
        byReason: [
          { name: 'attachment', messages: 1 },
          { name: 'spam', messages: 1 },
        ],
        byArea: [{ name: 'Spam', messages: 2 }],
        left: { virus: 2, forbidden: 1, nothingHeld: 1 },
        tooMany: false,
      },
    )
    assert.equal(await dueCount(ctx), before)
    const forAdmin = await previewJob(ctx, admin, open4all, order)
    assert.deepEqual(forAdmin.left, { virus: 2, forbidden: 0, nothingHeld: 1 })
    const deletion = await previewJob(ctx, operator, open4all, { ...order, action: 'delete' })
    assert.equal(deletion.messages.length, 5)
    assert.deepEqual(deletion.left, { virus: 0, forbidden: 0, nothingHeld: 1 })
    await assert.rejects(previewJob(ctx, auditor, open4all, order), { code: 'forbidden' })
  })

  test('everything that matched is released, once, in the name of who ordered it', async () => {
    await using store = await open()
    const { ctx } = store
    const ids = await holdMany(ctx, 12)
    const virus = await hold(ctx, undefined, { reason: 'malware' })
    const id = await start(ctx)
    const late = await hold(ctx)
    await using worker = startJobWorker(ctx, rules)
    await worker.drain()
    const job = await readJob(ctx.db.read, id)
    assert.deepEqual(
      [job?.state, job?.worked, job?.done, job?.refused, job?.failed, job?.recipients],
      ['done', 12, 12, 0, 0, 12],
    )
    assert.equal(job?.ended_at, store.clock.now())
    for (const one of ids) assert.deepEqual(await states(ctx, one), ['releasing'])
    assert.deepEqual([await states(ctx, virus), await states(ctx, late)], [['held'], ['held']])
    assert.equal(await dueCount(ctx), 12)
    assert.deepEqual(
      (await itemsOf(ctx, id)).map(({ message_id, outcome }) => [message_id, outcome]),
      ids.toSorted((a, b) => a - b).map((one) => [one, 'done']),
    )
    const records = await audited(ctx, 'message.release')
    assert.equal(records.length, 12)
    assert.deepEqual([records[0]?.details.job, records[0]?.details.note], [formatId(id), 'false alarm'])
    const [begun] = await audited(ctx, 'job.start')
    assert.deepEqual([begun?.target, begun?.details.messages], [formatId(id), 12])
    assert.equal((await verifyAudit(ctx.db.read)).brokenAt, null)
    const [row] = await ctx.db.read.selectFrom('releases').select(['actor', 'note']).execute()
    assert.deepEqual(row, { actor: 'bob', note: 'false alarm' })
    // The clock stood still: between begin and end there was nothing to tell.
    assert.deepEqual(
      store.told.flatMap((event) => (event.kind === 'job' ? [[event.state, event.worked]] : [])),
      [
        ['running', 0],
        ['done', 12],
      ],
    )
  })

  test('a virus that is found, an area that is closed and mail that goes after the start are refused', async () => {
    await using store = await open()
    const { ctx } = store
    const [virus = 0, closed = 0, gone = 0, free = 0] = await holdMany(ctx, 4)
    const id = await start(ctx)
    await ctx.db.transaction(async (trx) => {
      await trx.updateTable('messages').set({ reason: 'malware' }).where('id', '=', virus).execute()
      await trx.updateTable('messages').set({ area: 'Closed' }).where('id', '=', closed).execute()
    })
    await remove(ctx, admin, { ids: [gone] })
    await using worker = startJobWorker(ctx, rules)
    await worker.drain()
    const items = new Map((await itemsOf(ctx, id)).map((item) => [item.message_id, item]))
    assert.deepEqual(
      [virus, closed, gone, free].map((one) => items.get(one)?.outcome),
      ['refused', 'refused', 'refused', 'done'],
    )
    assert.match(items.get(virus)!.text, /virus scanner held/)
    assert.match(items.get(closed)!.text, /Closed only administrator may release/)
    assert.match(items.get(gone)!.text, /Deleted by alice/)
    assert.deepEqual([await states(ctx, virus), await states(ctx, closed)], [['held'], ['held']])
    const job = await readJob(ctx.db.read, id)
    assert.deepEqual([job?.state, job?.done, job?.refused], ['done', 1, 3])
    const { items: refused } = await listJobItems(ctx.db, id, { outcome: 'refused', limit: 2 })
    assert.equal(refused.length, 2)
  })

  test('all of a batch in a closed area: refused, and the job ends', async () => {
    await using store = await open()
    const { ctx } = store
    const ids = await holdMany(ctx, 6)
    const id = await start(ctx)
    await using worker = startJobWorker(ctx, () => [{ name: 'Spam', releasableBy: ['nobody'] }])
    await worker.drain()
    const job = await readJob(ctx.db.read, id)
    assert.deepEqual([job?.state, job?.refused, await dueCount(ctx)], ['done', 6, 0])
    assert.deepEqual(await states(ctx, ids[0]!), ['held'])
  })

  test('who was disabled or lowered meanwhile goes on with nothing: the job ends and says why', async () => {
    await using store = await open()
    const { ctx } = store
    const password = 'correct horse battery'
    await createAccount(ctx, admin, { name: admin.name, role: 'administrator', password })
    for (const [action, change] of [
      ['release', { disabled: true }],
      ['release', { role: 'auditor' }],
      ['delete', { disabled: true }],
    ] as const) {
      const name = `op-${action}-${Object.keys(change)[0]}`
      await createAccount(ctx, admin, { name, role: 'operator', password })
      const ids = await holdMany(ctx, 7)
      const actor = { ...operator, name }
      const kept = await start(ctx, actor, action)
      await changeAccount(ctx, admin, name, change)
      await using worker = startJobWorker(ctx, rules)
      await worker.drain()
      const job = await readJob(ctx.db.read, kept)
      assert.deepEqual([job?.state, job?.worked, job?.leased_by], ['failed', 0, ''])
      assert.match(job?.problem ?? '', new RegExp(`^${name}, who ordered it, may not`))
      for (const id of ids) assert.deepEqual(await states(ctx, id), ['held'])
      const ended = (await audited(ctx, 'job.fail')).at(-1)
      assert.deepEqual(ended, { target: formatId(kept), details: { why: 'forbidden', orderedBy: name } })
      await remove(ctx, admin, { ids })
    }
  })

  test('a deletion goes to the trash; areas and viruses do not keep it', async () => {
    await using store = await open()
    const { ctx } = store
    const ids = [
      await hold(ctx, undefined, { reason: 'malware' }),
      await hold(ctx, undefined, { area: 'Closed' }),
    ]
    const id = await start(ctx, operator, 'delete')
    await using worker = startJobWorker(ctx, rules)
    await worker.drain()
    for (const one of ids) assert.deepEqual(await states(ctx, one), ['deleted'])
    assert.equal((await readJob(ctx.db.read, id))?.done, 2)
    assert.equal((await audited(ctx, 'message.delete'))[0]?.details.job, formatId(id))
  })

  test('more than the preview said, more than a job takes, more jobs than may be: refused, nothing kept', async () => {
    await using store = await open()
    const { ctx } = store
    await holdMany(ctx, 3)
    const order = { ...orderOf(ctx), criteria: {} }
    const begin = (messages: number, limits = small, actor = operator) =>
      startJob(ctx, actor, open4all, { ...order, messages }, limits)
    await assert.rejects(begin(2), { code: 'conflict', message: /3 messages match now; the preview said 2/ })
    await assert.rejects(begin(3, { ...small, messages: 2 }), { code: 'too-large' })
    await assert.rejects(begin(3, { ...small, lookMs: 0 }), { code: 'unavailable' })
    await assert.rejects(begin(3, small, auditor), { code: 'forbidden' })
    const scope = await previewJob(ctx, operator, open4all, order, { ...small, messages: 2 })
    assert.deepEqual([scope.tooMany, scope.messages.length], [true, 2])
    assert.equal((await audited(ctx, 'job.start')).length, 0)
    const begun = await Promise.allSettled(Array.from({ length: jobsAtOnce + 2 }, () => begin(3)))
    assert.deepEqual(
      begun.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : [])),
      ['too-many', 'too-many'],
    )
    assert.equal((await audited(ctx, 'job.start')).length, jobsAtOnce)
  })

  test('a few count at a time, the others are told so and can come again', async () => {
    await using store = await open()
    const { ctx } = store
    await holdMany(ctx, 3)
    const hang = Promise.withResolvers<void>()
    const search: typeof ctx.db.search.search = async (...wanted) => {
      await hang.promise
      return await ctx.db.search.search(...wanted)
    }
    const db: typeof ctx.db = Object.create(ctx.db, { search: { value: { search } } })
    const look = () => previewJob({ ...ctx, db }, operator, open4all, orderOf(ctx))
    const waiting = Array.from({ length: looksAtOnce }, look)
    await assert.rejects(look(), (error) => (error as Problem).code === 'unavailable')
    hang.resolve()
    for (const scope of await Promise.all(waiting)) assert.equal(scope.messages.length, 3)
    assert.equal((await look()).messages.length, 3)
  })

  test('a job without messages is done at once', async () => {
    await using store = await open()
    const id = await start(store.ctx)
    const job = await readJob(store.ctx.db.read, id)
    assert.deepEqual([job?.state, job?.ended_at], ['done', store.clock.now()])
  })

  test('several jobs on the same messages, two workers at them: each message once', async () => {
    await using store = await open()
    const { ctx } = store
    await holdMany(ctx, 23)
    const jobs = [await start(ctx), await start(ctx, admin), await start(ctx, admin, 'delete')]
    await using one = startJobWorker(ctx, rules)
    await using other = startJobWorker(ctx, rules)
    for (let i = 0; i < 3; i++) {
      await Promise.all([one.drain(), other.drain()])
      await store.clock.turn(60_000) // the leases of the one that lost its jobs end
    }
    await Promise.all([one.drain(), other.drain()])
    const rows = await Promise.all(jobs.map((id) => readJob(ctx.db.read, id)))
    assert.deepEqual(
      rows.map((job) => [job?.state, job?.worked]),
      [
        ['done', 23],
        ['done', 23],
        ['done', 23],
      ],
    )
    assert.equal(
      rows.reduce((sum, job) => sum + (job?.done ?? 0), 0),
      23,
    )
    for (const id of jobs) assert.equal((await itemsOf(ctx, id)).length, 23)
    const deeds = [...(await audited(ctx, 'message.release')), ...(await audited(ctx, 'message.delete'))]
    assert.equal(new Set(deeds.map(({ target }) => target)).size, 23)
    assert.equal(deeds.length, 23)
    assert.deepEqual((await check(ctx)).findings, [])
  })

  test('a stop takes effect with the batch under way; what was done is noted, the rest is held', async () => {
    await using store = await open()
    const { ctx } = store
    const ids = await holdMany(ctx, 20)
    const id = await start(ctx)
    let batches = 0
    let stopping: Promise<unknown> | undefined
    await using worker = startJobWorker(ctx, () => {
      if (++batches === 2) stopping = stopJob(ctx, admin, id)
      return open4all
    })
    await worker.drain()
    await stopping
    await worker.drain()
    const job = await readJob(ctx.db.read, id)
    assert.equal(job?.state, 'stopped')
    assert.ok(job!.worked <= 10, `${job!.worked} messages`)
    const all = (await Promise.all(ids.map((one) => states(ctx, one)))).flat()
    assert.equal(all.filter((state) => state === 'releasing').length, job!.done)
    assert.equal((await itemsOf(ctx, id)).length, job!.worked)
    assert.equal((await audited(ctx, 'job.stop'))[0]?.target, formatId(id))
    // Again: it stays as it is.
    assert.equal((await stopJob(ctx, admin, id)).state, 'stopped')
    assert.equal((await audited(ctx, 'job.stop')).length, 1)
    await assert.rejects(stopJob(ctx, admin, 12345), { code: 'not-found' })
  })

  test('a process that stops between two batches, or dies: the next one goes on', async () => {
    await using store = await open()
    const { ctx } = store
    await holdMany(ctx, 20)
    const id = await start(ctx)
    let leaving: PromiseLike<void> | undefined
    const first = startJobWorker(ctx, () => {
      leaving ??= first[Symbol.asyncDispose]()
      return open4all
    })
    await first.drain()
    await leaving
    assert.equal((await readJob(ctx.db.read, id))?.worked, 5)
    // As a process leaves it that was killed.
    await ctx.db.transaction((trx) =>
      trx
        .updateTable('jobs')
        .set({ leased_by: 'jdead', leased_until: store.clock.now() + 60_000 })
        .execute(),
    )
    await using second = startJobWorker(ctx, rules)
    await second.drain()
    // On SQLite nobody else can be at it; elsewhere the dead one may be alive until its lease ends.
    assert.equal((await readJob(ctx.db.read, id))?.worked, kind === 'sqlite' ? 20 : 5)
    await store.clock.turn(60_000)
    await second.drain()
    assert.equal((await readJob(ctx.db.read, id))?.state, 'done')
    assert.deepEqual([(await itemsOf(ctx, id)).length, await dueCount(ctx)], [20, 20])
  })

  test('whoever has lost the lease can note nothing, so its deed is undone', async () => {
    await using store = await open()
    const { ctx, clock } = store
    await holdMany(ctx, 3)
    const id = await start(ctx)
    const now = clock.now()
    assert.equal(await claimJob(ctx.db, id, { by: 'one', now, until: now + 1000 }), true)
    assert.equal(await claimJob(ctx.db, id, { by: 'other', now, until: now + 1000 }), false)
    const later = { by: 'other', now: now + 1000, until: now + 2000 }
    assert.equal(await claimJob(ctx.db, id, later), true)
    const batch = (await nextBatch(ctx.db, id))!
    const items = batch.ids.map((message_id) => ({ message_id, outcome: 'done' as const, text: '' }))
    const note = (by: string) =>
      ctx.db.transaction((trx) =>
        recordBatch(trx, { ...later, by }, { jobId: id, batch, items, recipients: 3 }),
      )
    await assert.rejects(note('one'), { name: 'JobLost' })
    assert.deepEqual([await itemsOf(ctx, id), await nextBatch(ctx.db, id)], [[], batch])
    assert.equal((await note('other')).state, 'done')
  })

  test('a database call that fails, whichever: each message done and noted once in the end', async () => {
    const { wrap, faults } = faultyEngine()
    await using store = await open({ wrap })
    const { ctx, clock } = store
    await using worker = startJobWorker(ctx, rules)
    await worker.drain()
    for (const when of ['before', 'after'] as const)
      for (let n = 1; ; n++) {
        const ids = await holdMany(ctx, 4)
        const order = { ...orderOf(ctx), criteria: {}, messages: 4 }
        faults.arm(n, when)
        const told = await startJob(ctx, operator, open4all, order, { ...small, batchMessages: 3 }).then(
          ({ id }) => id,
          () => null,
        )
        await worker.drain().catch(() => {})
        faults.disarm()
        for (let i = 0; i < 3; i++) {
          await clock.turn(tick)
          await worker.drain()
        }
        const [job] = await ctx.db.read.selectFrom('jobs').selectAll().orderBy('id', 'desc').execute()
        if (told !== null) assert.equal(job?.id, told)
        const all = (await Promise.all(ids.map((id) => states(ctx, id)))).flat()
        const begun = all.every((state) => state === 'releasing')
        assert.ok(begun || (told === null && all.every((state) => state === 'held')), `${when} ${n}: ${all}`)
        if (begun) {
          assert.deepEqual([job?.state, job?.worked, job?.done], ['done', 4, 4], `${when} ${n}`)
          assert.deepEqual(
            (await itemsOf(ctx, job!.id)).map(({ message_id }) => message_id).sort(),
            ids.sort(),
          )
        } else await remove(ctx, admin, { ids })
        if (!faults.hit) break
      }
    assert.deepEqual((await check(ctx)).findings, [])
    const records = await audited(ctx, 'message.release')
    assert.equal(new Set(records.map(({ target }) => target)).size, records.length)
  })

  test('a message that cannot be released is noted as failed and the others go on', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const ids = (await holdMany(ctx, 8)).sort((a, b) => a - b)
    const id = await start(ctx)
    await damage(ctx, [ids[2]!])
    await using worker = startJobWorker(ctx, rules)
    for (let i = 0; i < 5; i++) {
      await worker.drain()
      await clock.turn(tick)
    }
    await worker.drain()
    const job = await readJob(ctx.db.read, id)
    assert.deepEqual([job?.state, job?.done, job?.failed], ['done', 7, 1])
    const { items } = await listJobItems(ctx.db, id, { outcome: 'failed', limit: 10 })
    assert.deepEqual(
      items.map(({ message_id, text, subject }) => [message_id, text, subject]),
      [[ids[2], 'An error inside; see the log of the server.', 'Hello']],
    )
    assert.deepEqual(await states(ctx, ids[2]!), ['held'])
  })

  for (const messages of [14, 10])
    test(`when nothing succeeds any more of ${messages} messages the job ends and says why`, async () => {
      await using store = await open()
      const { ctx, clock } = store
      const id = await start(ctx, operator).then(() => holdMany(ctx, messages))
      const job = await start(ctx)
      await damage(ctx, id)
      await using worker = startJobWorker(ctx, rules)
      for (let i = 0; i < 40; i++) {
        await worker.drain()
        await clock.turn(tick)
      }
      const row = await readJob(ctx.db.read, job)
      assert.deepEqual([row?.state, row?.failed, row?.worked], ['failed', 10, 10])
      assert.match(row!.problem!, /^10 messages in a row failed/)
      assert.equal((await audited(ctx, 'job.fail'))[0]?.target, formatId(job))
      assert.equal(store.told.findLast((event) => event.kind === 'job')?.state, 'failed')
    })

  test('jobs that ended are removed after 30 days with their items, one under way is not', async () => {
    await using store = await open()
    const { ctx, clock } = store
    await holdMany(ctx, 7)
    const ended = await start(ctx)
    await using worker = startJobWorker(ctx, rules)
    await worker.drain()
    await worker[Symbol.asyncDispose]()
    await hold(ctx)
    const running = await start(ctx)
    const options = { ...defaultsOf(retentionOptions), interval_minutes: 1440 }
    const areas = () => [{ name: 'Spam', keepDays: 365 }]
    await clock.turn(29 * day)
    await using housekeeping = startHousekeeping(ctx, areas, options)
    assert.equal((await housekeeping.round()).jobs, 0)
    await clock.turn(2 * day)
    await housekeeping.round()
    assert.equal(await readJob(ctx.db.read, ended), undefined)
    assert.equal((await itemsOf(ctx, ended)).length, 0)
    assert.equal((await readJob(ctx.db.read, running))?.state, 'running')
  })
})
