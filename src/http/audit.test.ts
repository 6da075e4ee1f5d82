/** Promise: however many have the audit log verified at a time, it is read once; and whoever comes later has it anew. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestStore } from '../../test/store.ts'
import { hold, openAdmin } from './testing/admin.ts'

test('verifications at the same time are one', async () => {
  await using store = await openTestStore('sqlite', undefined)
  const { ctx } = store
  let reads = 0
  const read = new Proxy(ctx.db.read, {
    get(target, name) {
      if (name !== 'selectFrom') return Reflect.get(target, name, target)
      return (from: 'audit') => {
        if (from === 'audit') reads++
        return target.selectFrom(from)
      }
    },
  })
  const db: typeof ctx.db = Object.create(ctx.db, { read: { value: read } })
  using admin = openAdmin({ ...ctx, db })
  const id = await hold(ctx, 'Subject: x\r\n\r\n')
  const client = await admin.as('administrator')
  const verify = () => client.call('verifyAudit', {})
  assert.equal((await verify()).rows, 0)
  assert.equal(reads, 1)
  await client.call('deleteMessages', { body: { ids: [id] } })
  reads = 0
  const reports = await Promise.all(Array.from({ length: 20 }, verify))
  assert.deepEqual([...new Set(reports.map(({ rows, brokenAt }) => `${rows} ${brokenAt}`))], ['1 null'])
  assert.ok(reads < 5, `${reads} reads`)
})
