/** Promises to a console that listens: it hears of every change, soon, rarely enough, and no longer than it may. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:https'
import { test } from 'node:test'
import { forEachEngine, type TestStore } from '../../test/store.ts'
import { createAccount } from '../access/accounts.ts'
import { systemActor } from '../access/actor.ts'
import { tokenHash } from '../access/tokens.ts'
import { changedEvent } from '../api/system-schemas.ts'
import { selfSignedCertificate } from '../app/x509.ts'
import { cancelDeliveries } from '../delivery/operations.ts'
import { defaultsOf } from '../options.ts'
import { release } from '../quarantine/release.ts'
import { remove, restore } from '../quarantine/remove.ts'
import { admin as alice, hold } from '../quarantine/testing/held.ts'
import { formatId } from '../store/ids.ts'
import { insertSession } from '../store/sessions.ts'
import { openStreams, recentMs, streamsAtOnce, streamsPerOwner } from './events-stream.ts'
import { adminOptions } from './options.ts'
import { startAdmin } from './server.ts'
import { invitations, localKey, openAdmin } from './testing/admin.ts'

const second = 1000
const minute = 60_000
const path = '/api/v1/events'
const anybody = { owner: 'one', origin: '192.0.2.1', may: async () => true }

interface Ear {
  /** The next thing that is sent, null at the end; asked for before the clock is turned, as a browser does. */
  next(): Promise<string | null>
  leave(): Promise<void>
}

async function earOf(stream: ReadableStream<Uint8Array> | null): Promise<Ear> {
  assert.ok(stream)
  const reader = stream.getReader()
  const next = async () => {
    const { done, value } = await reader.read()
    return done ? null : Buffer.from(value).toString()
  }
  assert.equal(await next(), 'retry: 3000\n\n')
  return { next, leave: () => reader.cancel() }
}

/** What is told when the clock goes on; beats are left out. */
async function told(
  store: TestStore,
  ear: Ear,
  ms = second,
): Promise<{ messages: string[]; what: string[] }> {
  for (;;) {
    const next = ear.next()
    await store.clock.turn(ms)
    const text = await next
    if (text === ':\n\n') continue
    const [, data] = /^event: changed\ndata: (.*)\n\n$/.exec(text ?? '') ?? assert.fail(String(text))
    return changedEvent.parse(JSON.parse(data!))
  }
}

async function newSession({ ctx, clock }: TestStore, number: number): Promise<string> {
  const token = String(number).padStart(43, 'x')
  if (number === 1)
    await createAccount(ctx, systemActor, {
      name: 'carol',
      role: 'operator',
      password: 'correct horse battery',
    })
  const account = await ctx.db.read.selectFrom('accounts').select('id').executeTakeFirstOrThrow()
  const now = clock.now()
  await ctx.db.transaction(async (trx) => {
    await trx.updateTable('accounts').set({ must_change_password: 0 }).execute()
    await insertSession(trx, {
      hash: tokenHash(token),
      account_id: account.id,
      created_at: now,
      expires_at: now + 8 * 60 * minute,
      seen_at: now,
      origin: '192.0.2.1',
    })
  })
  return `__Host-lazaret=${token}`
}

