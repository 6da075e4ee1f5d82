/** Promise: whatever happens to the index beside SQLite, mail goes on, and the index has all of it in the end, once. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { boundTo } from '../../../test/bound.ts'
import { forEachEngine, type TestStore } from '../../../test/store.ts'
import type { Engine, Value } from '../engine.ts'
import type { SearchIndex, SearchRequest } from './index.ts'
import { openSearch, type SearchLimits } from './open.ts'
import { buildSegment } from './sqlite/build.ts'
import { newEntries } from './sqlite/sources.ts'
import { keep, randomFrom, type Sample, samples } from './testing/entries.ts'
import { expected } from './testing/reference.ts'

const request: SearchRequest = { filter: {}, sort: 'sender', order: 'asc', limit: 100_000 }

const openIndex = ({ ctx, folder }: TestStore, limits: Partial<SearchLimits>): Promise<SearchIndex> =>
  openSearch(ctx.db.engine, {
    path: join(folder, 'other.db'),
    ...ctx,
    limits: { startWaitMs: 60_000, ...limits },
  })

async function hasExactly(index: SearchIndex, mail: readonly Sample[]): Promise<void> {
  const found = await index.search(request)
  assert.deepEqual(
    found.ids,
    expected(mail, request).map(({ id }) => id),
  )
}

/** The reading threads that are started from now on: the writing ones are theirs, not ours. */
function watchThreads(): Disposable & { started: Worker[] } {
  const started: Worker[] = []
  const note = (thread: Worker) => started.push(thread)
  process.on('worker', note)
  return { started, [Symbol.dispose]: () => process.off('worker', note) }
}

/** Overwrites what is in the file behind its first page. */
function damage(path: string): void {
  const db = new DatabaseSync(path)
  db.exec('pragma wal_checkpoint(truncate)')
  db.close()
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(400_000, 0x5a), 0, 400_000, 8192)
  closeSync(file)
}

