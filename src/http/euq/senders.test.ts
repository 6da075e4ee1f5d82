/** Promise: everybody keeps the own list of senders, bounded, and sees and changes nobody else's; each change is on record. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/store.ts'
import { deeds, hold, openAdmin } from '../testing/admin.ts'
import { addUser, openEuq, signedIn } from './testing/euq.ts'

const [anna, bert] = ['anna@example.com', 'bert@example.com'] as const

forEachEngine((open) => {
  test('approve, block, look through, change, remove; others see none of it', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const id = await addUser(ctx, anna, { delegated: ['sales@example.com'] })
    await addUser(ctx, bert)
    const euq = openEuq(ctx)
    const user = await signedIn(euq, anna)
    const other = await signedIn(euq, bert)
    const senders = ['Carl <Carl@Shop.example>', '@news.example', ' *.bücher.example ']
    const added = await user.ask('POST', '/senders', { senders, kind: 'approved' })
    assert.equal(added.status, 200)
    assert.deepEqual(
      added.body.items.map(({ pattern }: { pattern: string }) => pattern),
      ['carl@shop.example', 'news.example', 'xn--bcher-kva.example'],
    )
    const expiresAt = new Date(clock.now() + 60_000).toISOString()
    const sales = { senders: ['carl@shop.example'], kind: 'blocked', address: 'Sales@example.com', expiresAt }
    assert.equal((await user.ask('POST', '/senders', sales)).status, 200)
    const list = async (query = '') => (await user.ask('GET', `/senders${query}`)).body
    const found = await list()
    assert.deepEqual([found.total, found.all, found.allowed], [4, 4, 500])
    assert.deepEqual(
      found.items.map((item: Record<string, unknown>) => [
        item.pattern,
        item.kind,
        item.address,
        item.expired,
      ]),
      [
        ['carl@shop.example', 'approved', null, false],
        ['carl@shop.example', 'blocked', 'sales@example.com', false],
        ['news.example', 'approved', null, false],
        ['xn--bcher-kva.example', 'approved', null, false],
      ],
    )
    assert.equal((await list('?q=SHOP')).total, 2)
    assert.equal((await list('?q=%25')).total, 0)
    assert.equal((await list('?kind=blocked')).total, 1)
    assert.deepEqual((await list('?limit=1&page=3')).items[0].pattern, 'news.example')
    await clock.turn(60_000)
    assert.equal((await list('?kind=blocked')).items[0].expired, true)

    const [first] = found.items
    assert.equal((await other.ask('GET', '/senders')).body.total, 0)
    assert.equal((await other.ask('PATCH', `/senders/${first.id}`, { kind: 'blocked' })).status, 404)
    assert.equal((await other.ask('DELETE', `/senders/${first.id}`)).status, 404)
    const changed = await user.ask('PATCH', `/senders/${first.id}`, { kind: 'blocked', note: 'Über uns' })
    assert.deepEqual(
      [changed.body.kind, changed.body.note, changed.body.pattern],
      ['blocked', 'Über uns', first.pattern],
    )
    assert.equal((await list('?q=Über')).total, 1)
    assert.equal((await user.ask('DELETE', `/senders/${first.id}`)).status, 204)
    assert.equal((await user.ask('DELETE', `/senders/${first.id}`)).status, 404)
    assert.equal((await list()).total, 3)
    assert.deepEqual(
      (await deeds(ctx)).filter((deed) => deed.includes('sender.')),
      [...Array(4).fill('add'), 'change', 'remove'].map((deed) => `${anna} (user) sender.${deed} ${anna}`),
    )

    // Administrators look and take away.
    using admin = openAdmin(ctx)
    const administrator = await admin.as('administrator')
    const params = {
      id: (await administrator.call('listUsers', { query: { name: anna } })).items[0]?.id ?? '',
    }
    const shown = await administrator.call('findUserSenders', { params, query: {} })
    assert.equal(shown.total, 3)
    await administrator.call('removeUserSender', {
      params: { ...params, sender: shown.items[0]?.id ?? '' },
    })
    assert.equal((await list()).total, 2)
    assert.equal(
      (await ctx.db.read.selectFrom('senders').selectAll().where('user_id', '=', id).execute()).length,
      2,
    )
  })

  test('what is no sender, a time that is over and another’s address are refused; a full list takes none', async () => {
    await using store = await open()
    const { ctx, clock } = store
    await addUser(ctx, anna, { alias: ['a@example.com'] })
    const euq = openEuq(ctx, { options: { senders_per_user: 2 } })
    const user = await signedIn(euq, anna)
    const post = (senders: string[], more = {}) =>
      user.ask('POST', '/senders', { senders, kind: 'blocked', ...more })
    for (const wrong of [
      '',
      '<>',
      'x',
      'com',
      'a@',
      'a@b',
      '@',
      '*',
      '192.0.2.1',
      'a b@x.example',
      'x..example',
      '%.example',
    ])
      assert.deepEqual([wrong, (await post(['good.example', wrong])).body.field], [wrong, 'sender'])
    assert.match(JSON.stringify((await post(['<>'])).body), /without a sender/)
    const over = new Date(clock.now()).toISOString()
    assert.equal((await post(['good.example'], { expiresAt: over })).body.field, 'expiresAt')
    for (const address of ['a@example.com', bert])
      assert.equal((await post(['good.example'], { address })).body.field, 'address')
    assert.equal((await user.ask('GET', '/senders')).body.total, 0)
    const full = await post(['a.example', 'b.example', 'c.example'])
    assert.equal(full.status, 409)
    assert.equal((await user.ask('GET', '/senders')).body.total, 0)
    const soon = new Date(clock.now() + 1000).toISOString()
    assert.equal((await post(['a.example', 'b.example'], { expiresAt: soon })).status, 200)
    assert.equal((await post(['A.example'])).status, 200)
    assert.equal((await post(['c.example'])).status, 409)
    // What has expired makes room.
    await clock.turn(1000)
    assert.equal((await post(['c.example'])).status, 200)
  })

  test('Not Spam approves and Delete blocks the sender that people see, in one step; a full list keeps nothing back', async () => {
    await using store = await open()
    const { ctx } = store
    await addUser(ctx, anna, { delegated: ['sales@example.com'] })
    const euq = openEuq(ctx, { options: { senders_per_user: 2 } })
    const user = await signedIn(euq, anna)
    const mail = (recipients: string[], from: string, sender = 'bounce@list.example') =>
      hold(ctx, 'Subject: x\r\n\r\nx\r\n', { recipients, sender, from })
    const first = await mail([anna, 'sales@example.com'], '"boss@corp.example" <Carl@shop.example>')
    const released = await user.ask('POST', '/messages/not-spam', { ids: [first], approve: true })
    assert.deepEqual(released.body.results[0].sender, { pattern: 'carl@shop.example', result: 'added' })
    assert.match(released.body.results[0].text, /carl@shop\.example is an approved sender/)
    const rows = async () =>
      (await user.ask('GET', '/senders')).body.items.map((item: Record<string, unknown>) => [
        item.pattern,
        item.kind,
        item.address,
      ])
    assert.deepEqual(await rows(), [
      ['carl@shop.example', 'approved', null],
      ['carl@shop.example', 'approved', 'sales@example.com'],
    ])
    // Spam that says it comes from oneself: who it is really from is meant.
    const second = await mail([anna], anna, 'x@spam.example')
    const deleted = await user.ask('POST', '/messages/delete', { ids: [second], block: true })
    assert.deepEqual(deleted.body.results[0].sender, { pattern: 'x@spam.example', result: 'full' })
    assert.deepEqual([deleted.body.results[0].result, (await rows()).length], ['done', 2])
    const nobody = await mail([anna], anna, '')
    const third = (await user.ask('POST', '/messages/delete', { ids: [nobody], block: true })).body.results[0]
    assert.deepEqual([third.result, third.sender], ['done', { pattern: null, result: 'none' }])
    // What is not done lists nobody.
    const again = (await user.ask('POST', '/messages/delete', { ids: [first], block: true })).body.results[0]
    assert.deepEqual([again.result, again.sender, (await rows())[0][1]], ['refused', undefined, 'approved'])
    const fourth = await mail([anna], 'carl@shop.example')
    const turned = (await user.ask('POST', '/messages/delete', { ids: [fourth], block: true })).body
      .results[0]
    assert.deepEqual(turned.sender, { pattern: 'carl@shop.example', result: 'changed' })
  })
})
