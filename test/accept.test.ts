/** Promise: what was accepted is there, byte for byte, and can be found; what was not accepted left nothing. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { accept, type MailToHold } from '../src/quarantine/accept.ts'
import { check } from '../src/quarantine/check.ts'
import { mailToHold, storedHash } from './mails.ts'
import { forEachEngine } from './store.ts'

forEachEngine((open) => {
  for (const size of [0, 1, 20_000, 262_144, 700_000, 1_048_577, 5_000_000])
    test(`a message of ${size} bytes is kept as it came`, async () => {
      await using store = await open()
      const { ctx } = store
      const bytes = randomBytes(size)
      const mail = await mailToHold(ctx, bytes)
      const before = createHash('sha256')
      for await (const piece of mail.content.open()) before.update(piece)
      assert.equal(before.digest('hex'), mail.content.sha256)
      const [id] = await accept(ctx, mail)
      assert.equal(await storedHash(ctx, mail.content.id), createHash('sha256').update(bytes).digest('hex'))
      const found = await ctx.db.search.search({ filter: {}, sort: 'timestamp', order: 'desc', limit: 10 })
      assert.deepEqual(found.ids, [id])
      const holdings = await ctx.db.read
        .selectFrom('holdings')
        .select(['address', 'state'])
        .orderBy('n')
        .execute()
      assert.deepEqual(holdings, [
        { address: 'a@example.com', state: 'held' },
        { address: 'B@example.com', state: 'held' },
      ])
    })

  test('a hundred at once share few commits, and each is there', async () => {
    await using store = await open()
    const { ctx } = store
    const mails = await Promise.all(Array.from({ length: 100 }, () => mailToHold(ctx, randomBytes(3000))))
    const ids = (await Promise.all(mails.map((mail) => accept(ctx, mail)))).flat()
    assert.equal(new Set(ids).size, 100)
    for (const mail of mails) assert.equal(await storedHash(ctx, mail.content.id), mail.content.sha256)
  })

  test('one that cannot be kept fails alone', async () => {
    await using store = await open()
    const { ctx } = store
    const mails = await Promise.all(Array.from({ length: 10 }, () => mailToHold(ctx, randomBytes(3000))))
    const bad = mails[4] as MailToHold
    bad.groups[0]!.recipients[1]!.state = 'no such state' as 'held'
    const results = await Promise.allSettled(mails.map((mail) => accept(ctx, mail)))
    assert.deepEqual(
      results.map((result) => result.status),
      mails.map((mail) => (mail === bad ? 'rejected' : 'fulfilled')),
    )
    const { n } = await ctx.db.read
      .selectFrom('messages')
      .select((e) => e.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
    assert.equal(Number(n), 9)
  })

  test('staged bytes of a message that never finished are swept, those of a kept one are not', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const lost = ctx.content.receive()
    for (let i = 0; i < 40; i++) await lost.write(randomBytes(100_000))
    const kept = await mailToHold(ctx, randomBytes(3_000_000))
    await accept(ctx, kept)
    await ctx.content.sweep(clock.now() + 1)
    assert.equal(await storedHash(ctx, kept.content.id), kept.content.sha256)
    const others = await ctx.db.read
      .selectFrom('chunks')
      .select('n')
      .where('content_id', '!=', kept.content.id)
      .execute()
    assert.deepEqual(others, [])
  })

  test('a sweep in the middle of a transfer, by a clock that was set: that mail is refused, and kept when it comes again', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const bytes = randomBytes(3_000_000)
    const swept = ctx.content.receive()
    for (let at = 0; at < bytes.length; at += 100_000) {
      await swept.write(bytes.subarray(at, at + 100_000))
      if (at === 2_000_000) await ctx.content.sweep(clock.now() + 1)
    }
    const again = await mailToHold(ctx, bytes)
    await assert.rejects(accept(ctx, { ...again, content: await swept.finish() }))
    await swept.discard()
    await ctx.content.sweep(clock.now() + 1)
    await assert.rejects(accept(ctx, again))
    await accept(ctx, await mailToHold(ctx, bytes))
    assert.deepEqual((await check(ctx)).findings, [])
    await ctx.content.sweep(clock.now() + 1)
    const rows = await ctx.db.read.selectFrom('contents').select('size').execute()
    assert.deepEqual(rows, [{ size: bytes.length }])
    assert.deepEqual(await ctx.db.read.selectFrom('staging').selectAll().execute(), [])
    assert.deepEqual((await check(ctx)).findings, [])
  })

  test('a store opened again has everything and gives greater ids', async () => {
    await using store = await open()
    const mail = await mailToHold(store.ctx, randomBytes(3000))
    const [id] = await accept(store.ctx, mail)
    await store.ctx.db[Symbol.asyncDispose]()
    await using again = await open({ again: store, clock: store.clock })
    assert.equal(await storedHash(again.ctx, mail.content.id), mail.content.sha256)
    const [later] = await accept(again.ctx, await mailToHold(again.ctx, randomBytes(10)))
    assert.ok(later! > id!)
  })
})
