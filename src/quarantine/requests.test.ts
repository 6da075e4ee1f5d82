/**
 * Promises about requests for release: who may ask for what, that a copy has one open request, that a decision is made
 * once and releases that recipient's copy alone, and that a request never outlives what it asks for.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailToHold } from '../../test/mails.ts'
import { forEachEngine } from '../../test/store.ts'
import type { Actor } from '../access/actor.ts'
import type { AreaForUsers } from '../access/scope.ts'
import type { Context } from '../context.ts'
import { addUser } from '../http/euq/testing/euq.ts'
import { formatId } from '../store/ids.ts'
import { myMessages } from '../store/my-messages.ts'
import { countRequests, listRequests } from '../store/requests.ts'
import { accept } from './accept.ts'
import { decideOnRequests } from './decide-requests.ts'
import { expireArea } from './expire.ts'
import { release } from './release.ts'
import { remove, restore } from './remove.ts'
import { type Asker, askedFor, askForRelease, openPerUser, requestFor, withdrawRequest } from './requests.ts'
import { admin, audited, hold, operator, states } from './testing/held.ts'

const area = (name: string, ...releasableBy: string[]): AreaForUsers => ({
  name,
  releasableBy,
  visibleToUsers: name !== 'Unseen',
  usersDownloadParts: false,
})
const areas = [
  area('Review', 'operator'),
  area('Own', 'recipient'),
  area('Closed', 'nobody'),
  area('Unseen', 'operator'),
  area('Strict', 'administrator'),
]
const reviewer: Actor = { name: 'rita', role: 'reviewer', origin: '192.0.2.9' }
const anna = 'anna@example.com'

async function asker(ctx: Context, name = anna, ...more: string[]): Promise<Asker> {
  const userId = await addUser(ctx, name, { alias: more })
  return {
    actor: { name, role: 'user', origin: '192.0.2.1' },
    scope: new Set([name, ...more]),
    areas,
    userId,
  }
}

const held = (ctx: Context, recipients = [anna], where = 'Review') => hold(ctx, recipients, { area: where })

const open = async (ctx: Context) =>
  await listRequests(ctx.db.read, { state: 'open' }, { sort: 'asked', order: 'asc', limit: 500, offset: 0 })
const openIds = async (ctx: Context) => (await open(ctx)).map(({ id }) => id)
const ask = async (ctx: Context, who: Asker, ids: number[], note = '') =>
  (await askForRelease(ctx, who, ids, note)).map(({ result }) => result)
const decide = (ctx: Context, by: Actor, ids: number[], decision: 'approve' | 'deny', answer = '') =>
  decideOnRequests(ctx, by, { ids, decision, answer }, areas)
/** What the user sees of it. */
async function seen(ctx: Context, who: Asker, id: number) {
  const messages = await myMessages(ctx.db, [id], [...who.scope])
  return requestFor(who, messages[0]!, await askedFor(ctx, messages))
}

