/** Promise: a commit that was reported is durable, and the engines behave alike where the rest relies on it. */
import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { Problem } from '../src/problem.ts'
import { forEachEngine } from './store.ts'

forEachEngine((open, kind) => {
  test('durability is not switched off', async () => {
    await using store = await open()
    const { engine } = store.ctx.db
    if (kind === 'sqlite') {
      const settings = await engine.transaction(async (tx) => [
        ...(await tx.all('pragma journal_mode')),
        ...(await tx.all('pragma synchronous')),
      ])
      assert.deepEqual(
        settings.map((row) => Object.values(row)[0]),
        ['wal', 2],
      )
    } else {
      const client = new pg.Client({ connectionString: store.options.url })
      await client.connect()
      await client.query(`alter database ${client.database} set synchronous_commit = off`)
      await client.end()
      await assert.rejects(
        open({ again: store }),
        (error) => error instanceof Problem && /could be lost/.test(error.message),
      )
    }
  })

  if (kind === 'sqlite')
    test('the log does not grow without end when only transactions write', async () => {
      await using store = await open()
      const { engine } = store.ctx.db
      const bytes = 'x'.repeat(8000)
      for (let i = 0; i < 80; i++)
        await engine.transaction(async (tx) => {
          for (let n = 0; n < 100; n++)
            await tx.run('insert into meta (key, value) values ($1, $2)', [`${i} ${n}`, bytes])
        })
      const { size } = statSync(join(store.folder, 'lazaret.db-wal'))
      assert.ok(size < 60e6, `${size} bytes`)
    })

  test('a transaction that fails leaves nothing, and one that waits inside itself is told', async () => {
    await using store = await open()
    const { db } = store.ctx
    const failing = db.transaction(async (trx) => {
      await trx.insertInto('meta').values({ key: 'a', value: '1' }).execute()
      throw new Error('no')
    })
    await assert.rejects(failing, /no/)
    assert.deepEqual(await db.read.selectFrom('meta').selectAll().where('key', '=', 'a').execute(), [])
    if (kind === 'sqlite')
      await assert.rejects(
        db.transaction(() => db.transaction(async () => 1)),
        /inside a transaction/,
      )
  })

  test('what a column cannot have is refused alone: what is committed together with it is kept', async () => {
    await using store = await open()
    const { engine } = store.ctx.db
    const columns = ['content_id', 'started_at']
    const times = [1, 2, Number.NaN, 4, 5]
    const commits = times.map((time, id) =>
      engine.commit(() => [{ table: 'staging', columns, rows: [[id, time]] }]),
    )
    const ends = await Promise.allSettled(commits)
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    )
    const kept = await engine.all<{ id: number }>('select content_id as id from staging order by content_id')
    assert.deepEqual(
      kept.map(({ id }) => id),
      [0, 1, 3, 4],
    )
  })

  test('numbers, bytes, nothing and awkward text come back as they went in', async () => {
    await using store = await open()
    const { db } = store.ctx
    const bytes = new Uint8Array([0, 1, 255])
    const texts = ["'; drop table meta; --", 'ü\u{1f600}', '\\x00', '%_*', ' ']
    await db.transaction(async (trx) => {
      for (const text of texts) await trx.insertInto('meta').values({ key: text, value: text }).execute()
      await trx
        .insertInto('contents')
        .values({ id: 2 ** 52 + 1, sha256: '', size: 0, chunks: 1, purged_at: null })
        .execute()
      await trx
        .insertInto('chunks')
        .values({ content_id: 2 ** 52 + 1, n: 0, bytes })
        .execute()
    })
    const rows = await db.read.selectFrom('meta').select('value').where('key', 'in', texts).execute()
    assert.deepEqual(rows.map((row) => row.value).sort(), texts.toSorted())
    const content = await db.read.selectFrom('contents').selectAll().executeTakeFirstOrThrow()
    assert.deepEqual([content.id, content.purged_at], [2 ** 52 + 1, null])
    const chunk = await db.read.selectFrom('chunks').selectAll().executeTakeFirstOrThrow()
    assert.deepEqual(new Uint8Array(chunk.bytes), bytes)
  })

  test('a database that a newer, incompatible version has written is refused', async () => {
    await using store = await open()
    const { engine } = store.ctx.db
    await engine.transaction((tx) => tx.run(`insert into schema_history values (9000, '9000-later.sql', 0)`))
    await (await open({ again: store }))[Symbol.asyncDispose]()
    await engine.transaction((tx) => tx.run(`insert into schema_history values (9001, '9001-other.sql', 1)`))
    await assert.rejects(
      open({ again: store }),
      (error) => error instanceof Problem && /newer version/.test(error.message),
    )
  })
})
