/** Promise: the health of scanners is told also by a process that takes no mail, as long as one does that shares its database. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../test/store.ts'
import type { Scannable } from '../scan/scanner.ts'
import { openScannersHealth } from './scanners.ts'

const failing = {
  name: 'rspamd',
  scan: async () => {
    throw new Error('connection refused')
  },
}

forEachEngine((open, kind) => {
  test('of this process at once, of those beside it within seconds, of none that is gone', async () => {
    await using store = await open()
    const { ctx, clock } = store
    await using intake = openScannersHealth(ctx)
    await using admin = openScannersHealth(ctx)
    const health = async (of: typeof admin) =>
      (await of.read(['rspamd', 'patterns'])).map((one) => `${one.name} ${one.health}`)
    assert.deepEqual(await health(admin), ['rspamd idle', 'patterns idle'])
    const watched = intake.watch(failing)
    await assert.rejects(async () => watched.scan({} as Scannable, new AbortController().signal), /refused/)
    assert.deepEqual(await health(intake), ['rspamd failing', 'patterns idle'])
    await clock.turn(10_000)
    if (kind === 'sqlite') {
      assert.deepEqual(await health(admin), ['rspamd idle', 'patterns idle'], 'there is one process only')
      return
    }
    assert.deepEqual(await health(admin), ['rspamd failing', 'patterns idle'])
    await clock.turn(3_600_000)
    const [rspamd] = await admin.read([])
    assert.deepEqual(
      [rspamd?.health, rspamd?.asked, rspamd?.lastFailure?.detail],
      ['failing', 0, 'connection refused'],
    )
    await intake[Symbol.asyncDispose]()
    await clock.turn(121_000)
    assert.deepEqual(await health(admin), ['rspamd idle', 'patterns idle'])
  })
})
