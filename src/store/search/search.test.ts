/** Promise: a search gives exactly the mail it describes, in order, page by page, whatever has been indexed already. */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { boundTo } from '../../../test/bound.ts'
import { forEachEngine, type TestStore } from '../../../test/store.ts'
import type { Engine } from '../engine.ts'
import type { HoldingState } from '../schema.ts'
import type { SearchIndex, SearchRequest, SearchResult } from './index.ts'
import { openSearch } from './open.ts'
import { keep, randomFrom, randomRequest, type Sample, samples } from './testing/entries.ts'
import { expected } from './testing/reference.ts'

const mailCount = 400

/** A second index of the same store, which becomes many small segments. */
const smallIndex = (
  { ctx, folder }: TestStore,
  segmentRows: number,
  name = 'small.db',
): Promise<SearchIndex> =>
  openSearch(ctx.db.engine, {
    path: join(folder, name),
    ...ctx,
    limits: { segmentRows, startWaitMs: 60_000 },
  })

async function storeWith(
  open: () => Promise<TestStore>,
  count: number,
  seed: number,
  change: (one: Sample) => Sample = (one) => one,
) {
  const store = await open()
  const random = randomFrom(seed)
  const made = samples(count, random, () => {
    void store.clock.turn(random.int(60_000))
    return store.ctx.db.ids.next()
  })
  const mail = made.map(change)
  await store.ctx.db.search.added(await keep(store.ctx, mail))
  return { store, random, mail }
}

function check(found: SearchResult, mail: readonly Sample[], request: SearchRequest): void {
  const all = expected(mail, request).map(({ id }) => id)
  const { offset = 0, limit } = request
  const told = JSON.stringify(request)
  assert.deepEqual(found.ids, all.slice(offset, offset + limit), told)
  assert.deepEqual([found.total, found.totalIsExact], [all.length, true], told)
  const more = offset + limit < all.length && found.ids.length > 0
  assert.equal(found.next?.id, more ? found.ids.at(-1) : undefined, told)
}

forEachEngine((open, kind) => {
  // SQLite's index is our own.
  const searches = kind === 'sqlite' ? 2200 : 800
  test(`${searches} random searches give what they describe`, async () => {
    const { store, random, mail } = await storeWith(open, mailCount, 7)
    await using _ = store
    for (let i = 0; i < searches; i++) {
      const request = randomRequest(random, mail)
      check(await store.ctx.db.search.search(request), mail, request)
    }
  })

  test('pages by cursor follow each other without a gap, a repetition, or mail that came meanwhile in the wrong place', async () => {
    const { store, random, mail } = await storeWith(open, 120, 11)
    await using _ = store
    const { db } = store.ctx
    for (let i = 0; i < 60; i++) {
      const { filter, sort, order } = randomRequest(random, mail)
      const before = [...mail]
      const seen: number[] = []
      let after: SearchRequest['after']
      do {
        const found: SearchResult = await db.search.search({
          filter,
          sort,
          order,
          limit: 9,
          ...(after && { after }),
        })
        seen.push(...found.ids)
        after = found.next ?? undefined
        const come = samples(1, random, () => db.ids.next())
        mail.push(...come)
        await db.search.added(await keep(store.ctx, come))
      } while (after)
      const old = new Set(before.map(({ id }) => id))
      const wanted = expected(before, { filter, sort, order }).map(({ id }) => id)
      assert.deepEqual(
        seen.filter((id) => old.has(id)),
        wanted,
      )
      const order2 = expected(mail, { filter, sort, order }).map(({ id }) => id)
      assert.deepEqual(
        seen,
        order2.filter((id) => seen.includes(id)),
      )
    }
  })

  test('what is forgotten is not found again', async () => {
    const { store, random, mail } = await storeWith(open, 100, 13)
    await using _ = store
    const { db } = store.ctx
    const gone = mail.filter(() => random.chance(0.3))
    await remove(store, gone)
    await db.search.forget(gone.map(({ id }) => id))
    const left = mail.filter((one) => !gone.includes(one))
    const everybody = [
      ...new Set(mail.flatMap(({ recipients }) => recipients.map((one) => one.toLowerCase()))),
    ]
    for (const filter of [{}, { copies: { recipients: everybody, states: ['held', 'deleted'] as const } }]) {
      const request = { filter, sort: 'sender', order: 'asc', limit: 500 } as const
      check(await db.search.search(request), left, request)
    }
    assert.deepEqual(await db.read.selectFrom('forgotten').selectAll().execute(), [])
  })

  test('an area that does not exist finds nothing', async () => {
    const { store } = await storeWith(open, 5, 17)
    await using _ = store
    const found = await store.ctx.db.search.search({
      filter: { area: { start: true, pieces: ['nowhere'], end: true } },
      sort: 'timestamp',
      order: 'desc',
      limit: 10,
    })
    assert.deepEqual(found, { ids: [], total: 0, totalIsExact: true, next: null })
  })

  if (kind === 'sqlite') sqliteOnly(open)
  else postgresOnly(open)
})

