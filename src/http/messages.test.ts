/** Promises about held mail over the API: found as the fields say, shown whole, downloaded byte for byte. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../test/store.ts'
import { systemActor } from '../access/actor.ts'
import { ApiError } from '../api/api-error.ts'
import type { Route } from '../api/route.ts'
import type { AnswerOf, RouteName } from '../api/routes.ts'
import { routes } from '../api/routes.ts'
import { Problem } from '../problem.ts'
import { formatId, parseId } from '../store/ids.ts'
import { listedItems } from './listing.ts'
import { deeds, hold, openAdmin, spamArea } from './testing/admin.ts'

const text = 'From: Sender <s@example.org>\r\nSubject: Offer\r\nX-A: 1\r\n folded\r\nX-A: 2\r\n\r\nBody\r\n'

/** The answer has what its schema says and nothing else. */
function conforms<N extends RouteName>(name: N, answer: AnswerOf<N>): AnswerOf<N> {
  const { answer: schema } = routes[name] as Route
  assert.ok(schema)
  assert.deepEqual(schema.parse(answer), answer)
  return answer
}

const refusedWith = (status: number, code: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ApiError, String(error))
  assert.deepEqual([error.status, error.code], [status, code])
  assert.match(error.message, words)
  return true
}

forEachEngine((open, kind) => {
  test('a list item has the fields that scripts depend on, and nothing else', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const id = await hold(store.ctx, text)
    const client = await admin.as('auditor')
    const page = conforms('findMessages', await client.call('findMessages'))
    assert.deepEqual(page, {
      items: [
        {
          id,
          receivedAt: '2026-01-15T09:00:00.000Z',
          sender: 'Sender@Example.org',
          recipients: [
            { address: 'a@example.com', state: 'held' },
            { address: 'B@example.com', state: 'held' },
          ],
          subject: 'Hello',
          reason: 'spam',
          area: 'Spam',
          rule: 'Spam score',
          scanner: 'rspamd',
          messageId: '<1@example.org>',
          size: text.length,
          attachments: [],
          explanation: 'Held because the spam score is 15.2 (rule Spam score).',
          score: null,
        },
      ],
      total: 1,
      totalIsExact: true,
      nextCursor: null,
    })
  })

  test('criteria, sorting, pages and cursors', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    for (let n = 0; n < 7; n++) {
      await hold(store.ctx, text, { subject: `Invoice ${n}`, sender: `s${n % 2}@example.org` })
      await store.clock.turn(1000)
    }
    const client = await admin.as('operator')
    const subjects = async (
      query: Parameters<typeof client.call<'findMessages'>>[1] extends infer I ? I : never,
    ) => (await client.call('findMessages', query)).items.map(({ subject }) => subject.slice(8))
    assert.deepEqual(await subjects({ query: { limit: 3 } }), ['6', '5', '4'])
    assert.deepEqual(await subjects({ query: { limit: 3, page: 3 } }), ['0'])
    assert.deepEqual(await subjects({ query: { sort: 'subject', limit: 2 } }), ['0', '1'])
    assert.deepEqual(await subjects({ query: { sort: 'subject', order: 'desc', limit: 2 } }), ['6', '5'])
    assert.deepEqual(await subjects({ query: { sender: 'S1@example.org' } }), ['5', '3', '1'])
    assert.deepEqual(await subjects({ query: { subject: '*voice 4*' } }), ['4'])
    assert.deepEqual(await subjects({ query: { subject: 'voice 4' } }), [])
    assert.deepEqual(await subjects({ query: { from: '2026-01-15T09:00:05Z' } }), ['6', '5'])
    assert.deepEqual(await subjects({ query: { area: 'spam', reason: 'SPAM', limit: 1 } }), ['6'])

    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await client.call('findMessages', { query: { limit: 2, sort: 'sender', cursor } })
      assert.equal(page.total, 7)
      seen.push(...page.items.map(({ subject }) => subject.slice(8)))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    assert.deepEqual(seen, ['0', '2', '4', '6', '1', '3', '5'])
  })

  test('a page of mails with very many recipients is too large, and a smaller one is there', async () => {
    await using store = await open()
    const ids: number[] = []
    for (let i = 0; i < 60; i++) {
      const recipients = Array.from({ length: 20 }, (_, n) => `recipient${n}@example.com`)
      const id = await hold(store.ctx, `\r\n${i}`, { recipients, subject: `number ${i}` })
      ids.push(parseId(id) ?? 0)
    }
    const limitChars = 50 * 20 * 70
    await assert.rejects(
      listedItems(store.ctx, systemActor, ids, limitChars),
      (error) => error instanceof Problem && error.code === 'too-large' && /limit/.test(error.remedy),
    )
    assert.equal((await listedItems(store.ctx, systemActor, ids.slice(0, 50), limitChars)).length, 50)
    const all = await listedItems(store.ctx, systemActor, ids)
    assert.deepEqual(
      all.map(({ subject }) => subject),
      ids.map((_, i) => `number ${i}`),
    )
  })

  test('wrong parameters are refused with what is allowed', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const authorization = `Bearer ${await admin.keyOf('operator')}`
    const cases: [string, string, RegExp][] = [
      ['sendr=x', 'sendr', /known are area, reason/],
      ['limit=501', 'limit', /limit: must be at most 500\./],
      ['limit=0', 'limit', /limit: must be at least 1\./],
      ['limit=ten', 'limit', /limit: must be a number/],
      ['page=1.5', 'page', /page: must be a whole number/],
      ['sort=size', 'sort', /sort: must be one of "timestamp", "sender", "recipient", "subject"\./],
      ['order=up', 'order', /asc.*desc/],
      ['from=someday', 'from', /no date/],
      ['state=lost', 'state', /no state/],
      ['cursor=abc', 'cursor', /damaged/],
      ['page=1&cursor=abc', 'page', /exclude/],
      ['sender=a&sender=b', 'sender', /more than once/],
      ['__proto__=1', '__proto__', /known/],
      [`sender=${'x'.repeat(1001)}`, 'sender', /must have at most 1000 characters/],
    ]
    for (const [query, field, words] of cases) {
      const response = await admin.request(`/api/v1/messages?${query}`, { headers: { authorization } })
      assert.equal(response.status, 400, query)
      assert.equal(response.headers.get('content-type'), 'application/problem+json')
      const problem = (await response.json()) as Record<string, string>
      assert.equal(problem.field, field, query)
      assert.match(problem.detail + JSON.stringify(problem), words, query)
      assert.match(problem.detail ?? '', /\.$/, query)
      assert.ok(problem.remedy, query)
    }
    for (const zone of ['%2B02:00', '+02:00', '-0200', 'Z', '']) {
      const path = `/api/v1/messages?from=2026-01-31T08:00:00${zone}&to=2026-01-31+09:30`
      assert.equal((await admin.request(path, { headers: { authorization } })).status, 200, zone)
    }
    const empty = await admin.request('/api/v1/messages?sender=&limit=&cursor=', {
      headers: { authorization },
    })
    assert.equal(empty.status, 200)
  })

  test('the detail tells everything, and the look is on the record once a minute', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const id = await hold(store.ctx, text)
    const client = await admin.as('operator')
    await client.call('releaseMessages', {
      body: { ids: [id], recipients: ['A@EXAMPLE.com'], note: 'asked' },
    })
    const detail = conforms('showMessage', await client.call('showMessage', { params: { id } }))
    assert.deepEqual(detail.headers, [
      { name: 'From', value: 'Sender <s@example.org>' },
      { name: 'Subject', value: 'Offer' },
      { name: 'X-A', value: '1 folded' },
      { name: 'X-A', value: '2' },
    ])
    const [first, second] = detail.recipients
    assert.deepEqual(
      [first?.state, first?.releasedBy, first?.deliveries[0]?.state, second?.state, second?.deliveries],
      ['releasing', 'operator1 (key test)', 'due', 'held', []],
    )
    assert.equal(detail.keptUntil, '2026-02-14T09:00:00.000Z')
    assert.deepEqual(detail.client, {
      ip: '192.0.2.1',
      name: '',
      helo: 'mx.example.org',
      protocol: 'ESMTP',
      peerIp: '127.0.0.1',
    })
    assert.equal(detail.audit[0]?.deed, 'message.release')
    await client.call('showMessage', { params: { id } })
    await store.clock.turn(61_000)
    await client.call('showMessage', { params: { id } })
    const views = (await deeds(store.ctx)).filter((deed) => deed.includes('message.view'))
    assert.deepEqual(views, Array(2).fill(`operator1 (key test) message.view ${id}`))
  })

  for (const size of kind === 'sqlite' ? [0, 1, 300_000, 999_999, 1_000_001, 2_500_000] : [1_000_001])
    test(`a download of ${size} bytes is exact, safe and on the record`, async () => {
      await using store = await open()
      using admin = openAdmin(store.ctx)
      const bytes = `${'x'.repeat(997)}\r\n`.repeat(Math.ceil(size / 999)).slice(0, size)
      const id = await hold(store.ctx, bytes, {
        subject: 'Re: "Quartals\u00fcbersicht"\r\nSet-Cookie: a=b; ../../x',
      })
      const response = await admin.request(`/api/v1/messages/${id}/raw`, {
        headers: { authorization: `Bearer ${await admin.keyOf('auditor')}` },
      })
      assert.equal(response.status, 200)
      // The row is there although no byte was read.
      assert.deepEqual(await deeds(store.ctx), [`auditor1 (key test) message.download ${id}`])
      assert.ok(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(bytes)))
      const { headers } = response
      assert.equal(headers.get('content-type'), 'message/rfc822')
      assert.equal(headers.get('content-length'), String(size))
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/)
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.equal(headers.get('set-cookie'), null)
      assert.match(
        headers.get('content-disposition') ?? '',
        /^attachment; filename="Re-Quartalsubersicht-Set-Cookie-a-b-x-[0-9a-z]{11}\.eml"$/,
      )
    })

  test('a damaged content is never delivered whole', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    for (const size of [1000, 1_500_000]) {
      const id = await hold(store.ctx, 'y'.repeat(size))
      await store.ctx.db.transaction(async (trx) => {
        await trx
          .updateTable('contents')
          .set({ sha256: '0'.repeat(64) })
          .execute()
      })
      const response = await admin.request(`/api/v1/messages/${id}/raw`, {
        headers: { authorization: `Bearer ${await admin.keyOf('auditor')}` },
      })
      if (response.status === 500) {
        const problem = (await response.json()) as Record<string, string>
        assert.ok(problem.incident)
        assert.ok(
          store.told.some(
            (event) => event.kind === 'failure' && event.where.includes(problem.incident ?? '?'),
          ),
        )
      } else await assert.rejects(response.arrayBuffer())
    }
  })

  test('unknown and malformed ids are 404, and nobody is told more', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const client = await admin.as('administrator')
    const noSuch = refusedWith(404, 'not-found', /no such message/)
    await assert.rejects(client.call('showMessage', { params: { id: '00000000001' } }), noSuch)
    await assert.rejects(client.raw('00000000001'), noSuch)
    await assert.rejects(
      client.call('showMessage', { params: { id: '1 or 1=1' } }),
      refusedWith(404, 'not-found', /id/),
    )
    assert.deepEqual(await deeds(store.ctx), [])
  })

  test('releasing: results one by one, and what an antivirus held needs a word more', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const plain = await hold(store.ctx, text)
    const virus = await hold(store.ctx, text, { group: { reason: 'malware', scanner: 'clamav' } })
    const client = await admin.as('operator')
    const ids = [virus, plain, '00000000001']
    const { results } = conforms('releaseMessages', await client.call('releaseMessages', { body: { ids } }))
    assert.deepEqual(
      results.map(({ id, result }) => [id, result]),
      [
        [virus, 'confirm'],
        [plain, 'released'],
        ['00000000001', 'not-found'],
      ],
    )
    const again = await client.call('releaseMessages', { body: { ids: [plain] } })
    assert.equal(again.results[0]?.result, 'refused')
    assert.equal(again.results[0]?.recipients[0]?.by, 'operator1 (key test)')
    const sure = await client.call('releaseMessages', { body: { ids: [virus], confirmVirus: true } })
    assert.equal(sure.results[0]?.result, 'released')
    const list = conforms(
      'listDeliveries',
      await client.call('listDeliveries', { query: { state: 'due', limit: 3 } }),
    )
    assert.equal(list.items.length, 3)
    const rest = await client.call('listDeliveries', {
      query: { state: 'due', cursor: list.nextCursor ?? '' },
    })
    assert.equal(rest.items.length, 1)
    const cancelled = await client.call('cancelDeliveries', { body: { ids: [list.items[0]!.id] } })
    assert.equal(conforms('cancelDeliveries', cancelled).results[0]?.result, 'done')
    const removed = await client.call('deleteMessages', { body: { ids: [plain, virus] } })
    assert.deepEqual(
      conforms('deleteMessages', removed)
        .results.map(({ result }) => result)
        .sort(),
      ['done', 'refused'],
    )
    const back = await client.call('restoreMessages', { body: { ids: [plain, virus] } })
    assert.deepEqual(
      conforms('restoreMessages', back)
        .results.map(({ result }) => result)
        .sort(),
      ['done', 'refused'],
    )
  })

  test('an area says who may release from it', async () => {
    await using store = await open()
    const areas = [
      { ...spamArea, name: 'Virus', keepDays: 90, releasableBy: ['administrator'] },
      { ...spamArea, name: 'Evidence', keepDays: null, releasableBy: ['nobody'] },
      { ...spamArea, releasableBy: ['recipient'] },
    ]
    using admin = openAdmin(store.ctx, {}, { policy: () => ({ areas }) })
    const ids: string[] = []
    for (const area of ['Virus', 'Evidence', 'Spam', 'Old'])
      ids.push(await hold(store.ctx, text, { group: { area } }))
    const results = async (role: 'operator' | 'administrator') =>
      (await (await admin.as(role)).call('releaseMessages', { body: { ids } })).results.map(
        ({ result }) => result,
      )
    assert.deepEqual(await results('operator'), ['refused', 'refused', 'released', 'released'])
    assert.deepEqual(await results('administrator'), ['released', 'refused', 'refused', 'refused'])
    const client = await admin.as('auditor')
    const list = conforms('listAreas', await client.call('listAreas'))
    assert.deepEqual(
      list.items.map(({ name, configured, messages }) => [name, configured, messages]),
      [
        ['Virus', true, 1],
        ['Evidence', true, 1],
        ['Spam', true, 1],
        ['Old', false, 1],
      ],
    )
  })

  test('status and metrics count what is there', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const id = await hold(store.ctx, text)
    const client = await admin.as('operator')
    await client.call('releaseMessages', { body: { ids: [id], recipients: ['a@example.com'] } })
    await store.clock.turn(5000)
    const status = conforms('showStatus', await client.call('showStatus'))
    assert.deepEqual(status.recipients, { held: 1, releasing: 1 })
    assert.deepEqual(status.deliveries, { due: 1, deferred: 0, oldestDueSince: '2026-01-15T09:00:00.000Z' })
    assert.ok(status.storeBytes > 0)
    const metrics = await (await admin.request('/metrics')).text()
    assert.match(metrics, /^lazaret_recipients\{state="held"\} 1$/m)
    assert.match(metrics, /^lazaret_deliveries_oldest_due_seconds 5$/m)
    assert.match(metrics, /^lazaret_recipients_handled_total\{deed="released"\} 1$/m)
    assert.match(
      metrics,
      /^lazaret_http_request_seconds_count\{route="releaseMessages",method="POST",status="200"\} 1$/m,
    )
  })

  test('at most a thousand ids in one call', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const client = await admin.as('operator')
    const ids = Array.from({ length: 1001 }, (_, n) => formatId((parseId('00000000001') ?? 0) + n))
    const tooMany = refusedWith(400, 'invalid', /ids: at most 1000/)
    await assert.rejects(client.call('releaseMessages', { body: { ids } }), tooMany)
    await assert.rejects(
      client.call('deleteMessages', { body: { ids: [] } }),
      refusedWith(400, 'invalid', /at least one/),
    )
  })
})
