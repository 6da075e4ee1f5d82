/** Releasing, deleting and restoring: once, by somebody, on the record, and never what may not be. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultyEngine } from '../../test/faulty.ts'
import { forEachEngine } from '../../test/store.ts'
import { verifyAudit } from '../store/audit.ts'
import { formatId } from '../store/ids.ts'
import { check } from './check.ts'
import { release } from './release.ts'
import { remove, restore } from './remove.ts'
import { admin, audited, hold, holdMany, operator, states } from './testing/held.ts'

forEachEngine((open) => {
  test('a release turns the holdings, makes one delivery a recipient, and is on the record', async () => {
    await using store = await open()
    const { ctx } = store
    const id = await hold(ctx, ['a@example.com', 'B@example.com'])
    const [result] = await release(ctx, admin, { ids: [id, id], note: 'asked by phone' })
    assert.equal(result?.result, 'released')
    assert.equal(result?.recipients.length, 2)
    assert.deepEqual(await states(ctx, id), ['releasing', 'releasing'])
    const deliveries = await ctx.db.read.selectFrom('deliveries').selectAll().orderBy('id').execute()
    assert.deepEqual(
      deliveries.map(({ address, state, release_id, n }) => [address, state, release_id, n]),
      [
        ['a@example.com', 'due', result?.release, 0],
        ['B@example.com', 'due', result?.release, 1],
      ],
    )
    assert.deepEqual(await audited(ctx, 'message.release'), [
      {
        target: formatId(id),
        details: {
          release: formatId(result!.release!),
          recipients: ['a@example.com', 'B@example.com'],
          note: 'asked by phone',
        },
      },
    ])
    assert.equal(store.told.filter(({ kind }) => kind === 'released').length, 1)
  })

  test('chosen recipients only; strangers are refused, whatever the case', async () => {
    await using store = await open()
    const id = await hold(store.ctx, ['a@example.com', 'B@example.com'])
    const order = { ids: [id], recipients: ['b@EXAMPLE.com', 'evil@example.net'] }
    const [result] = await release(store.ctx, admin, order)
    assert.equal(result?.result, 'released')
    assert.deepEqual(
      result?.recipients.map(({ address, result }) => [address, result]),
      [
        ['B@example.com', 'done'],
        ['evil@example.net', 'refused'],
      ],
    )
    assert.deepEqual(await states(store.ctx, id), ['held', 'releasing'])
    const [none] = await release(store.ctx, admin, { ids: [id], recipients: ['evil@example.net'] })
    assert.equal(none?.result, 'refused')
  })

  test('a hundred releases at once: one delivery a recipient, and the others are told who was first', async () => {
    await using store = await open()
    const id = await hold(store.ctx, ['a@example.com', 'b@example.com'])
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, i) => release(store.ctx, i % 2 ? admin : operator, { ids: [id] })),
    )
    const winners = all.filter(([result]) => result?.result === 'released')
    assert.equal(winners.length, 1)
    const loser = all.find(([result]) => result?.result === 'refused')?.[0]
    assert.match(loser!.recipients[0]!.text, /^Released already by (alice|bob) on 2026-01-15 09:00:00 UTC/)
    assert.equal(loser!.recipients[0]!.at, store.clock.now())
    const { length } = await store.ctx.db.read.selectFrom('deliveries').select('id').execute()
    assert.equal(length, 2)
    assert.equal((await audited(store.ctx, 'message.release')).length, 1)
  })

  test('mail held for a virus needs confirmation, the others of the order go on', async () => {
    await using store = await open()
    const { ctx } = store
    const [virus, plain] = [await hold(ctx, undefined, { reason: 'malware' }), await hold(ctx)]
    const results = await release(ctx, admin, { ids: [virus, plain, 12345] })
    assert.deepEqual(
      results.map(({ id, result }) => [id, result]),
      [
        [virus, 'confirm'],
        [plain, 'released'],
        [12345, 'not-found'],
      ],
    )
    assert.match(results[0]!.text, /virus/)
    assert.deepEqual(await states(ctx, virus), ['held'])
    const [sure] = await release(ctx, admin, { ids: [virus], confirmVirus: true })
    assert.equal(sure?.result, 'released')
    assert.equal((await audited(ctx, 'message.release')).at(-1)?.details.confirmVirus, true)
  })

  test('orders that are empty or too long are refused whole; a long one works in bulk', async () => {
    await using store = await open()
    const { ctx } = store
    await assert.rejects(release(ctx, admin, { ids: [] }), { name: 'Problem', code: 'invalid' })
    const tooMany = Array.from({ length: 1001 }, (_, i) => i)
    await assert.rejects(release(ctx, admin, { ids: tooMany }), { name: 'Problem', code: 'invalid' })
    await assert.rejects(remove(ctx, admin, { ids: tooMany }), { name: 'Problem', code: 'invalid' })
    const ids = await holdMany(ctx, 600)
    const results = await release(ctx, admin, { ids })
    assert.equal(results.filter(({ result }) => result === 'released').length, 600)
    assert.equal((await audited(ctx, 'message.release')).length, 600)
    assert.equal((await verifyAudit(ctx.db.read)).brokenAt, null)
  })

  test('delete and restore; what is on its way or deleted is refused, each with its reason', async () => {
    await using store = await open()
    const { ctx } = store
    const id = await hold(ctx, ['a@example.com', 'b@example.com', 'c@example.com'])
    await release(ctx, admin, { ids: [id], recipients: ['a@example.com'] })
    const [deleted] = await remove(ctx, operator, { ids: [id] })
    assert.equal(deleted?.result, 'done')
    assert.deepEqual(await states(ctx, id), ['releasing', 'deleted', 'deleted'])
    assert.match(deleted!.recipients[0]!.text, /on its way: released by alice/)

    const [again] = await remove(ctx, operator, { ids: [id], recipients: ['b@example.com'] })
    assert.match(again!.text, /Deleted already by bob/)
    const [sent] = await release(ctx, admin, { ids: [id], recipients: ['b@example.com'] })
    assert.equal(sent?.result, 'refused')
    assert.match(sent!.text, /Deleted by bob .*restore it first/)

    const [back] = await restore(ctx, admin, { ids: [id], recipients: ['b@example.com'] })
    assert.equal(back?.result, 'done')
    assert.deepEqual(await states(ctx, id), ['releasing', 'held', 'deleted'])
    const [no] = await restore(ctx, admin, { ids: [id], recipients: ['a@example.com'] })
    assert.match(no!.text, /It is not deleted: it is releasing/)
    assert.equal((await audited(ctx, 'message.delete')).length, 1)
    assert.equal((await audited(ctx, 'message.restore')).length, 1)
    assert.deepEqual(
      store.told.map(({ kind }) => kind).filter((kind) => kind !== 'failure'),
      ['released', 'deleted', 'restored'],
    )
  })

  test('a database call that fails, whichever: released as a whole with its record, or not at all', async () => {
    const { wrap, faults } = faultyEngine()
    await using store = await open({ wrap })
    const { ctx } = store
    for (const when of ['before', 'after'] as const)
      for (let n = 1; ; n++) {
        const id = await hold(ctx, ['a@example.com', 'b@example.com'])
        faults.arm(n, when)
        const told = await release(ctx, admin, { ids: [id] }).then(
          ([result]) => result?.result,
          () => 'failed',
        )
        faults.disarm()
        const [first, second] = await states(ctx, id)
        assert.equal(first, second, `${when} ${n}`)
        if (told === 'released') assert.equal(first, 'releasing')
        const records = (await audited(ctx, 'message.release')).filter(
          ({ target }) => target === formatId(id),
        )
        assert.equal(records.length, first === 'releasing' ? 1 : 0)
        const report = await check(ctx)
        assert.deepEqual(report.findings, [], `${when} ${n}`)
        if (!faults.hit) break
      }
  })
})