async function remove(store: TestStore, gone: Sample[]): Promise<void> {
  await store.ctx.db.transaction(async (trx) => {
    const ids = gone.map(({ id }) => id)
    await trx.deleteFrom('holdings').where('message_id', 'in', ids).execute()
    await trx.deleteFrom('messages').where('id', 'in', ids).execute()
    await trx
      .insertInto('forgotten')
      .values(ids.map((id) => ({ id })))
      .execute()
  })
}

function sqliteOnly(open: () => Promise<TestStore>): void {
  // Many small ones take long to ask.
  for (const { segmentRows, mails, count } of [
    { segmentRows: 1, mails: 40, count: 300 },
    { segmentRows: 16, mails: 300, count: 400 },
    { segmentRows: 64, mails: mailCount, count: 700 },
    { segmentRows: 300, mails: mailCount, count: 700 },
  ])
    test(`segments of ${segmentRows} and a tail give the same`, async () => {
      const { store, random, mail } = await storeWith(open, mails, 19 + segmentRows)
      await using _ = store
      await using search = await smallIndex(store, segmentRows)
      for (let i = 0; i < count; i++) {
        if (i === Math.round(count * 0.6)) await search.settle()
        const request = randomRequest(random, mail)
        check(await search.search(request), mail, request)
      }
    })

  // Their texts are not kept with each copy: they would take many times their room.
  test('long subjects to very many are found in the mail of each of them', async () => {
    const everybody = Array.from({ length: 60 }, (_, n) => `list${n}@example.org`)
    const { store, random, mail } = await storeWith(open, 90, 59, (one) => ({
      ...one,
      subject: `${one.subject} `.padEnd(60, 'agenda '),
      recipients: [...one.recipients, ...everybody],
      states: [...one.states, ...everybody.map(() => one.states[0] as HoldingState)],
    }))
    await using _ = store
    await using search = await smallIndex(store, 64)
    await search.settle()
    for (let i = 0; i < 150; i++) {
      const request = randomRequest(random, mail)
      // A user is not asked for by domain.
      const { domains: _domains, ...filter } = request.filter
      request.filter = { copies: { recipients: [random.pick(everybody)], states: ['held'] }, ...filter }
      check(await search.search(request), mail, request)
    }
  })

  test('many hits in one segment are in the same order as few', async () => {
    const { store, random, mail } = await storeWith(open, 1300, 53)
    await using _ = store
    await using search = await smallIndex(store, 2000)
    await search.settle()
    for (const sort of ['sender', 'subject'] as const)
      for (const order of ['asc', 'desc'] as const)
        for (const filter of [{}, randomRequest(random, mail).filter])
          for (const offset of [0, 700]) {
            const request = { filter, sort, order, offset, limit: 60 }
            check(await search.search(request), mail, request)
          }
  })

  test('an index that was not told everything, or is gone, has everything when it is opened again', async () => {
    const { store, random, mail } = await storeWith(open, 200, 23)
    await using _ = store
    const request = { filter: {}, sort: 'recipient', order: 'desc', limit: 500 } as const
    const index = await smallIndex(store, 32)
    await index.settle()
    const missed = samples(50, random, () => store.ctx.db.ids.next())
    mail.push(...missed)
    await keep(store.ctx, missed) // as if the process had died right after the commit
    await index[Symbol.asyncDispose]()
    const again = await smallIndex(store, 32)
    check(await again.search(request), mail, request)
    await again[Symbol.asyncDispose]()
    for (const suffix of ['', '-wal', '-shm'])
      rmSync(join(store.folder, `small.db${suffix}`), { force: true })
    await using anew = await smallIndex(store, 32)
    check(await anew.search(request), mail, request)
  })

  test('what was listed as forgotten while the index was closed is gone when it is opened', async () => {
    const { store, random, mail } = await storeWith(open, 200, 29)
    await using _ = store
    const index = await smallIndex(store, 32)
    await index.settle()
    await index[Symbol.asyncDispose]()
    const gone = mail.filter(() => random.chance(0.8))
    await remove(store, gone)
    await using again = await smallIndex(store, 32)
    const request = { filter: {}, sort: 'subject', order: 'asc', limit: 500 } as const
    check(
      await again.search(request),
      mail.filter((one) => !gone.includes(one)),
      request,
    )
  })

  test('mail whose commit ended late is found in its place', async () => {
    const { store, random, mail } = await storeWith(open, 100, 31)
    await using _ = store
    await using index = await smallIndex(store, 16)
    await index.settle()
    const late = samples(3, random, () => Math.floor((mail[50]?.id ?? 0) + 1 + random.int(1000)))
    mail.push(...late)
    await index.added(await keep(store.ctx, late))
    for (const settled of [false, true]) {
      if (settled) await index.settle()
      for (const order of ['asc', 'desc'] as const) {
        const request = { filter: {}, sort: 'timestamp', order, limit: 20, offset: 40 } as const
        check(await index.search(request), mail, request)
      }
    }
  })

  test('a few entries with very much text do not block those that follow', async () => {
    const { store, random, mail } = await storeWith(open, 5, 41)
    await using _ = store
    await using index = await smallIndex(store, 640) // ten entries would stay behind, if there were as many
    const long = samples(4, random, () => store.ctx.db.ids.next())
    for (const one of long) {
      one.recipients = Array.from({ length: 400 }, (_, n) => `${n}.${'very.long.'.repeat(45)}@example.com`)
      one.states = one.recipients.map(() => 'held')
    }
    mail.push(...long)
    await index.added(await keep(store.ctx, long))
    const request = { filter: {}, sort: 'subject', order: 'asc', limit: 500 } as const
    check(await index.search(request), mail, request)
    await index.settle()
    check(await index.search(request), mail, request)
  })

  test('an index that is closed while it is being built ends what it was asked', async () => {
    const { store } = await storeWith(open, 200, 43)
    await using _ = store
    const limits = { segmentRows: 1, startWaitMs: 0 }
    const index = await openSearch(store.ctx.db.engine, {
      path: join(store.folder, 'closed.db'),
      ...store.ctx,
      limits,
    })
    const asked = index.settle().catch((error: Error) => error)
    await index[Symbol.asyncDispose]()
    assert.ok((await asked) instanceof Error)
  })

  test('a search that takes too long is refused with what to do', async () => {
    const { store } = await storeWith(open, 50, 37)
    await using _ = store
    await using index = await openSearch(store.ctx.db.engine, {
      path: join(store.folder, 'slow.db'),
      ...store.ctx,
      limits: { deadlineMs: -1, segmentRows: 16 },
    })
    await assert.rejects(index.search({ filter: {}, sort: 'sender', order: 'asc', limit: 10 }), {
      name: 'Problem',
      code: 'unavailable',
    })
  })
}

