/** Promise: over the API, too, mail is left out by pattern, and dates are counted from the clock of the server. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../test/store.ts'
import type { Client } from '../api/client.ts'
import type { InputOf } from '../api/routes.ts'
import { hold, openAdmin } from './testing/admin.ts'

const text = 'Subject: Offer\r\n\r\nBody\r\n'
const hourMs = 3_600_000

type Query = NonNullable<InputOf<'findMessages'>['query']>
const found = async (client: Client, query: Query) =>
  (await client.call('findMessages', { query })).items.map(({ id }) => id)

forEachEngine((open) => {
  test('exclusions, and a page of the last hours that goes on as it began', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const client = await admin.as('auditor')
    const ids: string[] = []
    for (let i = 0; i < 4; i++) {
      ids.unshift(await hold(store.ctx, text))
      await store.clock.turn(hourMs)
    }
    const [newest, second, third] = ids
    assert.deepEqual(await found(client, {}), ids)
    for (const nothing of [{ notArea: 'spam' }, { notSender: '*example*' }, { notRecipient: '*b@*' }])
      assert.deepEqual(await found(client, nothing), [], JSON.stringify(nothing))
    for (const all of [{ notArea: 'virus' }, { notAttachment: '*' }, { notRule: '', reason: 'spam' }])
      assert.deepEqual(await found(client, all), ids, JSON.stringify(all))

    assert.deepEqual(await found(client, { from: '2h' }), [newest, second])
    assert.deepEqual(await found(client, { to: '2h', limit: 1 }), [third])
    const query = { from: '3h', limit: 2 }
    const page = await client.call('findMessages', { query })
    await store.clock.turn(hourMs)
    const cursor = page.nextCursor ?? ''
    assert.deepEqual(await found(client, { ...query, cursor }), [third])
    await assert.rejects(client.call('findMessages', { query: { ...query, notArea: 'x', cursor } }), {
      message: /another search/,
    })
  })
})
