/**
 * Promise: every route of users does for everybody, about every kind of message, exactly what testing/who-may.ts says:
 * another's message is not there, accounts are nobody, and what is forged, foreign, wrong or too much is refused by every
 * route before it does anything.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MailOptions } from '../../../test/mails.ts'
import { forEachEngine } from '../../../test/store.ts'
import { systemActor } from '../../access/actor.ts'
import { roles } from '../../access/roles.ts'
import { type EuqRouteName, euqRoutes } from '../../api/euq/routes.ts'
import type { Route } from '../../api/route.ts'
import { routes } from '../../api/routes.ts'
import type { Context } from '../../context.ts'
import { openLinks } from '../../digest/links.ts'
import { countOpened } from '../../digest/opens.ts'
import { digestOptions } from '../../digest/options.ts'
import { defaultsOf } from '../../options.ts'
import { remove } from '../../quarantine/remove.ts'
import { parseId } from '../../store/ids.ts'
import { bodyLimitBytes, strangersBodyLimitBytes } from '../body.ts'
import { adminCookie } from '../caller.ts'
import { hold, openAdmin, type TestAdmin } from '../testing/admin.ts'
import { userCookie } from './cookie.ts'
import { addUser, disable, openEuq, signedIn, type TestEuq } from './testing/euq.ts'
import { type Entry, type Subject, subjects, whoMay } from './testing/who-may.ts'

const table = Object.entries<Route<'user'>>(euqRoutes) as [EuqRouteName, Route<'user'>][]
const unknown = '00000000001'
const [anna, bert, dora] = ['anna@example.com', 'bert@example.com', 'dora@example.com'] as const

const pathOf = (name: EuqRouteName, id = unknown) =>
  Object.entries({ id, ...whoMay[name].params }).reduce<string>(
    (path, [key, value]) => path.replace(`{${key}}`, encodeURIComponent(value)),
    euqRoutes[name].path,
  )
const bodyOf = ({ body }: Entry, id: string) => (typeof body === 'function' ? body(id) : body)

/** With all that can be switched on, and room for wrong passwords. */
const openAll = (ctx: Context): TestEuq =>
  openEuq(ctx, {
    digest: {
      options: { ...defaultsOf(digestOptions), enabled: true },
      links: openLinks(ctx),
      opens: countOpened(ctx),
    },
    options: { sign_in_failures: 1000 },
  })

/** With the headers of a program that does everything right, but for those given. */
async function ask(
  euq: TestEuq,
  name: EuqRouteName,
  headers: Record<string, string>,
  { id = unknown, text }: { id?: string; text?: string } = {},
) {
  const body = bodyOf(whoMay[name], id)
  const answer = await euq.request(pathOf(name, id), {
    method: euqRoutes[name].method.toUpperCase(),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: text ?? JSON.stringify(body) }),
  })
  const said = await answer.text()
  return {
    status: answer.status,
    body: /json/.test(answer.headers.get('content-type') ?? '') && JSON.parse(said),
  }
}

const withFile =
  'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n--b--\r\n'

/** A message of each kind for anna; the shared one is for bert as well, and another's is for nobody of these. */
async function messageFor(ctx: Context, subject: Subject): Promise<string> {
  const make = (recipients: string[], group: MailOptions['group'] = {}) =>
    hold(ctx, `Subject: ${subject}\r\n\r\nx\r\n`, { recipients, group })
  switch (subject) {
    case 'own':
      return await make([anna])
    case 'shared':
      return await make([anna, bert])
    case 'anothers':
      return await make(['carla@example.com'])
    case 'malware':
      return await make([anna], { reason: 'malware' })
    case 'onRequest':
      return await make([anna], { area: 'Review' })
    case 'closed':
      return await make([anna], { area: 'Closed' })
    case 'withFiles':
    case 'malwareWithFiles':
      return await hold(ctx, withFile, {
        recipients: [anna],
        group: { area: 'Files', ...(subject === 'withFiles' ? {} : { reason: 'malware' }) },
      })
    case 'hidden':
      return await make([anna], { area: 'Virus' })
    case 'unknown':
      return unknown
    case 'deleted':
    case 'deletedByAdministrator': {
      const id = await make([anna])
      const by =
        subject === 'deleted' ? { name: anna, role: 'user' as const, origin: '192.0.2.10' } : systemActor
      await remove(ctx, by, { ids: [parseId(id) ?? 0] })
      return id
    }
  }
}

