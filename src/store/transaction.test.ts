/** Promise: a transaction is all or nothing, also when its statements are sent together; nothing strays out of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import { forEachEngine } from '../../test/store.ts'
import type { Tx } from './engine.ts'
import { insertRows } from './kysely.ts'

const columns = ['key', 'value'] as const
const insert = (...keys: string[]) => ({ table: 'meta', columns, rows: keys.map((key) => [key, 'x']) })

forEachEngine((open, kind) => {
  test('many rows at once; those whose key is there are left out when that is asked for', async () => {
    await using store = await open()
    const { db } = store.ctx
    const keys = async () =>
      (await db.read.selectFrom('meta').select('key').where('value', '=', 'x').execute()).map(
        ({ key }) => key,
      )
    await db.transaction((trx) => insertRows(trx, insert('a', 'b')))
    await assert.rejects(db.transaction((trx) => insertRows(trx, insert('b', 'c'))))
    assert.deepEqual((await keys()).sort(), ['a', 'b'])
    await db.transaction((trx) => insertRows(trx, { ...insert('b', 'c'), again: 'ignore' }))
    assert.deepEqual((await keys()).sort(), ['a', 'b', 'c'])
    await assert.rejects(insertRows(db.read, insert('d')), /inside/)
  })

  test('values of every type come back as they were, however many bytes they have', async () => {
    await using store = await open()
    const { engine } = store.ctx.db
    const bytes = [0, 1, 200_000, 300_000, 7].map((length, n) => Buffer.alloc(length, n + 250))
    const texts = ['', 'Grüße 😀', `"quoted", {braces} and \\ null`, 'x'.repeat(200_000), 'end']
    const numbers = [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 40]
    const scores = [null, 7.5, -0.1, 0, 1e300]
    const words =
      'via sender subject message_id area reason rule scanner explanation verdicts attachments authentication header_from header_to header_date body client_ip client_name helo protocol peer_ip'.split(
        ' ',
      )
    await engine.transaction(async (tx) => {
      await tx.insert({
        table: 'chunks',
        columns: ['content_id', 'n', 'bytes'],
        rows: bytes.map((value, n) => [1, n, value]),
      })
      await tx.insert({
        table: 'messages',
        columns: ['id', 'score', 'expired_at', 'content_id', 'size', 'smtputf8', ...words],
        rows: texts.map((text, n) => [
          n + 1,
          scores[n] ?? null,
          n % 2 ? numbers[n]! : null,
          numbers[n]!,
          0,
          0,
          ...words.map(() => text),
        ]),
      })
    })
    const chunks = await engine.all<{ bytes: Uint8Array }>('select bytes from chunks order by n')
    assert.deepEqual(
      chunks.map((row) => Buffer.from(row.bytes)),
      bytes,
    )
    const found = await engine.all(
      'select score, expired_at, content_id, subject, peer_ip from messages order by id',
    )
    assert.deepEqual(
      found.map((row) => Object.values(row)),
      texts.map((text, n) => [scores[n], n % 2 ? numbers[n] : null, numbers[n], text, text]),
    )
  })

  test('of statements sent together one fails: none is kept, and what comes after it is refused', async () => {
    await using store = await open()
    const { engine } = store.ctx.db
    let late: Tx | undefined
    const work = engine.transaction(async (tx) => {
      late = tx
      await Promise.all([
        tx.insert(insert('a')),
        tx.run('insert into meta (key) values (null)'),
        tx.insert(insert('b')),
      ])
    })
    await assert.rejects(work, /null/i)
    await assert.rejects(late!.insert(insert('c')), /over/)
    await assert.rejects(late!.run(`delete from meta`), /over/)
    await assert.rejects(late!.all(`select 1 as one`), /over/)
    assert.deepEqual(await engine.all(`select key from meta where value = 'x'`), [])
  })

  test('rows that came too late, or could not be sent, put no later ones into a wrong place', async () => {
    await using store = await open()
    const { engine } = store.ctx.db
    let late: Tx | undefined
    await engine.transaction(async (tx) => {
      late = tx
    })
    const first = { table: 'meta', columns: ['key', 'value'], rows: [['late', 'x']] }
    const second = { table: 'meta', columns: ['value', 'key'], rows: [['x', 'second']] }
    const third = { table: 'labels', columns: ['id', 'kind', 'value'], rows: [[70, 'area', 'third']] }
    await assert.rejects(late!.insert(first), /over/)
    const unsendable = {
      table: 'labels',
      columns: ['kind', 'value', 'id'],
      rows: [[() => 1, 'y', 71] as never],
    }
    if (kind === 'sqlite')
      await assert.rejects(
        engine.commit(() => [unsendable]),
        /cloned/,
      )
    await engine.transaction((tx) => tx.insert(second))
    await engine.commit(() => [third])
    await engine.transaction((tx) => tx.insert({ ...first, rows: [['first', 'x']] }))
    await engine.commit(() => [{ ...unsendable, rows: [['area', 'fourth', 71]] }])
    const keys = await engine.all<{ key: string }>(`select key from meta where value = 'x' order by key`)
    assert.deepEqual(
      keys.map(({ key }) => key),
      ['first', 'second'],
    )
    assert.deepEqual(
      (await engine.all<{ value: string }>('select value from labels where id >= 70 order by id')).map(
        ({ value }) => value,
      ),
      ['third', 'fourth'],
    )
  })

  test('bytes that lie in one buffer are kept apart', async () => {
    await using store = await open()
    const { engine } = store.ctx.db
    const all = Buffer.from(new Uint8Array(1000).map((_, i) => i))
    const rows = [0, 1, 2].map((n) => [1, n, all.subarray(n * 300, n * 300 + 300)])
    await engine.commit(() => [{ table: 'chunks', columns: ['content_id', 'n', 'bytes'], zstd: 2, rows }])
    const kept = await engine.all<{ bytes: Uint8Array }>('select bytes from chunks order by n')
    assert.ok(Buffer.concat(kept.map(({ bytes }) => zstdDecompressSync(bytes))).equals(all.subarray(0, 900)))
  })

  if (kind === 'sqlite')
    test('a transaction that could not begin, or was taken back by SQLite, does nothing', async () => {
      await using store = await open()
      const { engine } = store.ctx.db
      for (const end of ['rollback', 'commit']) {
        const work = engine.transaction(async (tx) => {
          await tx.run(end) // stands for a disk that is full: SQLite ends the transaction by itself
          await tx.insert(insert('a'))
        })
        await assert.rejects(work, /not open any more/)
      }
      await assert.rejects(
        engine.transaction((tx) => tx.run('rollback')),
        /not open any more/,
      )
      await engine.transaction((tx) => tx.insert(insert('b')))
      assert.deepEqual(await engine.all(`select key from meta where value = 'x'`), [{ key: 'b' }])
    })
})
