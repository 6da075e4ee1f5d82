/**
 * Promise: whichever database call fails while mail is being accepted, mail that was promised is there, and mail that
 * was not promised can be sent again.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { accept } from '../src/quarantine/accept.ts'
import { check } from '../src/quarantine/check.ts'
import { Fault, faultyEngine } from './faulty.ts'
import { mailToHold, storedHash } from './mails.ts'
import { forEachEngine } from './store.ts'

forEachEngine((open) => {
  for (const size of [3_000, 1_500_000])
    for (const moment of ['before', 'after'] as const)
      test(`accepting ${size} bytes, each database call failing in turn (${moment} it was done)`, async () => {
        const { wrap, faults } = faultyEngine()
        await using store = await open({ wrap })
        const { ctx } = store
        let runs = 0
        for (let n = 1; ; n++, runs++) {
          const bytes = randomBytes(size)
          const messageId = `<${n}-${size}@example.org>`
          // New names each time, so that the labels have to be made again.
          const group = { rule: `rule ${n}`, area: `area ${n}` }
          let contentId: number | undefined
          faults.arm(n, moment)
          try {
            const mail = await mailToHold(ctx, bytes, { messageId, group })
            contentId = mail.content.id
            await accept(ctx, mail)
          } catch (error) {
            assert.ok(error instanceof Fault || /planted/.test(String(error)), String(error))
            contentId = undefined
          }
          faults.disarm()
          if (contentId !== undefined) {
            const hash = await storedHash(ctx, contentId)
            assert.equal(hash, (await mailToHold(ctx, bytes)).content.sha256)
            const found = await ctx.db.search.search({
              filter: { messageId: { start: true, pieces: [messageId.slice(1, -1)], end: true } },
              sort: 'timestamp',
              order: 'desc',
              limit: 10,
            })
            assert.equal(found.ids.length, 1)
          }
          const again = await mailToHold(ctx, bytes, { messageId, group })
          await accept(ctx, again) // the client's retry
          assert.equal(await storedHash(ctx, again.content.id), again.content.sha256)
          if (!faults.hit) break
        }
        assert.ok(runs > 2, `only ${runs} calls were made to fail`)
        // Nothing half-kept is left, whatever failed; what was staged in vain is swept, and the next start finds the rest.
        await ctx.content.sweep(store.clock.now() + 1)
        await ctx.db[Symbol.asyncDispose]()
        await using again = await open({ again: store, clock: store.clock })
        assert.deepEqual((await check(again.ctx)).findings, [])
      })
})