function postgresOnly(open: () => Promise<TestStore>): void {
  test('a few characters of a pattern that narrow mail down are asked of the index, and find all the same', async () => {
    const { store, random, mail } = await storeWith(open, 1500, 53)
    await using _ = store
    const { engine } = store.ctx.db
    await engine.transaction((tx) => tx.run('analyze entries'))
    const asked: string[] = []
    const watched: Engine = {
      ...boundTo(engine),
      transaction: (work, access) =>
        engine.transaction(
          (tx) =>
            work({
              ...tx,
              all(sql, params) {
                asked.push(sql)
                return tx.all(sql, params)
              },
            }),
          access,
        ),
      async [Symbol.asyncDispose]() {},
    }
    await using index = await openSearch(watched, { path: '', ...store.ctx, limits: { narrowFrom: 1 } })
    for (let i = 0; i < 300; i++) {
      const { filter, ...rest } = randomRequest(random, mail)
      const { from: _from, to: _to, ...undated } = filter // all of a short time is looked at without the index
      const request = { ...rest, filter: i % 4 === 0 ? filter : undated }
      const found = await index.search(request)
      if (found.totalIsExact) check(found, mail, request)
      else {
        const all = expected(mail, request).map(({ id }) => id)
        assert.ok(all.length > found.total)
        assert.deepEqual(found.ids, all.slice(request.offset, (request.offset ?? 0) + request.limit))
      }
    }
    assert.equal(asked.filter((sql) => sql.includes('tablesample')).length, 1)
    assert.ok(asked.filter((sql) => /_letters like/.test(sql)).length > 50)
  })

  test('many hits that lie together far from where a page begins are sorted instead of walked to', async () => {
    const { store, mail } = await storeWith(open, 1500, 47)
    await using _ = store
    const { engine } = store.ctx.db
    let overdue = 0
    // The server ends each walk: it is the one with a time-out of its own.
    const walks = /statement_timeout', '500'/
    const impatient: Engine = {
      ...boundTo(engine),
      transaction: (work, access) =>
        engine.transaction((tx) => {
          let walking = false
          return work({
            ...tx,
            run(sql, params) {
              walking = walks.test(sql)
              return tx.run(sql, params)
            },
            async all(sql, params) {
              if (walking) {
                overdue++
                await Promise.all([tx.run('set local statement_timeout = 1'), tx.all('select pg_sleep(1)')])
              }
              return tx.all(sql, params)
            },
          })
        }, access),
      async [Symbol.asyncDispose]() {},
    }
    await using index = await openSearch(impatient, { path: '', ...store.ctx })
    for (const sort of ['timestamp', 'subject'] as const)
      for (const order of ['asc', 'desc'] as const) {
        const request = {
          filter: { recipient: { start: false, pieces: ['example'], end: false } },
          sort,
          order,
          limit: 50,
          offset: 700,
        }
        const found = await index.search(request)
        const all = expected(mail, request).map(({ id }) => id)
        assert.ok(all.length > 500)
        assert.deepEqual(found.ids, all.slice(700, 750))
        assert.deepEqual([found.total, found.totalIsExact], [500, false])
      }
    assert.ok(overdue >= 4)
  })
}
