/**
 * Promise: on the listener of users there is what their table says and nothing else. What each route does for whom is in
 * who-may.test.ts; what a new route is sent there is written in testing/who-may.ts.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestStore } from '../../../test/store.ts'
import { euqRoutes } from '../../api/euq/routes.ts'
import type { Route } from '../../api/route.ts'
import { routes } from '../../api/routes.ts'
import { pages } from '../application.ts'
import { routerPath } from '../mount.ts'
import { openAdmin } from '../testing/admin.ts'
import { euqPages } from './application.ts'
import { openEuq } from './testing/euq.ts'

const table = Object.entries<Route<'user'>>(euqRoutes)

test('every mounted route is in the table, and every route of the table is mounted', async () => {
  await using store = await openTestStore('sqlite', undefined)
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
  await using store = await openTestStore('sqlite', undefined)
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
