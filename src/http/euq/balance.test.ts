/**
 * Promise: users open one address and are answered by every service that lives. One that dies takes with it no more than
 * what it was working on; sessions are good at all of them; a change is never carried out twice.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request } from 'node:https'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { test } from 'node:test'
import { forEachEngine, type TestStore } from '../../../test/store.ts'
import { selfSignedCertificate } from '../../app/x509.ts'
import { defaultsOf } from '../../options.ts'
import { beatService, insertService, listServices, sharedSecret } from '../../store/fleet.ts'
import type { Listener } from '../listener.ts'
import { hold } from '../testing/admin.ts'
import { euqOptions } from './options.ts'
import { startEuq } from './server.ts'
import { addUser, euqDeps, password } from './testing/euq.ts'

interface Asked {
  status: number
  headers: Record<string, unknown>
  // biome-ignore lint/suspicious/noExplicitAny: whatever came
  body: any
}

const agent = new Agent({ rejectUnauthorized: false, keepAlive: true, maxSockets: 30 })

function ask(
  address: string,
  method: string,
  path: string,
  { body, ...headers }: Record<string, string | undefined> = {},
): Promise<Asked> {
  const [host, port] = address.split(':')
  const given = { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  return new Promise((resolve, reject) => {
    const asked = request(
      { agent, host, port, method, path: `/api/v1/my${path}`, headers: given },
      (answer) => {
        const pieces: Buffer[] = []
        answer.on('data', (piece: Buffer) => pieces.push(piece))
        answer.once('error', reject)
        answer.once('end', () => {
          const text = Buffer.concat(pieces).toString()
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text && JSON.parse(text) })
        })
      },
    )
    asked.once('error', reject)
    asked.end(body)
  })
}

/** Relays bytes to a service, so that it can be cut off as if its machine had died; counts what came. */
class Cable implements AsyncDisposable {
  readonly server: Server
  readonly sockets = new Set<Socket>()
  requests = 0
  #target = 0

