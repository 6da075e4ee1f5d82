/** Promise: what was accepted is there, byte for byte, and can be found; what was not accepted left nothing. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { Context } from '../src/context.ts'
import { accept, type MailToHold } from '../src/quarantine/accept.ts'
import { forEachEngine } from './store.ts'

async function mailOf(ctx: Context, bytes: Buffer, pieceBytes: number): Promise<MailToHold> {
  const incoming = ctx.content.receive()
  for (let at = 0; at < bytes.length; at += pieceBytes)
    await incoming.write(bytes.subarray(at, at + pieceBytes))
  return {
    envelope: {
      via: 'smtp',
      sender: 'Sender@Example.org',
      recipients: [{ address: 'a@example.com', parameters: {} }],
      body: null,
      smtputf8: false,
      client: { ip: '192.0.2.1', port: null, name: null, helo: 'mx', protocol: 'ESMTP' },
      peerIp: '127.0.0.1',
    },
    facts: {
      size: bytes.length,
      from: 'S <sender@example.org>',
      fromAddresses: ['sender@example.org'],
      to: 'a@example.com',
      subject: 'Hello',
      date: null,
      messageId: '<1@example.org>',
      attachments: [],
      headers: [],
      patterns: [],
      ambiguities: [],
    },
    content: await incoming.finish(),
    contentKept: false,
    verdicts: [],
    authentication: [],
    groups: [
      {
        area: 'Spam',
        reason: 'spam',
        rule: 'r',
        scanner: 's',
        explanation: 'Held.',
        recipients: [
          { address: 'a@example.com', parameters: {}, state: 'held' },
          { address: 'B@example.com', parameters: {}, state: 'held' },
        ],
      },
    ],
  }
}

async function stored(ctx: Context, contentId: number): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of ctx.content.open(contentId)) hash.update(bytes)
  return hash.digest('hex')
}

forEachEngine((open) => {
  for (const size of [0, 1, 20_000, 262_144, 700_000, 1_048_577, 5_000_000])
    test(`a message of ${size} bytes is kept as it came`, async () => {
      await using store = await open()
      const { ctx } = store
      const bytes = randomBytes(size)
      const mail = await mailOf(ctx, bytes, 65_536)
      const before = createHash('sha256')
      for await (const piece of mail.content.open()) before.update(piece)
      assert.equal(before.digest('hex'), mail.content.sha256)
      const [id] = await accept(ctx, mail)
      assert.equal(await stored(ctx, mail.content.id), createHash('sha256').update(bytes).digest('hex'))
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
    const mails = await Promise.all(Array.from({ length: 100 }, () => mailOf(ctx, randomBytes(3000), 1000)))
    const ids = (await Promise.all(mails.map((mail) => accept(ctx, mail)))).flat()
    assert.equal(new Set(ids).size, 100)
    for (const mail of mails) assert.equal(await stored(ctx, mail.content.id), mail.content.sha256)
  })

  test('one that cannot be kept fails alone', async () => {
    await using store = await open()
    const { ctx } = store
    const mails = await Promise.all(Array.from({ length: 10 }, () => mailOf(ctx, randomBytes(3000), 1000)))
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
    const kept = await mailOf(ctx, randomBytes(3_000_000), 65_536)
    await accept(ctx, kept)
    await ctx.content.sweep(clock.now() + 1)
    assert.equal(await stored(ctx, kept.content.id), kept.content.sha256)
    const others = await ctx.db.read
      .selectFrom('chunks')
      .select('n')
      .where('content_id', '!=', kept.content.id)
      .execute()
    assert.deepEqual(others, [])
  })

  test('a store opened again has everything and gives greater ids', async () => {
    await using store = await open()
    const mail = await mailOf(store.ctx, randomBytes(3000), 1000)
    const [id] = await accept(store.ctx, mail)
    await store.ctx.db[Symbol.asyncDispose]()
    await using again = await open({ again: store, clock: store.clock })
    assert.equal(await stored(again.ctx, mail.content.id), mail.content.sha256)
    const [later] = await accept(again.ctx, await mailOf(again.ctx, randomBytes(10), 10))
    assert.ok(later! > id!)
  })
})
