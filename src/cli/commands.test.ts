/** Promises of the commands beyond the usual round (test/serve.test.ts has that): odd input, much of it, and failures. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startApp } from '../app.ts'
import { type Config, defaultConfig } from '../config.ts'
import { askFor, hold } from '../http/testing/admin.ts'
import { formatId, parseId } from '../store/ids.ts'
import { openCommands } from './testing/commands.ts'

const folder = mkdtempSync(join(tmpdir(), 'lazaret-commands-'))
const dataDir = join(folder, 'data')
let app: Awaited<ReturnType<typeof startApp>>

const configuration = (change: (config: Config) => void = () => {}): Config => {
  const config = defaultConfig()
  config.log.level = 'silent'
  config.smtp.listen = []
  config.admin.listen = ['127.0.0.1:0']
  config.euq.enabled = false
  change(config)
  return config
}

before(async () => {
  app = await startApp({ config: configuration(), file: null, dataDir, warnings: [] })
})
after(async () => {
  await commands[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const commands = openCommands(folder, { LAZARET_SERVER_DATA_DIR: dataDir })
const lazaret = (args: string[], env?: Record<string, string>) => commands.run(args, { ...(env && { env }) })

const unknownIds = Array.from({ length: 1000 }, (_, i) => `000000${String(i).padStart(4, '0')}0`)

test('a message is saved whole in a new file, or there is no file', async () => {
  const text = `Subject: to be saved\r\n\r\n${'x'.repeat(300_000)}`
  const id = await hold(app.ctx, text)
  const file = join(folder, 'saved.eml')
  assert.equal((await lazaret(['show', id, '--raw', '-o', file])).status, 0)
  assert.equal(readFileSync(file, 'latin1'), text)
  writeFileSync(file, 'mine')
  const again = await lazaret(['show', id, '--raw', '-o', file])
  assert.deepEqual([again.status, readFileSync(file, 'latin1')], [2, 'mine'])
  assert.match(again.stderr, /saved\.eml cannot be written: EEXIST.*Name a file that is not there yet/)
  const none = join(folder, 'none.eml')
  assert.equal((await lazaret(['show', '00000000001', '--raw', '-o', none])).status, 1)
  assert.equal(existsSync(none), false)
  assert.match((await lazaret(['show', id, '-o', none])).stderr, /--raw/)
})

test('all pages as one JSON document, and more ids than one call takes', async () => {
  for (let i = 0; i < 3; i++) await hold(app.ctx, `\r\n${i}`, { subject: `page ${i}` })
  const { stdout } = await lazaret(['query', '--subject', 'page *', '--all', '--json', '--limit', '1'])
  const { items } = JSON.parse(stdout) as { items: { id: string; subject: string }[] }
  assert.deepEqual(
    items.map(({ subject }) => subject),
    ['page 2', 'page 1', 'page 0'],
  )
  assert.deepEqual(JSON.parse((await lazaret(['query', '--sender', 'x', '--all', '--json'])).stdout), {
    items: [],
  })
  assert.match((await lazaret(['query', '--sender', 'x', '--all'])).stderr, /Nothing was found/)

  const ids = [...unknownIds, ...items.map(({ id }) => id)]
  const deleted = JSON.parse((await lazaret(['delete', ...ids, ...ids, '--json'])).stdout)
  assert.deepEqual(
    Object.entries(Object.groupBy(deleted.results, ({ result }: { result: string }) => result)).map(
      ([result, all]) => [result, all?.length],
    ),
    [
      ['not-found', 1000],
      ['done', 3],
    ],
  )
})

test('an order too large for one call is given in several, and what was done is told whatever comes then', async () => {
  const recipients = Array.from({ length: 900 }, (_, i) => `r${i}@example.com`)
  const ids: string[] = []
  for (let i = 0; i < 24; i++) ids.push(await hold(app.ctx, `\r\n${i}`, { recipients, subject: 'crowd' }))
  const { status, stdout } = await lazaret(['delete', ...ids, '--json'])
  const { results } = JSON.parse(stdout) as { results: { id: string; result: string }[] }
  assert.equal(status, 0)
  assert.deepEqual(
    results.map(({ id, result }) => `${id} ${result}`),
    ids.map((id) => `${id} done`),
  )
  // The first thousand are one call, and 'no id' is the other.
  const some = await lazaret(['restore', ids[0] ?? '', ...unknownIds.slice(1), 'no id', '--json'])
  assert.deepEqual([some.status, JSON.parse(some.stdout).results[0].result], [2, 'done'])
  assert.match(some.stderr, /is no id/)
})

test('keys: on the machine of the server all, elsewhere the own', async () => {
  const made = JSON.parse((await lazaret(['key', 'add', 'mine', '--json'])).stdout)
  assert.equal(made.account, 'admin')
  assert.match((await lazaret(['key'])).stdout, /admin +mine/)
  await app.ctx.db.transaction(async (trx) => {
    await trx.updateTable('accounts').set({ role: 'operator' }).execute()
  })
  const remote = ['--url', app.adminUrls[0] ?? '', '--ca', join(dataDir, 'tls-cert.pem'), '--key', made.key]
  const own = await lazaret(['key', 'add', 'another', '--json', ...remote])
  assert.equal(own.status, 0, own.stderr)
  assert.equal(JSON.parse(own.stdout).role, 'operator')
})

test('waiting takes seconds and nothing else', async () => {
  const { status, stderr } = await lazaret(['release', '00000000001', '--wait', '--timeout', 'soon'])
  assert.equal(status, 2)
  assert.match(stderr, /whole number/)
})

test('a server that breaks off in the middle is told as such', async () => {
  const { fingerprint, key, cert } = app.certificate
  const { createServer: secure } = await import('node:https')
  const broken = secure({ key, cert }, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('{"items":[', () => response.destroy())
  })
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve))
  const { port } = broken.address() as AddressInfo
  const other = mkdtempSync(join(folder, 'other-'))
  writeFileSync(join(other, 'cli.key'), `lzl_x\nhttps://127.0.0.1:${port}\n${fingerprint}\n`)
  for (const args of [['query'], ['show', '00000000001', '--raw', '-o', join(folder, 'cut.eml')]]) {
    const { status, stderr } = await lazaret(args, { LAZARET_SERVER_DATA_DIR: other })
    assert.equal(status, 3, stderr)
    assert.match(stderr, /broke off in the middle of its answer/)
  }
  assert.equal(existsSync(join(folder, 'cut.eml')), false)
  await new Promise((resolve) => broken.close(resolve))
})

test('which version, and the keys of the configuration for programs', async () => {
  assert.match((await lazaret(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/)
  const { keys } = JSON.parse((await lazaret(['config', 'example', '--json'])).stdout)
  const listen = keys.find(({ key }: { key: string }) => key === 'smtp.listen')
  assert.deepEqual([listen.environment, listen.default], ['LAZARET_SMTP_LISTEN', ['127.0.0.1:10024']])
})

test('doctor tells of a file of authorities that cannot be read, and of a next hop that is not there', async () => {
  const free = createServer()
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
  const { port } = free.address() as AddressInfo
  await new Promise((resolve) => free.close(resolve))
  const next = { LAZARET_NEXT_HOP_HOST: '127.0.0.1', LAZARET_NEXT_HOP_PORT: String(port) }
  const hopOf = async (env: Record<string, string>) => {
    const { stdout } = await lazaret(['doctor', '--json'], { ...next, ...env })
    const { findings } = JSON.parse(stdout) as { findings: { what: string; level: string; text: string }[] }
    return findings.find(({ what }) => what === 'next hop')
  }
  assert.match((await hopOf({}))?.text ?? '', /ECONNREFUSED/)
  const odd = JSON.parse(
    (await lazaret(['doctor', '--json'], { LAZARET_ADMIN_LISTEN: 'no_such_host.invalid:8445' })).stdout,
  ) as { findings: { what: string; level: string }[] }
  assert.equal(odd.findings.find(({ what }) => what.includes('no_such_host'))?.level, 'bad')
  const unreadable = await hopOf({ LAZARET_NEXT_HOP_TLS_CA_FILE: join(folder, 'missing.pem') })
  assert.equal(unreadable?.level, 'bad')
  assert.match(unreadable?.text ?? '', /tls_ca_file: ENOENT/)
})

test('doctor tells where links for users would lead, and whether the certificate is good there', async () => {
  const found = async (env: Record<string, string>) => {
    const { stdout } = await lazaret(['doctor', '--json'], { LAZARET_EUQ_ENABLED: 'true', ...env })
    const { findings } = JSON.parse(stdout) as { findings: { what: string; level: string; text: string }[] }
    return findings.find(({ what }) => what === 'euq.base_url')
  }
  assert.equal((await found({}))?.level, 'good')
  assert.equal((await found({ LAZARET_EUQ_BASE_URL: 'https://localhost:8447' }))?.level, 'good')
  const cases: [Record<string, string>, RegExp][] = [
    [{ LAZARET_EUQ_LISTEN: '0.0.0.0:8447' }, /links for users begin with https:\/\/0\.0\.0\.0:8447/],
    [{ LAZARET_EUQ_BASE_URL: 'https://q.example.org' }, /not made out for q\.example\.org/],
  ]
  for (const [env, words] of cases) {
    const finding = await found(env)
    assert.equal(finding?.level, 'warning')
    assert.match(finding.text, words)
  }
})

test('what is wrong around it is told with a remedy, and not called a bug', async () => {
  const bare = mkdtempSync(join(folder, 'bare-'))
  writeFileSync(join(bare, 'lazaret.db'), 'this is no database, but long enough to look like a file of one')
  const own = {
    LAZARET_SERVER_DATA_DIR: bare,
    LAZARET_SMTP_LISTEN: '',
    LAZARET_ADMIN_LISTEN: '127.0.0.1:0',
    LAZARET_EUQ_ENABLED: 'false',
  }
  const postgres = {
    LAZARET_STORE_ENGINE: 'postgres',
    LAZARET_STORE_URL: 'postgresql://x:y@127.0.0.1:9/z',
    LAZARET_SERVER_DATA_DIR: join(folder, 'postgres'),
  }
  const cases: [string[], Record<string, string>, RegExp][] = [
    [['check'], own, /SQLite: file is not a database\. .*Restore a backup/],
    [['serve'], own, /SQLite: file is not a database\. .*Restore a backup/],
    [['serve'], { ...own, ...postgres }, /ECONNREFUSED 127\.0\.0\.1:9\. Check store\.url/],
  ]
  for (const [args, env, words] of cases) {
    const { status, stderr } = await lazaret(args, env)
    assert.equal(status, 1, stderr)
    assert.match(stderr, words)
    assert.ok(!stderr.includes('bug'), stderr)
  }
})

test('jobs: nothing is done without --yes, nothing without criteria; then all that matches, and its items', async () => {
  const options = { sender: 'news@jobs.example', recipients: ['a@example.com'] }
  const ids = [await hold(app.ctx, 'one', options), await hold(app.ctx, 'two', options)]
  const state = async (id: string) =>
    JSON.parse((await lazaret(['show', id, '--json'])).stdout).recipients[0].state as string
  const none = await lazaret(['jobs', 'delete'])
  assert.deepEqual([none.status, none.stdout], [2, ''])
  assert.match(none.stderr, /all mail.*--everything/s)
  const search = 'from:*@jobs.example'
  const shown = await lazaret(['jobs', 'delete', search])
  assert.equal(shown.status, 0)
  assert.match(shown.stdout, /2 messages, 2 recipients/)
  assert.match(shown.stderr, /Nothing was done yet: give --yes/)
  assert.equal(await state(ids[0]!), 'held')
  const done = await lazaret(['jobs', 'delete', search, '--yes', '--wait', '--note', 'old news', '--json'])
  assert.equal(done.status, 0)
  const job = JSON.parse(done.stdout) as { id: string; state: string; done: number }
  assert.deepEqual([job.state, job.done], ['done', 2])
  for (const id of ids) assert.equal(await state(id), 'deleted')
  assert.match((await lazaret(['jobs'])).stdout, new RegExp(`${job.id}.*delete.*done.*2/2`))
  const items = await lazaret(['jobs', 'show', job.id])
  for (const id of ids) assert.ok(items.stdout.includes(id))
  assert.match((await lazaret(['jobs', 'stop', job.id])).stdout, /delete: done; 2 of 2 done/)
  const again = await lazaret(['jobs', 'delete', search, '--yes', '--wait'])
  assert.match(again.stdout, /0 of 0 done/)
})

test('requests: the open ones, denied with an answer, approved; decided once, and who was first is told', async () => {
  assert.match((await lazaret(['requests'])).stderr, /no such requests/)
  const ids: string[] = []
  for (const subject of ['asked first', 'asked \u001b[31msecond']) {
    const message = parseId(await hold(app.ctx, 'x', { recipients: ['ann@example.com'], subject })) ?? 0
    ids.push(formatId(await askFor(app.ctx, message, 'ann@example.com')))
  }
  const { stdout } = await lazaret(['requests', '--json'])
  const { items } = JSON.parse(stdout) as { items: { id: string }[] }
  assert.deepEqual(
    items.map(({ id }) => id),
    ids,
  )
  const shown = (await lazaret(['requests', '--search', 'second'])).stdout
  assert.ok(shown.includes(ids[1]!) && !shown.includes(ids[0]!) && !shown.includes('\u001b'))
  const denied = await lazaret(['requests', 'deny', ids[0]!, '--answer', 'A known fraud'])
  assert.deepEqual([denied.status, denied.stdout], [0, `${ids[0]} done: Denied; the mail stays held.\n`])
  const both = await lazaret(['requests', 'approve', ...ids])
  assert.equal(both.status, 1)
  assert.match(
    both.stdout,
    /refused: Denied already by local on .*\n.* done: Approved; the mail is on its way/,
  )
  assert.match((await lazaret(['requests', '--state', 'denied'])).stdout, /denied by local/)
  assert.equal((await lazaret(['requests', 'deny', ids[1]!, '--answer', 'x'.repeat(501)])).status, 2)
  assert.equal((await lazaret(['requests', 'approve', 'nonsense'])).status, 2)
})
