/**
 * Promise: what somebody has said of a sender counts for his mail and for nobody else's; a forged name opens nothing,
 * malware stays held, and a look-up that fails puts mail off and delivers nothing that was blocked.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boundTo } from '../../test/bound.ts'
import { forEachEngine, type TestStore } from '../../test/store.ts'
import { addSenders } from '../access/senders.ts'
import { blankUser, setAddresses } from '../access/users.ts'
import type { Context } from '../context.ts'
import type { Courier } from '../delivery/courier.ts'
import { replyLine } from '../mail/reply.ts'
import { defaultsOf } from '../options.ts'
import { compilePolicy } from '../policy/compile.ts'
import type { PolicySettings } from '../policy/decide.ts'
import { defaultAreas, defaultRules } from '../policy/defaults.ts'
import type { Scanner, Verdict } from '../scan/scanner.ts'
import { verdictOf } from '../scan/testing/verdict.ts'
import { SenderMarks } from '../store/sender-marks.ts'
import { dropDelegation } from '../store/user-addresses.ts'
import type { UsersTable } from '../store/user-schema.ts'
import { insertUser, updateUser } from '../store/users.ts'
import { smtpOptions } from './options.ts'
import { createReceiver } from './receive.ts'

const anna = 'anna@example.com'
const bert = 'bert@example.com'

async function addUser(
  ctx: Context,
  name: string,
  more: { alias?: string[]; delegated?: string[] } = {},
): Promise<UsersTable> {
  const user = blankUser(ctx, name, 'test')
  await ctx.db.transaction(async (trx) => {
    await insertUser(trx, user)
    await setAddresses(ctx, trx, { name, role: 'user', origin: '' }, user, 'test', { own: [name], ...more })
  })
  return user
}

const say = (
  ctx: Context,
  user: UsersTable,
  kind: 'approved' | 'blocked',
  sender: string,
  more: { address?: string; expiresAt?: number } = {},
) => addSenders(ctx, { name: user.name, role: 'user', origin: '' }, user, [{ sender, kind, ...more }], 100)

interface Ways {
  result?: Verdict['result']
  failed?: boolean
  authentication?: string
  settings?: Partial<PolicySettings>
}

interface Mail extends Ways {
  to: string[]
  via?: 'smtp' | 'lmtp'
  from?: string
  sender?: string
}

/** Sends mail that a scanner calls spam, unless told otherwise. */
function opened({ ctx }: Pick<TestStore, 'ctx'>) {
  let now: Mail = { to: [] }
  const carried: string[] = []
  const nextHop: Courier = {
    async carry(parcel) {
      carried.push(...parcel.recipients.map(({ address }) => address))
      const reply = { code: 250, status: '2.0.0', text: 'taken' }
      const outcomes = parcel.recipients.map(() => ({ outcome: 'delivered' as const, reply, text: '' }))
      return { host: 'hop', tls: '', tookMs: 0, outcomes }
    },
    async [Symbol.asyncDispose]() {},
  }
  const scanners: Scanner[] = [
    { name: 'one', immediate: true, scan: () => verdictOf('one', now.result ?? 'spam') },
    { name: 'two', immediate: true, scan: () => (now.failed ? verdictOf('two', 'failed') : null) },
  ]
  const receiver = createReceiver(ctx, {
    policy: () =>
      compilePolicy(defaultAreas, defaultRules, {
        onScannerFailure: 'hold',
        unscannedArea: 'Unscanned',
        ownDomains: [],
        ...now.settings,
      }),
    scanners: () => scanners,
    scanDeadlineMs: () => 10_000,
    authenticationOf: () => (now.authentication === undefined ? [] : [`mx.example; ${now.authentication}`]),
    nextHop,
    options: () => defaultsOf(smtpOptions),
    hostname: () => 'mx.example',
  })
  return {
    /** What became of each copy: `anna@example.com delivered`, `… spam in Spam`; the replies last. */
    async send(mail: Mail): Promise<string[]> {
      now = mail
      carried.length = 0
      const after = ctx.db.ids.next()
      const { to, via = 'smtp', from = 'Carl <carl@shop.example>', sender = 'bounce-1@shop.example' } = mail
      const reception = receiver.begin({
        via,
        sender,
        recipients: to.map((address) => ({ address, parameters: {} })),
        body: '8BITMIME',
        smtputf8: false,
        client: { ip: '192.0.2.1', port: 25, name: null, helo: 'c', protocol: 'ESMTP' },
        peerIp: '127.0.0.1',
      })
      await reception.write(Buffer.from(`From: ${from}\r\nSubject: x\r\n\r\nx\r\n`))
      const replies = (await reception.end()).map(replyLine)
      const held = await ctx.db.read
        .selectFrom('holdings')
        .innerJoin('messages', 'messages.id', 'holdings.message_id')
        .select(['holdings.address', 'messages.reason', 'messages.area'])
        .where('messages.id', '>', after)
        .execute()
      const became = [
        ...carried.map((address) => `${address} delivered`),
        ...held.map(({ address, reason, area }) => `${address} ${reason} in ${area}`),
      ].sort()
      return [...became, ...replies.map((reply) => reply.replace(/ as .*/, ''))]
    },
    explanations: async () =>
      (await ctx.db.read.selectFrom('messages').select('explanation').orderBy('id').execute()).map(
        ({ explanation }) => explanation,
      ),
    [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose](),
  }
}

