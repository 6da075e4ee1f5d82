/** The check finds each kind of damage, and nothing in a store that is whole. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { forEachEngine, type OpenStore, type TestStore } from '../../test/store.ts'
import { defaultsOf } from '../options.ts'
import { type CheckReport, check, type FindingKind } from './check.ts'
import { startHousekeeping } from './housekeeping.ts'
import { retentionOptions } from './options.ts'
import { release } from './release.ts'
import { remove } from './remove.ts'
import { admin, hold, holdMany } from './testing/held.ts'

const day = 86_400_000

/** A store in which everything has happened: held, large, shared, on its way, failed, deleted, expired. */
async function lived(
  open: OpenStore,
): Promise<TestStore & { held: number; large: number; moving: number; deleted: number }> {
  const store = await open()
  const { ctx, clock } = store
  await holdMany(ctx, 3)
  await using housekeeping = startHousekeeping(ctx, () => [{ name: 'Spam', keepDays: 30 }], {
    ...defaultsOf(retentionOptions),
    interval_minutes: 1440,
  })
  await clock.turn(31 * day)
  await housekeeping.round()
  const large = await hold(ctx, ['a@example.com'], {}, Buffer.alloc(3_000_000, 'Subject: large\r\n'))
  const [held, moving, deleted] = [
    await hold(ctx, ['a@example.com', 'b@example.com']),
    await hold(ctx),
    await hold(ctx),
  ]
  await holdMany(ctx, 12)
  await release(ctx, admin, { ids: [moving] })
  await remove(ctx, admin, { ids: [deleted] })
  return { ...store, held, large, moving, deleted, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() }
}

const kinds = (report: CheckReport): FindingKind[] =>
  [...new Set(report.findings.map(({ kind }) => kind))].sort()

