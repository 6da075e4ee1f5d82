/** Promise: no entry is ever overlooked, strangers are seldom looked up, and 8 MB is the most that it takes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../test/store.ts'
import { SenderMarks } from './sender-marks.ts'
import { insertSenders } from './senders.ts'

forEachEngine((open) => {
  test('of 12,000 entries none is overlooked, also after it has grown, and few strangers are', async () => {
    await using store = await open()
    const { db } = store.ctx
    const marks = new SenderMarks()
    assert.equal(marks.mayHave('x.example'), true, 'unknown is not "nobody"')
    await marks.refresh(db.read)
    assert.deepEqual([marks.isEmpty, marks.mayHave('x.example')], [true, false])
    const pattern = (n: number) => `sender${n}@d${n % 997}.example`
    const add = async (from: number, to: number) =>
      await db.transaction(async (trx) => {
        const rows = Array.from({ length: to - from }, (_, n) => ({
          id: db.ids.next(),
          user_id: 1 + ((from + n) % 40),
          address_key: '',
          kind: 'approved' as const,
          pattern: pattern(from + n),
          note: '',
          created_at: 0,
          expires_at: null,
        }))
        await insertSenders(db, trx, rows)
      })
    await add(0, 3000)
    await marks.refresh(db.read)
    await add(3000, 12_000)
    await marks.refresh(db.read)
    assert.equal(marks.isEmpty, false)
    for (let n = 0; n < 12_000; n++) assert.ok(marks.mayHave(pattern(n)), pattern(n))
    let perhaps = 0
    for (let n = 0; n < 12_000; n++) if (marks.mayHave(`stranger${n}@other.example`)) perhaps++
    assert.ok(perhaps < 60, `${perhaps} of 12,000 strangers`)
  })
})
