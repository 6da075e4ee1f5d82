/**
 * Promises about requests on the admin listener: what a list tells, that who comes second is told who was first, that a
 * reviewer sees what was asked for and nothing else, and that open consoles hear of it.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../test/store.ts'
import { ApiError } from '../api/api-error.ts'
import { parseId } from '../store/ids.ts'
import { askFor, deeds, hold, openAdmin } from './testing/admin.ts'

const anna = 'anna@example.org'

forEachEngine((open) => {
  test('a list tells who asks for what and why; deciding tells what happened, and who was first', async () => {
    await using store = await open()
    const { ctx } = store
    using admin = openAdmin(ctx)
    const message = await hold(ctx, 'x', { recipients: [anna], subject: 'Invoice', sender: 's@example.net' })
    await askFor(ctx, parseId(message) ?? 0, anna)
    const [operator, reviewer, auditor] = [
      await admin.as('operator'),
      await admin.as('reviewer'),
      await admin.as('auditor'),
    ]
    const list = await operator.call('listRequests', {})
    const [item] = list.items
    assert.ok(item)
    assert.deepEqual([list.total, list.totalIsExact], [1, true])
    assert.deepEqual(
      [item.message, item.subject, item.sender, item.recipient, item.askedBy, item.note, item.area],
      [message, 'Invoice', 's@example.net', anna, anna, 'I need it', 'Spam'],
    )
    assert.deepEqual([item.state, item.copyState, item.mayDecide], ['open', 'held', true])
    assert.equal((await auditor.call('listRequests', {})).items[0]?.mayDecide, false)
    assert.deepEqual(await auditor.call('countRequests'), { open: 1, isExact: true })
    const body = { ids: [item.id, '00000000001'], decision: 'approve' as const, answer: 'As you wish' }
    const first = await reviewer.call('decideRequests', { body })
    assert.deepEqual(
      first.results.map(({ result }) => result),
      ['done', 'not-found'],
    )
    const [second] = (await operator.call('decideRequests', { body: { ...body, decision: 'deny' } })).results
    assert.equal(second?.result, 'refused')
    assert.equal(second?.by, 'reviewer1 (key test)')
    assert.equal(second?.at, new Date(ctx.clock.now()).toISOString())
    assert.deepEqual(await operator.call('countRequests'), { open: 0, isExact: true })
    assert.equal((await operator.call('listRequests', {})).items.length, 0)
    const [decided] = (await operator.call('listRequests', { query: { state: 'approved' } })).items
    assert.deepEqual(
      [decided?.decidedBy, decided?.answer, decided?.copyState],
      ['reviewer1 (key test)', 'As you wish', 'releasing'],
    )
    const said = await deeds(ctx)
    assert.ok(said.includes(`reviewer1 (key test) request.approve ${message}`))
    assert.ok(said.includes(`reviewer1 (key test) message.release ${message}`))
  })

  test('a reviewer sees the messages that were asked for, and no others; nor does a key of another role', async () => {
    await using store = await open()
    const { ctx } = store
    using admin = openAdmin(ctx)
    const [asked, other] = [
      await hold(ctx, 'Subject: a\r\n\r\nwords\r\n', { recipients: [anna] }),
      await hold(ctx, 'Subject: b\r\n\r\nwords\r\n', { recipients: [anna] }),
    ]
    await askFor(ctx, parseId(asked) ?? 0, anna)
    const reviewer = await admin.as('reviewer')
    const { key } = await reviewer.call('createKey', { body: { name: 'lesser', role: 'auditor' } })
    const status = async (path: string, given = key) =>
      (await admin.request(`/api/v1${path}`, { headers: { authorization: `Bearer ${given}` } })).status
    for (const by of [key, await admin.keyOf('reviewer')])
      for (const part of ['', '/content', '/rendered', '/source']) {
        assert.equal(await status(`/messages/${asked}${part}`, by), 200, part)
        assert.equal(await status(`/messages/${other}${part}`, by), 404, part)
      }
    for (const path of ['/messages', '/audit', '/areas', '/deliveries', '/messages.csv', '/users', '/jobs'])
      assert.equal(await status(path), 403, path)
    assert.equal(await status(`/messages/${asked}/raw`), 403)
    // Nor may such a key decide: its role is another.
    const body = { ids: ['00000000001'], decision: 'deny' as const }
    const forbidden = await admin.request('/api/v1/requests/decide', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    assert.equal(forbidden.status, 403)
    await assert.rejects(
      reviewer.call('releaseMessages', { body: { ids: [asked] } }),
      (error) => error instanceof ApiError && error.status === 403,
    )
  })

  test('a key of a role that reads the audit log reads it only for an owner who does', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const operator = await admin.as('operator')
    const { key } = await operator.call('createKey', { body: { name: 'log', role: 'auditor' } })
    const answer = await admin.request('/api/v1/audit', { headers: { authorization: `Bearer ${key}` } })
    assert.equal(answer.status, 403)
  })

  test('an open console hears of a request that was decided', async () => {
    await using store = await open()
    const { ctx } = store
    using admin = openAdmin(ctx)
    const message = parseId(await hold(ctx, 'x', { recipients: [anna] })) ?? 0
    await askFor(ctx, message, anna)
    const client = await admin.as('reviewer')
    const stream = await admin.request('/api/v1/events', {
      headers: { authorization: `Bearer ${await admin.keyOf('reviewer')}` },
    })
    assert.equal(stream.status, 200)
    const reader = stream.body!.getReader()
    await reader.read()
    const [item] = (await client.call('listRequests', {})).items
    const next = reader.read()
    await client.call('decideRequests', { body: { ids: [item!.id], decision: 'deny', answer: '' } })
    await store.clock.turn(1000)
    const said = new TextDecoder().decode((await next).value)
    assert.match(said, /"requests"/)
    assert.doesNotMatch(said, /"messages":\["/, 'no message is named to a reviewer')
    await reader.cancel()
  })
})
