/** Promises about the second factor: without it nobody comes in, with it once, and whoever lost it is helped. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine, type TestStore } from '../../test/store.ts'
import { changeAccount, createAccount, ensureFirstAdministrator } from '../access/accounts.ts'
import { systemActor } from '../access/actor.ts'
import { codeAt, stepAt } from '../access/totp.ts'
import { verifyAudit } from '../store/audit.ts'
import { deeds, openAdmin, type TestAdmin } from './testing/admin.ts'
import { type Person, personAt } from './testing/person.ts'

const password = 'correct horse battery'
const name = 'admin'

/** What the app shows now, or so many steps from now. */
const code = (store: TestStore, secret: string, steps = 0): string =>
  codeAt(secret, stepAt(store.clock.now()) + steps)

/** Sets one up; the clock stands a step later than the code that was used for it. */
async function setUp(
  store: TestStore,
  admin: TestAdmin,
): Promise<{ person: Person; secret: string; recovery: string[] }> {
  await ensureFirstAdministrator(store.ctx, password)
  const person = personAt(admin)
  await person.signIn(name, password)
  const begun = await person.ask('POST', '/session/second-factor/begin', { password })
  assert.equal(begun.status, 200)
  const { secret } = begun.body
  const on = await person.ask('POST', '/session/second-factor', { code: code(store, secret) })
  assert.equal(on.status, 200)
  await store.clock.turn(30_000)
  return { person, secret, recovery: on.body.recoveryCodes }
}

const summary = ({ status, code: problem }: { status: number; code: string }) => `${status} ${problem}`.trim()