forEachEngine((open, kind) => {
  test('each deed is told within a second, by its kind, and names the messages whose recipients changed', async () => {
    await using store = await open()
    const { ctx } = store
    const streams = openStreams(ctx, 60_000)
    const ear = await earOf(await streams.open(anybody))
    const ids = [await hold(ctx), await hold(ctx)]
    assert.deepEqual(await told(store, ear), { messages: [], what: ['held'] })
    await release(ctx, alice, { ids })
    assert.deepEqual(await told(store, ear), {
      messages: ids.map(formatId),
      what: ['messages', 'deliveries'],
    })
    const [delivery] = await ctx.db.read.selectFrom('deliveries').selectAll().orderBy('id').execute()
    const attempt = {
      at: 0,
      took_ms: 1,
      outcome: 'deferred',
      host: '',
      tls: '',
      code: 450,
      status: '',
      reply: '',
    }
    await ctx.db.transaction(async (trx) => {
      await trx
        .insertInto('attempts')
        .values({ ...attempt, outcome: 'deferred', id: ctx.db.ids.next(), delivery_id: delivery!.id })
        .execute()
    })
    assert.deepEqual(await told(store, ear), {
      messages: [formatId(ids[0]!)],
      what: ['messages', 'deliveries'],
    })
    await cancelDeliveries(ctx, alice, [delivery!.id])
    assert.deepEqual(await told(store, ear), {
      messages: [formatId(ids[0]!)],
      what: ['messages', 'deliveries'],
    })
    await remove(ctx, alice, { ids: [ids[0]!] })
    assert.deepEqual(await told(store, ear), { messages: [formatId(ids[0]!)], what: ['messages'] })
    await restore(ctx, alice, { ids: [ids[0]!] })
    assert.deepEqual(await told(store, ear), { messages: [formatId(ids[0]!)], what: ['messages'] })
    ctx.events.tell({ kind: 'config-reloaded', changed: [] })
    assert.deepEqual(await told(store, ear), { messages: [], what: ['areas'] })
    streams.end()
    assert.equal(await ear.next(), null)
  })

  test('what happened while the page asked for what it shows is told as well, and nothing older', async () => {
    await using store = await open()
    const { ctx } = store
    const streams = openStreams(ctx, 60_000)
    const [old, recent] = [await hold(ctx), await hold(ctx)]
    await remove(ctx, alice, { ids: [old] })
    await store.clock.turn(recentMs + second)
    await release(ctx, alice, { ids: [recent] })
    await store.clock.turn(second)
    // Whether others listen or not.
    for (let n = 0; n < 2; n++)
      assert.deepEqual(await told(store, await earOf(await streams.open(anybody))), {
        messages: [formatId(recent)],
        what: ['messages', 'deliveries'],
      })
    await store.clock.turn(recentMs)
    const ear = await earOf(await streams.open(anybody))
    await remove(ctx, alice, { ids: [await hold(ctx)] })
    assert.deepEqual((await told(store, ear)).what, ['held', 'messages'])
    streams.end()
  })

  test('what happens within a second is one event; too many messages are not named', async () => {
    await using store = await open()
    const { ctx } = store
    const ids = await Promise.all(Array.from({ length: 101 }, () => hold(ctx)))
    await store.clock.turn(recentMs + 1)
    const streams = openStreams(ctx, 60_000)
    const ear = await earOf(await streams.open(anybody))
    for (const id of ids.slice(0, 100)) await release(ctx, alice, { ids: [id] })
    const first = await told(store, ear)
    assert.deepEqual([first.messages.length, first.what], [100, ['messages', 'deliveries']])
    // While somebody does not read, it adds up.
    await release(ctx, alice, { ids: [ids[100]!] })
    await store.clock.turn(second)
    await remove(ctx, alice, { ids: [(await hold(ctx))!] })
    await store.clock.turn(second)
    const { what, messages } = await told(store, ear)
    assert.deepEqual([messages.length, [...what].sort()], [2, ['deliveries', 'held', 'messages']])
    const many = await Promise.all(Array.from({ length: 101 }, () => hold(ctx)))
    await remove(ctx, alice, { ids: many })
    assert.deepEqual(await told(store, ear), { messages: [], what: ['held', 'messages'] })
    streams.end()
  })

  if (kind === 'postgres')
    test('what another process does is told as well, also when it is committed late', async () => {
      await using store = await open()
      await using other = await open({ clock: store.clock, again: store })
      const streams = openStreams(store.ctx, 60_000)
      const early = other.ctx.db.ids.next()
      const ear = await earOf(await streams.open(anybody))
      const id = await hold(other.ctx)
      assert.deepEqual(await told(store, ear), { messages: [], what: ['held'] })
      await release(other.ctx, alice, { ids: [id] })
      assert.deepEqual(await told(store, ear), { messages: [formatId(id)], what: ['messages', 'deliveries'] })
      const delivery = await store.ctx.db.read.selectFrom('deliveries').select('id').executeTakeFirstOrThrow()
      const attempt = { at: 0, took_ms: 1, host: '', tls: '', code: 450, status: '', reply: '' }
      for (const attemptId of [other.ctx.db.ids.next(), early]) {
        await other.ctx.db.transaction(async (trx) => {
          await trx
            .insertInto('attempts')
            .values({ ...attempt, outcome: 'deferred', id: attemptId, delivery_id: delivery.id })
            .execute()
        })
        assert.deepEqual(await told(store, ear), {
          messages: [formatId(id)],
          what: ['messages', 'deliveries'],
        })
      }
      streams.end()
    })

  test('nobody looks while nobody listens', async () => {
    await using store = await open()
    let looks = 0
    const db = {
      ...store.ctx.db,
      get read() {
        looks++
        return store.ctx.db.read
      },
    }
    const streams = openStreams({ ...store.ctx, db }, 60_000)
    const ear = await earOf(await streams.open(anybody))
    await store.clock.turn(3 * second)
    assert.ok(looks >= 3)
    await ear.leave()
    const before = looks
    await store.clock.turn(minute)
    assert.equal(looks, before)
  })

  test('a silent stream beats; who does not read is let go, and gives the place back', async () => {
    await using store = await open()
    const streams = openStreams(store.ctx, 60_000)
    const ear = await earOf(await streams.open(anybody))
    for (let n = 0; n < 3; n++) {
      const beat = ear.next()
      await store.clock.turn(15 * second)
      assert.equal(await beat, ':\n\n')
    }
    for (let n = 1; n < streamsPerOwner; n++) await streams.open(anybody)
    const listening = ear.next()
    await assert.rejects(streams.open(anybody), /10 open streams of events already/)
    await store.clock.turn(30 * second)
    assert.equal(await listening, ':\n\n')
    await streams.open(anybody)
    streams.end()
    await assert.rejects(streams.open(anybody), /stopping/)
  })

  test('a beat comes before a connection on which nothing moves is cut', async () => {
    await using store = await open()
    const streams = openStreams(store.ctx, 10_000)
    const ear = await earOf(await streams.open(anybody))
    const beat = ear.next()
    await store.clock.turn(4 * second)
    assert.equal(await beat, ':\n\n')
    streams.end()
  })

  test('there is an end to how many listen, and no network takes all places', async () => {
    await using store = await open()
    const streams = openStreams(store.ctx, 60_000)
    const listen = (n: number, origin: string) => streams.open({ ...anybody, owner: String(n), origin })
    for (let n = 0; n < streamsAtOnce / 2; n++) await listen(n, '192.0.2.1')
    await assert.rejects(listen(1000, '192.0.2.1'), /Too many are listening/)
    for (let n = 0; n < streamsAtOnce / 2; n++) await listen(2000 + n, '198.51.100.1')
    await assert.rejects(listen(3000, '203.0.113.1'), /Too many are listening/)
    streams.end()
  })

  test('it ends with its session, which listening does not keep alive, and with its key', async () => {
    await using store = await open()
    const { clock, ctx } = store
    using admin = openAdmin(ctx, { idle_minutes: 6 })
    assert.equal((await admin.request(path)).status, 401)
    const listen = async (headers: Record<string, string>) => {
      const response = await admin.request(path, { headers })
      assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'text/event-stream'])
      return await earOf(response.body)
    }
    const ended = new Set<string>()
    const hear = async (name: string, headers: Record<string, string>) => {
      const ear = await listen(headers)
      const reading = async () => {
        while ((await ear.next()) !== null);
        ended.add(name)
      }
      return { ended: reading() }
    }
    // Each is listening before the clock goes on: a request has its time as well.
    const all = [
      await hear('left alone', { cookie: await newSession(store, 1) }),
      await hear('signed out', { cookie: await newSession(store, 2) }),
      await hear('revoked', { authorization: `Bearer ${await admin.keyOf('auditor')}` }),
    ]
    const turn = async (ms: number) => {
      for (let gone = 0; gone < ms; gone += second) {
        await clock.turn(second)
        // What is asked at a beat is answered before this.
        if (gone % (15 * second) === 0) await admin.request(path)
      }
    }
    const other = { cookie: await newSession(store, 3) }
    await turn(minute)
    assert.deepEqual([...ended], [])
    await ctx.db.transaction(async (trx) => {
      await trx
        .deleteFrom('sessions')
        .where('hash', '=', tokenHash('2'.padStart(43, 'x')))
        .execute()
      await trx.updateTable('api_keys').set({ revoked_at: clock.now() }).execute()
    })
    await turn(minute)
    // They are being told: each of these asks the database as well.
    for (let n = 0; n < 500 && ended.size < 2; n++) await admin.request('/api/v1/session', { headers: other })
    assert.deepEqual([...ended].sort(), ['revoked', 'signed out'])
    await turn(3 * minute)
    assert.equal(ended.size, 2, 'it was used five minutes ago')
    await turn(2 * minute)
    await Promise.all(all.map((one) => one.ended))
  })

  if (kind === 'sqlite')
    test('on a socket: at once, not counted as being worked on, and closing the server ends it', async () => {
      await using store = await open()
      const { clock, ctx } = store
      const tls = selfSignedCertificate(
        ['localhost'],
        ['127.0.0.1'],
        clock.now() - 86_400_000,
        Date.UTC(2040, 0, 1),
      )
      const options = { ...defaultsOf(adminOptions), listen: ['127.0.0.1:0'], requests_in_flight: 2 }
      const deps = {
        policy: () => ({ areas: [] }),
        tls,
        version: '0',
        serverName: 'q.example',
        localKey,
        users: invitations,
      }
      const admin = await startAdmin(ctx, options, deps)
      const [host, port] = admin.addresses[0]!.split(':')
      const headers = { authorization: `Bearer ${localKey}` }
      const ask = async (wanted: string) => {
        const asked = request({
          host,
          port,
          path: wanted,
          headers,
          rejectUnauthorized: false,
          agent: false,
        }).end()
        const [answer] = await once(asked, 'response')
        return answer
      }
      const answers = [await ask(path), await ask(path), await ask(path)]
      for (const answer of answers) {
        assert.equal(answer.statusCode, 200)
        const [first] = await once(answer, 'data')
        assert.equal(String(first), 'retry: 3000\n\n')
      }
      const heard = once(answers[0], 'data')
      await hold(ctx)
      // What was read has to get to the server and back first; then the clock is turned.
      assert.equal((await ask('/api/v1/areas')).statusCode, 200)
      await clock.turn(second)
      assert.match(String((await heard)[0]), /^event: changed\ndata: .*"held"/)
      const began = performance.now()
      await admin[Symbol.asyncDispose]()
      assert.ok(performance.now() - began < 3000, 'it did not wait for those who listen')
    })
})
