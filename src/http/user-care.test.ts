/** Promise: an administrator finds a user among many, sees where he is signed in and what he looks after, and ends it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../test/store.ts'
import { ApiError } from '../api/api-error.ts'
import type { InputOf } from '../api/routes.ts'
import { addUser, disable, openEuq, postbox, signedIn } from './euq/testing/euq.ts'
import { deeds, hold, openAdmin, ownDomain } from './testing/admin.ts'

const status = (code: number) => (error: unknown) => error instanceof ApiError && error.status === code

forEachEngine((open) => {
  test('a list is searched by address and person, by state, and turned page by page', async () => {
    await using store = await open()
    const { ctx } = store
    using admin = openAdmin(ctx)
    const client = await admin.as('operator')
    for (let i = 10; i < 35; i++) await addUser(ctx, `user${i}@example.org`)
    await addUser(ctx, 'anna@example.org', {
      alias: ['Per.Cent%x@example.org'],
      delegated: ['sales@example.org'],
    })
    await disable(ctx, await addUser(ctx, 'gone_by@example.org'))
    const euq = openEuq(ctx)
    await signedIn(euq, 'anna@example.org')
    const found = async (query: InputOf<'listUsers'>['query']) => {
      const { items, total } = await client.call('listUsers', { query })
      return [total, items.map(({ name }) => name.split('@')[0]).join(' ')]
    }
    assert.deepEqual(await found({ limit: 3, page: 9 }), [27, 'user32 user33 user34'])
    assert.deepEqual(await found({ limit: 3, page: 10 }), [27, ''])
    assert.deepEqual(await found({ q: 'SALES' }), [1, 'anna'])
    assert.deepEqual(await found({ q: 'cent%X@' }), [1, 'anna'])
    assert.deepEqual(await found({ q: 'e_by' }), [1, 'gone_by'])
    assert.deepEqual(await found({ q: 'r_1' }), [0, ''])
    assert.deepEqual(await found({ state: 'disabled' }), [1, 'gone_by'])
    assert.deepEqual(await found({ state: 'enabled', q: '1', limit: 2 }), [12, 'user10 user11'])
    assert.deepEqual(await found({ state: 'unseen', q: 'anna' }), [0, ''])
    await assert.rejects(client.call('listUsers', { query: { page: 2, cursor: 'x' } }), status(400))
  })

  test('a search by somebody restricted to domains finds by addresses of these only', async () => {
    await using store = await open()
    const { ctx } = store
    using admin = openAdmin(ctx)
    const client = await admin.as('domain-administrator')
    await addUser(ctx, `anna@${ownDomain}`, { alias: ['secret@elsewhere.example'] })
    await addUser(ctx, 'bert@elsewhere.example')
    const total = async (q?: string) => (await client.call('listUsers', { query: { q } })).total
    const [all, anna, secret, bert] = [
      await total(),
      await total('anna'),
      await total('secret'),
      await total('bert'),
    ]
    assert.deepEqual([all, anna, secret, bert], [1, 1, 0, 0])
  })

  test('sessions are shown to who may manage users, and ended', async () => {
    await using store = await open()
    const { ctx, clock } = store
    using admin = openAdmin(ctx)
    const client = await admin.as('administrator')
    const euq = openEuq(ctx)
    const id = await addUser(ctx, 'anna@example.org')
    const [here, there] = [await signedIn(euq, 'anna@example.org'), await signedIn(euq, 'anna@example.org')]
    const params = { id: (await client.call('listUsers', { query: {} })).items[0]?.id ?? '' }
    assert.ok(id)
    const { items } = await client.call('listUserSessions', { params })
    assert.deepEqual(
      items.map(({ origin, method }) => [origin, method]),
      [
        ['192.0.2.10', 'local'],
        ['192.0.2.10', 'local'],
      ],
    )
    assert.doesNotMatch(JSON.stringify(items), /[0-9a-f]{64}/)
    await assert.rejects((await admin.as('operator')).call('listUserSessions', { params }), status(403))
    await client.call('endUserSessions', { params })
    for (const someone of [here, there]) assert.equal((await someone.ask('GET', '/session')).status, 401)
    assert.deepEqual((await client.call('listUserSessions', { params })).items, [])
    await signedIn(euq, 'anna@example.org')
    await clock.turn(61 * 60_000)
    assert.deepEqual((await client.call('listUserSessions', { params })).items, [])
    assert.ok((await deeds(ctx)).includes('administrator1 (key test) user.sessions.end anna@example.org'))
  })

  test('a delegation that came by a code is seen and taken away at once', async () => {
    await using store = await open()
    const { ctx } = store
    using admin = openAdmin(ctx)
    const client = await admin.as('administrator')
    const box = postbox()
    let arrived = Promise.withResolvers<void>()
    const euq = openEuq(ctx, { post: { ...box.post, wake: () => arrived.resolve() } })
    const code = async () => {
      arrived = Promise.withResolvers()
      await anna.ask('POST', '/delegations', { address: 'sales@example.com' })
      await arrived.promise
      return /\n(\w{4}-\w{4})\n/.exec(box.letters.at(-1)?.text ?? '')?.[1] ?? ''
    }
    await hold(ctx, 'Subject: x\r\n\r\nx\r\n', { recipients: ['sales@example.com'] })
    await addUser(ctx, 'anna@example.com', { alias: ['a@example.com'] })
    const anna = await signedIn(euq, 'anna@example.com')
    await anna.ask('POST', '/delegations/use', { code: await code() })
    const held = async () => (await anna.ask('GET', '/messages')).body.items.length
    assert.equal(await held(), 1)
    const [user] = (await client.call('listUsers', { query: { address: 'sales@example.com' } })).items
    const told = user?.addresses.find(({ kind }) => kind === 'delegated')
    assert.deepEqual(
      [told?.address, told?.source, told?.addedBy],
      ['sales@example.com', 'code', 'anna@example.com (user)'],
    )
    const params = { id: user?.id ?? '', address: 'Sales@example.com' }
    const left = await client.call('endDelegation', { params })
    assert.deepEqual(
      left.addresses.map(({ address }) => address),
      ['anna@example.com', 'a@example.com'],
    )
    assert.equal(await held(), 0)
    await assert.rejects(client.call('endDelegation', { params }), status(404))
    await assert.rejects(
      client.call('endDelegation', { params: { ...params, address: 'a@example.com' } }),
      status(404),
    )
    assert.ok((await deeds(ctx)).includes('administrator1 (key test) delegation.revoke anna@example.com'))
  })
})
