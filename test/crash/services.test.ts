/**
 * Three services for users, each a process of its own on one PostgreSQL, under the load of twenty users who look at their
 * lists and release: kill -9 of one fails no more than what it was working on, one that hangs is asked no more within two
 * seconds, one that is told to stop fails nothing, and without the primary the others answer. Nobody has to sign in again,
 * and nothing is released twice. On SQLite all services are one process: what is killed there comes back.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Api } from '../../bench/peers/api.ts'
import { lazaretPorts, startLazaret } from '../../bench/peers/lazaret.ts'
import { type Daemon, startDaemon } from '../../bench/peers/processes.ts'
import { mailClient } from '../mail-client.ts'
import { freePort, startPostgres } from '../postgres.ts'
import { engines } from './scene.ts'
import { type Asked, askUsers, startUsers, type UserLoad } from './users.ts'

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
const users = Array.from({ length: 20 }, (_, i) => `user${i + 1}@example.org`)
const messages = 300
const noticedWithinMs = 2000
const password = 'four words and more of them'

/** Each message is for all of them, and each has a copy. */
async function fill(smtpPort: number): Promise<void> {
  await using client = mailClient(smtpPort)
  const carry = async (n: number) => {
    const message = Buffer.from(`Subject: offer ${n}\r\nMessage-ID: <${n}@example.net>\r\n\r\nBuy.\r\n`)
    const outcomes = await client.send({ sender: 'offers@example.net', recipients: users, message })
    assert.ok(outcomes.every(({ outcome }) => outcome === 'delivered'))
  }
  for (let n = 0; n < messages; n += 10) await Promise.all(Array.from({ length: 10 }, (_, i) => carry(n + i)))
}

/** Invited by the administrator, and signed in. */
async function signUsersIn(api: Api, port: number): Promise<Map<string, string>> {
  const agent = new Agent({ rejectUnauthorized: false })
  const cookies = new Map<string, string>()
  for (const name of users) {
    const { invitation } = await api.post<{ invitation: { url: string } }>('/api/v1/users', {
      name,
      mail: false,
    })
    const token = new URL(invitation.url).hash.slice(1)
    const body = { token, password }
    const { status, cookie } = await askUsers(agent, port, 'POST', '/invitation/use', { body })
    assert.equal(status, 200)
    cookies.set(name, cookie)
  }
  return cookies
}

const isFailed = ({ status }: Asked): boolean => status !== 200
const words = (all: readonly Asked[]): string =>
  Object.entries(Object.groupBy(all, ({ method, status }) => `${method} ${status || 'no answer'}`))
    .map(([what, list]) => `${list?.length} × ${what}`)
    .join(', ') || 'nothing'

/** Lets them work for so long; what was asked meanwhile. */
async function during(load: UserLoad, ms: number): Promise<Asked[]> {
  const before = load.asked.length
  await sleep(ms)
  return load.asked.slice(before)
}

/** What was answered as released is, once; and nothing has two deliveries. */
async function proveReleases(api: Api, load: UserLoad): Promise<void> {
  assert.ok(
    [...load.released.values()].every((times) => times === 1),
    'released twice',
  )
  const states = new Map<string, string>()
  for await (const { id, recipients } of api.allMessages())
    for (const { address, state } of recipients) states.set(`${id} ${address}`, state)
  for (const key of load.released.keys())
    assert.ok(
      ['releasing', 'delivered', 'release-failed'].includes(states.get(key) ?? ''),
      `${key} is ${states.get(key)}`,
    )
}

interface Service {
  port: number
  daemon: Daemon
}

