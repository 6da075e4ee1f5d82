/** Promise: what was held and how deliveries ended is counted once, whoever counts, whatever the clock does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine, type TestStore, testClock } from '../../test/store.ts'
import type { Context } from '../context.ts'
import { defaultsOf } from '../options.ts'
import { idAt } from '../store/ids.ts'
import { sumTallies, talliedTo } from '../store/tallies.ts'
import { startHousekeeping } from './housekeeping.ts'
import { retentionOptions } from './options.ts'
import { release } from './release.ts'
import { tally } from './tally.ts'
import { admin, hold } from './testing/held.ts'

const hour = 3_600_000
const day = 24 * hour
const never = new AbortController().signal
const all = [{ from: 0, to: Number.MAX_SAFE_INTEGER }]

/** `held spam: 2` and so on, of all time. */
async function kept({ db }: Context): Promise<string[]> {
  const rows = await sumTallies(db.read, all, Number.MAX_SAFE_INTEGER)
  return rows.map(({ kind, name, count }) => `${kind} ${name}: ${count}`).sort()
}

async function end(ctx: Context, message: number, state: 'done' | 'failed' | 'cancelled', at: number) {
  await release(ctx, admin, { ids: [message] })
  await ctx.db.transaction(async (trx) => {
    await trx
      .updateTable('deliveries')
      .set({ state, ended_at: at })
      .where('message_id', '=', message)
      .execute()
    await trx.updateTable('holdings').set({ state: 'delivered' }).where('message_id', '=', message).execute()
  })
}

forEachEngine((open, kind) => {
  test('a quarter-hour is counted after its end, once, by reason, with its bytes', async () => {
    await using store = await open()
    const { ctx, clock } = store
    await hold(ctx, undefined, {}, Buffer.alloc(100))
    await hold(ctx, undefined, {}, Buffer.alloc(50))
    await hold(ctx, ['a@example.com', 'b@example.com'], { reason: 'malware' })
    await end(ctx, await hold(ctx), 'done', clock.now())
    await end(ctx, await hold(ctx), 'failed', clock.now())
    await end(ctx, await hold(ctx), 'cancelled', clock.now())
    await tally(ctx, never)
    assert.deepEqual(await kept(ctx), [], 'it is not over')
    await clock.turn(19 * 60_000)
    await tally(ctx, never)
    assert.deepEqual(await kept(ctx), [], 'what is on its way may still belong to it')
    await clock.turn(60_000)
    const once = ['done : 1', 'failed : 1', 'held malware: 1', 'held spam: 5']
    for (let again = 0; again < 2; again++) {
      await tally(ctx, never)
      assert.deepEqual(await kept(ctx), once)
    }
    const [spam] = await sumTallies(ctx.db.read, [{ from: clock.now() - hour, to: clock.now() }], clock.now())
    assert.ok(spam)
    const bytes = (await sumTallies(ctx.db.read, all, clock.now())).find(({ name }) => name === 'spam')!.bytes
    const rows = await ctx.db.read
      .selectFrom('messages')
      .select('size')
      .where('reason', '=', 'spam')
      .execute()
    assert.equal(
      bytes,
      rows.reduce((sum, { size }) => sum + size, 0),
    )
  })

  test('several at once count once; a new start goes on where the last one was', async () => {
    const clock = testClock()
    await using store = await open({ clock })
    const { ctx } = store
    for (let n = 0; n < 30; n++) {
      await hold(ctx)
      await clock.turn(hour)
    }
    await Promise.all([tally(ctx, never), tally(ctx, never), tally(ctx, never)])
    assert.deepEqual(await kept(ctx), ['held spam: 30'])
    await hold(ctx)
    await clock.turn(hour)
    if (kind === 'postgres') {
      await using other = await open({ clock, again: store })
      await Promise.all([tally(ctx, never), tally(other.ctx, never)])
    } else await tally(ctx, never)
    assert.deepEqual(await kept(ctx), ['held spam: 31'])
  })

  test('an old store is caught up with at the start, over gaps of weeks, and retention takes nothing of it', async () => {
    await using store = await open()
    const { ctx, clock } = store
    for (let n = 0; n < 3; n++) {
      await hold(ctx)
      await end(ctx, await hold(ctx), 'done', clock.now())
      // Ends in a way that is not counted, so that nothing but this happens then.
      await clock.turn(day)
      await ctx.db.transaction(async (trx) => {
        await trx.insertInto('deliveries').values(givenUp(ctx)).execute()
      })
      await clock.turn(20 * day)
    }
    const options = { ...defaultsOf(retentionOptions), records_days: 0 }
    {
      await using housekeeping = startHousekeeping(ctx, () => [{ name: 'Spam', keepDays: 1 }], options)
      assert.equal((await housekeeping.round()).expired, 6)
      await clock.turn(60_000)
      assert.equal((await housekeeping.round()).records, 6)
    }
    assert.deepEqual(await kept(ctx), ['done : 3', 'held spam: 6'])
    await tally(ctx, never)
    assert.deepEqual(await kept(ctx), ['done : 3', 'held spam: 6'])
  })

  test('a clock that ran ahead while nothing happened, and one that runs behind, lose nothing', async () => {
    await using store = await open()
    const { ctx, clock } = store
    await hold(ctx)
    await clock.turn(30 * day) // wrongly, and nothing comes in meanwhile
    await tally(ctx, never)
    await clock.turn(-30 * day)
    await hold(ctx) // in the quarter-hour that was counted too early
    await clock.turn(hour)
    await hold(ctx)
    await clock.turn(hour)
    await tally(ctx, never)
    assert.deepEqual(await kept(ctx), ['held spam: 3'])
    // Another node's clock is behind: its mail comes into what was counted.
    await putAt(store, clock.now() - 2 * hour + 60_000)
    for (let n = 0; n < 26; n++) {
      await hold(ctx)
      await clock.turn(hour)
      await tally(ctx, never)
    }
    assert.deepEqual(await kept(ctx), [`held spam: ${3 + 1 + 26}`])
  })

  test('what is counted by then stays when it is broken off', async () => {
    await using store = await open()
    const { ctx, clock } = store
    await hold(ctx)
    await clock.turn(2 * day)
    await tally(ctx, AbortSignal.abort())
    assert.equal(await talliedTo(ctx.db.read), 0)
    await tally(ctx, never)
    assert.deepEqual(await kept(ctx), ['held spam: 1'])
  })

  test('after more than a year it goes', async () => {
    await using store = await open()
    const { ctx, clock } = store
    await hold(ctx)
    await clock.turn(hour)
    await tally(ctx, never)
    await clock.turn(401 * day)
    await tally(ctx, never)
    assert.deepEqual(await kept(ctx), [])
  })
})

const givenUp = ({ db, clock }: Context) => ({
  id: db.ids.next(),
  release_id: 1,
  message_id: 1,
  n: 0,
  address: 'a@example.com',
  state: 'cancelled' as const,
  attempts: 0,
  next_at: 0,
  leased_until: 0,
  leased_by: '',
  created_at: clock.now(),
  ended_at: clock.now(),
})

/** A message with an id of that time, as another process may commit it. */
async function putAt({ ctx }: TestStore, at: number): Promise<void> {
  await ctx.db.transaction(async (trx) => {
    const row = await trx.selectFrom('messages').selectAll().orderBy('id').limit(1).executeTakeFirstOrThrow()
    await trx
      .insertInto('messages')
      .values({ ...row, id: idAt(at) + 1 })
      .execute()
  })
}