forEachEngine((open, kind) => {
  test('a store that is whole has no findings', async () => {
    await using store = await lived(open)
    const report = await check(store.ctx, { pageRows: 4 })
    assert.deepEqual(report.findings, [])
    assert.equal(report.ok, true)
    assert.equal(report.messages, 19)
    assert.ok(report.bytes > 3_000_000)
    assert.deepEqual(report.states, { deleted: 1, expired: 3, held: 15, releasing: 1 })
    assert.ok(report.auditRows >= 3)
  })

  test('each kind of damage is found, and taken for nothing else', async () => {
    await using store = await lived(open)
    const { ctx, held, large, moving, deleted } = store
    const content = `(select content_id from messages where id = ${held})`
    const cases: [damage: string, repair: string, found: FindingKind[]][] = [
      [
        `update contents set purged_at = 1 where id = ${content}`,
        `update contents set purged_at = null where id = ${content}`,
        ['chunks-wrong', 'content-missing'],
      ],
      [
        // What lies in the trash can be restored: it has its bytes, too.
        `update contents set purged_at = 1 where id = (select content_id from messages where id = ${deleted})`,
        `update contents set purged_at = null where id = (select content_id from messages where id = ${deleted})`,
        ['chunks-wrong', 'content-missing'],
      ],
      [
        `update contents set sha256 = 'x' || sha256 where id = ${content}`,
        `update contents set sha256 = substr(sha256, 2) where id = ${content}`,
        ['content-damaged'],
      ],
      [
        `update contents set size = size + 1 where id = ${content}`,
        `update contents set size = size - 1 where id = ${content}`,
        ['content-damaged'],
      ],
      [
        `update chunks set n = 99 where n = 5 and content_id = (select content_id from messages where id = ${large})`,
        `update chunks set n = 5 where n = 99`,
        ['content-damaged'],
      ],
      [
        `update contents set chunks = chunks + 1 where id = ${content}`,
        `update contents set chunks = chunks - 1 where id = ${content}`,
        ['chunks-wrong'],
      ],
      [
        `update messages set content_id = -content_id where id = ${held}`,
        `update messages set content_id = -content_id where id = ${held}`,
        ['content-missing', 'content-unused'],
      ],
      [
        `update chunks set content_id = content_id + 1 where content_id = ${content}`,
        `update chunks set content_id = content_id - 1 where content_id = ${content} + 1`,
        ['chunks-stray', 'chunks-wrong'],
      ],
      [
        `update holdings set n = 7 where message_id = ${held} and n = 1`,
        `update holdings set n = 1 where message_id = ${held} and n = 7`,
        ['recipients-wrong'],
      ],
      [
        `update holdings set message_id = -message_id where message_id = ${held} and n = 1`,
        `update holdings set message_id = -message_id where message_id = ${-held}`,
        ['holding-stray'],
      ],
      [
        `update holdings set state = 'held' where message_id = ${moving}`,
        `update holdings set state = 'releasing' where message_id = ${moving}`,
        ['delivery-stray'],
      ],
      [
        `update holdings set state = 'delivered' where message_id = ${moving}`,
        `update holdings set state = 'releasing' where message_id = ${moving}`,
        ['delivery-missing', 'delivery-stray'],
      ],
      [
        `update deliveries set state = 'cancelled' where message_id = ${moving}`,
        `update deliveries set state = 'due' where message_id = ${moving}`,
        ['delivery-missing'],
      ],
      [
        `update audit set actor = 'mallory' where seq = 2`,
        `update audit set actor = 'alice' where seq = 2`,
        ['audit-broken'],
      ],
    ]
    const run = (sql: string) => ctx.db.engine.transaction((tx) => tx.run(sql))
    const whole = await check(ctx, { pageRows: 4 })
    assert.deepEqual(whole.findings, [])
    for (const [damage, repair, found] of cases) {
      assert.equal(await run(damage), 1, damage)
      const report = await check(ctx, { pageRows: 4 })
      assert.deepEqual(kinds(report), found, damage)
      assert.equal(report.ok, false)
      await run(repair)
    }
    assert.deepEqual((await check(ctx, { pageRows: 4 })).findings, [])
  })

  test('bytes that are changed where they lie are found', async () => {
    await using store = await lived(open)
    const { ctx, held } = store
    const where = `content_id = (select content_id from messages where id = ${held})`
    const [chunk] = await ctx.db.engine.all<{ bytes: Uint8Array }>(`select bytes from chunks where ${where}`)
    const bytes = Buffer.from(chunk!.bytes)
    for (let i = 0; i < bytes.length; i += 5) {
      const bad = Buffer.from(bytes)
      bad[i]! ^= 0x40
      await ctx.db.engine.transaction((tx) => tx.run(`update chunks set bytes = $1 where ${where}`, [bad]))
      const report = await check(ctx, { pageRows: 4 })
      // A bit of the frame's own checksum or padding may not count; the content must be right then.
      if (report.ok) continue
      assert.deepEqual(kinds(report), ['content-damaged'], `byte ${i}`)
    }
  })

  if (kind === 'sqlite')
    test('an index of the database that contradicts its table is found', async () => {
      await using store = await lived(open)
      await store.ctx.db[Symbol.asyncDispose]()
      const file = join(store.folder, 'lazaret.db')
      const alter = (statements: string) => {
        const db = new DatabaseSync(file, { defensive: false })
        db.exec(`pragma writable_schema = on; ${statements}`)
        db.close()
      }
      alter(`create table aside as select * from sqlite_schema where name = 'attempts_delivery';
        delete from sqlite_schema where name = 'attempts_delivery'`)
      alter(`insert into attempts values (1, 1, 1, 1, 'deferred', '', '', null, '', '')`) // and not into its index
      alter('insert into sqlite_schema select * from aside; drop table aside')
      await using again = await open({ again: store, clock: store.clock })
      const report = await check(again.ctx)
      assert.deepEqual(kinds(report), ['file-damaged'])
      assert.match(report.findings[0]!.text, /attempts_delivery/)
    })

  test('search that lost a message, or kept one that is gone', async () => {
    await using store = await lived(open)
    const { ctx, held, moving } = store
    await ctx.db.search.forget([held])
    const report = await check(ctx, { pageRows: 4 })
    assert.deepEqual(kinds(report), ['not-searchable'])
    assert.equal(report.findings.length, 1)
    await ctx.db.engine.transaction(async (tx) => {
      for (const table of ['holdings', 'deliveries'])
        await tx.run(`delete from ${table} where message_id = ${moving}`)
      await tx.run(`delete from messages where id = ${moving}`)
    })
    assert.ok(kinds(await check(ctx, { pageRows: 4 })).includes('search-stray'))
  })
})