if (engines.includes('postgres'))
  test('one of three services is killed, hangs, stops; then the primary is killed', async (t: TestContext) => {
    await using stack = new AsyncDisposableStack()
    const folder = mkdtempSync(join(tmpdir(), 'lazaret-services-'))
    stack.defer(() => rmSync(folder, { recursive: true, force: true }))
    const postgres = stack.use(await startPostgres())
    const url = await postgres.create()
    const ports = await lazaretPorts()
    const primaryPort = await freePort()

    /** A node with a folder, addresses and roles of its own. */
    async function start(name: string, roles: string, euqPort: number): Promise<Service> {
      const own = join(folder, name)
      mkdirSync(own)
      const config = [
        '[server]\ndata_dir = "data"',
        `[store]\nengine = "postgres"\nurl = "${url}"`,
        `[smtp]\nlisten = ["127.0.0.1:${ports.smtpPort}"]`,
        `[admin]\nlisten = ["127.0.0.1:${ports.apiPort}"]`,
        '[next_hop]\nhost = "127.0.0.1"\nport = 9',
        `[euq]\nlisten = ["127.0.0.1:${euqPort}"]\nsecondary_listen = ["127.0.0.1:${euqPort}"]`,
        '[[rules]]\nname = "Everything"\ndisposition = "quarantine"\narea = "Spam"\nreason = "spam"',
      ].join('\n')
      writeFileSync(join(own, 'lazaret.toml'), config)
      const log = join(own, 'log')
      const daemon = startDaemon(
        process.execPath,
        [main, 'serve', '--config', join(own, 'lazaret.toml'), '--roles', roles],
        { log, cwd: own, env: { LAZARET_ADMIN_PASSWORD: 'correct horse battery staple 1' } },
      )
      stack.defer(() => void daemon.process.kill('SIGKILL'))
      for (let n = 0; !/configuration .*\n/.test(readFileSync(log, 'utf8')); n++) {
        assert.ok(n < 600 && daemon.process.exitCode === null, readFileSync(log, 'utf8'))
        await sleep(50)
      }
      return { port: euqPort, daemon }
    }

    await start('admin', 'intake,admin', await freePort())
    const { openApi } = await import('../../bench/peers/api.ts')
    const api = await openApi(ports.apiPort, 'admin', 'correct horse battery staple 1')
    stack.defer(() => api.close())
    const primary = await start('primary', 'euq', primaryPort)
    const first = await start('first', 'euq-secondary', await freePort())
    const second = await start('second', 'euq-secondary', await freePort())
    await fill(ports.smtpPort)
    const cookies = await signUsersIn(api, primaryPort)
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    stack.defer(() => client.end())

    const load = startUsers(primaryPort, cookies)
    stack.defer(() => load.stop())
    const quiet = await during(load, 2000)
    assert.deepEqual(quiet.filter(isFailed), [], 'with three that live')
    // A busy machine is slow with anything: what counts is how much longer it takes.
    const usualMs = Math.max(...quiet.map(({ tookMs }) => tookMs))
    const perSecond = Math.round(quiet.length / 2)
    assert.ok(perSecond > 20, `there was hardly any load: ${perSecond} a second`)

    // Killed.
    const killedAt = performance.now()
    process.kill(first.daemon.pid, 'SIGKILL')
    const afterKill = await during(load, 3000)
    const lost = afterKill.filter(isFailed)
    t.diagnostic(`kill -9: ${words(lost)} failed of ${afterKill.length} (${perSecond} a second before)`)
    assert.ok(lost.length <= users.length / 2, words(lost))
    assert.ok(
      lost.every(({ method, status }) => method === 'POST' && status === 503),
      words(lost),
    )
    const lateMs = Math.max(0, ...lost.map(({ begun }) => begun - killedAt))
    assert.ok(lateMs < noticedWithinMs, `one that began ${lateMs.toFixed(0)} ms after it failed`)

    // Hung: it is there, and does nothing.
    const third = await start('third', 'euq-secondary', await freePort())
    await during(load, 1500)
    const hungAt = performance.now()
    process.kill(third.daemon.pid, 'SIGSTOP')
    const whileHung = await during(load, 14_000)
    process.kill(third.daemon.pid, 'SIGCONT')
    const stuck = whileHung.filter(isFailed)
    const slowest = (what: string) =>
      Math.max(0, ...whileHung.filter(({ method }) => method === what).map(({ tookMs }) => tookMs))
    const lastMs = Math.max(0, ...stuck.map(({ begun, tookMs }) => begun + tookMs - hungAt))
    t.diagnostic(
      `hung (answers took up to ${usualMs.toFixed(0)} ms before): ${words(stuck)} failed of ${whileHung.length}, the last ${lastMs.toFixed(0)} ms after; ` +
        `slowest GET ${slowest('GET').toFixed(0)} ms, POST ${slowest('POST').toFixed(0)} ms`,
    )
    assert.ok(
      stuck.every(({ method, status }) => method === 'POST' && status === 503),
      words(stuck),
    )
    assert.ok(stuck.length <= users.length / 2, words(stuck))
    assert.ok(lastMs < noticedWithinMs + usualMs, `${lastMs.toFixed(0)} ms`)
    assert.ok(slowest('GET') < noticedWithinMs + 2 * usualMs, `a GET took ${slowest('GET').toFixed(0)} ms`)
    // What it holds in the database others wait for until the server ends its transaction.
    assert.ok(slowest('POST') < 12_000 + usualMs, `a POST took ${slowest('POST').toFixed(0)} ms`)

    // Told to stop.
    await during(load, 1500)
    second.daemon.process.kill('SIGTERM')
    const afterStop = await during(load, 3000)
    assert.equal(await second.daemon.ended, 0)
    t.diagnostic(`SIGTERM: ${words(afterStop.filter(isFailed))} failed of ${afterStop.length}`)
    assert.deepEqual(afterStop.filter(isFailed), [])

    // Without the primary: users open the other one.
    process.kill(primary.daemon.pid, 'SIGKILL')
    await once(primary.daemon.process, 'exit')
    load.move(third.port)
    await during(load, 200)
    const alone = await during(load, 2000)
    t.diagnostic(`without the primary: ${words(alone.filter(isFailed))} failed of ${alone.length}`)
    assert.ok(alone.length > 20)
    assert.deepEqual(alone.filter(isFailed), [])

    const orders = alone.filter(({ method }) => method === 'POST').length
    assert.ok(orders > 10, `there was something to release until the end: ${orders}`)

    await load.stop()
    assert.ok(!load.asked.some(({ status }) => status === 401), 'nobody has to sign in again')
    await proveReleases(api, load)
    const { rows } = await client.query(
      'select count(*)::int as n from (select 1 from deliveries group by message_id, address having count(*) > 1) twice',
    )
    assert.equal(rows[0].n, 0)
    t.diagnostic(`${load.released.size} released, ${load.asked.length} requests, none twice`)
  })

