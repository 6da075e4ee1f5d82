/** Promise: administrators see how digests fare, look at what a user would get, and send it by hand; others do not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../test/store.ts'
import { ApiError } from '../api/api-error.ts'
import { startDigests } from '../digest/digests.ts'
import { dayMs, digestDeps, held, queued, user } from '../digest/testing/site.ts'
import { formatId } from '../store/ids.ts'
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
    assert.deepEqual(await operator.call('showDigests'), {
      isOn: true,
      waiting: 1,
      sent: 0,
      failed: 0,
      linksOpened: 0,
      linksUsed: 0,
      linksOpenedByRobots: 0,
    })
    assert.deepEqual((await deeds(ctx)).slice(1), ['administrator1 (key test) digest.send anna@example.org'])
    assert.equal((await queued(store)).length, 1)
  })

  test('switched off, it says so', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const client = await admin.as('administrator')
    assert.equal((await client.call('showDigests')).isOn, false)
    await assert.rejects(client.call('sendDigest', { params: { id: '00000000001' }, body: {} }), status(404))
  })
})