  constructor() {
    this.server = createServer((near) => {
      const far = connect(this.#target, '127.0.0.1')
      for (const socket of [near, far]) {
        this.sockets.add(socket)
        socket.on('error', () => undefined).once('close', () => this.sockets.delete(socket))
      }
      near
        .on('data', () => this.requests++)
        .pipe(far)
        .pipe(near)
      near.once('close', () => far.destroy())
      far.once('close', () => near.destroy())
    })
  }

  async open(target: string): Promise<string> {
    this.#target = Number(target.split(':')[1])
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    return `https://127.0.0.1:${(this.server.address() as { port: number }).port}`
  }

  cut(): void {
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
  }

  async [Symbol.asyncDispose]() {
    this.cut()
  }
}

async function startThree(store: TestStore, stack: AsyncDisposableStack) {
  const { ctx } = store
  const tls = selfSignedCertificate(
    ['localhost'],
    ['127.0.0.1'],
    store.clock.now() - 86_400_000,
    Date.UTC(2040, 0, 1),
  )
  const secret = await ctx.db.transaction((trx) => sharedSecret(trx))
  const options = { ...defaultsOf(euqOptions), listen: ['127.0.0.1:0'], secondary_listen: ['127.0.0.1:0'] }
  const deps = euqDeps(ctx, { tls, secret })
  const start = async (kind: 'primary' | 'secondary'): Promise<Listener> =>
    stack.use(await startEuq(ctx, kind, options, deps))
  const secondaries = [await start('secondary'), await start('secondary')]
  const cables: Cable[] = []
  for (const secondary of secondaries) {
    const cable = stack.use(new Cable())
    cables.push(cable)
    const url = await cable.open(secondary.addresses[0] ?? '')
    await ctx.db.transaction((trx) =>
      trx
        .updateTable('services')
        .set({ url })
        .where('url', '=', `https://${secondary.addresses[0]}`)
        .execute(),
    )
  }
  const primary = await start('primary')
  const stopPrimary = () => primary[Symbol.asyncDispose]()
  return { primary: primary.addresses[0] ?? '', stopPrimary, secondaries, cables, secret }
}

const signIn = async (address: string, name = 'anna@example.com'): Promise<string> => {
  const { status, headers } = await ask(address, 'POST', '/session', {
    body: JSON.stringify({ name, password }),
  })
  assert.equal(status, 200)
  return String(headers['set-cookie']).split(';')[0] ?? ''
}

forEachEngine((open) => {
  test('one of three that is cut off under load fails no more than what it was working on', async () => {
    await using store = await open()
    await using stack = new AsyncDisposableStack()
    await addUser(store.ctx, 'anna@example.com')
    const { primary, secondaries, cables } = await startThree(store, stack)
    const cookie = await signIn(primary)
    // Good at each of them, wherever it began.
    for (const { addresses } of secondaries)
      assert.equal((await ask(addresses[0] ?? '', 'GET', '/session', { cookie })).status, 200)

    let stopped = false
    let answered = 0
    const failed: string[] = []
    const clients = 12
    const change = () => ask(primary, 'PATCH', '/preferences', { cookie, body: '{"theme":"dark"}' })
    const look = () => ask(primary, 'GET', '/session', { cookie })
    const work = Array.from({ length: clients }, async (_, i) => {
      for (let n = 0; !stopped; n++) {
        const isChange = i % 3 === 0 && n % 4 === 0
        const { status } = await (isChange ? change() : look())
        answered++
        if (status !== 200) failed.push(`${isChange ? 'change' : 'look'} ${status}`)
      }
    })
    const until = async (count: number) => {
      while (answered < count) await new Promise((resolve) => setImmediate(resolve))
    }
    await until(200)
    assert.ok(
      cables.every(({ requests }) => requests > 10),
      'all of them work',
    )
    cables[0]?.cut()
    const atCut = answered
    await until(atCut + 300)
    stopped = true
    await Promise.all(work)
    assert.ok(failed.length <= clients, failed.join())
    assert.deepEqual(
      failed.filter((text) => text !== 'change 503'),
      [],
      'what is safe was asked elsewhere',
    )
    const others = cables[1]?.requests ?? 0
    await look()
    await look()
    await look()
    assert.ok((cables[1]?.requests ?? 0) > others, 'the other one goes on')
  })

  test('one that is told to stop, and then the primary, answer all that they were asked', async () => {
    await using store = await open()
    await using stack = new AsyncDisposableStack()
    await addUser(store.ctx, 'anna@example.com')
    const { primary, secondaries, stopPrimary } = await startThree(store, stack)
    const cookie = await signIn(primary)
    const statuses = new Map<number, number>()
    let answered = 0
    let isStopped = false
    const clients = Array.from({ length: 12 }, async () => {
      while (!isStopped) {
        const { status } = await ask(primary, 'PATCH', '/preferences', { cookie, body: '{"theme":"dark"}' })
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        answered++
      }
    })
    const until = async (count: number) => {
      while (answered < count) await new Promise((resolve) => setImmediate(resolve))
    }
    await until(30)
    const stopping = secondaries[0]?.[Symbol.asyncDispose]()
    while ((await listServices(store.ctx.db.read)).length === 3)
      await new Promise((resolve) => setImmediate(resolve))
    await until(answered + 30)
    // It looks while requests are under way, and sends that one nothing more.
    await store.clock.turn(500)
    await stopping
    await until(answered + 30)
    assert.deepEqual([...statuses.keys()], [200])
    isStopped = true
    await stopPrimary()
    await Promise.all(clients)
    assert.deepEqual([...statuses.keys()], [200])
  })

  test('one that comes back at its address takes the place of the one that died there', async () => {
    await using store = await open()
    const { db } = store.ctx
    await using stack = new AsyncDisposableStack()
    await startThree(store, stack)
    const [own] = await db.read.selectFrom('services').selectAll().where('kind', '=', 'primary').execute()
    assert.ok(own)
    const [id, elsewhere] = [db.ids.next(), db.ids.next()]
    const options = { ...defaultsOf(euqOptions), secondary_listen: ['127.0.0.1:0'] }
    const tls = selfSignedCertificate(['localhost'], ['127.0.0.1'], 0, Date.UTC(2040, 0, 1))
    const first = await startEuq(store.ctx, 'secondary', options, euqDeps(store.ctx, { tls }))
    const address = first.addresses[0] ?? ''
    const url = `https://${address}`
    await first[Symbol.asyncDispose]()
    await db.transaction(async (trx) => {
      await insertService(trx, { ...own, id, kind: 'secondary', url })
      await insertService(trx, { ...own, id: elsewhere, kind: 'secondary', url, host: 'another machine' })
    })
    const again = { ...options, secondary_listen: [address] }
    stack.use(await startEuq(store.ctx, 'secondary', again, euqDeps(store.ctx, { tls })))
    const rows = (await listServices(db.read)).filter((row) => row.url === url)
    assert.equal(rows.length, 2)
    assert.ok(rows.every((row) => row.id !== id))
  })

  test('one that is silent is asked no more within two seconds, and again when it lives', async () => {
    await using store = await open()
    await using stack = new AsyncDisposableStack()
    const { db } = store.ctx
    const { primary, cables, secondaries } = await startThree(store, stack)
    // It answers, but writes nothing: as if it hung.
    const silent = stack.use(new Cable())
    cables.push(silent)
    const url = await silent.open(secondaries[0]?.addresses[0] ?? '')
    const [row] = await db.read.selectFrom('services').selectAll().where('kind', '=', 'secondary').execute()
    assert.ok(row)
    const id = db.ids.next()
    await db.transaction((trx) => insertService(trx, { ...row, id, url }))
    const asked = async () => {
      const before = cables.map(({ requests }) => requests)
      for (let i = 0; i < 8; i++) assert.equal((await ask(primary, 'GET', '/entrance')).status, 200)
      return cables.map(({ requests }, i) => requests > (before[i] ?? 0))
    }
    await store.clock.turn(500)
    assert.deepEqual(await asked(), [true, true, true])
    await store.clock.turn(2000)
    assert.deepEqual(await asked(), [true, true, false])
    await db.transaction((trx) => beatService(trx, id, store.clock.now()))
    await store.clock.turn(500)
    assert.deepEqual(await asked(), [true, true, true])

    await secondaries[1]?.[Symbol.asyncDispose]()
    await store.clock.turn(500)
    assert.equal((await asked())[1], false)
    const kinds = (await db.read.selectFrom('services').select('kind').execute()).map(({ kind: one }) => one)
    assert.deepEqual(kinds.sort(), ['primary', 'secondary', 'secondary'])
  })

  test('whose request it is, another service believes the one that knows the secret, and nobody else', async () => {
    await using store = await open()
    await using stack = new AsyncDisposableStack()
    const { ctx } = store
    await addUser(ctx, 'anna@example.com')
    const { primary, secondaries, secret } = await startThree(store, stack)
    const direct = secondaries[0]?.addresses[0] ?? ''
    const originOf = async (address: string, headers: Record<string, string>) => {
      const body = JSON.stringify({ name: 'anna@example.com', password })
      assert.equal((await ask(address, 'POST', '/session', { body, ...headers })).status, 200)
      const row = await ctx.db.read
        .selectFrom('audit')
        .select('origin')
        .orderBy('seq', 'desc')
        .executeTakeFirst()
      return row?.origin
    }
    const claim = (hop: string) => ({ 'x-lazaret-client': '203.0.113.7', 'x-lazaret-hop': hop })
    assert.equal(await originOf(direct, claim(secret)), '203.0.113.7')
    for (const hop of ['', 'x', `${secret}x`]) assert.equal(await originOf(direct, claim(hop)), '127.0.0.1')
    for (let i = 0; i < 3; i++) assert.equal(await originOf(primary, claim('wrong')), '127.0.0.1')
    const evil = { host: 'evil.example' }
    for (const address of [primary, direct])
      assert.equal((await ask(address, 'GET', '/entrance', evil)).status, 421)
  })

  test('a list and a message are the same whoever answers', async () => {
    await using store = await open()
    await using stack = new AsyncDisposableStack()
    const { ctx } = store
    await addUser(ctx, 'anna@example.com')
    const id = await hold(ctx, 'Subject: x\r\n\r\ntext\r\n', { recipients: ['anna@example.com'] })
    const { primary } = await startThree(store, stack)
    const cookie = await signIn(primary)
    const answers = new Set<string>()
    for (let i = 0; i < 6; i++) {
      const { body } = await ask(primary, 'GET', '/messages?limit=10', { cookie })
      answers.add(JSON.stringify([body, (await ask(primary, 'GET', `/messages/${id}`, { cookie })).body]))
    }
    assert.equal(answers.size, 1)
    const orders = Array.from({ length: 9 }, () =>
      ask(primary, 'POST', '/messages/not-spam', { cookie, body: JSON.stringify({ ids: [id] }) }),
    )
    const results = (await Promise.all(orders)).map(({ body }) => body.results[0].result)
    assert.deepEqual(results.toSorted(), ['done', ...Array(8).fill('refused')])
    const { deliveries } = await ctx.db.read
      .selectFrom('deliveries')
      .select(({ fn }) => fn.countAll<number>().as('deliveries'))
      .executeTakeFirstOrThrow()
    assert.equal(Number(deliveries), 1)
  })
})