if (engines.includes('sqlite'))
  test('on SQLite the process is killed and comes back: sessions are good, nothing is released twice', async (t) => {
    await using stack = new AsyncDisposableStack()
    const folder = mkdtempSync(join(tmpdir(), 'lazaret-services-'))
    stack.defer(() => rmSync(folder, { recursive: true, force: true }))
    const port = await freePort()
    const options = {
      folder,
      ...(await lazaretPorts()),
      nextHopPort: 9,
      holdAll: true,
      more: `[euq]\nlisten = ["127.0.0.1:${port}"]\nsecondary_listen = ["127.0.0.1:${await freePort()}"]`,
    }
    let server = await startLazaret(options)
    stack.defer(async () => void (await server.stop()))
    await fill(options.smtpPort)
    const before = await server.api()
    const cookies = await signUsersIn(before, port)
    before.close()
    const load = startUsers(port, cookies)
    stack.defer(() => load.stop())
    const quiet = await during(load, 2000)
    assert.deepEqual(quiet.filter(isFailed), [])
    process.kill(server.pid, 'SIGKILL')
    await server.daemon.ended
    server = await startLazaret(options)
    // Mail is taken a moment before users are answered.
    for (const until = performance.now() + 10_000; ; ) {
      const now = await during(load, 500)
      if (now.length > 0 && !now.some(isFailed)) break
      assert.ok(performance.now() < until, `users are not answered: ${words(now)}`)
    }
    const again = await during(load, 2000)
    assert.deepEqual(words(again.filter(isFailed)), 'nothing')
    await load.stop()
    assert.ok(!load.asked.some(({ status }) => status === 401))
    const api = await server.api()
    stack.defer(() => api.close())
    await proveReleases(api, load)
    t.diagnostic(
      `${load.released.size} released, ${load.asked.length} requests, back after ${server.startedInMs.toFixed(0)} ms`,
    )
  })
