/** Promise: a user gets in by what proves who he is and by nothing else, and nobody learns who the others are. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/store.ts'
import { systemActor } from '../../access/actor.ts'
import { inviteAgain } from '../../access/invitations.ts'
import { localMethod } from '../../access/signin/local.ts'
import type { SignInMethod } from '../../access/signin/method.ts'
import type { OidcMethod } from '../../access/signin/oidc.ts'
import { acceptInvitation } from '../../access/user-passwords.ts'
import { Problem } from '../../problem.ts'
import { invitations, openAdmin } from '../testing/admin.ts'
import { addUser, disable, openEuq, password, signedIn, someoneAt } from './testing/euq.ts'

forEachEngine((open) => {
  test('a password signs in; wrong, unknown, disabled and empty are answered alike, whatever the case', async () => {
    await using store = await open()
    const { ctx } = store
    const euq = openEuq(ctx)
    await addUser(ctx, 'Anna@example.com', { alias: ['a@example.com'] })
    await disable(ctx, await addUser(ctx, 'gone@example.com'))
    const someone = someoneAt(euq)
    const right = await someone.signIn(' anna@EXAMPLE.com ')
    assert.equal(right.status, 200)
    assert.match(
      right.headers.get('set-cookie') ?? '',
      /^__Host-lazaret-euq=[\w-]{43}; Path=\/; Max-Age=43200; Secure; HttpOnly; SameSite=Strict$/,
    )
    assert.deepEqual(right.body.addresses, [
      { address: 'Anna@example.com', kind: 'own' },
      { address: 'a@example.com', kind: 'alias' },
    ])
    const before = someone.cookie
    await someone.signIn('anna@example.com')
    assert.notEqual(someone.cookie, before)
    assert.equal((await someone.ask('GET', '/session', undefined, { cookie: before })).status, 401)

    const wrong = await Promise.all(
      [
        ['anna@example.com', 'wrong'],
        ['anna@example.com', ''],
        ['nobody@example.com', password],
        ['gone@example.com', password],
        ['', password],
        ['anna@example.com\0', password],
        ['a'.repeat(320), password],
      ].map(([name = '', given = '']) => someoneAt(euq).signIn(name, given)),
    )
    assert.equal(new Set(wrong.map(({ body }) => JSON.stringify(body))).size, 1)
    assert.ok(wrong.every(({ status, headers }) => status === 401 && !headers.has('set-cookie')))
  })

  test('guesses are slowed down by name and by address', async () => {
    await using store = await open()
    const euq = openEuq(store.ctx, { options: { sign_in_failures: 3 } })
    await addUser(store.ctx, 'anna@example.com')
    for (let i = 0; i < 3; i++) await someoneAt(euq).signIn('anna@example.com', 'wrong', '192.0.2.1')
    const refused = await someoneAt(euq).signIn('anna@example.com', password, '192.0.2.1')
    assert.equal(refused.status, 429)
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
    assert.equal((await someoneAt(euq).signIn('anna@example.com', password, '192.0.2.2')).status, 200)
    for (let i = 0; i < 15; i++)
      await someoneAt(euq).signIn('Bert@example.com', 'wrong', `192.0.2.${100 + i}`)
    assert.equal((await someoneAt(euq).signIn('bert@example.com', 'wrong', '192.0.2.200')).status, 429)
    await store.clock.turn(11 * 60_000)
    assert.equal((await someoneAt(euq).signIn('anna@example.com', password, '192.0.2.1')).status, 200)
  })

  test('ways of signing in are asked in order; one that cannot be asked makes no password wrong', async () => {
    await using store = await open()
    const { ctx } = store
    await addUser(ctx, 'anna@example.com')
    const asked: string[] = []
    let answers = false
    const directory: SignInMethod = {
      kind: 'ldap',
      async check(name, given) {
        asked.push(`${name} ${given}`)
        if (!answers) throw new Problem('unavailable', 'no route to the directory')
        if (given !== 'of the directory') return null
        return {
          name: 'Carl@example.com',
          display: 'Carl',
          addresses: ['c@example.com', 'no address'],
          source: 'ldap',
        }
      },
    }
    const euq = openEuq(ctx, { methods: () => [localMethod(ctx.db), directory] })
    assert.equal((await someoneAt(euq).signIn('anna@example.com')).status, 200)
    assert.equal(asked.length, 0)
    const down = await someoneAt(euq).signIn('carl@example.com', 'of the directory')
    assert.equal(down.status, 503)
    assert.doesNotMatch(JSON.stringify(down.body), /route/)
    answers = true
    const carl = someoneAt(euq)
    const { body } = await carl.signIn('carl@example.com', 'of the directory')
    assert.deepEqual(
      body.addresses.map(({ address }: { address: string }) => address),
      ['Carl@example.com', 'c@example.com'],
    )
    assert.equal((await someoneAt(euq).signIn('carl@example.com', 'wrong')).status, 401)
    assert.equal((await someoneAt(euq).signIn('carl@example.com', '')).status, 401)
    assert.ok(!asked.includes('carl@example.com '))
    const { id } = await ctx.db.read
      .selectFrom('users')
      .select('id')
      .where('source', '=', 'ldap')
      .executeTakeFirstOrThrow()
    await disable(ctx, id)
    assert.equal((await carl.ask('GET', '/session')).status, 401)
    assert.equal((await someoneAt(euq).signIn('carl@example.com', 'of the directory')).status, 401)
  })

  test('sessions end by signing out, idleness, their hours; other sites and other cookies do not get in', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const euq = openEuq(ctx)
    await addUser(ctx, 'anna@example.com')
    const anna = await signedIn(euq, 'anna@example.com')
    const foreign = await anna.ask('DELETE', '/session', undefined, { origin: 'https://evil.example' })
    assert.equal(foreign.status, 403)
    const ridden = { 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' }
    assert.equal(
      (await someoneAt(euq).ask('POST', '/session', { name: 'x', password: 'y' }, ridden)).status,
      403,
    )
    assert.equal((await anna.ask('GET', '/session')).status, 200)
    using admin = openAdmin(ctx)
    const token = anna.cookie.split('=')[1]
    const asAccount = { headers: { cookie: `__Host-lazaret=${token}; __Host-lazaret-euq=${token}` } }
    assert.equal((await admin.request('/api/v1/session', asAccount)).status, 401)
    assert.equal(
      (await someoneAt(euq).ask('GET', '/session', undefined, { cookie: `__Host-lazaret=${token}` })).status,
      401,
    )

    assert.equal((await anna.ask('DELETE', '/session')).status, 204)
    assert.equal((await anna.ask('GET', '/session')).status, 401)
    const idle = await signedIn(euq, 'anna@example.com')
    await clock.turn(59 * 60_000)
    assert.equal((await idle.ask('GET', '/session')).status, 200)
    await clock.turn(60 * 60_000)
    assert.equal((await idle.ask('GET', '/session')).status, 401)
    const long = await signedIn(euq, 'anna@example.com')
    for (let hours = 0; hours < 23; hours++) {
      await clock.turn(30 * 60_000)
      assert.equal((await long.ask('GET', '/session')).status, 200)
    }
    await clock.turn(30 * 60_000)
    assert.equal((await long.ask('GET', '/session')).status, 401)
  })

  test('a host name that is not ours is answered 421', async () => {
    await using store = await open()
    const euq = openEuq(store.ctx, {
      options: { base_url: 'https://mail.example.org:8447', hosts: ['q.example'] },
    })
    const status = async (host: string) => (await euq.request('/healthz', { headers: { host } })).status
    assert.equal(await status('evil.example'), 421)
    for (const host of ['mail.example.org:8447', 'q.example', 'quarantine.example.org', '127.0.0.1:8447'])
      assert.equal(await status(host), 200, host)
  })

  test('without mail of our own there are no links, and the entrance does not offer them', async () => {
    await using store = await open()
    const euq = openEuq(store.ctx, { options: { organisation: 'Example', message: 'Hello.' } })
    const { body } = await someoneAt(euq).ask('GET', '/entrance')
    assert.deepEqual(body, {
      organisation: 'Example',
      message: 'Hello.',
      logo: null,
      methods: ['password'],
      providers: [],
    })
    const asked = await someoneAt(euq).ask('POST', '/session/link', { address: 'anna@example.com' })
    assert.equal(asked.status, 404)
  })

  test('a new password ends the other sessions; preferences stay', async () => {
    await using store = await open()
    const euq = openEuq(store.ctx)
    await addUser(store.ctx, 'anna@example.com')
    const [here, there] = [await signedIn(euq, 'anna@example.com'), await signedIn(euq, 'anna@example.com')]
    const change = (current: string, next: string) =>
      here.ask('POST', '/password', { current, password: next })
    assert.equal((await change('wrong', 'another four words')).body.field, 'current')
    assert.equal((await change(password, 'short')).status, 400)
    assert.equal((await change(password, 'another four words')).status, 204)
    assert.equal((await here.ask('GET', '/session')).status, 200)
    assert.equal((await there.ask('GET', '/session')).status, 401)
    assert.equal((await someoneAt(euq).signIn('anna@example.com')).status, 401)

    const set = await here.ask('PATCH', '/preferences', { locale: 'de', timeZone: 'Europe/Berlin' })
    assert.deepEqual(set.body, { locale: 'de', timeZone: 'Europe/Berlin', theme: 'auto' })
    assert.equal((await here.ask('PATCH', '/preferences', { theme: 'dark' })).body.locale, 'de')
    assert.equal((await here.ask('PATCH', '/preferences', { timeZone: 'Europe/Nowhere' })).status, 400)
    assert.deepEqual((await here.ask('GET', '/session')).body.preferences, { ...set.body, theme: 'dark' })
  })

  test('signing in at a provider begins and ends in one browser, and nowhere else', async () => {
    await using store = await open()
    const { ctx } = store
    const asked: string[] = []
    const pending = {
      state: 's'.repeat(43),
      nonce: 'n'.repeat(43),
      verifier: 'v'.repeat(43),
      redirectUri: 'https://mail.example.org/sign-in/provider',
      startedAt: ctx.clock.now(),
    }
    const provider: OidcMethod = {
      label: 'Work',
      begin: async (redirectUri) => ({ url: `https://idp.example/?to=${redirectUri}`, pending }),
      async finish(parameters, given) {
        asked.push(`${parameters.get('code')} ${given.verifier === pending.verifier}`)
        if (parameters.get('code') !== 'right') return null
        const name = 'carl@example.com'
        return { name, display: 'Carl', addresses: [name, 'c@example.com'], source: 'oidc Work' }
      },
    }
    const euq = openEuq(ctx, { providers: [provider], options: { base_url: 'https://mail.example.org' } })
    const carl = someoneAt(euq)
    assert.deepEqual((await carl.ask('GET', '/entrance')).body.providers, [{ provider: 0, label: 'Work' }])
    const finish = (someone: typeof carl, code: string) =>
      someone.ask('POST', '/session/provider/finish', { answer: `?code=${code}&state=x` })
    assert.equal((await finish(carl, 'right')).status, 400)
    assert.equal((await carl.ask('POST', '/session/provider', { provider: 1 })).status, 404)
    const begun = await carl.ask('POST', '/session/provider', { provider: 0 })
    assert.equal(begun.body.url, 'https://idp.example/?to=https://mail.example.org/sign-in/provider')
    const kept = carl.cookie
    assert.match(
      begun.headers.get('set-cookie') ?? '',
      /^__Host-lazaret-euq-provider=.*HttpOnly; SameSite=Strict$/,
    )
    assert.equal((await finish(someoneAt(euq), 'right')).status, 400)
    assert.equal((await finish(carl, 'wrong')).status, 401)
    const answer = await someoneAt(euq).ask(
      'POST',
      '/session/provider/finish',
      { answer: '?code=right&state=x' },
      { cookie: kept },
    )
    assert.equal(answer.body.name, 'carl@example.com')
    assert.ok(answer.headers.getSetCookie().some((line) => /^__Host-lazaret-euq=[\w-]{43};/.test(line)))
    assert.deepEqual(asked, ['wrong true', 'right true'])
  })

  test('a sign-in that began with the old password is none after the new one', async () => {
    await using store = await open()
    const { ctx } = store
    const id = await addUser(ctx, 'anna@example.com')
    const local = localMethod(ctx.db)
    const slow: SignInMethod = {
      kind: 'local',
      async check(...given) {
        const recognised = await local.check(...given)
        const { url } = await inviteAgain(ctx, systemActor, id, invitations, false)
        await acceptInvitation(ctx, url?.split('#')[1] ?? '', 'another four words', '192.0.2.1')
        return recognised
      },
    }
    assert.equal(
      (await someoneAt(openEuq(ctx, { methods: () => [slow] })).signIn('anna@example.com')).status,
      401,
    )
    assert.deepEqual(await ctx.db.read.selectFrom('user_sessions').selectAll().execute(), [])
  })
})
