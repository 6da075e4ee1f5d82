/**
 * Promise: a domain administrator sees and touches the copies of his domains alone. Of a mail that was for somebody of
 * another domain as well he is not told for whom, what became of that copy, nor who did it; and what he may is what his
 * domains are now.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine, type TestStore } from '../../test/store.ts'
import type { Actor } from '../access/actor.ts'
import { inviteUser } from '../access/invitations.ts'
import type { Route } from '../api/route.ts'
import { type RouteName, routes } from '../api/routes.ts'
import { startJobWorker } from '../quarantine/job-worker.ts'
import { release } from '../quarantine/release.ts'
import { remove } from '../quarantine/remove.ts'
import { listDeliveries } from '../store/delivery-list.ts'
import { holdingsOf } from '../store/holdings.ts'
import { formatId, parseId } from '../store/ids.ts'
import { askFor, hold, invitations, openAdmin, spamArea, type TestAdmin } from './testing/admin.ts'
import { type Things, whoMay } from './testing/who-may.ts'

/** Stands in everything that is another's, and in nothing else. */
const secret = 'zq7secret'
const [own, other] = ['a@own.example', `${secret}@${secret}.example`] as const
const otherAdministrator: Actor = {
  name: `admin@${secret}.example`,
  role: 'operator',
  origin: '198.51.100.77',
}
const otherUser: Actor = { name: `user@${secret}.example`, role: 'user', origin: '198.51.100.78' }

const statesOf = async ({ ctx }: TestStore, id: string) =>
  Object.fromEntries(
    (await holdingsOf(ctx.db.read, [parseId(id) ?? 0])).map(({ address, state }) => [address, state]),
  )

/** Everything that can happen to the copies of one mail, by others and on both. */
async function eventful(store: TestStore, admin: TestAdmin): Promise<Things> {
  const { ctx } = store
  const explanation = `Held because the scanner said ${other.toUpperCase()} is spammed.`
  const subject = 'for both'
  const both = { recipients: [other, own], subject, group: { explanation } }
  const message = await hold(ctx, 'Subject: for both\r\n\r\nwords\r\n', both)
  const ids = [parseId(message) ?? 0]
  // His copy was deleted by one who acts for it from elsewhere, and taken back by an administrator.
  await remove(ctx, otherUser, { ids, recipients: [own] })
  await admin
    .as('administrator')
    .then((client) => client.call('restoreMessages', { body: { ids: [message] } }))
  await release(ctx, otherAdministrator, { ids, note: `for ${other}`, delaySeconds: 60 })
  const { items } = await listDeliveries(ctx.db, { messageId: ids[0] ?? 0, limit: 9 })
  const delivery = items.find(({ address }) => address === own)?.id ?? 0
  // The next hop's words are about all whom it got the mail for.
  const attempt = {
    delivery_id: delivery,
    at: 1,
    took_ms: 1,
    outcome: 'deferred' as const,
    tls: '',
    code: 451,
  }
  const words = { host: 'mx', status: '4.3.0', reply: `<${other}> is over quota, as is ${own}` }
  await ctx.db.transaction((trx) =>
    trx
      .insertInto('attempts')
      .values({ id: ctx.db.ids.next(), ...attempt, ...words })
      .execute(),
  )
  const client = await admin.as('domain-administrator')
  const asOf = formatId(ctx.db.ids.next())
  const job = await client.call('startJob', { body: { action: 'delete', criteria: {}, asOf, messages: 9 } })
  const key = await client.call('createKey', { body: { name: 'mine' } })
  const search = await client.call('saveSearch', { body: { name: 'mine', query: '' } })
  const others = await admin.as('administrator')
  const shared = { name: `looks for ${other}`, query: `recipient=${other}`, shared: true }
  await others.call('saveSearch', { body: shared })
  await others.call('createKey', { body: { name: `of ${secret}` } })
  const person = { display: other, aliases: [], locale: null, timeZone: null }
  const { user } = await inviteUser(
    ctx,
    otherAdministrator,
    { ...person, name: `person@${secret}.example`, delegations: [own] },
    invitations,
    false,
  )
  return {
    message,
    subject,
    delivery: formatId(delivery),
    request: '',
    job: job.id,
    user: formatId(user.id),
    key: key.id,
    search: search.id,
    address: 'new@own.example',
    now: formatId(ctx.db.ids.next()),
  }
}