const held = '250 2.0.0 Ok: held'
const taken = '250 2.0.0 taken'

forEachEngine((open) => {
  test('of one mail, who approved its sender gets a copy and the other does not, by SMTP and by LMTP', async () => {
    await using store = await open()
    const user = await addUser(store.ctx, anna, { alias: ['a@example.com'] })
    await addUser(store.ctx, bert)
    await using intake = opened(store)
    const copies = [`${anna} spam in Spam`, `${bert} spam in Spam`]
    assert.deepEqual(await intake.send({ to: [anna, bert] }), [...copies, held])
    await say(store.ctx, user, 'approved', 'carl@shop.example')
    const wanted = [`${anna} delivered`, `${bert} spam in Spam`]
    assert.deepEqual(await intake.send({ to: [anna, bert] }), [...wanted, held])
    assert.deepEqual(await intake.send({ to: [anna, bert], via: 'lmtp' }), [...wanted, taken, held])
    assert.deepEqual(await intake.send({ to: ['A@Example.com'] }), ['A@Example.com delivered', taken])
  })

  test('of one mail, who blocked its sender does not get a copy and the other does, by SMTP and by LMTP', async () => {
    await using store = await open()
    const user = await addUser(store.ctx, anna)
    await addUser(store.ctx, bert)
    await say(store.ctx, user, 'blocked', 'shop.example')
    await using intake = opened(store)
    const wanted = [`${anna} sender in Spam`, `${bert} delivered`]
    const to = [anna, bert]
    assert.deepEqual(await intake.send({ to, result: 'clean' }), [...wanted, held])
    assert.deepEqual(await intake.send({ to, result: 'clean', via: 'lmtp' }), [...wanted, held, taken])
    assert.deepEqual(await intake.explanations(), [
      'Held because its recipient has blocked shop.example.',
      'Held because its recipient has blocked shop.example.',
    ])
    // By its null sender or another one: From is what people see.
    assert.deepEqual(await intake.send({ to: [anna], result: 'clean', sender: '' }), [
      `${anna} sender in Spam`,
      held,
    ])
    // In From among others, and below the domain.
    const from = 'x@y.example, Z <z@mail.shop.example>'
    assert.deepEqual((await intake.send({ to: [anna], result: 'clean', from, sender: '' }))[0], wanted[0])
    // What is held for something else keeps its reason.
    assert.equal((await intake.send({ to: [anna], result: 'malware' }))[0], `${anna} malware in Virus`)
    const settings = { blockedArea: 'Review' }
    assert.equal(
      (await intake.send({ to: [anna], result: 'clean', settings }))[0],
      `${anna} sender in Review`,
    )
  })

  test('no approval lets through malware, phishing, what only others release, or what a scanner has not seen', async () => {
    await using store = await open()
    await say(store.ctx, await addUser(store.ctx, anna), 'approved', 'shop.example')
    await using intake = opened(store)
    const [first] = await intake.send({ to: [anna] })
    assert.equal(first, `${anna} delivered`)
    for (const [more, became] of [
      [{ result: 'malware' }, 'malware in Virus'],
      [{ result: 'phishing' }, 'phishing in Phishing'],
      [{ result: 'suspect' }, 'content in Review'],
      [{ failed: true }, 'spam in Spam'],
      [{ failed: true, result: 'clean' }, 'unscanned in Unscanned'],
    ] as [Ways, string][])
      assert.deepEqual(await intake.send({ to: [anna], ...more }), [`${anna} ${became}`, held])
  })

  test('a name that is said to be forged opens nothing; when-passed wants proof of that very domain', async () => {
    await using store = await open()
    const user = await addUser(store.ctx, anna)
    await say(store.ctx, user, 'approved', 'carl@shop.example')
    await using intake = opened(store)
    const opens = async (mail: Partial<Mail>) =>
      (await intake.send({ to: [anna], ...mail }))[0] === `${anna} delivered`
    for (const authentication of [
      'spf=fail smtp.mailfrom=shop.example',
      'spf=softfail smtp.mailfrom=shop.example; dkim=none',
      'dkim=fail header.d=shop.example',
      'spf=pass smtp.mailfrom=evil.example; dmarc=fail (p=none dis=none) header.from=shop.example',
      // What is quoted or a comment proves nothing.
      'dmarc=fail reason="; dkim=pass header.d=shop.example" header.from=shop.example',
      'spf=fail (; dkim=pass header.d=shop.example) smtp.mailfrom=x@evil.example',
      // Somebody else's signature.
      'spf=fail smtp.mailfrom=shop.example; dkim=pass header.d=evil.example',
      'spf=fail smtp.mailfrom=shop.example; dkim=pass header.d=example',
    ])
      assert.equal(await opens({ authentication }), false, authentication)
    const passed = [
      'spf=fail smtp.mailfrom=list.example; dkim=pass (2048-bit key) header.d=shop.example header.s=s',
      'spf=pass smtp.mailfrom=b@shop.example; dmarc=pass (p=reject) header.from=shop.example',
      'dkim=pass header.i=@mail.shop.example',
    ]
    const settings = { approvedSenders: 'when-passed' } as const
    for (const authentication of passed) {
      assert.equal(await opens({ authentication }), true, authentication)
      assert.equal(await opens({ authentication, settings }), true, authentication)
    }
    const others = ['spf=none', 'spf=pass smtp.mailfrom=evil.example', 'spf=temperror; dkim=none; dmarc=none']
    for (const authentication of others) {
      assert.equal(await opens({ authentication }), true, authentication)
      assert.equal(await opens({ authentication, settings }), false, authentication)
    }
    assert.equal(await opens({}), true)
    assert.equal(await opens({ settings }), false)
    assert.equal(await opens({ settings: { approvedSenders: 'never' } }), false)
    // Who else stands in From has not been approved.
    assert.equal(await opens({ from: 'carl@shop.example, x@evil.example' }), false)
    assert.equal(await opens({ from: '"carl@shop.example" <x@evil.example>' }), false)
    // The envelope counts as well.
    assert.equal(await opens({ from: 'x@y.example', sender: 'Carl@shop.example' }), true)
  })

  test('the more exact entry counts, then the one that blocks; one that has expired does not', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const user = await addUser(ctx, anna)
    await using intake = opened(store)
    const became = async (result: Verdict['result'], mail: Partial<Mail> = {}) =>
      (await intake.send({ to: [anna], result, ...mail }))[0]?.slice(anna.length + 1)
    await say(ctx, user, 'blocked', 'shop.example')
    await say(ctx, user, 'approved', 'carl@shop.example', { expiresAt: clock.now() + 1000 })
    assert.equal(await became('spam'), 'delivered')
    assert.equal(await became('clean'), 'delivered')
    // Forged, the approval is none, and the other counts.
    assert.equal(await became('clean', { authentication: 'dmarc=fail' }), 'sender in Spam')
    await clock.turn(1000)
    assert.equal(await became('spam'), 'spam in Spam')
    assert.equal(await became('clean'), 'sender in Spam')
    await say(ctx, user, 'approved', 'news.shop.example')
    assert.equal(await became('spam', { from: 'x@a.news.shop.example', sender: '' }), 'delivered')
    await say(ctx, user, 'blocked', 'one@y.example')
    await say(ctx, user, 'approved', 'two@y.example')
    assert.equal(await became('clean', { from: 'one@y.example', sender: 'two@y.example' }), 'sender in Spam')
    await say(ctx, user, 'blocked', 'bücher.example')
    assert.equal(await became('clean', { from: 'a@xn--bcher-kva.example', sender: '' }), 'sender in Spam')
  })

  test('for a delegated address an entry counts while that is delegated; of somebody disabled none does', async () => {
    await using store = await open()
    const { ctx } = store
    const list = 'sales@example.com'
    const user = await addUser(ctx, anna, { delegated: [list] })
    await say(ctx, user, 'blocked', 'shop.example')
    await say(ctx, user, 'blocked', 'carl@shop.example', { address: list })
    await using intake = opened(store)
    const mail = { result: 'clean', from: 'x@shop.example', sender: '' } as const
    assert.deepEqual(await intake.send({ to: [list], ...mail }), [`${list} delivered`, taken])
    assert.equal((await intake.send({ to: [list], result: 'clean' }))[0], `${list} sender in Spam`)
    await ctx.db.transaction(async (trx) => await dropDelegation(trx, user.id, list, ['test']))
    assert.equal((await intake.send({ to: [list], result: 'clean' }))[0], `${list} delivered`)
    assert.equal((await intake.send({ to: [anna], ...mail }))[0], `${anna} sender in Spam`)
    await ctx.db.transaction(async (trx) => await updateUser(trx, user.id, { disabled_at: 1 }))
    assert.equal((await intake.send({ to: [anna], ...mail }))[0], `${anna} delivered`)
  })

  test('a list that cannot be read puts the mail off; mail of others goes on', async () => {
    let broken = false
    await using store = await open({
      wrap: (engine) => ({
        ...boundTo(engine),
        all: async (sql, params) => {
          if (broken && sql.includes('"senders"')) throw new Error('no connection')
          return await engine.all(sql, params)
        },
      }),
    })
    const user = await addUser(store.ctx, anna)
    await using intake = opened(store)
    await say(store.ctx, user, 'blocked', 'shop.example')
    await store.ctx.db.senderMarks.refresh(store.ctx.db.read) // before that everybody is looked up
    broken = true
    const to = [anna, bert]
    const later = '451 4.3.0 Local error, try again later'
    assert.deepEqual(await intake.send({ to, result: 'clean' }), [later])
    assert.deepEqual(await intake.send({ to, result: 'clean', via: 'lmtp' }), [later, later])
    const other = { from: 'x@other.example', sender: '' }
    assert.deepEqual((await intake.send({ to, result: 'clean', ...other })).at(-1), taken)
    broken = false
    assert.equal((await intake.send({ to: [anna], result: 'clean' }))[0], `${anna} sender in Spam`)
  })

  test('what another process adds counts a second later; no entry costs no look at the database', async () => {
    let asked = 0
    await using store = await open({
      wrap: (engine) => ({
        ...boundTo(engine),
        all: async (sql, params) => {
          if (sql.includes('"user_addresses"')) asked++
          return await engine.all(sql, params)
        },
      }),
    })
    const { ctx, clock } = store
    const user = await addUser(ctx, anna)
    await using intake = opened(store)
    await clock.turn(1000)
    asked = 0
    assert.equal((await intake.send({ to: [anna], result: 'clean' }))[0], `${anna} delivered`)
    assert.equal(asked, 0)
    // Another process has marks of its own.
    const elsewhere = { ...ctx, db: { ...ctx.db, senderMarks: new SenderMarks() } }
    await say(elsewhere, user, 'blocked', 'shop.example')
    await clock.turn(1000)
    assert.equal((await intake.send({ to: [anna], result: 'clean' }))[0], `${anna} sender in Spam`)
    asked = 0
    assert.equal(
      (await intake.send({ to: [anna], result: 'clean', from: 'x@y.example', sender: '' }))[0],
      `${anna} delivered`,
    )
    assert.equal(asked, 0)
  })
})
