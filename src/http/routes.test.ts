/** Promise: each route does for each role exactly what the table says, and what is not in the table is not there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../test/store.ts'
import { permissions, roles, rolesWith } from '../access/roles.ts'
import type { Route } from '../api/route.ts'
import { type RouteName, routes } from '../api/routes.ts'
import { pages } from './application.ts'
import { routerPath } from './mount.ts'
import { openAdmin } from './testing/admin.ts'

const table = Object.entries<Route>(routes) as [RouteName, Route][]

/** Something that passes the schemas and finds nothing, so that only permission decides. */
const bodies: Partial<Record<RouteName, unknown>> = {
  signIn: { name: 'nobody', password: 'wrong' },
  changeOwnPassword: { current: 'wrong', password: 'also wrong' },
  setPreferences: {},
  beginSecondFactor: { password: 'wrong' },
  confirmSecondFactor: { code: '000000' },
  renewRecoveryCodes: { password: 'wrong', code: '000000' },
  endSecondFactor: { password: 'wrong', code: '000000' },
  saveSearch: { name: 'x', query: '' },
  releaseMessages: { ids: ['00000000001'] },
  deleteMessages: { ids: ['00000000001'] },
  restoreMessages: { ids: ['00000000001'] },
  retryDeliveries: { ids: ['00000000001'] },
  previewJob: { action: 'release', criteria: {} },
  startJob: { action: 'release', criteria: {}, asOf: '00000000001', messages: 0 },
  cancelDeliveries: { ids: ['00000000001'] },
  createAccount: { name: 'x', role: 'auditor', password: 'short' },
  changeAccount: { disabled: false },
  createKey: { name: 'another', role: 'auditor' },
  inviteUser: { name: 'x@example.org', aliases: Array(200).fill('x@example.org') },
  inviteUserAgain: {},
  changeUser: { disabled: false },
  sendDigest: {},
  decideRequests: { ids: ['00000000001'], decision: 'deny' },
}

forEachEngine((open, kind) => {
  if (kind === 'sqlite')
    test('every mounted route is in the table, and every route of the table is mounted', async () => {
      await using store = await open()
      using admin = openAdmin(store.ctx)
      const mounted = admin.app.routes
        .filter(({ method }) => method !== 'ALL')
        .map(({ method, path }) => `${method} ${path}`)
      const declared = [
        ...table.map(([, route]) => `${route.method.toUpperCase()} ${routerPath(route.path)}`),
        ...Object.keys(pages).map((path) => `GET ${path}`),
      ]
      assert.deepEqual([...mounted].sort(), [...declared].sort())
    })

  test('each route × anonymous, auditor, operator, administrator, lesser key', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    for (const [name, route] of table) {
      const body = bodies[name]
      assert.equal(body !== undefined, route.body !== undefined, `${name}: give the test a body`)
      const path = route.path
        .replace('{id}', '00000000001')
        .replace('{name}', 'nobody')
        .replace('{part}', '0')
        .replace('{address}', 'x@example.org')
      const ask = async (authorization?: string) => {
        const headers = {
          ...(authorization ? { authorization } : {}),
          ...(body ? { 'content-type': 'application/json' } : {}),
        }
        const init = {
          method: route.method.toUpperCase(),
          headers,
          body: body ? JSON.stringify(body) : undefined,
        }
        return (await admin.request(path, init)).status
      }
      const anonymous = await ask()
      if (route.permission === 'anyone') {
        assert.notEqual(anonymous, 403, name)
        continue
      }
      assert.equal(anonymous, 401, `${name} without a key`)
      assert.equal(await ask('Bearer lzk_wrong'), 401, `${name} with a wrong key`)
      assert.equal(await ask('Basic YWRtaW46YWRtaW4='), 401, `${name} with another scheme`)
      for (const role of roles) {
        const status = await ask(`Bearer ${await admin.keyOf(role)}`)
        const allowed = rolesWith(route.permission).includes(role)
        assert.equal(status !== 403 && status !== 401, allowed, `${name} as ${role}: ${status}`)
        assert.notEqual(status, 500, `${name} as ${role}`)
      }
    }
  })

  test('a key does no more than its own role, nor than its owner at that moment', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const client = await admin.as('administrator')
    const made = await client.call('createKey', { body: { name: 'reader', role: 'auditor' } })
    const ask = async (path: string) =>
      (await admin.request(path, { headers: { authorization: `Bearer ${made.key}` } })).status
    assert.equal(await ask('/api/v1/messages'), 200)
    assert.equal(await ask('/api/v1/accounts'), 403)
    const strong = await client.call('createKey', { body: { name: 'strong' } })
    await store.ctx.db.transaction(async (trx) => {
      await trx.updateTable('accounts').set({ role: 'auditor' }).execute()
    })
    const status = await admin.request('/api/v1/accounts', {
      headers: { authorization: `Bearer ${strong.key}` },
    })
    assert.equal(status.status, 403)
  })

  test('a disabled owner, a revoked and an expired key are refused', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const client = await admin.as('administrator')
    const status = async (key: string) =>
      (await admin.request('/api/v1/session', { headers: { authorization: `Bearer ${key}` } })).status
    const short = await client.call('createKey', { body: { name: 'a day', expiresInDays: 1 } })
    assert.equal(await status(short.key), 200)
    await store.clock.turn(86_400_000)
    assert.equal(await status(short.key), 401)
    const key = await client.call('createKey', { body: { name: 'gone' } })
    assert.equal(await status(key.key), 200)
    await client.call('revokeKey', { params: { id: key.id } })
    assert.equal(await status(key.key), 401)
    const operator = await admin.keyOf('operator')
    assert.equal(await status(operator), 200)
    await client.call('changeAccount', { params: { name: 'operator1' }, body: { disabled: true } })
    assert.equal(await status(operator), 401)
    await client.call('changeAccount', { params: { name: 'OPERATOR1' }, body: { disabled: false } })
    assert.equal(await status(operator), 200)
  })
})

test('every permission is used by a route or a check', () => {
  const used = new Set(table.map(([, route]) => route.permission))
  const checkedElsewhere = ['key.all']
  assert.deepEqual(
    permissions.filter((permission) => !used.has(permission) && !checkedElsewhere.includes(permission)),
    [],
  )
})
