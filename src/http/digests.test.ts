/** Promise: administrators see how digests fare, look at what a user would get, and send it by hand; others do not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../test/store.ts'
import { changeUser } from '../access/users.ts'
import { ApiError } from '../api/api-error.ts'
import { startDigests } from '../digest/digests.ts'
import { setSchedule } from '../digest/plan.ts'
import { administrator, dayMs, digestDeps, held, queued, user } from '../digest/testing/site.ts'
import { formatId } from '../store/ids.ts'
import { claimPosts, recordPosts } from '../store/posts.ts'
import { deeds, openAdmin } from './testing/admin.ts'

const status = (code: number) => (error: unknown) => error instanceof ApiError && error.status === code

forEachEngine((open) => {
  test('a preview sends nothing and writes nothing; sending is on record and counts as the digest', async () => {
    await using store = await open()
    const { ctx } = store
    const anna = await user(store, 'anna@example.org')
    const params = { id: formatId(anna.id) }
    await held(ctx, ['anna@example.org'], { subject: 'a subject' })
    await store.clock.turn(dayMs)
    await using digests = startDigests(ctx, digestDeps({ rounds: false }))
    using admin = openAdmin(ctx, {}, { digests })
    const client = await admin.as('administrator')
    const preview = await client.call('previewDigest', { params, query: {} })
    assert.equal(preview.isEmpty, false)
    assert.match(preview.text, /a subject/)
    assert.deepEqual(await ctx.db.read.selectFrom('digests').selectAll().execute(), [])
    assert.deepEqual(await queued(store), [])
    const operator = await admin.as('operator')
    await assert.rejects(operator.call('previewDigest', { params, query: {} }), status(403))
    await assert.rejects(operator.call('sendDigest', { params, body: {} }), status(403))
    assert.deepEqual(await client.call('sendDigest', { params, body: {} }), { isSent: true })
    assert.deepEqual(await client.call('sendDigest', { params, body: {} }), { isSent: false })
    assert.equal((await client.call('previewDigest', { params, query: {} })).isEmpty, true)
    assert.equal(
      (await client.call('previewDigest', { params, query: { everything: 'true' } })).isEmpty,
      false,
    )
    const { nextAt, sentAt, ...rest } = await operator.call('showDigests')
    assert.equal(sentAt, new Date(store.clock.now()).toISOString())
    assert.match(nextAt ?? '', /T07:00:00/)
    assert.deepEqual(rest, {
      isOn: true,
      usual: {
        times: ['07:00'],
        days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
        timeZone: 'UTC',
        language: 'en',
      },
      waiting: 1,
      sent: 0,
      failed: 0,
      linksOpened: 0,
      linksUsed: 0,
      linksOpenedByRobots: 0,
      troubles: [],
    })
    assert.deepEqual((await deeds(ctx)).slice(1), ['administrator1 (key test) digest.send anna@example.org'])
    assert.equal((await queued(store)).length, 1)
  })

  test('each user’s schedule, last and next digest; found by name, page by page', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const anna = await user(store, 'anna@example.org')
    const ben = await user(store, 'ben@example.org')
    const cleo = await user(store, 'cleo@example.org')
    await changeUser(ctx, administrator, cleo.id, { disabled: true })
    const deps = digestDeps({ rounds: false })
    await setSchedule(ctx, deps.options, administrator, ben, { times: ['12:00'], days: ['mon'] })
    await using digests = startDigests(ctx, deps)
    await digests.round()
    await held(ctx, ['anna@example.org'])
    await clock.turn(dayMs)
    await digests.round()
    using admin = openAdmin(ctx, {}, { digests })
    const auditor = await admin.as('auditor')
    const { items, total } = await auditor.call('listDigests', { query: {} })
    assert.deepEqual(
      items.map(({ name, own, disabled }) => [name, own, disabled]),
      [
        ['anna@example.org', null, false],
        ['ben@example.org', { times: ['12:00'], days: ['mon'] }, false],
        ['cleo@example.org', null, true],
      ],
    )
    assert.equal(total, 3)
    assert.deepEqual(
      items.map(({ sentAt }) => sentAt !== null),
      [true, false, false],
    )
    assert.deepEqual(
      items.map(({ nextAt }) => nextAt?.slice(11, 16)),
      ['07:00', '12:00', undefined],
    )
    const found = await auditor.call('listDigests', { query: { q: 'BEN', limit: 1 } })
    assert.deepEqual([found.items.map(({ name }) => name), found.total], [['ben@example.org'], 1])
    const second = await auditor.call('listDigests', { query: { page: 2, limit: 1 } })
    assert.deepEqual([second.items, second.total], [[items[1]], 3])
    assert.deepEqual(await auditor.call('showUserDigest', { params: { id: formatId(anna.id) } }), items[0])
    await assert.rejects(auditor.call('showUserDigest', { params: { id: '00000000001' } }), status(404))
  })

  test('digests that do not get through are told of in the server’s words', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const names = ['anna@example.org', 'ben@example.org', 'cleo@example.org']
    for (const name of names) await user(store, name)
    await using digests = startDigests(ctx, digestDeps({ rounds: false }))
    await digests.round()
    await held(ctx, names)
    await clock.turn(dayMs)
    await digests.round()
    const lease = { by: 'test', now: clock.now(), until: clock.now() + dayMs }
    const [refused, later, fine] = await claimPosts(ctx.db, lease, 10)
    const nextAt = clock.now() + 900_000
    await recordPosts(ctx.db, 'test', clock.now(), [
      { id: refused!.id, outcome: 'failed', reply: '550 5.1.1 no such\u202e user', next_at: null },
      { id: later!.id, outcome: 'deferred', reply: '451 4.7.1 come back later', next_at: nextAt },
      { id: fine!.id, outcome: 'delivered', reply: '250 ok', next_at: null },
    ])
    using admin = openAdmin(ctx, {}, { digests })
    const { troubles, waiting, sent, failed } = await (await admin.as('operator')).call('showDigests')
    assert.deepEqual([waiting, sent, failed], [1, 1, 1])
    assert.deepEqual(
      troubles.map((one) => [one.recipient, one.state, one.attempts, one.reply, one.nextAt]),
      [
        [refused!.recipient, 'failed', 1, '550 5.1.1 no such\u202e user', null],
        [later!.recipient, 'due', 1, '451 4.7.1 come back later', new Date(nextAt).toISOString()],
      ],
    )
  })

  test('the preview as a page does nothing and loads nothing', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const anna = await user(store, 'anna@example.org')
    await held(ctx, ['anna@example.org'], { subject: '<script>alert(1)</script>' })
    await clock.turn(dayMs)
    await using digests = startDigests(ctx, digestDeps({ rounds: false }))
    using admin = openAdmin(ctx, {}, { digests })
    const headers = { authorization: `Bearer ${await admin.keyOf('administrator')}` }
    const page = await admin.request(`/api/v1/users/${formatId(anna.id)}/digest/rendered`, { headers })
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/)
    const html = await page.text()
    assert.match(html, /&lt;script&gt;/)
    assert.doesNotMatch(html, /<script|digest\/(?!preview")/)
    assert.deepEqual(await queued(store), [])
  })

  test('switched off, it says so', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const client = await admin.as('administrator')
    assert.equal((await client.call('showDigests')).isOn, false)
    await assert.rejects(client.call('sendDigest', { params: { id: '00000000001' }, body: {} }), status(404))
  })
})
