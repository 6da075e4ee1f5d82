/** Promises about requests as users make them: where they may, what they see of it, and whose it is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/store.ts'
import type { Actor } from '../../access/actor.ts'
import { decideOnRequests } from '../../quarantine/decide-requests.ts'
import { listRequests } from '../../store/requests.ts'
import { hold } from '../testing/admin.ts'
import { addUser, areas, openEuq, type Someone, signedIn } from './testing/euq.ts'

const anna = 'anna@example.com'
const alice: Actor = { name: 'alice', role: 'administrator', origin: 'cli' }

const ask = async (who: Someone, ids: string[], note?: string) => {
  const { body } = await who.ask('POST', '/messages/request', { ids, ...(note ? { note } : {}) })
  return body.results.map(({ result }: { result: string }) => result)
}
const shown = async (who: Someone, id: string) => (await who.ask('GET', `/messages/${id}`)).body

forEachEngine((open) => {
  test('asked, seen as asked, taken back, asked again, declined with a reason', async () => {
    await using store = await open()
    const { ctx } = store
    const euq = openEuq(ctx)
    await addUser(ctx, anna)
    const who = await signedIn(euq, anna)
    const id = await hold(ctx, 'Subject: x\r\n\r\nx\r\n', { recipients: [anna], group: { area: 'Review' } })
    assert.deepEqual((await shown(who, id)).request, null)
    assert.equal((await shown(who, id)).may.request, true)
    assert.deepEqual(await ask(who, [id], 'From my bank'), ['done'])
    const asked = await shown(who, id)
    assert.deepEqual(
      [asked.request.state, asked.request.isOwn, asked.request.note, asked.request.askedAt],
      ['open', true, 'From my bank', new Date(ctx.clock.now()).toISOString()],
    )
    assert.deepEqual([asked.may.request, asked.may.withdraw, asked.may.notSpam], [false, true, false])
    const [listed] = (await who.ask('GET', '/messages')).body.items
    assert.deepEqual(listed.request, asked.request)
    const { body } = await who.ask('POST', '/messages/request/withdraw', { ids: [id] })
    assert.equal(body.results[0].result, 'done')
    assert.equal((await shown(who, id)).request, null)
    assert.deepEqual(await ask(who, [id]), ['done'])
    const sorted = { sort: 'asked', order: 'asc', limit: 9, offset: 0 } as const
    const [request] = await listRequests(ctx.db.read, { state: 'open' }, sorted)
    await decideOnRequests(
      ctx,
      alice,
      { ids: [request!.id], decision: 'deny', answer: 'A known fraud' },
      areas,
    )
    const declined = await shown(who, id)
    assert.deepEqual(
      [declined.request.state, declined.request.answer, declined.may.request, declined.may.withdraw],
      ['denied', 'A known fraud', false, false],
    )
    assert.doesNotMatch(JSON.stringify(declined), /alice/, 'who decided is not told')
    assert.deepEqual(await ask(who, [id]), ['refused'])
  })

  test('another’s message is not there; a note is for administrators alone; a delegate sees that it is asked for', async () => {
    await using store = await open()
    const { ctx } = store
    const euq = openEuq(ctx)
    await addUser(ctx, anna)
    await addUser(ctx, 'bert@example.com')
    await addUser(ctx, 'dora@example.com', { delegated: [anna] })
    const id = await hold(ctx, 'x', { recipients: [anna], group: { area: 'Review' } })
    const [owner, stranger, delegate] = [
      await signedIn(euq, anna),
      await signedIn(euq, 'bert@example.com'),
      await signedIn(euq, 'dora@example.com'),
    ]
    assert.deepEqual(await ask(stranger, [id]), ['not-found'])
    assert.deepEqual(await ask(owner, [id], 'private words'), ['done'])
    const seen = await shown(delegate, id)
    assert.deepEqual([seen.request.state, seen.request.isOwn, seen.request.note], ['open', false, ''])
    assert.deepEqual([seen.may.request, seen.may.withdraw], [false, false])
    for (const [who, result] of [
      [delegate, 'refused'],
      [stranger, 'not-found'],
    ] as const) {
      const { body } = await who.ask('POST', '/messages/request/withdraw', { ids: [id] })
      assert.equal(body.results[0].result, result)
    }
    assert.equal((await shown(owner, id)).request.state, 'open')
  })

  test('words that nobody types are refused, and a note is not endless', async () => {
    await using store = await open()
    const { ctx } = store
    const euq = openEuq(ctx)
    await addUser(ctx, anna)
    const who = await signedIn(euq, anna)
    const ids = [await hold(ctx, 'x', { recipients: [anna], group: { area: 'Review' } })]
    for (const note of ['x'.repeat(501), 'a\u0000b', 'right\u202eleft'])
      assert.equal((await who.ask('POST', '/messages/request', { ids, note })).status, 400)
    assert.deepEqual(await ask(who, ids, 'Zwei\nZeilen, 日本語 👩‍👩‍👧'), ['done'])
  })
})