/** The cookie of somebody who has signed in on the admin listener. */
async function accountCookie(admin: TestAdmin, role: (typeof roles)[number]): Promise<string> {
  const given = { name: `signed-in-${role}`, password: 'a password of an account' }
  const administrators = await admin.as('administrator')
  await administrators.call('createAccount', {
    body: { ...given, role, ...(role === 'domain-administrator' ? { domains: ['example.com'] } : {}) },
  })
  const answer = await admin.request('/api/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(given),
  })
  assert.equal(answer.status, 200)
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

forEachEngine((open) => {
  test('each route × owner, delegate, other user × each kind of message', async () => {
    await using store = await open()
    const { ctx } = store
    const euq = openAll(ctx)
    await addUser(ctx, anna)
    await addUser(ctx, bert)
    await addUser(ctx, dora, { delegated: ['Anna@example.com'] })
    const messages = new Map<Subject, string>()
    const cookies = new Map<string, string>()
    const cookieOf = async (who: string) => {
      const cookie = cookies.get(who)
      // Some routes end it.
      if (cookie && (await ask(euq, 'whoAmI', { cookie })).status === 200) return cookie
      const fresh = (await signedIn(euq, who)).cookie
      cookies.set(who, fresh)
      return fresh
    }
    for (const [name, route] of table) {
      const entry = whoMay[name]
      assert.equal(entry.body !== undefined, route.body !== undefined, `${name}: give the test a body`)
      assert.equal('open' in entry, route.permission === 'anyone', name)
      if ('open' in entry) {
        assert.equal((await ask(euq, name, {})).status, entry.open, `${name} as anybody`)
        continue
      }
      for (const who of [anna, dora, bert]) {
        const cookie = await cookieOf(who)
        if ('own' in entry) {
          assert.equal((await ask(euq, name, { cookie })).status, entry.own, `${name} as ${who}`)
          continue
        }
        const none = await ask(euq, name, { cookie })
        for (const subject of subjects) {
          const told = `${name} as ${who} about ${subject}`
          const isTheirs = who !== bert || subject === 'shared'
          const id = messages.get(subject) ?? (await messageFor(ctx, subject))
          messages.set(subject, id)
          const { status, body } = await ask(euq, name, { cookie }, { id })
          if ('message' in entry) {
            assert.equal(status, isTheirs ? entry.message[subject] : 404, told)
            if (status === 404) assert.deepEqual(body, none.body, `${told}: told from one that is not there`)
          } else {
            assert.equal(status, 200, told)
            const [result] = body.results
            assert.equal(
              result.result,
              isTheirs ? entry.order[subject] : 'not-found',
              `${told}: ${result.text}`,
            )
            // The next one finds it as it was before this.
            if (result.result === 'done') messages.delete(subject)
            if (result.result === 'not-found') assert.deepEqual(result, { ...none.body.results[0], id }, told)
          }
        }
      }
    }
  })

  test('each route × nobody, a disabled user, each role of accounts by key and by cookie', async () => {
    await using store = await open()
    const { ctx } = store
    const euq = openAll(ctx)
    using admin = openAdmin(ctx)
    const gone = await addUser(ctx, anna)
    const disabled = await signedIn(euq, anna)
    await disable(ctx, gone)
    const nobodies: Record<string, Record<string, string>> = {
      nobody: {},
      'a disabled user': { cookie: disabled.cookie },
      'a made-up cookie': { cookie: `${userCookie}=${'x'.repeat(43)}` },
    }
    for (const role of roles) {
      const cookie = await accountCookie(admin, role)
      nobodies[`the key of an ${role}`] = { authorization: `Bearer ${await admin.keyOf(role)}` }
      nobodies[`the session of an ${role}`] = { cookie }
      nobodies[`the session of an ${role}, by the name of ours`] = {
        cookie: cookie.replace(adminCookie, userCookie),
      }
    }
    for (const [name] of table) {
      const entry = whoMay[name]
      const id = await messageFor(ctx, 'own')
      for (const [who, headers] of Object.entries(nobodies))
        assert.equal(
          (await ask(euq, name, headers, { id })).status,
          'open' in entry ? entry.open : 401,
          `${name} with ${who}`,
        )
    }
  })

  test('a user is nobody to administrators, on each route of theirs', async () => {
    await using store = await open()
    const { ctx } = store
    await addUser(ctx, anna)
    const { cookie } = await signedIn(openAll(ctx), anna)
    using admin = openAdmin(ctx)
    for (const [name, { method, path, permission }] of Object.entries<Route>(routes)) {
      if (permission === 'anyone') continue
      for (const given of [cookie, cookie.replace(userCookie, adminCookie)]) {
        const headers = { cookie: given }
        const answer = await admin.request(path.replaceAll(/\{\w+\}/g, unknown), {
          method: method.toUpperCase(),
          headers,
        })
        assert.equal(answer.status, 401, `${name} with ${given.split('=')[0]}`)
      }
    }
  })

  test('each route refuses what is foreign, forged, wrong or too much, and does nothing', async () => {
    await using store = await open()
    const { ctx } = store
    const euq = openAll(ctx)
    await addUser(ctx, anna)
    const { cookie } = await signedIn(euq, anna)
    const changes = () => ctx.db.read.selectFrom('audit').select('seq').execute()
    const before = await changes()
    for (const [name, { method, permission, body, query }] of table) {
      const id = await messageFor(ctx, 'own')
      const refused = async (
        status: number,
        what: string,
        headers: Record<string, string>,
        text?: string,
      ): Promise<void> => {
        const answer = await ask(
          euq,
          name,
          { cookie, ...headers },
          { id, ...(text === undefined ? {} : { text }) },
        )
        assert.equal(answer.status, status, `${name}: ${what}`)
      }
      await refused(421, 'another name', { host: 'evil.example' })
      const other = await euq.request(`${pathOf(name, id)}?nobody=1`, {
        method: method.toUpperCase(),
        headers: { cookie, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(bodyOf(whoMay[name], id)) } : {}),
      })
      assert.equal(
        other.status,
        400,
        `${name}: a parameter that is none, ${query ? 'beside others' : 'alone'}`,
      )
      if (method === 'get') continue
      await refused(403, 'a page of another site', { origin: 'https://evil.example' })
      await refused(403, 'no page at all', { origin: 'null' })
      await refused(403, 'this site without TLS', { origin: 'http://localhost' })
      await refused(403, 'a site beside ours', { 'sec-fetch-site': 'same-site' })
      await refused(403, 'what another site made a browser send', { 'sec-fetch-site': 'cross-site' })
      await refused(403, 'a browser that does not say where it is', { 'user-agent': 'Mozilla/5.0' })
      if (!body) continue
      await refused(415, 'a form', { 'content-type': 'application/x-www-form-urlencoded' })
      await refused(415, 'text', { 'content-type': 'text/plain' })
      const limit = permission === 'anyone' ? strangersBodyLimitBytes : bodyLimitBytes
      await refused(413, 'too long', {}, `"${'x'.repeat(limit)}"`)
      for (const text of ['', '{', 'null', '[]', '"x"', '{"no":"such key"}', '['.repeat(1000)])
        await refused(400, `the body ${text.slice(0, 30)}`, {}, text)
    }
    assert.deepEqual(await changes(), before)
    assert.equal((await ask(euq, 'whoAmI', { cookie })).status, 200)
    const held = await ctx.db.read.selectFrom('holdings').select('state').distinct().execute()
    assert.deepEqual(held, [{ state: 'held' }])
  })
})