/** What is the message's own: for whom it says it is. */
const withoutHeaders = (text: string): string => text.replace(/"headerTo":"[^"]*"/g, '')

/** Cursors are no secret writing. */
const unfolded = (text: string): string =>
  text + [...text.matchAll(/[A-Za-z0-9_-]{20,}/g)].map(([word]) => Buffer.from(word, 'base64url')).join(' ')

forEachEngine((open) => {
  test('no answer of any route has a word of another recipient', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const things = await eventful(store, admin)
    // Somebody from elsewhere asks for a copy of his, and for another.
    const asked = parseId(await hold(store.ctx, 'x', { recipients: [own, other] })) ?? 0
    things.request = formatId(await askFor(store.ctx, asked, own, { asked_by: otherUser.name }))
    await askFor(store.ctx, asked, other, { n: 1, asked_by: otherUser.name })
    const key = await admin.keyOf('domain-administrator')
    for (let i = 0; i < 3; i++) await hold(store.ctx, `${i}`, { recipients: [other, `x${i}@own.example`] })
    const answered: string[] = []
    async function ask(name: RouteName, more = '') {
      const { id, query, body } = whoMay[name]
      const route: Route = routes[name]
      const path = route.path
        .replace('{id}', id ? things[id] : 'x')
        .replace('{part}', '0')
        .replace('{name}', 'x')
      const response = await admin.request(`${path}${more || (query?.(things) ?? '')}`, {
        method: route.method.toUpperCase(),
        headers: {
          authorization: `Bearer ${key}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body(things)) } : {}),
      })
      if (route.mediaType === 'text/event-stream') return await response.body?.cancel()
      const text = unfolded(withoutHeaders(await response.text()))
      assert.doesNotMatch(text, new RegExp(secret, 'i'), `${name}${more}`)
      assert.doesNotMatch(text, /198\.51\.100/, `${name}${more}: where others came from`)
      if (response.ok) answered.push(name)
    }
    // Looks first: deeds change what there is to see.
    const names = Object.keys(routes) as RouteName[]
    for (const name of names.filter((one) => !whoMay[one].changes)) await ask(name)
    for (const sort of ['recipient', 'sender', 'subject'])
      await ask('findMessages', `?limit=1&sort=${sort}&order=desc`)
    await ask('listUsers', '?limit=1')
    await ask('listUsers', `?address=${own}`)
    await ask('listDeliveries', `?message=${things.message}&limit=1`)
    for (const name of names.filter((one) => whoMay[one].changes)) await ask(name)
    for (const name of ['showMessage', 'findMessages', 'showDelivery', 'listJobItems'] as const)
      await ask(name)
    things.message = formatId(asked)
    await ask('showMessage')
    assert.ok(
      answered.includes('releaseMessages') && answered.includes('showMessage') && answered.length > 40,
    )
  })

  test('what is asked about another’s address is answered as if there were none', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    await eventful(store, admin)
    const client = await admin.as('domain-administrator')
    const found = async (query: Record<string, string>) =>
      (await client.call('findMessages', { query })).items.map(({ recipients }) => recipients)
    const mine = [{ address: own, state: 'releasing' }]
    assert.deepEqual(await found({}), [mine])
    assert.deepEqual(await found({ recipient: other }), [])
    assert.deepEqual(await found({ recipient: `*${secret}*` }), [])
    assert.deepEqual(await found({ notRecipient: `*${secret}*` }), [mine])
    assert.deepEqual(
      (await client.call('listUsers', { query: { address: `person@${secret}.example` } })).items,
      [],
    )
    assert.deepEqual(
      (await client.call('listUsers', { query: { name: `person@${secret}.example` } })).items,
      [],
    )
  })

  test('deeds touch his copies only, and what is nothing of his is not there', async () => {
    await using store = await open()
    const { ctx } = store
    // From this area nobody may release: which is not told of mail that is not his.
    const closed = { ...spamArea, releasableBy: ['nobody'] }
    using admin = openAdmin(ctx, {}, { policy: () => ({ areas: [{ ...spamArea, name: 'Open' }, closed] }) })
    const client = await admin.as('domain-administrator')
    const open1 = { group: { area: 'Open' } }
    const both = await hold(ctx, 'x', { ...open1, recipients: [own, other] })
    const hers = await hold(ctx, 'x', { recipients: [other] })
    const deed = async (route: 'releaseMessages' | 'deleteMessages' | 'restoreMessages', body: object = {}) =>
      (await client.call(route, { body: { ids: [both, hers], ...body } })).results.map(
        ({ result, recipients }) => [result, ...recipients.map(({ address }) => address)],
      )
    assert.deepEqual(await deed('deleteMessages'), [['done', own], ['not-found']])
    assert.deepEqual(await statesOf(store, both), { [own]: 'deleted', [other]: 'held' })
    assert.deepEqual(await deed('restoreMessages'), [['done', own], ['not-found']])
    const stranger = 'stranger@nowhere.example'
    const [asOther, asStranger] = await Promise.all(
      [other, stranger].map(async (address) =>
        JSON.stringify(
          (await client.call('releaseMessages', { body: { ids: [both], recipients: [address] } })).results,
        ).replaceAll(address, '…'),
      ),
    )
    assert.equal(asOther, asStranger)
    assert.deepEqual(await deed('releaseMessages'), [['released', own], ['not-found']])
    assert.deepEqual(await statesOf(store, both), { [own]: 'releasing', [other]: 'held' })
    assert.deepEqual(await statesOf(store, hers), { [other]: 'held' })
    const preview = await client.call('previewJob', { body: { action: 'delete', criteria: {} } })
    assert.deepEqual([preview.messages, preview.recipients, preview.left.nothingHeld], [0, 0, 1])
  })

  test('a job goes on with the domains that are his by then', async () => {
    await using store = await open()
    const { ctx } = store
    using admin = openAdmin(ctx)
    const [client, above] = [await admin.as('domain-administrator'), await admin.as('administrator')]
    const domainsAre = (...domains: string[]) =>
      above.call('changeAccount', { params: { name: 'domain-administrator1' }, body: { domains } })
    await domainsAre('own.example', 'lost.example')
    const kept = await hold(ctx, 'x', { recipients: [own, other, 'x@lost.example'] })
    const lost = await hold(ctx, 'x', { recipients: ['y@lost.example', other] })
    const asOf = formatId(ctx.db.ids.next())
    const job = await client.call('startJob', { body: { action: 'delete', criteria: {}, asOf, messages: 2 } })
    assert.equal(job.messages, 2)
    await domainsAre('own.example')
    {
      await using worker = startJobWorker(ctx, () => [spamArea])
      await worker.drain()
    }
    assert.deepEqual(await statesOf(store, kept), {
      [own]: 'deleted',
      [other]: 'held',
      'x@lost.example': 'held',
    })
    assert.deepEqual(await statesOf(store, lost), { 'y@lost.example': 'held', [other]: 'held' })
    const { items } = await client.call('listJobItems', { params: { id: job.id } })
    assert.deepEqual(
      items.map(({ outcome, sender }) => [outcome, sender !== '']),
      [
        ['done', true],
        ['refused', false],
      ],
    )
    // Who looks after no domain any more, since he became something else, has nothing restricted to go on with.
    const again = await hold(ctx, 'x', { recipients: [own] })
    const now = formatId(ctx.db.ids.next())
    await client.call('startJob', { body: { action: 'delete', criteria: {}, asOf: now, messages: 1 } })
    await above.call('changeAccount', {
      params: { name: 'domain-administrator1' },
      body: { role: 'operator' },
    })
    {
      await using worker = startJobWorker(ctx, () => [spamArea])
      await worker.drain()
    }
    assert.deepEqual(await statesOf(store, again), { [own]: 'held' })
  })
})
