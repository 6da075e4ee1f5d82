/** Promises about signing in: nobody is let in or kept out by a trick, and a browser cannot be ridden. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine, type TestStore } from '../../test/store.ts'
import {
  changeAccount,
  changeOwnPassword,
  createAccount,
  ensureFirstAdministrator,
} from '../access/accounts.ts'
import { systemActor } from '../access/actor.ts'
import { openSessions } from '../access/sessions.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { findAccount } from '../store/accounts.ts'
import { verifyAudit } from '../store/audit.ts'
import { deeds, hold, openAdmin, type TestAdmin } from './testing/admin.ts'

const password = 'correct horse battery'
const json = { 'content-type': 'application/json' }

interface SignedIn {
  status: number
  cookie: string
  setCookie: string
  problem: Record<string, unknown>
  retryAfter: string | null
}

async function signIn(
  admin: TestAdmin,
  name = 'admin',
  given = password,
  headers: Record<string, string> = {},
  from?: string,
): Promise<SignedIn> {
  const body = JSON.stringify({ name, password: given })
  const init = { method: 'POST', headers: { ...json, ...headers }, body, from }
  const response = await admin.request('/api/v1/session', init)
  const setCookie = response.headers.get('set-cookie') ?? ''
  return {
    status: response.status,
    setCookie,
    cookie: setCookie.split(';')[0] ?? '',
    problem: (await response.json()) as Record<string, unknown>,
    retryAfter: response.headers.get('retry-after'),
  }
}

const whoAmI = async (admin: TestAdmin, cookie: string): Promise<number> =>
  (await admin.request('/api/v1/session', { headers: { cookie } })).status

async function withAdmin(store: TestStore): Promise<TestAdmin> {
  await ensureFirstAdministrator(store.ctx, password)
  return openAdmin(store.ctx)
}

forEachEngine((open, kind) => {
  /** What asks the database nothing that the other tests do not ask is tried on one engine. */
  const once = (name: string, run: () => Promise<void>) => void (kind === 'sqlite' && test(name, run))

  test('the first administrator: once, with the given password or a random one', async () => {
    await using store = await open()
    await assert.rejects(
      ensureFirstAdministrator(store.ctx, 'short'),
      (error) => error instanceof Problem && error.code === 'invalid' && /at least 10/.test(error.message),
    )
    const made = await ensureFirstAdministrator(store.ctx, null)
    assert.match(made?.password ?? '', /^([a-z2-9]{5}-){3}[a-z2-9]{5}$/)
    assert.equal(await ensureFirstAdministrator(store.ctx, password), null)
    using admin = openAdmin(store.ctx)
    assert.equal((await signIn(admin, 'ADMIN', made?.password)).status, 200)
    const { status } = await signIn(admin, 'admin', password)
    assert.equal(status, 401)
    assert.deepEqual(await deeds(store.ctx), [
      'system account.create admin',
      'admin session.start admin',
      'anonymous session.refused admin',
    ])
    assert.equal((await verifyAudit(store.ctx.db.read)).brokenAt, null)
  })

  test('a session: its cookie, who am I, the end of it', async () => {
    await using store = await open()
    using admin = await withAdmin(store)
    const { setCookie, cookie, problem } = await signIn(admin)
    assert.match(
      setCookie,
      /^__Host-lazaret=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=43200; Secure; HttpOnly; SameSite=Strict$/,
    )
    assert.equal(problem.role, 'administrator')
    assert.ok(!JSON.stringify(problem).includes(cookie.slice(20)), 'the token is in the cookie only')
    const rows = await store.ctx.db.read.selectFrom('sessions').selectAll().execute()
    assert.ok(!JSON.stringify(rows).includes(cookie.split('=')[1]!), 'the store has no token')
    assert.equal(await whoAmI(admin, cookie), 200)
    assert.equal(await whoAmI(admin, `a=b; ${cookie}; c=d`), 200)
    const ended = await admin.request('/api/v1/session', { method: 'DELETE', headers: { cookie } })
    assert.equal(ended.status, 204)
    assert.match(ended.headers.get('set-cookie') ?? '', /^__Host-lazaret=; .*Max-Age=0/)
    assert.equal(await whoAmI(admin, cookie), 401)
  })

  test('sessions end: after their hours, when idle, with a new password, with the account', async () => {
    await using store = await open()
    using admin = await withAdmin(store)
    const minute = 60_000
    const idle = await signIn(admin)
    await store.clock.turn(59 * minute)
    assert.equal(await whoAmI(admin, idle.cookie), 200)
    await store.clock.turn(59 * minute)
    assert.equal(await whoAmI(admin, idle.cookie), 200)
    await store.clock.turn(60 * minute)
    assert.equal(await whoAmI(admin, idle.cookie), 401)
    const left = await signIn(admin)
    const headers = { cookie: left.cookie, 'x-lazaret-unattended': '1' }
    const alone = async () => (await admin.request('/api/v1/session', { headers })).status
    for (let n = 0; n < 2; n++) {
      assert.equal(await alone(), 200, 'a page that asks by itself keeps no session')
      await store.clock.turn(30 * minute)
    }
    assert.equal(await alone(), 401)
    const long = await signIn(admin)
    for (let hour = 0; hour < 24; hour++) {
      assert.equal(await whoAmI(admin, long.cookie), 200, `hour ${hour / 2}`)
      await store.clock.turn(30 * minute)
    }
    assert.equal(await whoAmI(admin, long.cookie), 401)

    await createAccount(store.ctx, systemActor, { name: 'second', role: 'administrator', password })
    const other = await signIn(admin)
    const own = await signIn(admin)
    const changed = await admin.request('/api/v1/session/password', {
      method: 'POST',
      headers: { ...json, cookie: own.cookie },
      body: JSON.stringify({ current: password, password: 'another good password' }),
    })
    assert.equal(changed.status, 204)
    assert.deepEqual([await whoAmI(admin, other.cookie), await whoAmI(admin, own.cookie)], [401, 200])
    assert.equal((await signIn(admin)).status, 401)
    await changeAccount(store.ctx, systemActor, 'admin', { disabled: true })
    assert.equal(await whoAmI(admin, own.cookie), 401)
    assert.equal((await signIn(admin, 'admin', 'another good password')).status, 401)
  })

  once('fixation: a sign-in makes a new token, and ends the session that came along', async () => {
    await using store = await open()
    using admin = await withAdmin(store)
    const planted = `__Host-lazaret=${'A'.repeat(43)}`
    const first = await signIn(admin, 'admin', password, { cookie: planted })
    assert.notEqual(first.cookie, planted)
    assert.equal(await whoAmI(admin, planted), 401)
    const second = await signIn(admin, 'admin', password, { cookie: first.cookie })
    assert.notEqual(second.cookie, first.cookie)
    assert.equal(await whoAmI(admin, first.cookie), 401)
    assert.equal(await whoAmI(admin, second.cookie), 200)
  })

  test('a sign-in that began with the old password is none after the new one', async () => {
    await using store = await open()
    const { ctx } = store
    using admin = await withAdmin(store)
    await createAccount(ctx, systemActor, { name: 'bob', role: 'operator', password })
    for (const change of [{ password: 'another good password' }, { disabled: true }]) {
      let between = false
      // The password fits already; before the session is written it is changed.
      const db: Context['db'] = Object.create(ctx.db, {
        transaction: {
          value: async (work: Parameters<typeof ctx.db.transaction>[0]) => {
            if (!between) {
              between = true
              await changeAccount(ctx, systemActor, 'bob', change)
            }
            return await ctx.db.transaction(work)
          },
        },
      })
      const sessions = openSessions({ ...ctx, db }, admin.options)
      const given = { name: 'bob', password, origin: '192.0.2.66' }
      await assert.rejects(sessions.signIn(given), (error) => (error as Problem).code === 'unauthenticated')
      assert.equal(between, true)
      const left = await ctx.db.read.selectFrom('sessions').selectAll().execute()
      assert.deepEqual(left, [])
      await changeAccount(ctx, systemActor, 'bob', { password })
    }
  })

  test('who knew the old password does not overwrite the new one', async () => {
    await using store = await open()
    const { ctx } = store
    using admin = await withAdmin(store)
    await createAccount(ctx, systemActor, { name: 'bob', role: 'operator', password })
    const proved = (await findAccount(ctx.db.read, 'bob'))!
    const bob = { name: 'bob', role: 'operator', origin: '192.0.2.66' } as const
    await changeAccount(ctx, systemActor, 'bob', { password: 'set by an administrator' })
    await assert.rejects(
      changeOwnPassword(ctx, bob, proved, 'chosen by a thief', ''),
      (error) => (error as Problem).code === 'conflict',
    )
    assert.equal((await signIn(admin, 'bob', 'set by an administrator')).status, 200)
  })

  test('guessing is slowed down by name and by address, and others get in all the while', async () => {
    await using store = await open()
    await ensureFirstAdministrator(store.ctx, password)
    await createAccount(store.ctx, systemActor, { name: 'carol', role: 'operator', password })
    using admin = openAdmin(store.ctx, { sign_in_failures: 3 })
    const attempt = async (name: string, from: string, given = 'wrong password') =>
      (await signIn(admin, name, given, {}, from)).status
    assert.equal(await attempt('carol', '192.0.2.1', password), 200)
    // Guesses at one account from everywhere; at the same time, so that none slips through.
    const guesses = await Promise.all(
      Array.from({ length: 18 }, (_, n) => attempt('carol', `198.51.100.${n + 1}`)),
    )
    assert.deepEqual(guesses.sort(), [...Array(15).fill(401), 429, 429, 429])
    assert.equal(await attempt('carol', '198.51.100.99', password), 429, 'the name is closed')
    assert.equal(await attempt('carol', '192.0.2.1', password), 200, 'but not where she comes from')
    // Guesses at many accounts from one network; one right answer in between forgives nothing.
    for (const name of ['a', 'b', 'c']) assert.equal(await attempt(name, `2001:db8:1:2::${name}`), 401)
    const refused = await signIn(admin, 'admin', password, {}, '2001:db8:1:2:ffff::1')
    assert.equal(refused.status, 429)
    assert.equal(refused.retryAfter, '600')
    assert.equal(await attempt('admin', '2001:db8:1:3::1', password), 200)
    await store.clock.turn(600_001)
    assert.equal(await attempt('admin', '2001:db8:1:2::1', password), 200)
    assert.equal(await attempt('carol', '198.51.100.99', password), 200)
  })

  once('one address locks nobody out but itself', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx, { sign_in_failures: 3 })
    await ensureFirstAdministrator(store.ctx, password)
    const attempt = async (from: string, given: string) =>
      (await signIn(admin, 'admin', given, {}, from)).status
    const statuses: number[] = []
    for (let n = 0; n < 8; n++) statuses.push(await attempt('198.51.100.1', `guess number ${n}`))
    assert.deepEqual(statuses, [401, 401, 401, 429, 429, 429, 429, 429])
    assert.equal(await attempt('192.0.2.1', password), 200)
  })

  once('own sign-ins between guesses do not reset the count of the address', async () => {
    await using store = await open()
    await ensureFirstAdministrator(store.ctx, password)
    await createAccount(store.ctx, systemActor, { name: 'mallory', role: 'auditor', password })
    using admin = openAdmin(store.ctx, { sign_in_failures: 3 })
    const statuses: number[] = []
    for (let n = 0; n < 4; n++) {
      statuses.push((await signIn(admin, 'admin', `guess number ${n}`)).status)
      await signIn(admin, 'mallory')
    }
    assert.deepEqual(statuses, [401, 401, 401, 429])
  })

  once('the same answer for an unknown name, a wrong password and a disabled account', async () => {
    await using store = await open()
    using admin = await withAdmin(store)
    await createAccount(store.ctx, systemActor, { name: 'gone', role: 'auditor', password })
    await changeAccount(store.ctx, systemActor, 'gone', { disabled: true })
    const answers: unknown[] = []
    for (const [name, given] of [
      ['nobody', password],
      ['admin', 'wrong password'],
      ['gone', password],
      ['', ''],
      ["' or 1=1 --", '*)(uid=*'],
    ] as const)
      answers.push((await signIn(admin, name, given)).problem)
    for (const answer of answers) assert.deepEqual(answer, answers[0])
  })

  once('requests that a browser was made to send change nothing', async () => {
    await using store = await open()
    using admin = await withAdmin(store)
    const { ctx } = store
    const id = await hold(ctx, 'Subject: a\r\n\r\nb')
    const { cookie } = await signIn(admin)
    const body = JSON.stringify({ ids: [id] })
    const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
    const own = { ...json, cookie, origin: 'https://localhost' }
    const cases: [string, number, RequestInit & { path?: string }][] = [
      ['wrong Origin', 403, { headers: { ...own, origin: 'https://evil.example' }, body }],
      ['Origin with another port', 403, { headers: { ...own, origin: 'https://localhost:8443' }, body }],
      ['Origin without TLS', 403, { headers: { ...own, origin: 'http://localhost' }, body }],
      ['Origin null', 403, { headers: { ...own, origin: 'null' }, body }],
      [
        'Origin that begins like ours',
        403,
        { headers: { ...own, origin: 'https://localhost.evil.example' }, body },
      ],
      ['another site', 403, { headers: { ...json, cookie, 'sec-fetch-site': 'cross-site' }, body }],
      ['a sister site', 403, { headers: { ...json, cookie, 'sec-fetch-site': 'same-site' }, body }],
      ['browser without Origin', 403, { headers: { ...json, cookie, 'user-agent': firefox }, body }],
      [
        'Referer without Origin',
        403,
        { headers: { ...json, cookie, referer: 'https://evil.example/' }, body },
      ],
      ['text/plain', 415, { headers: { ...own, 'content-type': 'text/plain' }, body }],
      [
        'a form',
        415,
        { headers: { ...own, 'content-type': 'application/x-www-form-urlencoded' }, body: `ids=${id}` },
      ],
      ['no Content-Type', 415, { headers: { cookie, origin: own.origin }, body: Buffer.from(body) }],
      ['GET', 404, { method: 'GET', headers: own }],
      ['PUT', 405, { method: 'PUT', headers: own, body }],
      ['method override', 404, { method: 'GET', headers: { ...own, 'x-http-method-override': 'POST' } }],
      [
        'method in the query',
        404,
        { method: 'GET', headers: own, path: '/api/v1/messages/release?_method=POST' },
      ],
      ['another host', 421, { headers: { ...own, host: 'evil.example' }, body }],
    ]
    for (const [what, status, { path = '/api/v1/messages/release', ...init }] of cases) {
      const response = await admin.request(path, { method: 'POST', ...init })
      assert.equal(response.status, status, what)
      assert.equal(response.headers.get('content-type'), 'application/problem+json', what)
    }
    const state = () => ctx.db.read.selectFrom('holdings').select('state').distinct().execute()
    assert.deepEqual(await state(), [{ state: 'held' }])

    for (const headers of [own, { ...json, cookie, 'sec-fetch-site': 'same-origin' }, { ...json, cookie }]) {
      const response = await admin.request('/api/v1/messages/release', { method: 'POST', headers, body })
      assert.equal(response.status, 200)
    }
    assert.deepEqual(await state(), [{ state: 'releasing' }])
    const evil = await signIn(admin, 'admin', password, { origin: 'https://evil.example' })
    assert.equal(evil.status, 403, 'nor can it sign a browser in')
  })

  test('accounts: who is there, and always an administrator', async () => {
    await using store = await open()
    using admin = await withAdmin(store)
    const { ctx } = store
    const client = await admin.as('administrator')
    const made = await client.call('createAccount', { body: { name: 'Dora', role: 'operator', password } })
    assert.equal(made.name, 'Dora')
    const refused = async (code: string, work: Promise<unknown>) =>
      assert.rejects(work, (error) => (error as { code?: string }).code === code)
    const body = { name: 'dora', role: 'auditor' as const, password }
    await refused('conflict', client.call('createAccount', { body }))
    await refused('invalid', client.call('createAccount', { body: { ...body, name: 'system' } }))
    await refused('invalid', client.call('createAccount', { body: { ...body, name: 'a b' } }))
    await refused(
      'invalid',
      client.call('createAccount', { body: { ...body, name: 'x', password: 'aaaaaaaaaaaa' } }),
    )
    await refused(
      'not-found',
      client.call('changeAccount', { params: { name: 'nobody' }, body: { role: 'auditor' } }),
    )
    await refused('invalid', client.call('changeAccount', { params: { name: 'dora' }, body: {} }))
    await client.call('changeAccount', {
      params: { name: 'administrator1' },
      body: { role: 'administrator' },
    })
    await client.call('changeAccount', { params: { name: 'admin' }, body: { role: 'auditor' } })
    const before = await deeds(ctx)
    for (const change of [{ role: 'operator' as const }, { disabled: true }])
      await refused(
        'conflict',
        client.call('changeAccount', { params: { name: 'administrator1' }, body: change }),
      )
    assert.deepEqual(await deeds(ctx), before, 'what was refused left no row')
    const { items } = await client.call('listAccounts')
    assert.deepEqual(
      items.map(({ name, role }) => [name, role]),
      [
        ['admin', 'auditor'],
        ['administrator1', 'administrator'],
        ['Dora', 'operator'],
      ],
    )
    assert.ok(!JSON.stringify(items).includes('argon2'))
  })

  test('keys: own ones and those of others', async () => {
    await using store = await open()
    using admin = await withAdmin(store)
    const [boss, operator] = [await admin.as('administrator'), await admin.as('operator')]
    const own = await operator.call('createKey', { body: { name: 'script' } })
    assert.match(own.key, /^lzk_[A-Za-z0-9_-]{43}$/)
    assert.equal(own.role, 'operator')
    const refused = async (code: string, work: Promise<unknown>) =>
      assert.rejects(work, (error) => (error as { code?: string }).code === code)
    await refused('forbidden', operator.call('createKey', { body: { name: 'x', role: 'administrator' } }))
    await refused('forbidden', operator.call('createKey', { body: { name: 'x', account: 'admin' } }))
    await refused('forbidden', operator.call('listKeys', { query: { all: 'true' } }))
    const theirs = await boss.call('createKey', { body: { name: 'for them', account: 'operator1' } })
    assert.deepEqual([theirs.account, theirs.role], ['operator1', 'operator'])
    await refused(
      'forbidden',
      boss.call('createKey', { body: { name: 'x', account: 'operator1', role: 'administrator' } }),
    )
    const bosses = await boss.call('createKey', { body: { name: 'boss' } })
    await refused('not-found', operator.call('revokeKey', { params: { id: bosses.id } }))
    await operator.call('revokeKey', { params: { id: theirs.id } })
    await operator.call('revokeKey', { params: { id: theirs.id } })
    await boss.call('revokeKey', { params: { id: own.id } })
    const names = async (all?: 'true') =>
      (await boss.call('listKeys', { query: { all } })).items.map(({ name }) => name)
    assert.deepEqual(await names(), ['boss', 'test'])
    assert.equal((await names('true')).length, 5)
    assert.equal((await deeds(store.ctx)).filter((deed) => deed.includes('key.revoke')).length, 2)
  })

  once('a key with an end neither outlives itself nor ends one that may do more', async () => {
    await using store = await open()
    using admin = await withAdmin(store)
    const boss = await admin.as('administrator')
    const strong = await boss.call('createKey', { body: { name: 'strong' } })
    const weak = await boss.call('createKey', { body: { name: 'weak', role: 'auditor', expiresInDays: 2 } })
    const ask = async (method: string, path: string, body?: unknown) => {
      const headers = { ...json, authorization: `Bearer ${weak.key}` }
      const response = await admin.request(path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
      })
      return { status: response.status, body: response.status === 204 ? {} : await response.json() }
    }
    for (const [expiresInDays, ends] of [
      [undefined, weak.expiresAt],
      [365, weak.expiresAt],
      [1, new Date(store.clock.now() + 86_400_000).toISOString()],
    ] as const) {
      const made = await ask('POST', '/api/v1/keys', { name: 'successor', expiresInDays })
      assert.deepEqual([made.status, (made.body as { expiresAt: unknown }).expiresAt], [201, ends])
    }
    assert.equal((await ask('DELETE', `/api/v1/keys/${strong.id}`)).status, 403)
    assert.equal((await ask('DELETE', `/api/v1/keys/${weak.id}`)).status, 204)
  })

  once("this machine's own key is an administrator called local", async () => {
    await using store = await open()
    using admin = await withAdmin(store)
    const headers = { authorization: `Bearer lzl_${'a'.repeat(43)}` }
    const me = (await (await admin.request('/api/v1/session', { headers })).json()) as Record<string, unknown>
    assert.deepEqual([me.name, me.role, me.key], ['local', 'administrator', null])
    const made = await admin.request('/api/v1/keys', {
      method: 'POST',
      headers: { ...json, ...headers },
      body: JSON.stringify({ name: 'reporting', role: 'auditor' }),
    })
    const key = (await made.json()) as Record<string, unknown>
    assert.deepEqual([made.status, key.account, key.role], [201, 'admin', 'auditor'])
    const wrong = { authorization: `Bearer lzl_${'b'.repeat(43)}` }
    assert.equal((await admin.request('/api/v1/session', { headers: wrong })).status, 401)
  })

  test('an audit row that cannot be written undoes the deed', async () => {
    await using store = await open()
    using admin = await withAdmin(store)
    await store.ctx.db.transaction(async (trx) => {
      await trx.schema.alterTable('audit').renameTo('audit_gone').execute()
    })
    assert.equal((await signIn(admin)).status, 500)
    const id = await hold(store.ctx, 'Subject: a\r\n\r\nb')
    const headers = { authorization: `Bearer ${await admin.keyOf('administrator')}` }
    for (const path of [`/api/v1/messages/${id}/raw`, `/api/v1/messages/${id}`]) {
      const response = await admin.request(path, { headers })
      assert.equal(response.status, 500, path)
      assert.ok(!(await response.text()).includes('audit'), 'no text of ours')
    }
    const made = await admin.request('/api/v1/accounts', {
      method: 'POST',
      headers: { ...json, ...headers },
      body: JSON.stringify({ name: 'x', role: 'auditor', password }),
    })
    assert.equal(made.status, 500)
    const rows = await store.ctx.db.read.selectFrom('accounts').select('name').orderBy('name').execute()
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['admin', 'administrator1'],
    )
    assert.deepEqual(await store.ctx.db.read.selectFrom('sessions').select('hash').execute(), [])
  })
})
