/**
 * Promise: behind reverse proxies that are named each client stands for itself, for throttling, limits and the audit log,
 * on both listeners; and whatever a client writes into X-Forwarded-For itself, it is taken for nobody else.
 */
import assert from 'node:assert/strict'
import { request } from 'node:https'
import { test } from 'node:test'
import { openTestStore } from '../../test/store.ts'
import { selfSignedCertificate } from '../app/x509.ts'
import type { Context } from '../context.ts'
import { defaultsOf } from '../options.ts'
import { euqOptions } from './euq/options.ts'
import { startEuq } from './euq/server.ts'
import { addUser, euqDeps, openEuq, password } from './euq/testing/euq.ts'
import { openProxies } from './proxies.ts'
import { Shares } from './shares.ts'
import { openAdmin } from './testing/admin.ts'

const proxy = '192.0.2.10'
const stranger = '198.51.100.7'

test('the last one that is not believed is the client', () => {
  const options = { trusted_proxies: ['192.0.2.0/24', '2001:db8::/64'] }
  const { client } = openProxies(options)
  const cases: [socket: string, forwarded: string | undefined, expected: string][] = [
    [proxy, undefined, proxy],
    [proxy, '203.0.113.1', '203.0.113.1'],
    [`::ffff:${proxy}`, '203.0.113.1', '203.0.113.1'],
    [proxy, '::FFFF:203.0.113.1', '203.0.113.1'],
    [proxy, '203.0.113.9, 203.0.113.1', '203.0.113.1'],
    [proxy, '203.0.113.1, 192.0.2.20', '203.0.113.1'],
    [proxy, '203.0.113.9, 203.0.113.1, 192.0.2.20,192.0.2.21', '203.0.113.1'],
    [proxy, '192.0.2.20', '192.0.2.20'],
    [proxy, '203.0.113.1:4711', '203.0.113.1'],
    [proxy, '[2001:db9::7]:4711', '2001:db9::7'],
    [proxy, '2001:db9::7, 2001:db8::1', '2001:db9::7'],
    // Nothing that can be read: all that is known is who says so.
    [proxy, '', proxy],
    [proxy, '203.0.113.1,', proxy],
    [proxy, '203.0.113.1, unknown', proxy],
    [proxy, '203.0.113.1, _hidden', proxy],
    [proxy, '203.0.113.1, 192.0.2.20.', proxy],
    [proxy, '203.0.113.1, 999.1.1.1', proxy],
    [proxy, `203.0.113.1, ${'1'.repeat(10_000)}`, proxy],
    [proxy, ','.repeat(10_000), proxy],
    // From anybody else it means nothing.
    [stranger, '203.0.113.1', stranger],
    [stranger, `203.0.113.1, ${proxy}`, stranger],
    ['', '203.0.113.1', ''],
  ]
  for (const [socket, forwarded, expected] of cases)
    assert.equal(client(socket, forwarded), expected, `${socket} told ${forwarded?.slice(0, 80)}`)
  options.trusted_proxies = []
  assert.equal(client(proxy, '203.0.113.1'), proxy)
})

test('a proxy may have all connections, any other address half of them', () => {
  const shares = new Shares()
  assert.ok(shares.take(stranger, 4) && shares.take(stranger, 4))
  assert.equal(shares.take(stranger, 4), null)
  assert.ok(shares.take(proxy, 4, true) && shares.take(proxy, 4, true))
  assert.equal(shares.take(proxy, 4, true), null)
})

const wrong = { name: 'anna@example.com', password: 'wrong' }
const throttled = { trusted_proxies: [proxy], sign_in_failures: 3 }

const listeners = {
  users: (ctx: Context) => ({
    request: openEuq(ctx, { options: throttled }).request,
    path: '/api/v1/my/session',
  }),
  administrators: (ctx: Context) => ({ request: openAdmin(ctx, throttled).request, path: '/api/v1/session' }),
}

for (const [whose, open] of Object.entries(listeners))
  test(`wrong passwords are counted for the client, whatever it says of itself: ${whose}`, async () => {
    await using store = await openTestStore('sqlite', undefined)
    const { request: ask, path } = open(store.ctx)
    let n = 0
    const guess = async (from: string, forwarded: string) => {
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': forwarded }
      // Each time at another name: it is the address that is counted.
      const body = JSON.stringify({ ...wrong, name: `u${n++}@example.com` })
      return (await ask(path, { method: 'POST', from, headers, body })).status
    }
    for (let i = 0; i < 3; i++) assert.equal(await guess(proxy, `10.0.0.${i}, 203.0.113.1`), 401)
    assert.equal(await guess(proxy, '203.0.113.1'), 429)
    assert.equal(await guess(proxy, '198.51.100.200, 203.0.113.1'), 429)
    assert.equal(await guess(proxy, '203.0.113.2'), 401, 'somebody else behind the same proxy')
    for (let i = 0; i < 3; i++) assert.equal(await guess(stranger, `203.0.113.${50 + i}`), 401)
    assert.equal(await guess(stranger, '203.0.113.99'), 429, 'no proxy, and not believed')
  })

test('a primary tells the others who the client is behind a proxy', async () => {
  await using store = await openTestStore('sqlite', undefined)
  const { ctx, clock } = store
  await addUser(ctx, wrong.name)
  const tls = selfSignedCertificate(
    ['localhost'],
    ['127.0.0.1'],
    clock.now() - 86_400_000,
    Date.UTC(2040, 0, 1),
  )
  const options = {
    ...defaultsOf(euqOptions),
    listen: ['127.0.0.1:0'],
    secondary_listen: ['127.0.0.1:0'],
    trusted_proxies: ['127.0.0.0/8'],
  }
  const deps = euqDeps(ctx, { tls })
  await using _secondary = await startEuq(ctx, 'secondary', options, deps)
  await using primary = await startEuq(ctx, 'primary', options, deps)
  const origins = async () =>
    (await ctx.db.read.selectFrom('user_sessions').select('origin').execute()).map(({ origin }) => origin)
  // In turn itself and the other one.
  for (let n = 1; n <= 4; n++) {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
    request(
      `https://${primary.addresses[0]}/api/v1/my/session`,
      {
        method: 'POST',
        agent: false,
        rejectUnauthorized: false,
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `10.1.1.1, 203.0.113.${n}` },
      },
      (answer) => {
        answer.resume()
        answer.once('end', () => resolve(answer.statusCode))
      },
    )
      .once('error', reject)
      .end(JSON.stringify({ ...wrong, password }))
    assert.equal(await promise, 200)
  }
  assert.deepEqual((await origins()).sort(), ['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4'])
})
