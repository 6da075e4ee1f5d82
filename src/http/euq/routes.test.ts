/**
 * Promise: on the listener of users there is what their table says and nothing else, and every route does for each of
 * anonymous, owner, stranger, delegate, disabled and account exactly what is written here: another's message is 404. A
 * route that is not written here does not compile.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/store.ts'
import { type EuqRouteName, euqRoutes } from '../../api/euq/routes.ts'
import type { Route } from '../../api/route.ts'
import { routes } from '../../api/routes.ts'
import { pages } from '../application.ts'
import { routerPath } from '../mount.ts'
import { hold, openAdmin } from '../testing/admin.ts'
import { euqPages } from './application.ts'
import { addUser, disable, openEuq, type Someone, signedIn, someoneAt } from './testing/euq.ts'

const table = Object.entries<Route<'user'>>(euqRoutes) as [EuqRouteName, Route<'user'>][]

/** Something that passes the schemas; a function is given the message. */
type Given = { body?: unknown | ((id: string) => unknown); about?: 'message' | 'order' }
const ids = (id: string) => ({ ids: [id] })
const given: Record<EuqRouteName, Given> = {
  entrance: {},
  signIn: { body: { name: 'nobody@example.com', password: 'wrong' } },
  whoAmI: {},
  signOut: {},
  beginAtProvider: { body: { provider: 0 } },
  finishAtProvider: { body: { answer: '' } },
  askForLink: { body: { address: 'nobody@example.com' } },
  useLink: { body: { token: 'x'.repeat(43) } },
  acceptInvitation: { body: { token: 'x'.repeat(43), password: 'x' } },
  changeOwnPassword: { body: { current: 'wrong', password: 'x' } },
  setPreferences: { body: {} },
  showMyDigest: {},
  setMyDigest: { body: { own: null } },
  findMyMessages: {},
  showMyMessage: { about: 'message' },
  readMyMessage: { about: 'message' },
  renderMyMessage: { about: 'message' },
  notSpam: { body: ids, about: 'order' },
  deleteMyMessages: { body: ids, about: 'order' },
  restoreMyMessages: { body: ids, about: 'order' },
}

const request = (someone: Someone, name: EuqRouteName, id: string) => {
  const { method, path } = euqRoutes[name]
  const { body } = given[name]
  return someone.ask(
    method.toUpperCase(),
    path.slice('/api/v1/my'.length).replace('{id}', id),
    typeof body === 'function' ? body(id) : body,
  )
}

forEachEngine((open, kind) => {
  if (kind === 'sqlite') {
    test('every mounted route is in the table, and every route of the table is mounted', async () => {
      await using store = await open()
      const mounted = openEuq(store.ctx)
        .app.routes.filter(({ method }) => method !== 'ALL')
        .map(({ method, path }) => `${method} ${path}`)
      const declared = [
        ...table.map(([, route]) => `${route.method.toUpperCase()} ${routerPath(route.path)}`),
        ...euqPages.map((path) => `GET ${path}`),
      ]
      assert.deepEqual([...mounted].sort(), [...declared].sort())
    })

    test('no route of administrators is on the listener of users, and the other way about', async () => {
      await using store = await open()
      const euq = openEuq(store.ctx)
      using admin = openAdmin(store.ctx)
      const example = (path: string) => path.replace(/\{\w+\}|:\w+/g, '05xk2m9q80g')
      const administrators = [
        ...Object.values<Route>(routes).map(({ method, path }) => [method.toUpperCase(), example(path)]),
        ...Object.keys(pages)
          // A console of their own.
          .filter((path) => !euqPages.some((page) => page === path))
          .map((path) => ['GET', example(path)]),
      ] as [string, string][]
      const bearer = { authorization: `Bearer ${await admin.keyOf('administrator')}` }
      for (const [method, path] of administrators)
        assert.equal((await euq.request(path, { method, headers: bearer })).status, 404, `${method} ${path}`)
      for (const [, { method, path }] of table) {
        const answer = await admin.request(example(path), { method: method.toUpperCase(), headers: bearer })
        assert.equal(answer.status, 404, `${method} ${path}`)
      }
      for (const path of ['/index.html', '/assets/x.js', '/api/v1', '/api'])
        assert.equal((await euq.request(path, { headers: { accept: 'text/html' } })).status, 404, path)
    })
  }

  test('each route × anonymous, owner, stranger, delegate, disabled, account × own, another’s message', async () => {
    await using store = await open()
    const { ctx } = store
    const euq = openEuq(ctx)
    await addUser(ctx, 'anna@example.com')
    await addUser(ctx, 'bert@example.com')
    await addUser(ctx, 'dora@example.com', { delegated: ['Anna@example.com'] })
    const gone = await addUser(ctx, 'emil@example.com', { alias: ['anna@example.com'] })
    using admin = openAdmin(ctx)
    const account = { authorization: `Bearer ${await admin.keyOf('administrator')}` }
    const disabled = await signedIn(euq, 'emil@example.com')
    await disable(ctx, gone)
    const withKey = someoneAt(euq)

    for (const [name, route] of table) {
      const { about, body } = given[name]
      assert.equal(body !== undefined, route.body !== undefined, `${name}: give the test a body`)
      const message = await hold(ctx, `Subject: ${name}\r\n\r\nx\r\n`, { recipients: ['anna@example.com'] })
      const unknown = '00000000001'
      if (route.permission === 'anyone') {
        assert.notEqual((await request(someoneAt(euq), name, message)).status, 403, name)
        continue
      }
      assert.equal((await request(someoneAt(euq), name, message)).status, 401, `${name} as nobody`)
      assert.equal((await request(disabled, name, message)).status, 401, `${name} as disabled`)
      const { method, path } = route
      const json = { 'content-type': 'application/json' }
      const key = await euq.request(path.replace('{id}', message), {
        method: method.toUpperCase(),
        headers: { ...account, ...(body ? json : {}) },
        ...(body ? { body: JSON.stringify(typeof body === 'function' ? body(message) : body) } : {}),
      })
      assert.equal(key.status, 401, `${name} with the key of an account`)
      assert.equal(withKey.cookie, '')
      // Last the owners: an order that they may give is carried out.
      for (const [who, theirs] of [
        ['bert@example.com', false],
        ['dora@example.com', true],
        ['anna@example.com', true],
      ] as const) {
        const someone = await signedIn(euq, who)
        const told = `${name} as ${who}`
        if (about === 'message') {
          const expected = theirs ? 200 : 404
          assert.equal((await request(someone, name, message)).status, expected, told)
          assert.equal((await request(someone, name, unknown)).status, 404, told)
          assert.deepEqual(
            theirs ? {} : strip((await request(someone, name, message)).body),
            theirs ? {} : strip((await request(someone, name, unknown)).body),
            'another’s message and none are told alike',
          )
        } else if (about === 'order') {
          const [result] = (await request(someone, name, message)).body.results
          assert.equal(result.result === 'not-found', !theirs, `${told}: ${result.text}`)
          const [none] = (await request(someone, name, unknown)).body.results
          assert.equal(none.result, 'not-found', told)
          if (!theirs) assert.equal(result.text, none.text)
        } else {
          const { status } = await request(someone, name, message)
          assert.ok(status !== 401 && status !== 403 && status !== 500, `${told}: ${status}`)
        }
      }
    }
  })
})

const strip = ({ detail, title, status }: Record<string, unknown>) => ({ detail, title, status })
