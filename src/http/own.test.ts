/** Promises about what belongs to somebody: a first password, how long a session lasts, preferences, saved searches. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../test/store.ts'
import { changeAccount, createAccount, ensureFirstAdministrator } from '../access/accounts.ts'
import { systemActor } from '../access/actor.ts'
import type { Route } from '../api/route.ts'
import { routes } from '../api/routes.ts'
import type { Role } from '../store/schema.ts'
import { deeds, localKey, openAdmin } from './testing/admin.ts'
import { type Person, personAt } from './testing/person.ts'

const password = 'correct horse battery'
const another = 'another good password'

const statusOf = (answer: { status: number; code: string }) => `${answer.status} ${answer.code}`.trim()

forEachEngine((open, kind) => {
  test('a password that we made up must be changed before anything else is done', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const made = (await ensureFirstAdministrator(store.ctx, null))?.password ?? ''
    const person = personAt(admin)
    const me = (await person.signIn('admin', made)).body
    assert.deepEqual([me.mustChangePassword, me.permissions], [true, ['session.own']])
    const table: [string, Route][] = Object.entries(routes)
    for (const [name, { method, path, permission }] of table) {
      if (permission === 'anyone' || permission === 'session.own') continue
      const asked = path.replace('/api/v1', '').replace('{id}', '00000000001').replace('{name}', 'admin')
      const answer = await person.ask(method.toUpperCase(), asked, method === 'get' ? undefined : {})
      assert.equal(statusOf(answer), '403 forbidden', name)
      assert.deepEqual([answer.body.mustChangePassword, answer.body.remedy !== ''], [true, true], name)
    }
    // Shared ones are others' words, and sharing is speaking to others.
    assert.equal((await person.ask('GET', '/searches')).status, 403)
    const change = (current: string, next: string) =>
      person.ask('POST', '/session/password', { current, password: next })
    const wrong = await change('wrong password', another)
    assert.deepEqual([statusOf(wrong), wrong.body.field], ['400 invalid', 'current'])
    const same = await change(made, made)
    assert.deepEqual([statusOf(same), same.body.field], ['400 invalid', 'password'])
    assert.equal((await person.ask('GET', '/messages')).status, 403)
    assert.equal((await change(made, another)).status, 204)
    assert.equal((await person.ask('GET', '/messages')).status, 200)
    const after = (await person.ask('GET', '/session')).body
    assert.equal(after.mustChangePassword, false)
    assert.ok(after.permissions.includes('account.manage'))
  })

  test('a password that the operator gave is none to be changed', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    await ensureFirstAdministrator(store.ctx, password)
    const person = personAt(admin)
    assert.equal((await person.signIn('admin', password)).body.mustChangePassword, false)
    assert.equal((await person.ask('GET', '/accounts')).status, 200)
  })

  test('administrators give first passwords; sessions that are there are held to it, keys are not', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const boss = await admin.as('administrator')
    const order = { name: 'dora', role: 'operator' as const, password, mustChangePassword: true }
    assert.equal((await boss.call('createAccount', { body: order })).mustChangePassword, true)
    const person = personAt(admin)
    const change = (body: object) => boss.call('changeAccount', { params: { name: 'dora' }, body })
    const messages = async (given: string) => {
      await person.signIn('dora', given)
      return (await person.ask('GET', '/messages')).status
    }
    assert.equal(await messages(password), 403)
    assert.equal((await change({ password: another })).mustChangePassword, false)
    assert.equal(await messages(another), 200)
    const { key } = (await person.ask('POST', '/keys', { name: 'script' })).body
    assert.equal((await change({ mustChangePassword: true })).mustChangePassword, true)
    assert.equal((await person.ask('GET', '/messages')).status, 403, 'in the session that was there')
    assert.equal((await person.ask('GET', '/session')).body.mustChangePassword, true)
    const headers = { authorization: `Bearer ${key}` }
    assert.equal((await admin.request('/api/v1/messages', { headers })).status, 200)
    assert.equal((await change({ role: 'auditor' })).mustChangePassword, true, 'what is not given stays')
    assert.equal((await change({ password, mustChangePassword: true })).mustChangePassword, true)
    const shown = (await boss.call('listAccounts')).items.find(({ name }) => name === 'dora')
    assert.equal(shown?.mustChangePassword, true)
    const details = await store.ctx.db.read.selectFrom('audit').select('details').execute()
    for (const wanted of ['{"role":"operator","mustChangePassword":true}', '{"mustChangePassword":true}'])
      assert.ok(details.some((row) => row.details === wanted))
  })

  test('a session tells when it ends: after its hours, or earlier when nothing happens in it', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx, { session_hours: 2, idle_minutes: 60 })
    await ensureFirstAdministrator(store.ctx, password)
    const person = personAt(admin)
    const minutes = (iso: string) => (Date.parse(iso) - store.clock.now()) / 60_000
    assert.equal(minutes((await person.signIn('admin', password)).body.expiresAt), 60)
    const left = async (turn: number) => {
      await store.clock.turn(turn * 60_000)
      return minutes((await person.ask('GET', '/session')).body.expiresAt)
    }
    assert.equal(await left(0.5), 59.5, 'what happened is written down once a minute')
    assert.equal(await left(40), 60)
    assert.equal(await left(30), 49.5, 'the end of its hours')
    assert.equal(await left(48), 1.5)
    await store.clock.turn(90_000)
    assert.equal((await person.ask('GET', '/session')).status, 401)
    assert.equal(minutes((await person.signIn('admin', password)).body.expiresAt), 60)
    await store.clock.turn(3_600_000)
    assert.equal((await person.ask('GET', '/session')).status, 401)
  })

  test('preferences are kept with the account, and only such as there can be', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    await ensureFirstAdministrator(store.ctx, password)
    const [person, elsewhere] = [personAt(admin), personAt(admin)]
    const usual = { timeZone: null, theme: 'auto', rowsPerPage: 50, columns: null }
    assert.deepEqual((await person.signIn('admin', password)).body.preferences, usual)
    const set = (change: object) => person.ask('PATCH', '/session/preferences', change)
    assert.deepEqual((await set({ theme: 'dark' })).body, { ...usual, theme: 'dark' })
    const wanted = {
      timeZone: 'America/Argentina/Ushuaia',
      theme: 'dark',
      rowsPerPage: 500,
      columns: ['size'],
    }
    const { theme: _, ...rest } = wanted
    assert.deepEqual((await set(rest)).body, wanted)
    for (const bad of [
      { timeZone: 'Europe/Atlantis' },
      { timeZone: '+02:00' },
      { timeZone: '' },
      { theme: 'pink' },
      { rowsPerPage: 9 },
      { rowsPerPage: 501 },
      { columns: Array(31).fill('x') },
      { colour: 'red' },
    ])
      assert.equal(statusOf(await set(bad)), '400 invalid', JSON.stringify(bad))
    assert.deepEqual((await elsewhere.signIn('admin', password)).body.preferences, wanted)
    assert.equal((await set({ timeZone: null })).body.timeZone, null)
    // Two tabs at the same time: neither undoes the other.
    await Promise.all([set({ theme: 'light' }), set({ rowsPerPage: 20 }), set({ columns: null })])
    const now = (await person.ask('GET', '/session')).body.preferences
    assert.deepEqual(now, { ...usual, theme: 'light', rowsPerPage: 20 })
    const ofMachine = await admin.request('/api/v1/session/preferences', {
      method: 'PATCH',
      headers: { authorization: `Bearer ${localKey}`, 'content-type': 'application/json' },
      body: '{"theme":"dark"}',
    })
    assert.equal(ofMachine.status, 400, 'it has no account to keep them with')
  })

  /** Somebody signed in with an account of this name. */
  async function somebody(
    store: Awaited<ReturnType<typeof open>>,
    admin: ReturnType<typeof openAdmin>,
    name: string,
    role: Role,
  ): Promise<Person> {
    await createAccount(store.ctx, systemActor, { name, role, password })
    const person = personAt(admin)
    await person.signIn(name, password)
    return person
  }

  test('saved searches: own ones and shared ones, by name; only what is shared is audited', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const [dora, carl] = [
      await somebody(store, admin, 'dora', 'operator'),
      await somebody(store, admin, 'carl', 'auditor'),
    ]
    const boss = await somebody(store, admin, 'boss', 'administrator')
    const save = (person: Person, name: string, query: string, shared?: boolean) =>
      person.ask('POST', '/searches', { name, query, ...(shared === undefined ? {} : { shared }) })
    const names = async (person: Person) =>
      (await person.ask('GET', '/searches')).body.items.map(
        (item: { name: string; owner: string; own: boolean }) =>
          `${item.name} ${item.own ? 'own' : item.owner}`,
      )
    const before = await deeds(store.ctx)
    const saved = await save(dora, ' banks ', 'sender=*bank*')
    const { id, createdAt } = saved.body
    const whole = {
      id,
      createdAt,
      name: 'banks',
      query: 'sender=*bank*',
      shared: false,
      owner: 'dora',
      own: true,
    }
    assert.deepEqual([saved.status, saved.body], [201, whole])
    await save(carl, 'Ärger', 'area=Virus')
    await save(carl, 'Zoll', 'sender=*zoll*')
    assert.deepEqual(await deeds(store.ctx), before, 'own ones are nobody else’s business')
    await save(dora, 'all spam', 'area=Spam', true)
    await save(carl, 'banks', 'subject=*iban*', true)
    assert.deepEqual(await names(dora), ['all spam own', 'banks own', 'banks carl'])
    assert.deepEqual(await names(carl), ['all spam dora', 'banks own', 'Zoll own', 'Ärger own'])

    const replaced = await save(dora, 'BANKS', 'sender=*bank*&order=asc', true)
    assert.deepEqual([replaced.body.id, replaced.body.name, replaced.body.shared], [id, 'BANKS', true])
    assert.equal((await save(dora, 'banks', 'sender=*bank*')).body.shared, false)
    assert.deepEqual(await names(carl), ['all spam dora', 'banks own', 'Zoll own', 'Ärger own'])

    const [shared, own] = [(await dora.ask('GET', '/searches')).body.items[0].id, id]
    const drop = async (person: Person, which: string) =>
      (await person.ask('DELETE', `/searches/${which}`)).status
    assert.deepEqual(
      [await drop(carl, shared), await drop(boss, own), await drop(carl, own)],
      [404, 404, 404],
    )
    assert.deepEqual(
      [await drop(dora, own), await drop(boss, shared), await drop(dora, shared)],
      [204, 204, 404],
    )
    assert.deepEqual(await names(dora), ['banks carl'])
    assert.deepEqual((await deeds(store.ctx)).slice(before.length), [
      'dora search.share dora',
      'carl search.share carl',
      'dora search.share dora',
      'dora search.unshare dora',
      'boss search.drop dora',
    ])
  })

  test('saved searches are bounded in number, length and letters', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const dora = await somebody(store, admin, 'dora', 'auditor')
    const save = (name: string, query = '') => dora.ask('POST', '/searches', { name, query })
    for (const [name, query] of [
      ['', ''],
      ['   ', ''],
      ['x'.repeat(81), ''],
      ['x', 'y'.repeat(4001)],
      ['invoice\u202egpj', ''],
      ['x', 'sender=a\r\nb'],
      ['nul\0', ''],
    ] as const)
      assert.equal(statusOf(await save(name, query)), '400 invalid', JSON.stringify(name))
    if (kind === 'sqlite') for (let n = 0; n < 99; n++) assert.equal((await save(`search ${n}`)).status, 201)
    else
      await store.ctx.db.transaction(async (trx) => {
        const { id } = await trx.selectFrom('accounts').select('id').executeTakeFirstOrThrow()
        const row = { account_id: id, query: '', shared: 0, created_at: 0 }
        const rows = Array.from({ length: 99 }, (_, n) => ({ ...row, id: n, name: `${n}`, name_key: `${n}` }))
        await trx.insertInto('saved_searches').values(rows).execute()
      })
    // Many at once: not one too many.
    const last = await Promise.all(['a', 'b', 'c'].map((name) => save(name)))
    assert.deepEqual(last.map(statusOf).sort(), ['201', '409 conflict', '409 conflict'])
    const { items } = (await dora.ask('GET', '/searches')).body
    assert.equal(items.length, 100)
    assert.equal((await save(items[0].name, 'area=Spam')).status, 201, 'replacing is always possible')
  })

  test('the searches of a disabled account that are shared stay; a shared one cannot be saved unaudited', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const dora = await somebody(store, admin, 'dora', 'operator')
    const boss = await somebody(store, admin, 'boss', 'administrator')
    await dora.ask('POST', '/searches', { name: 'x', query: '', shared: true })
    await changeAccount(store.ctx, systemActor, 'dora', { disabled: true })
    assert.equal((await boss.ask('GET', '/searches')).body.items[0].owner, 'dora')
    await store.ctx.db.transaction(async (trx) => {
      await trx.schema.alterTable('audit').renameTo('audit_gone').execute()
    })
    assert.equal((await boss.ask('POST', '/searches', { name: 'y', query: '', shared: true })).status, 500)
    assert.equal((await boss.ask('GET', '/searches')).body.items.length, 1)
  })
})
