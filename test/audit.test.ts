/** Promise: nobody changes or removes a row of the audit log without it being noticed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Deed, verifyAudit, writeAudit } from '../src/store/audit.ts'
import { forEachEngine } from './store.ts'

const deed = (target: string): Deed => ({
  at: 1,
  actor: 'admin',
  origin: 'cli',
  deed: 'message.release',
  target,
  details: { recipients: ['ä@example.com'] },
})

forEachEngine((open) => {
  test('the chain is whole, and says where it is broken', async () => {
    await using store = await open()
    const { db } = store.ctx
    for (let i = 0; i < 3; i++) await db.transaction((trx) => writeAudit(trx, [deed(`a${i}`), deed(`b${i}`)]))
    const whole = await verifyAudit(db.read)
    assert.equal(whole.rows, 6)
    assert.equal(whole.brokenAt, null)

    await db.transaction((trx) =>
      trx.updateTable('audit').set({ actor: 'nobody' }).where('seq', '=', 4).execute(),
    )
    assert.equal((await verifyAudit(db.read)).brokenAt, 4)
    await db.transaction((trx) =>
      trx.updateTable('audit').set({ actor: 'admin' }).where('seq', '=', 4).execute(),
    )
    assert.equal((await verifyAudit(db.read)).brokenAt, null)
    await db.transaction((trx) => trx.deleteFrom('audit').where('seq', '=', 2).execute())
    assert.equal((await verifyAudit(db.read)).brokenAt, 2)
  })

  test('names that no database can keep as they are do not break the chain', async () => {
    await using store = await open()
    const { db } = store.ctx
    const hostile = { ...deed('a\0b\ud800'), actor: '\udfff', details: { name: '\0\ud800' } }
    await db.transaction((trx) => writeAudit(trx, [hostile, deed('b')]))
    assert.deepEqual((await verifyAudit(db.read)).brokenAt, null)
  })

  test('a deed that fails leaves no row, and writers at the same time make one chain', async () => {
    await using store = await open()
    const { db } = store.ctx
    const writers = Array.from({ length: 20 }, (_, i) =>
      db.transaction(async (trx) => {
        await writeAudit(trx, [deed(`m${i}`)])
        if (i % 5 === 0) throw new Error('the deed failed')
      }),
    )
    await Promise.allSettled(writers)
    const report = await verifyAudit(db.read)
    assert.deepEqual([report.rows, report.brokenAt], [16, null])
  })
})
