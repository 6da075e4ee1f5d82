/** Promises of the listener and of what surrounds every answer: hosts, headers, limits, errors, health, the manual. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:https'
import { connect as connectPlain } from 'node:net'
import { after, test } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { boundTo } from '../../test/bound.ts'
import { forEachEngine, type TestStore } from '../../test/store.ts'
import { createClient } from '../api/client.ts'
import type { Route } from '../api/route.ts'
import { routes } from '../api/routes.ts'
import { httpsTransport } from '../api/transport.ts'
import { selfSignedCertificate } from '../app/x509.ts'
import { defaultsOf } from '../options.ts'
import type { Engine } from '../store/engine.ts'
import { bodyLimitBytes, strangersBodyLimitBytes } from './body.ts'
import { downloadName } from './headers.ts'
import { adminOptions, parseListen } from './options.ts'
import { hostName } from './origin.ts'
import { startAdmin } from './server.ts'
import { hold, invitations, localKey, openAdmin } from './testing/admin.ts'

const json = { 'content-type': 'application/json' }

const certificate = (clock: TestStore['clock']) =>
  selfSignedCertificate(['localhost'], ['127.0.0.1'], clock.now() - 86_400_000, Date.UTC(2040, 0, 1))

async function listener(
  store: Pick<TestStore, 'ctx' | 'clock'>,
  given: Partial<ReturnType<typeof defaultsOf<typeof adminOptions>>> = {},
) {
  const options = { ...defaultsOf(adminOptions), listen: ['127.0.0.1:0'], ...given }
  return await startAdmin(store.ctx, options, {
    policy: () => ({ areas: [] }),
    tls: certificate(store.clock),
    version: '0.0.0-test',
    serverName: 'quarantine.example.org',
    localKey,
    users: invitations,
  })
}

forEachEngine((open, kind) => {
  if (kind !== 'sqlite') return

  /** One for the tests that look at HTTP and do not mind what else is in the store. */
  let common: Promise<TestStore> | undefined
  const commonStore = () => {
    common ??= open()
    return common
  }
  after(async () => (await common)?.[Symbol.asyncDispose]())

  test('on a socket, over TLS: a client lists, downloads a large message, and closing waits for nobody', async () => {
    await using store = await open()
    await using admin = await listener(store)
    const large = 'z'.repeat(3_000_000)
    const id = await hold(store.ctx, large)
    using transport = httpsTransport({ insecure: true })
    const url = `https://${admin.addresses[0]}`
    const client = createClient({ url, key: localKey, transport })
    assert.equal((await client.call('findMessages')).items[0]?.id, id)
    const hash = createHash('sha256')
    for await (const piece of await client.raw(id)) hash.update(piece)
    assert.equal(hash.digest('hex'), createHash('sha256').update(large).digest('hex'))
    const made = await client.call('createAccount', {
      body: { name: 'eve', role: 'auditor', password: 'a password of hers' },
    })
    const browser = createClient({ url, transport })
    await browser.call('signIn', { body: { name: made.name, password: 'a password of hers' } })
    assert.equal((await browser.call('whoAmI')).role, 'auditor')
    await browser.call('signOut')
    assert.equal(browser.cookie, null)
    admin.reload(certificate(store.clock))
    assert.equal((await client.call('findMessages')).total, 1)
  })

  test('what is on its way when it is told to stop is still answered, and is the last on its connection', async () => {
    const store = await commonStore()
    const admin = await listener(store)
    const [host = '', port = ''] = (admin.addresses[0] ?? '').split(':')
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const ask = `GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n`
    socket.write(ask)
    const [first] = await once(socket, 'data')
    assert.match(String(first), /^HTTP\/1\.1 [24]\d\d .*connection: keep-alive/is)
    socket.write(ask)
    const closing = admin[Symbol.asyncDispose]()
    const answer: Buffer[] = []
    for await (const piece of socket) answer.push(piece)
    assert.match(Buffer.concat(answer).toString(), /^HTTP\/1\.1 [24]\d\d .*connection: close/is)
    await closing
  })

  test('a damaged large message is cut off, not completed, and nothing of the error is in it', async (t) => {
    const printed = [t.mock.method(console, 'error', () => {}), t.mock.method(console, 'info', () => {})]
    await using store = await open()
    await using admin = await listener(store)
    const id = await hold(store.ctx, 'z'.repeat(3_000_000))
    await store.ctx.db.transaction(async (trx) => {
      await trx
        .updateTable('contents')
        .set({ sha256: '0'.repeat(64) })
        .execute()
    })
    using transport = httpsTransport({ insecure: true })
    const client = createClient({ url: `https://${admin.addresses[0]}`, key: localKey, transport })
    let size = 0
    await assert.rejects(async () => {
      for await (const piece of await client.raw(id)) {
        size += piece.length
        assert.ok(piece.every((byte) => byte === 0x7a))
      }
    })
    assert.ok(size < 3_000_000)
    assert.ok(store.told.some((event) => event.kind === 'failure'))
    for (const method of printed)
      assert.equal(method.mock.callCount(), 0, 'the log has it, the console has not')
  })

  test('a client that goes away in the middle ends the reading of the store', async () => {
    await using store = await open()
    const { content } = store.ctx
    const ended = Promise.withResolvers<void>()
    const watched = {
      ...content,
      async *open(id: number) {
        try {
          yield* content.open(id)
        } finally {
          ended.resolve()
        }
      },
    }
    await using admin = await listener({ ...store, ctx: { ...store.ctx, content: watched } })
    const id = await hold(store.ctx, 'z'.repeat(20_000_000))
    using transport = httpsTransport({ insecure: true })
    const client = createClient({ url: `https://${admin.addresses[0]}`, key: localKey, transport })
    for await (const piece of await client.raw(id)) {
      assert.ok(piece.length > 0)
      break
    }
    await ended.promise
    assert.ok(!store.told.some((event) => event.kind === 'failure'))
  })

  test('an address in use is told as such', async () => {
    const store = await commonStore()
    await using admin = await listener(store)
    await assert.rejects(listener(store, { listen: [admin.addresses[0] ?? ''] }), /listens there already/)
  })

  test('bytes that are no HTTP are 400, and a body over the limit is 413 whatever its framing', async () => {
    const store = await commonStore()
    await using admin = await listener(store)
    const [host = '', port = ''] = (admin.addresses[0] ?? '').split(':')
    const type: string[] = []
    const ask = (headers: Record<string, string>, body: string, path = '/api/v1/session') =>
      new Promise<number>((resolve, reject) => {
        const asked = request(
          {
            host,
            port,
            path,
            method: 'POST',
            rejectUnauthorized: false,
            headers: { ...json, ...headers },
            agent: false,
          },
          (answer) => {
            answer.resume()
            type.push(answer.headers['content-type'] ?? 'none')
            resolve(answer.statusCode ?? 0)
          },
        )
        asked.on('error', reject)
        asked.end(body)
      })
    const padded = (bytes: number) => `{"ids":["00000000001"]${' '.repeat(bytes)}}`
    const path = '/api/v1/messages/delete'
    for (const framing of ['chunked', 'length']) {
      const framed = (body: string, more: Record<string, string>, where?: string) =>
        ask(
          framing === 'chunked'
            ? { 'transfer-encoding': 'chunked', ...more }
            : { 'content-length': String(body.length), ...more },
          body,
          where,
        )
      const authorization = `Bearer ${localKey}`
      assert.equal(await framed(padded(bodyLimitBytes), { authorization }, path), 413, framing)
      assert.equal(await framed(padded(bodyLimitBytes - 100), { authorization }, path), 200, framing)
      assert.equal(await framed(padded(strangersBodyLimitBytes), {}), 413, `${framing}, a stranger`)
      assert.equal(await framed('{"name":"a","password":"b"}', {}), 401, framing)
    }
    assert.equal(await ask({ host: 'evil.example' }, '{}'), 421)
    assert.equal(await ask({ host: 'localhost@evil.example' }, '{}'), 400)
    assert.equal(await ask({ host: 'localhost' }, '{}', '/%zz?\\'), 404)
    assert.deepEqual(new Set(type), new Set(['application/problem+json', 'application/json']))
  })

  test('every answer forbids what a browser could do with it', async () => {
    const store = await commonStore()
    using admin = openAdmin(store.ctx)
    const id = await hold(store.ctx, 'Subject: <script>alert(1)</script>\r\n\r\n<script>alert(1)</script>')
    const authorization = `Bearer ${await admin.keyOf('administrator')}`
    const paths = [
      '/healthz',
      '/readyz',
      '/metrics',
      '/api',
      '/api/openapi.json',
      '/nothing',
      '/api/v1/messages',
    ]
    for (const path of [
      ...paths,
      `/api/v1/messages/${id}`,
      `/api/v1/messages/${id}/raw`,
      '/api/v1/status?x=1',
    ]) {
      const { headers } = await admin.request(path, { headers: { authorization } })
      assert.match(
        headers.get('content-security-policy') ?? '',
        /default-src 'none'.*frame-ancestors 'none'/,
        path,
      )
      assert.ok(!(headers.get('content-security-policy') ?? '').includes('unsafe'), path)
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path)
      assert.equal(headers.get('cache-control'), 'no-store', path)
      assert.equal(headers.get('referrer-policy'), 'no-referrer', path)
      assert.match(headers.get('strict-transport-security') ?? '', /max-age=\d{8}/, path)
      assert.equal(headers.get('access-control-allow-origin'), null, path)
    }
  })

  test('only known host names', async () => {
    const store = await commonStore()
    using admin = openAdmin(store.ctx, { hosts: ['Mail.Example.org'] })
    const cases: [string, number][] = [
      ['localhost', 200],
      ['localhost:8445', 200],
      ['a.localhost', 200],
      ['127.0.0.1:8445', 200],
      ['192.0.2.7', 200],
      ['[::1]:8445', 200],
      ['quarantine.example.org', 200],
      ['QUARANTINE.example.org.:8445', 200],
      ['mail.example.org', 200],
      ['evil.example', 421],
      ['mail.example.org.evil.example', 421],
      ['localhost.evil.example', 421],
      ['127.0.0.1.evil.example', 421],
      ['', 421],
      ['a b', 421],
      ['localhost:8445@evil.example', 421],
    ]
    for (const [host, status] of cases) {
      const headers = { host, 'x-forwarded-host': 'localhost' }
      assert.equal((await admin.request('/healthz', { headers })).status, status, host)
    }
    assert.equal(hostName('[::1'), null)
  })

  test('bodies: valid UTF-8, valid JSON, not deep, nothing unknown', async () => {
    const store = await commonStore()
    using admin = openAdmin(store.ctx)
    const headers = { ...json, authorization: `Bearer ${await admin.keyOf('operator')}` }
    const ids = ['00000000001']
    const cases: [string | Uint8Array, number, RegExp][] = [
      ['', 400, /not valid JSON/],
      ['{"ids":', 400, /not valid JSON/],
      [Buffer.from([0x22, 0xff, 0x22]), 400, /UTF-8/],
      ['['.repeat(21), 400, /20 levels/],
      [`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, 400, /20 levels/],
      ['null', 400, /body/],
      ['[]', 400, /body/],
      ['{}', 400, /ids: is missing/],
      [
        JSON.stringify({ ids, everything: true }),
        400,
        /everything: is no known member; known are ids, recipients/,
      ],
      ['{"ids":["00000000001"],"__proto__":{"confirmVirus":true}}', 400, /__proto__/],
      [JSON.stringify({ ids: ids[0] }), 400, /ids/],
      [JSON.stringify({ ids, confirmVirus: 'yes' }), 400, /confirmVirus/],
      [JSON.stringify({ ids, note: `"[[[[[[[[[[[[[[[[[[[[[[[[\\"` }), 200, /not-found/],
    ]
    for (const [body, status, words] of cases) {
      const response = await admin.request('/api/v1/messages/release', {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : new Uint8Array(body),
      })
      const text = await response.text()
      assert.equal(response.status, status, text)
      assert.match(text, words)
    }
  })

  test('paths and methods that are not there', async () => {
    const store = await commonStore()
    using admin = openAdmin(store.ctx)
    const cases: [string, string, number, string | null][] = [
      ['GET', '/nothing.html', 404, null],
      ['GET', '/api/v1/nothing', 404, null],
      ['GET', '/api/v1/messages/a/b/c', 404, null],
      ['GET', '/api/v1/messages/../../../etc/passwd', 404, null],
      ['DELETE', '/api/v1/messages', 405, 'GET, HEAD'],
      ['GET', '/api/v1/messages/%00/raw', 401, null],
      ['OPTIONS', '/api/v1/session', 405, 'POST, GET, DELETE, HEAD'],
      ['POST', '/healthz', 405, 'GET, HEAD'],
    ]
    for (const [method, path, status, allow] of cases) {
      const response = await admin.request(path, { method })
      assert.equal(response.status, status, `${method} ${path}`)
      assert.equal(response.headers.get('allow'), allow, `${method} ${path}`)
    }
  })

  test('too many at a time are told to come again, and nobody takes the places of all others', async () => {
    const store = await commonStore()
    using admin = openAdmin(store.ctx, { requests_in_flight: 4 })
    const ask = (...from: string[]) =>
      Promise.all(from.map((address) => admin.request('/readyz', { from: address })))
    const greedy = ['2001:db8::1', '2001:db8::2', '2001:db8::3']
    const answers = await ask(...greedy, '192.0.2.1', '192.0.2.2', '192.0.2.3')
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 503, 200, 200, 503],
    )
    assert.equal(answers[2]?.headers.get('retry-after'), '1')
    assert.deepEqual(
      (await ask(...greedy)).map(({ status }) => status),
      [200, 200, 503],
    )
  })

  test('a client that goes away in the middle of its request is no error of ours', async () => {
    await using store = await open()
    const { ctx } = store
    const failures: unknown[] = []
    ctx.events.listen((event) => {
      if (event.kind === 'failure') failures.push(event.error)
    })
    await using admin = await listener(store)
    const [host = '', port = ''] = (admin.addresses[0] ?? '').split(':')
    for (const framing of ['content-length: 1000', 'transfer-encoding: chunked']) {
      const socket = connect({ host, port: Number(port), rejectUnauthorized: false })
      await once(socket, 'secureConnect')
      socket.write(
        `POST /api/v1/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${framing}\r\nexpect: 100-continue\r\n\r\n`,
      )
      await once(socket, 'data') // 100: it is being read
      socket.write('3\r\n{"n\r\n')
      socket.destroy()
    }
    // Ends when both requests have ended.
    await admin[Symbol.asyncDispose]()
    assert.deepEqual(failures, [])
  })

  test('one client cannot hold all connections', async () => {
    const store = await commonStore()
    await using admin = await listener(store, { connections: 4 })
    const [host = '', port = ''] = (admin.addresses[0] ?? '').split(':')
    const open = async (localAddress: string) => {
      const plain = connectPlain({ host, port: Number(port), localAddress })
      const socket = connect({ socket: plain, rejectUnauthorized: false })
      const greeted = await new Promise<boolean>((resolve) => {
        socket.once('secureConnect', () => resolve(true)).once('error', () => resolve(false))
        socket.once('close', () => resolve(false))
      })
      return { socket, greeted }
    }
    const greedy = [await open('127.0.0.1'), await open('127.0.0.1'), await open('127.0.0.1')]
    assert.deepEqual(
      greedy.map(({ greeted }) => greeted),
      [true, true, false],
    )
    const other = await open('127.0.0.2')
    assert.equal(other.greeted, true)
    const gone = once(greedy[0]?.socket as TLSSocket, 'close')
    greedy[0]?.socket.destroy()
    await gone
    // The server hears of it some moments later.
    let again = await open('127.0.0.1')
    for (let tries = 0; !again.greeted && tries < 100; tries++) again = await open('127.0.0.1')
    assert.equal(again.greeted, true)
    for (const { socket } of [...greedy, other, again]) socket.destroy()
  })

  test('health, readiness, metrics', async () => {
    const store = await commonStore()
    let why: string | null = null
    using admin = openAdmin(store.ctx, { open_metrics: false }, { unready: () => why })
    assert.equal((await admin.request('/readyz')).status, 200)
    why = 'The disk is full.'
    const unready = await admin.request('/readyz')
    assert.deepEqual([unready.status, await unready.json()], [503, { ready: false, why }])
    assert.equal((await admin.request('/healthz')).status, 200)
    assert.equal((await admin.request('/metrics')).status, 401)
    const headers = { authorization: `Bearer ${await admin.keyOf('auditor')}` }
    assert.equal((await admin.request('/metrics', { headers })).status, 200)
  })

  test('a store that answers but takes nothing is not ready', async () => {
    let broken = false
    const wrap = (engine: Engine): Engine => ({
      ...boundTo(engine),
      transaction: (work, access) =>
        broken ? Promise.reject(new Error('read-only')) : engine.transaction(work, access),
    })
    await using store = await open({ wrap })
    using admin = openAdmin(store.ctx)
    assert.equal((await admin.request('/readyz')).status, 200)
    broken = true
    assert.equal((await admin.request('/readyz')).status, 503)
    assert.equal((await admin.request('/healthz')).status, 200)
  })

  test('an error of ours has a number that is in the log, and no text', async () => {
    await using store = await open()
    const policy = () => {
      throw new Error('secret of the configuration')
    }
    using admin = openAdmin(store.ctx, {}, { policy })
    const headers = { authorization: `Bearer ${await admin.keyOf('auditor')}` }
    const response = await admin.request('/api/v1/areas', { headers })
    const text = await response.text()
    assert.equal(response.status, 500)
    assert.ok(!text.includes('secret'))
    const { incident } = JSON.parse(text) as { incident: string }
    const [failure] = store.told.filter((event) => event.kind === 'failure')
    assert.ok(failure?.where.includes(incident) && String(failure.error).includes('secret'))
  })

  test('OpenAPI 3.1 names every route with what it takes, and the manual shows it without a script', async () => {
    const store = await commonStore()
    using admin = openAdmin(store.ctx)
    const document = (await (await admin.request('/api/openapi.json')).json()) as OpenApi
    assert.equal(document.openapi, '3.1.0')
    assert.ok(document.info.title && document.info.version)
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
    )
    const table = Object.entries<Route>(routes)
    assert.deepEqual(
      operations.map(({ path, method, operation }) => [operation.operationId, method, path]).sort(),
      table.map(([name, { method, path }]) => [name, method, path]).sort(),
    )
    for (const { path, operation } of operations) {
      const route: Route = routes[operation.operationId as keyof typeof routes]
      assert.ok(operation.responses[String(route.status)], path)
      assert.equal(operation.requestBody !== undefined, route.body !== undefined, path)
      const names = (where: string) =>
        (operation.parameters ?? []).filter((given) => given.in === where).map(({ name }) => name)
      assert.deepEqual(
        names('path'),
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      )
      assert.deepEqual(names('query'), Object.keys(route.query?.shape ?? {}))
    }
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to = '']) => to)
    assert.ok(references.length > 10)
    for (const to of references)
      assert.ok(document.components.schemas[to.replace('#/components/schemas/', '')], `${to} is not there`)
    for (const [, pattern = ''] of JSON.stringify(document).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g))
      new RegExp(JSON.parse(pattern) as string, 'u')
    const text = JSON.stringify(document)
    for (const limit of ['"maximum":500', '"maxItems":1000', String(bodyLimitBytes)])
      assert.ok(text.includes(limit))

    const page = await admin.request('/api')
    const html = await page.text()
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    assert.match(
      page.headers.get('content-security-policy') ?? '',
      new RegExp(`style-src 'sha256-${RegExp.escape(hash)}'`),
    )
    assert.ok(!/<script|\son\w+=|\sstyle=|src=|https?:\/\//i.test(html))
    for (const [, { path, summary }] of table) assert.ok(html.includes(path) && html.includes(summary), path)
    for (const [, anchor = ''] of html.matchAll(/href="#([^"]+)"/g))
      assert.ok(html.includes(`id="${anchor}"`), anchor)
  })
})

interface OpenApi {
  openapi: string
  info: { title: string; version: string }
  paths: Record<
    string,
    Record<
      string,
      {
        operationId: string
        parameters?: { name: string; in: string }[]
        requestBody?: unknown
        responses: Record<string, unknown>
      }
    >
  >
  components: { schemas: Record<string, unknown> }
}

test('names of downloads', () => {
  const cases: [string, string][] = [
    ['Invoice 2026', 'Invoice-2026-0001.eml'],
    ['', '0001.eml'],
    ['../../etc/passwd', 'etc-passwd-0001.eml'],
    ['a\r\nX: y', 'a-X-y-0001.eml'],
    ['"; filename="evil.exe', 'filename-evil-exe-0001.eml'],
    ['\u202egpj.exe', 'gpj-exe-0001.eml'],
    ['\u00c4rger \u4f60\u597d', 'Arger-0001.eml'],
    ['x'.repeat(500), `${'x'.repeat(60)}-0001.eml`],
  ]
  for (const [subject, name] of cases) assert.equal(downloadName(subject, '0001'), name)
})

test('addresses to listen on', () => {
  assert.deepEqual(parseListen('127.0.0.1:8445'), { host: '127.0.0.1', port: 8445 })
  assert.deepEqual(parseListen('[::1]:0'), { host: '::1', port: 0 })
  assert.deepEqual(parseListen('localhost:1'), { host: 'localhost', port: 1 })
  for (const wrong of [
    '',
    '8445',
    '127.0.0.1',
    '127.0.0.1:70000',
    '[::1',
    '::1:80',
    'https://a:1',
    '[127.0.0.1]:1',
  ])
    assert.equal(parseListen(wrong), null, wrong)
})