forEachEngine((open) => {
  test('set up: it counts from the confirmed code on, ends no session, and is in the audit log', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    await ensureFirstAdministrator(store.ctx, password)
    const [person, other] = [personAt(admin), personAt(admin)]
    await other.signIn(name, password)
    const first = await person.signIn(name, password)
    assert.deepEqual(first.body.secondFactor, { enabled: false, recoveryCodesLeft: 0 })
    const begin = (given: string) => person.ask('POST', '/session/second-factor/begin', { password: given })
    const confirm = (given: string) => person.ask('POST', '/session/second-factor', { code: given })
    assert.equal(summary(await confirm('000000')), '409 conflict', 'nothing was begun with')
    const wrong = await begin('wrong password')
    assert.deepEqual([summary(wrong), wrong.body.field], ['400 invalid', 'password'])
    const abandoned = (await begin(password)).body.secret
    const { secret, uri } = (await begin(password)).body
    assert.match(
      uri,
      new RegExp(`^otpauth://totp/Lazaret:admin%40quarantine\\.example\\.org\\?secret=${secret}&`),
    )
    assert.equal((await personAt(admin).signIn(name, password)).status, 200, 'it does not count yet')
    const late = await confirm(code(store, abandoned))
    assert.deepEqual([summary(late), late.body.field], ['400 invalid', 'code'])
    const typed = code(store, secret).replace(/^(...)/, '$1 ')
    const { recoveryCodes } = (await confirm(typed)).body
    assert.equal(recoveryCodes.length, 10)
    assert.equal(
      summary(await begin(password)),
      '409 conflict',
      'the password alone puts no other in its place',
    )
    assert.equal(summary(await confirm(code(store, secret, 1))), '409 conflict')
    for (const one of [person, other]) {
      const me = await one.ask('GET', '/session')
      assert.deepEqual(me.body.secondFactor, { enabled: true, recoveryCodesLeft: 10 })
    }
    const rows = await store.ctx.db.read.selectFrom('second_factors').selectAll().execute()
    const audit = await store.ctx.db.read.selectFrom('audit').selectAll().execute()
    for (const recovery of recoveryCodes)
      assert.ok(!JSON.stringify([rows, audit]).includes(recovery), 'recovery codes are nowhere')
    assert.ok(!JSON.stringify(audit).includes(secret))
    assert.deepEqual(
      (await deeds(store.ctx)).filter((deed) => deed.includes('second-factor')),
      ['admin second-factor.begin admin', 'admin second-factor.begin admin', 'admin second-factor.on admin'],
    )
  })

  test('the code that turns it on is not found by trying', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx, { sign_in_failures: 3 })
    await ensureFirstAdministrator(store.ctx, password)
    const person = personAt(admin)
    await person.signIn(name, password)
    const { secret } = (await person.ask('POST', '/session/second-factor/begin', { password })).body
    const confirm = (given: string) => person.ask('POST', '/session/second-factor', { code: given })
    const wrong = code(store, secret, 100)
    for (let n = 0; n < 3; n++) assert.equal(summary(await confirm(wrong)), '400 invalid')
    assert.equal(summary(await confirm(wrong)), '429 too-many')
    assert.equal(summary(await confirm(code(store, secret))), '429 too-many')
    await store.clock.turn(admin.options.sign_in_window_minutes * 60_000)
    assert.equal((await confirm(code(store, secret))).status, 200)
  })

  test('one that was begun with and left lying is good no longer', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx, { idle_minutes: 120 })
    await ensureFirstAdministrator(store.ctx, password)
    const person = personAt(admin)
    await person.signIn(name, password)
    const { secret } = (await person.ask('POST', '/session/second-factor/begin', { password })).body
    await store.clock.turn(3_600_000)
    const late = await person.ask('POST', '/session/second-factor', { code: code(store, secret) })
    assert.equal(summary(late), '409 conflict')
  })

  test('signing in takes password and code; that a code is wanted hears only who has the password', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const { secret } = await setUp(store, admin)
    const attempt = async (given: string, typed?: string) => {
      const answer = await personAt(admin).signIn(name, given, typed)
      return { ...answer, text: answer.body.detail }
    }
    const wanted = await attempt(password)
    assert.equal(summary(wanted), '401 second-factor')
    assert.equal(summary(await attempt(password, ' ')), '401 second-factor')
    assert.equal(summary(await attempt('wrong password')), '401 unauthenticated')
    const wrongCode = await attempt(password, '000000')
    assert.deepEqual(wrongCode.body, (await attempt('wrong password', '000000')).body, 'the same answer')
    assert.deepEqual(wrongCode.body, (await attempt('wrong password', code(store, secret))).body)
    assert.equal(summary(wrongCode), '401 unauthenticated')
    assert.equal((await attempt(password, code(store, secret, -2))).status, 401)
    const now = code(store, secret)
    assert.equal((await attempt(password, now)).status, 200)
    assert.equal((await attempt(password, now)).status, 401, 'a code is good once')
    assert.equal((await attempt(password, code(store, secret, -1))).status, 401, 'nor is an older one')
    assert.equal((await attempt(password, code(store, secret, 1))).status, 200)
    const [last] = (await store.ctx.db.read.selectFrom('audit').selectAll().execute()).filter(
      ({ details }) => details === '{"code":"wrong"}',
    )
    assert.deepEqual([last?.deed, last?.target], ['session.refused', 'admin'])
    assert.equal((await verifyAudit(store.ctx.db.read)).brokenAt, null)
  })

  test('of several who use the same code at the same time one gets in', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const { secret, recovery } = await setUp(store, admin)
    for (const typed of [code(store, secret), recovery[0]]) {
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => personAt(admin).signIn(name, password, typed)),
      )
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401, 401])
    }
  })

  test('recovery codes are good once each; new ones end the old', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const { person, secret, recovery } = await setUp(store, admin)
    const attempt = async (typed = '') => (await personAt(admin).signIn(name, password, typed)).status
    assert.equal(await attempt(recovery[3]?.toUpperCase().replaceAll('-', ' ')), 200)
    assert.equal(await attempt(recovery[3]), 401)
    assert.equal((await person.ask('GET', '/session')).body.secondFactor.recoveryCodesLeft, 9)
    const started = await store.ctx.db.read
      .selectFrom('audit')
      .select('details')
      .where('deed', '=', 'session.start')
      .orderBy('seq', 'desc')
      .executeTakeFirst()
    assert.equal(started?.details, '{"used":"recovery code"}')
    const renew = (typed: string, given = password) =>
      person.ask('POST', '/session/second-factor/recovery-codes', { password: given, code: typed })
    const wrong = await renew('000000')
    assert.deepEqual([summary(wrong), wrong.body.field], ['400 invalid', 'code'])
    assert.equal((await renew(code(store, secret), 'wrong password')).body.field, 'password')
    const renewed = await renew(code(store, secret))
    assert.equal(renewed.status, 200)
    assert.equal(new Set([...renewed.body.recoveryCodes, ...recovery]).size, 20)
    assert.equal(await attempt(recovery[4]), 401)
    assert.equal(await attempt(renewed.body.recoveryCodes[4]), 200)
    assert.ok((await deeds(store.ctx)).includes('admin second-factor.renew admin'))
  })

  test('turned off by its owner with a code, by an administrator without; only then sessions end', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const { person, secret, recovery } = await setUp(store, admin)
    const off = (typed: string) => person.ask('POST', '/session/second-factor/off', { password, code: typed })
    assert.equal(summary(await off('')), '400 invalid')
    assert.equal((await off(code(store, secret))).status, 204)
    assert.equal(summary(await off(recovery[0] ?? '')), '409 conflict')
    assert.deepEqual((await person.ask('GET', '/session')).body.secondFactor, {
      enabled: false,
      recoveryCodesLeft: 0,
    })
    assert.equal((await personAt(admin).signIn(name, password)).status, 200)

    const begun = await person.ask('POST', '/session/second-factor/begin', { password })
    await person.ask('POST', '/session/second-factor', { code: code(store, begun.body.secret) })
    const boss = await admin.as('administrator')
    const shown = async () => (await boss.call('listAccounts')).items.find((one) => one.name === name)
    assert.equal((await shown())?.secondFactor, true)
    const changed = await boss.call('changeAccount', { params: { name }, body: { secondFactor: 'off' } })
    assert.equal(changed.secondFactor, false)
    assert.equal((await shown())?.secondFactor, false)
    assert.equal((await person.ask('GET', '/session')).status, 401, 'the sessions ended')
    assert.equal((await personAt(admin).signIn(name, password)).status, 200)
    const rows = await store.ctx.db.read.selectFrom('audit').select('details').execute()
    assert.ok(rows.some(({ details }) => details === '{"secondFactor":"off"}'))
  })

  test('guessing codes is slowed down like guessing passwords, and the password alone forgives nothing', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx, { sign_in_failures: 3 })
    const { secret, person } = await setUp(store, admin)
    const attempt = async (typed: string | undefined, from: string) =>
      (await personAt(admin).signIn(name, password, typed, from)).status
    const statuses: number[] = []
    for (let n = 0; n < 17; n++) {
      const from = `198.51.100.${n + 1}`
      await attempt(undefined, from)
      statuses.push(await attempt('000000', from))
    }
    assert.deepEqual(statuses, [...Array(15).fill(401), 429, 429])
    assert.equal(await attempt(code(store, secret), '198.51.100.99'), 429)
    assert.equal(await attempt(code(store, secret), '192.0.2.10'), 200, 'not where the owner comes from')
    await store.clock.turn(600_001)
    // In a session, too: whoever stole it and the password must not try all codes, nor make room for it by the password.
    const tries: number[] = []
    for (let n = 0; n < 17; n++) {
      const from = `203.0.113.${n + 1}`
      const proof = { password, code: '000000' }
      tries.push((await person.ask('POST', '/session/second-factor/off', proof, from)).status)
      await person.ask('POST', '/session/second-factor/begin', { password }, from)
    }
    assert.deepEqual(tries, [...Array(15).fill(400), 429, 429])
    await store.clock.turn(600_001)
    const proof = { password, code: code(store, secret) }
    assert.equal((await person.ask('POST', '/session/second-factor/off', proof)).status, 204)
  })

  test('keys need no code and set none up; a password by an administrator leaves the second factor on', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const { person } = await setUp(store, admin)
    const { key } = (await person.ask('POST', '/keys', { name: 'script' })).body
    const withKey = async (method: string, path: string, body?: unknown) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      const response = await admin.request(`/api/v1${path}`, { method, headers, body: JSON.stringify(body) })
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    }
    const me = await withKey('GET', '/session')
    assert.deepEqual([me.status, me.body.secondFactor, me.body.mustChangePassword], [200, null, false])
    assert.equal((await withKey('POST', '/session/second-factor/begin', { password })).status, 400)
    await createAccount(store.ctx, systemActor, { name: 'second', role: 'administrator', password })
    await changeAccount(store.ctx, systemActor, name, { password: 'another good password' })
    assert.equal(summary(await personAt(admin).signIn(name, 'another good password')), '401 second-factor')
  })

  test('a deed whose audit row cannot be written is not done', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const { person, secret } = await setUp(store, admin)
    await store.ctx.db.transaction(async (trx) => {
      await trx.schema.alterTable('audit').renameTo('audit_gone').execute()
    })
    const proof = { password, code: code(store, secret) }
    assert.equal((await person.ask('POST', '/session/second-factor/off', proof)).status, 500)
    assert.equal((await person.ask('GET', '/session')).body.secondFactor.enabled, true)
  })
})
