/** Promise: whoever reads the mail of a shared address decides who looks after its held mail, and nobody else gets at it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/store.ts'
import { type DelegationSettings, openDelegations } from '../../access/delegations.ts'
import { openUserSessions, type UserSession } from '../../access/user-sessions.ts'
import type { Context } from '../../context.ts'
import { defaultsOf } from '../../options.ts'
import { deeds, hold } from '../testing/admin.ts'
import { euqOptions } from './options.ts'
import { addUser, disable, openEuq, postbox, type Someone, signedIn } from './testing/euq.ts'

const list = 'sales@example.com'

/** What is mailed is there when `next` resolves. */
function opened(ctx: Context, options: { delegation_by_code?: boolean } = {}) {
  const box = postbox()
  let arrived = Promise.withResolvers<void>()
  const euq = openEuq(ctx, { post: { ...box.post, wake: () => arrived.resolve() }, options })
  return {
    euq,
    box,
    async code(someone: Someone, address = list): Promise<string> {
      arrived = Promise.withResolvers()
      assert.equal((await someone.ask('POST', '/delegations', { address })).status, 204)
      await arrived.promise
      return codeIn(box.letters.at(-1)?.text)
    },
  }
}

const codeIn = (text = ''): string => /\n([0-9A-Z]{4}-[0-9A-Z]{4})\n/.exec(text)?.[1] ?? ''
const use = (someone: Someone, code: string) => someone.ask('POST', '/delegations/use', { code })
const heldFor = async (someone: Someone): Promise<number> =>
  (await someone.ask('GET', '/messages')).body.items.length