forEachEngine((openStore) => {
  test('who may ask for what', async () => {
    await using store = await openStore()
    const { ctx } = store
    const who = await asker(ctx)
    const malware = await hold(ctx, [anna], { area: 'Review', reason: 'malware' })
    const deleted = await held(ctx)
    await remove(ctx, admin, { ids: [deleted] })
    const ids = [
      await held(ctx),
      await held(ctx, [anna], 'Own'),
      await held(ctx, [anna], 'Closed'),
      await held(ctx, [anna], 'Unseen'),
      await held(ctx, [anna], 'No such area'),
      await held(ctx, ['bert@example.com']),
      malware,
      deleted,
      1,
    ]
    const results = await ask(ctx, who, ids, 'I need it')
    assert.deepEqual(results, [
      'done',
      'refused',
      'refused',
      'not-found',
      'not-found',
      'not-found',
      'refused',
      'refused',
      'not-found',
    ])
    const [request, ...rest] = await open(ctx)
    assert.equal(rest.length, 0)
    assert.deepEqual(
      [request?.message_id, request?.address, request?.asked_by, request?.note, request?.area],
      [ids[0], anna, anna, 'I need it', 'Review'],
    )
    assert.deepEqual(await audited(ctx, 'request.ask'), [
      { target: formatId(ids[0]!), details: { recipients: [anna], note: 'I need it' } },
    ])
  })

  test('a copy is asked for once, whoever acts for its address; others’ copies are not asked for', async () => {
    await using store = await openStore()
    const { ctx } = store
    const one = await asker(ctx, anna, 'team@example.com')
    const other = await asker(ctx, 'bert@example.com', 'team@example.com')
    const id = await held(ctx, [anna, 'team@example.com', 'carla@example.com'])
    assert.deepEqual(
      await Promise.all([ask(ctx, one, [id]), ask(ctx, one, [id])]).then((all) => all.flat().sort()),
      ['done', 'refused'],
    )
    assert.deepEqual(await ask(ctx, other, [id]), ['refused'])
    assert.deepEqual((await open(ctx)).map(({ address }) => address).sort(), [anna, 'team@example.com'])
    const [withdrawn] = await withdrawRequest(ctx, other, [id])
    assert.equal(withdrawn?.result, 'refused')
    assert.equal((await withdrawRequest(ctx, one, [id]))[0]?.result, 'done')
    assert.deepEqual(await openIds(ctx), [])
    assert.equal(await seen(ctx, one, id), null)
    assert.deepEqual(await ask(ctx, other, [id]), ['done'])
  })

  test('approving releases that copy alone, with its delivery and its rows of the log', async () => {
    await using store = await openStore()
    const { ctx } = store
    const who = await asker(ctx)
    const id = await held(ctx, [anna, 'bert@example.com'])
    await ask(ctx, who, [id])
    const [result] = await decide(ctx, reviewer, await openIds(ctx), 'approve', 'Known supplier')
    assert.equal(result?.result, 'done')
    assert.deepEqual(await states(ctx, id), ['releasing', 'held'])
    const due = await ctx.db.read.selectFrom('deliveries').select(['address', 'state']).execute()
    assert.deepEqual(due, [{ address: anna, state: 'due' }])
    const request = await seen(ctx, who, id)
    assert.deepEqual(
      [request?.state, request?.decided_by, request?.answer],
      ['approved', 'rita', 'Known supplier'],
    )
    assert.equal((await audited(ctx, 'message.release')).length, 1)
    const [deed] = await audited(ctx, 'request.approve')
    assert.deepEqual(deed?.details, {
      request: formatId(request!.id),
      recipients: [anna],
      answer: 'Known supplier',
    })
  })

  test('what is declined stays held, says why, and is not asked for again', async () => {
    await using store = await openStore()
    const { ctx } = store
    const who = await asker(ctx)
    const id = await held(ctx)
    await ask(ctx, who, [id])
    await decide(ctx, operator, await openIds(ctx), 'deny', 'A known fraud')
    assert.deepEqual(await states(ctx, id), ['held'])
    const request = await seen(ctx, who, id)
    assert.deepEqual([request?.state, request?.answer], ['denied', 'A known fraud'])
    assert.deepEqual(await ask(ctx, who, [id]), ['refused'])
  })

  test('of two who decide at once one does, and the other is told who and when', async () => {
    await using store = await openStore()
    const { ctx } = store
    const who = await asker(ctx)
    for (const second of ['approve', 'deny'] as const) {
      const ids = [await held(ctx), await held(ctx)]
      await ask(ctx, who, ids)
      const requests = await openIds(ctx)
      const answers = await Promise.all([
        decide(ctx, admin, requests, 'approve'),
        decide(ctx, operator, requests.toReversed(), second),
      ])
      const [first, other] = [answers[0], answers[1].toReversed()]
      for (const n of [0, 1]) {
        const results = [first[n]!, other[n]!]
        assert.deepEqual(results.map(({ result }) => result).sort(), ['done', 'refused'])
        const winner = results[0]!.result === 'done' ? 'alice' : 'bob'
        const loser = results.find(({ result }) => result === 'refused')
        assert.deepEqual([loser?.by, loser?.at], [winner, ctx.clock.now()])
        assert.match(loser!.text, new RegExp(`already by ${winner} on 2026`))
        const expected = winner === 'alice' || second === 'approve' ? 'releasing' : 'held'
        assert.deepEqual(await states(ctx, ids[n]!), [expected])
      }
    }
    const released = await ctx.db.read.selectFrom('deliveries').select(['message_id', 'n']).execute()
    assert.equal(new Set(released.map(({ message_id }) => message_id)).size, released.length)
  })

  test('a request ends with whatever else happens to the copy', async () => {
    await using store = await openStore()
    const { ctx } = store
    const who = await asker(ctx)
    const [released, deleted, byUser] = [await held(ctx), await held(ctx), await held(ctx)]
    await ask(ctx, who, [released, deleted, byUser])
    const requests = await openIds(ctx)
    await release(ctx, operator, { ids: [released] })
    await remove(ctx, admin, { ids: [deleted] })
    await remove(ctx, who.actor, { ids: [byUser], recipients: [anna] })
    assert.deepEqual(await openIds(ctx), [])
    const late = await decide(ctx, admin, requests, 'approve')
    assert.deepEqual(
      late.map(({ result, by }) => [result, by]),
      [
        ['refused', 'bob'],
        ['refused', 'alice'],
        ['refused', `${anna} (user)`],
      ],
    )
    assert.deepEqual(await states(ctx, deleted), ['deleted'])
    await restore(ctx, admin, { ids: [deleted] })
    assert.deepEqual(await openIds(ctx), [], 'what came back is not asked for')
    assert.equal(await seen(ctx, who, deleted), null)
    assert.deepEqual(await ask(ctx, who, [deleted]), ['done'])
    await store.clock.turn(40 * 86_400_000)
    const limits = { failedKeepDays: 1, purgeShareMaxPercent: 100 }
    await expireArea(ctx, { name: 'Review', keepDays: 30 }, limits, new AbortController().signal)
    assert.deepEqual(await openIds(ctx), [])
  })

  test('asking while somebody releases: never open for a copy that is not held', async () => {
    await using store = await openStore()
    const { ctx } = store
    const who = await asker(ctx)
    const ids = await Promise.all(Array.from({ length: 12 }, () => held(ctx)))
    await Promise.all(
      ids.flatMap((id, n) => [
        ask(ctx, who, [id]),
        n % 2 === 0 ? release(ctx, admin, { ids: [id] }) : remove(ctx, admin, { ids: [id] }),
      ]),
    )
    assert.deepEqual(await openIds(ctx), [])
  })

  test('an area is respected for whoever decides; a reviewer decides where operators may release', async () => {
    await using store = await openStore()
    const { ctx } = store
    const who = await asker(ctx)
    await ask(ctx, who, [await held(ctx, [anna], 'Strict')])
    const requests = await openIds(ctx)
    for (const by of [operator, reviewer])
      for (const decision of ['approve', 'deny'] as const) {
        const [result] = await decide(ctx, by, requests, decision)
        assert.equal(result?.result, 'refused')
        assert.match(result?.text ?? '', /only administrator may decide/)
      }
    assert.equal((await decide(ctx, admin, requests, 'approve'))[0]?.result, 'done')
  })

  test('somebody for some domains sees and decides requests of these alone', async () => {
    await using store = await openStore()
    const { ctx } = store
    const own = await asker(ctx)
    const other = await asker(ctx, 'x@other.example')
    await ask(ctx, own, [await held(ctx)])
    await ask(ctx, other, [await held(ctx, ['x@other.example'])])
    const domains = ['example.com']
    const restricted: Actor = { name: 'dora', role: 'domain-administrator', origin: 'cli', domains }
    assert.equal(await countRequests(ctx.db.read, { state: 'open', domains }, 100), 1)
    const results = await decide(ctx, restricted, await openIds(ctx), 'approve')
    assert.deepEqual(
      results.map(({ result }) => result),
      ['done', 'not-found'],
    )
    assert.deepEqual(
      (await open(ctx)).map(({ address }) => address),
      ['x@other.example'],
    )
  })

  test('nobody asks for more than the limit', async () => {
    await using store = await openStore()
    const { ctx } = store
    const who = await asker(ctx)
    const ids = await Promise.all(Array.from({ length: openPerUser + 1 }, () => held(ctx)))
    const results = await ask(ctx, who, ids)
    assert.deepEqual(
      [results.filter((one) => one === 'done').length, results.at(-1)],
      [openPerUser, 'refused'],
    )
    await decide(ctx, admin, (await openIds(ctx)).slice(0, 1), 'deny')
    assert.deepEqual(await ask(ctx, who, ids.slice(-1)), ['done'])
  })

  test('requests are found by what stands in them, in every order', async () => {
    await using store = await openStore()
    const { ctx } = store
    const who = await asker(ctx, anna, 'team@example.com')
    const mail = async (subject: string, to: string) => {
      const group = { area: 'Review' }
      const [id] = await accept(
        ctx,
        await mailToHold(ctx, Buffer.from('x'), { subject, recipients: [to], group }),
      )
      return id!
    }
    const first = await mail('Zebra 100%', anna)
    const second = await mail('Apple', 'team@example.com')
    await ask(ctx, who, [first], 'Über alles wichtig')
    await ask(ctx, who, [second])
    const found = async (words: string) => {
      const filter = { state: 'open', words } as const
      const rows = await listRequests(ctx.db.read, filter, {
        sort: 'asked',
        order: 'desc',
        limit: 10,
        offset: 0,
      })
      assert.equal(await countRequests(ctx.db.read, filter, 10), rows.length)
      return rows.map(({ message_id }) => message_id)
    }
    assert.deepEqual(await found('ZEBRA'), [first])
    assert.deepEqual(await found('Über'), [first])
    assert.deepEqual(await found('team@'), [second])
    assert.deepEqual(await found('100%'), [first])
    assert.deepEqual(await found('%'), [first])
    assert.deepEqual(await found('anna'), [second, first])
    for (const [sort, order, ids] of [
      ['subject', 'asc', [second, first]],
      ['recipient', 'asc', [first, second]],
      ['asked', 'desc', [second, first]],
    ] as const) {
      const rows = await listRequests(ctx.db.read, {}, { sort, order, limit: 10, offset: 0 })
      assert.deepEqual(
        rows.map(({ message_id }) => message_id),
        ids,
        sort,
      )
    }
  })
})