forEachEngine((open, kind) => {
  if (kind !== 'sqlite') return

  const storeWith = async (count: number, seed: number) => {
    const store = await open()
    const random = randomFrom(seed)
    const nextId = () => store.ctx.db.ids.next()
    const mail = samples(count, random, nextId)
    await keep(store.ctx, mail)
    return { store, mail, more: (n: number) => samples(n, random, nextId) }
  }

  test('a thread that dies, at rest or while the index is brought up to date: one other takes over', async () => {
    const { store, mail, more } = await storeWith(1500, 3)
    await using _ = store
    using threads = watchThreads()
    await using index = await openIndex(store, { segmentRows: 512, startWaitMs: 0 })
    await threads.started[0]!.terminate() // while it is brought up to date
    await index.settle()
    await hasExactly(index, mail)
    const come = more(20)
    mail.push(...come)
    await threads.started[1]!.terminate() // at rest
    await index.added(await keep(store.ctx, come))
    await index.settle()
    await hasExactly(index, mail)
    assert.equal(threads.started.length, 3)
  })

  test('mail that comes while the index is brought up to date, a second time, is in it once', async () => {
    const { store, mail, more } = await storeWith(2000, 5)
    await using _ = store
    using threads = watchThreads()
    await using index = await openIndex(store, { segmentRows: 4096, startWaitMs: 0 })
    await threads.started[0]!.terminate()
    let isSettled = false
    const settled = index.settle().finally(() => {
      isSettled = true
    })
    for (let i = 0; i < 500 && !isSettled; i++) {
      const come = more(3)
      mail.push(...come)
      await index.added(await keep(store.ctx, come))
    }
    await settled
    await hasExactly(index, mail)
    assert.equal(threads.started.length, 2)
  })

  test('an index that cannot write does not hold up mail, and has it all when it can', async () => {
    const { store, mail, more } = await storeWith(10, 7)
    await using _ = store
    await using index = await openIndex(store, { segmentRows: 4, untakenRows: 20, patienceMs: 20 })
    await index.settle()
    const blocker = new DatabaseSync(join(store.folder, 'other.db'))
    blocker.exec('begin immediate')
    for (let i = 0; i < 10; i++) {
      const come = more(10)
      mail.push(...come)
      await index.added(await keep(store.ctx, come))
    }
    assert.ok(store.told.some(({ kind }) => kind === 'index-behind'))
    await assert.rejects(index.search(request), { name: 'Problem', code: 'unavailable' })
    blocker.exec('rollback')
    blocker.close()
    await index.settle()
    await hasExactly(index, mail)
  })

  test('a damaged file is thrown away and made anew', async () => {
    const { store, mail } = await storeWith(1000, 9)
    await using _ = store
    await using index = await openIndex(store, { segmentRows: 512 })
    await index.settle()
    damage(join(store.folder, 'other.db'))
    await assert.rejects(index.search(request), { name: 'Problem', code: 'unavailable' })
    await index.settle()
    await hasExactly(index, mail)
  })

  test('what is forgotten while the index is brought up to date does not come back', async () => {
    const { store, mail } = await storeWith(800, 11)
    await using _ = store
    const { db } = store.ctx
    const [read, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const engine: Engine = {
      ...boundTo(db.engine),
      async all<R>(sql: string, params?: readonly Value[]): Promise<R[]> {
        const rows = await db.engine.all<R>(sql, params)
        if (!sql.includes('rule, scanner, attachments')) return rows
        read.resolve()
        await go.promise
        return rows
      },
      async [Symbol.asyncDispose]() {},
    }
    const path = join(store.folder, 'other.db')
    await using index = await openSearch(engine, { path, ...store.ctx, limits: { startWaitMs: 0 } })
    await read.promise // and not in the index yet
    const gone = mail.splice(500).map(({ id }) => id)
    await db.transaction(async (trx) => {
      await trx.deleteFrom('holdings').where('message_id', 'in', gone).execute()
      await trx.deleteFrom('messages').where('id', 'in', gone).execute()
      await trx
        .insertInto('forgotten')
        .values(gone.map((id) => ({ id })))
        .execute()
    })
    await index.forget(gone)
    go.resolve()
    await index.settle()
    const listed = await db.read.selectFrom('forgotten').select('id').execute()
    await index.forget(listed.map(({ id }) => id))
    await hasExactly(index, mail)
    assert.deepEqual(await db.read.selectFrom('forgotten').selectAll().execute(), [])
  })

  test('an index that is closed while it is made anew leaves no thread behind', async () => {
    const { store } = await storeWith(500, 13)
    await using _ = store
    using threads = watchThreads()
    const index = await openIndex(store, { segmentRows: 512 })
    await index.settle()
    damage(join(store.folder, 'other.db'))
    let closing: PromiseLike<void> | undefined
    store.ctx.events.listen((event) => {
      if (event.kind === 'failure') closing ??= index[Symbol.asyncDispose]()
    })
    await assert.rejects(index.search(request))
    assert.ok(closing)
    await closing
    for (const thread of threads.started) if (thread.threadId > 0) await once(thread, 'exit')
  })

  test('entries full of text are never made one segment that is too large to make', async () => {
    const { store, mail, more } = await storeWith(0, 15)
    await using _ = store
    await using index = await openIndex(store, { segmentRows: 64 })
    const long = more(16)
    for (const one of long)
      one.attachments = Array.from({ length: 40 }, (_, n) => `${one.id} ${n} ${'very long '.repeat(45)}`)
    mail.push(...long)
    await index.added(await keep(store.ctx, long))
    await index.settle()
    await hasExactly(index, mail)
    const file = new DatabaseSync(join(store.folder, 'other.db'), { readOnly: true })
    const { most } = file.prepare('select max(chars) as most from segments').get() as { most: number }
    file.close()
    assert.ok(most <= 64 * 500 * 2, `${most} characters in one segment`)
  })

  test('as many different grams as hostile mail has characters take little memory', () => {
    const random = randomFrom(17)
    const text = () => String.fromCharCode(...Array.from({ length: 500 }, () => 0x3400 + random.int(0x8000)))
    const entries = Array.from({ length: 2000 }, (_, i) => ({
      id: i + 1,
      area: 1,
      reason: 1,
      rule: 1,
      scanner: 1,
      sender_key: '',
      subject_key: text(),
      recipient_key: '',
      message_id_key: '',
      recipients_key: '',
      attachments_key: '',
    }))
    const before = process.memoryUsage().heapUsed
    let most = 0
    buildSegment(1, newEntries(entries), {
      page() {
        most = Math.max(most, process.memoryUsage().heapUsed - before)
      },
      text() {},
    })
    assert.ok(most < 60e6, `${most} bytes`)
  })
})