forEachEngine((open) => {
  test('the code that is mailed to a list lets whoever asked look after it at once, once, until it is given back', async () => {
    await using store = await open()
    const { ctx } = store
    const { euq, box, code } = opened(ctx)
    await hold(ctx, 'Subject: x\r\n\r\nx\r\n', { recipients: [list] })
    await addUser(ctx, 'anna@example.com')
    await addUser(ctx, 'bert@example.com')
    const anna = await signedIn(euq, 'anna@example.com')
    const bert = await signedIn(euq, 'bert@example.com')
    assert.equal(await heldFor(anna), 0)
    const mailed = await code(anna)
    const [letter] = box.letters
    assert.equal(letter?.to, list)
    assert.match(letter?.text ?? '', /anna@example\.com asks to look after[\s\S]*sales@example\.com/)
    const rows = JSON.stringify(await ctx.db.read.selectFrom('user_tokens').selectAll().execute())
    assert.ok(!rows.includes(mailed.replace('-', '')) && !rows.includes(mailed))

    const foreign = await use(bert, mailed)
    assert.deepEqual([foreign.status, foreign.body.field], [400, 'code'])
    // As people type.
    const added = await use(anna, ` ${mailed.toLowerCase().replace('-', ' ').replaceAll('0', 'o')}`)
    assert.deepEqual([added.status, added.body], [200, { address: list }])
    assert.equal(await heldFor(anna), 1)
    assert.equal(await heldFor(bert), 0)
    assert.equal((await use(anna, mailed)).status, 400)
    const shown = (await anna.ask('GET', '/delegations')).body
    assert.deepEqual(
      [shown.mayAsk, shown.items.map(({ address, byCode }: Record<string, unknown>) => [address, byCode])],
      [true, [[list, true]]],
    )

    assert.equal(
      (await anna.ask('DELETE', `/delegations/${encodeURIComponent(list.toUpperCase())}`)).status,
      204,
    )
    assert.equal(await heldFor(anna), 0)
    assert.equal((await anna.ask('DELETE', `/delegations/${encodeURIComponent(list)}`)).status, 404)
    assert.deepEqual(
      (await deeds(ctx)).filter((deed) => deed.includes('delegation')),
      [
        'anna@example.com (user) delegation.ask anna@example.com',
        'bert@example.com (user) delegation.refused bert@example.com',
        'anna@example.com (user) delegation.add anna@example.com',
        'anna@example.com (user) delegation.refused anna@example.com',
        'anna@example.com (user) delegation.end anna@example.com',
      ],
    )
  })

  test('guessing ends the code; so do its time, a newer one, and the end of the user', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const { euq, code } = opened(ctx)
    const id = await addUser(ctx, 'anna@example.com')
    const anna = await signedIn(euq, 'anna@example.com')
    const guessed = await code(anna)
    for (let i = 0; i < 5; i++) assert.equal((await use(anna, `0000-000${i}`)).status, 400)
    assert.equal((await use(anna, guessed)).status, 400)
    const first = await code(anna)
    const second = await code(anna)
    assert.equal((await use(anna, first)).status, 400)
    assert.equal((await use(anna, second)).status, 200)

    await clock.turn(61 * 60_000)
    const again = await signedIn(euq, 'anna@example.com')
    const late = await code(again, 'info@example.com')
    await clock.turn(24 * 3_600_000)
    const later = await signedIn(euq, 'anna@example.com')
    assert.equal((await use(later, late)).status, 400)
    for (let i = 0; i < 30; i++) await use(later, `0000-001${i}`)
    const stopped = await use(later, '0000-0000')
    assert.equal(stopped.status, 429)
    assert.ok(Number(stopped.headers.get('retry-after')) > 0)
    await disable(ctx, id)
    assert.equal((await later.ask('GET', '/delegations')).status, 401)
  })

  test('every address is answered alike; letters go to own domains only, three an hour, and ten wishes a user', async () => {
    await using store = await open()
    const { ctx } = store
    const { euq } = opened(ctx)
    await addUser(ctx, 'anna@example.com', { alias: ['a@example.com'] })
    await addUser(ctx, 'bert@example.com')
    const anna = await signedIn(euq, 'anna@example.com')
    const answers = new Set<string>()
    for (const address of [
      list,
      'nobody@example.com',
      'x@elsewhere.org',
      'a@example.com',
      'bert@example.com',
    ]) {
      const { status, body } = await anna.ask('POST', '/delegations', { address })
      answers.add(JSON.stringify([status, body]))
    }
    assert.deepEqual([...answers], ['[204,""]'])
    for (const address of ['nonsense', 'x@example.com\r\nBcc: y@example.com', 'x>,<y@example.com'])
      assert.equal((await anna.ask('POST', '/delegations', { address })).body.field, 'address')
    for (let i = 0; i < 5; i++) await anna.ask('POST', '/delegations', { address: list })
    assert.equal((await anna.ask('POST', '/delegations', { address: list })).status, 429)

    // The same without the wait for nobody, to see who gets a letter.
    const quiet = postbox()
    let work: Promise<unknown> = Promise.resolve()
    const { transaction } = ctx.db
    const counted: Context = {
      ...ctx,
      db: Object.create(ctx.db, {
        transaction: {
          value: (doing: Parameters<typeof transaction>[0]) => {
            const done = ctx.db.transaction(doing)
            work = Promise.allSettled([work, done])
            return done
          },
        },
      }),
    }
    const settings: DelegationSettings = {
      post: () => quiet.post,
      sender: { organisation: () => '', language: () => 'en' },
      ownDomains: () => ['Example.com'],
      hours: () => 24,
    }
    const session = await sessionOf(ctx, 'bert@example.com')
    const delegations = openDelegations(counted, settings)
    for (const address of ['x@elsewhere.org', 'bert@example.com', 'info@example.com'])
      await delegations.ask(session, address)
    for (let i = 0; i < 5; i++) await openDelegations(counted, settings).ask(session, 'info@example.com')
    await work
    assert.deepEqual(
      quiet.letters.map(({ to }) => to),
      ['info@example.com', 'info@example.com', 'info@example.com'],
    )
  })

  test('switched off, or without mail, nobody can ask, and what there is stays', async () => {
    await using store = await open()
    const { ctx } = store
    const { euq } = opened(ctx, { delegation_by_code: false })
    await addUser(ctx, 'anna@example.com', { delegated: [list] })
    const anna = await signedIn(euq, 'anna@example.com')
    assert.equal((await anna.ask('POST', '/delegations', { address: list })).status, 404)
    const { mayAsk, items } = (await anna.ask('GET', '/delegations')).body
    assert.deepEqual([mayAsk, items[0].byCode], [false, false])
    assert.equal((await anna.ask('DELETE', `/delegations/${encodeURIComponent(list)}`)).status, 404)
  })
})

async function sessionOf(ctx: Context, name: string): Promise<UserSession> {
  const someone = await signedIn(openEuq(ctx), name)
  const sessions = openUserSessions(ctx, defaultsOf(euqOptions), () => [])
  const session = await sessions.find(someone.cookie.split('=')[1] ?? '', '192.0.2.1')
  assert.ok(session)
  return session
}
