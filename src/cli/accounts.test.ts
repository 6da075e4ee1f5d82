/** Promises of the first start and of `lazaret account`: who gets in, and how somebody who lost something is helped. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startApp } from '../app.ts'
import { defaultConfig, type LoadedConfig } from '../config.ts'
import { putSecondFactor } from '../store/second-factors.ts'
import { banner } from './serve.ts'
import { openCommands } from './testing/commands.ts'

const folder = mkdtempSync(join(tmpdir(), 'lazaret-accounts-'))
const config = defaultConfig()
config.log.level = 'silent'
config.smtp.listen = []
config.admin.listen = ['127.0.0.1:0']
config.euq.enabled = false
const loaded: LoadedConfig = { config, file: null, dataDir: join(folder, 'data'), warnings: [] }
let app: Awaited<ReturnType<typeof startApp>>

before(async () => {
  app = await startApp(loaded)
})
after(async () => {
  await commands[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const commands = openCommands(folder, { LAZARET_SERVER_DATA_DIR: loaded.dataDir })
const lazaret = (args: string[], input = '') => commands.run(args, { input })

test('the first start prints the password and a link that carries it behind the #', () => {
  const text = banner(app, loaded)
  const password = app.firstAdministrator?.password ?? ''
  const url = new URL(/https:\S+\/first-run\S+/.exec(text)?.[0] ?? '')
  assert.equal(`${url.origin}${url.pathname}${url.search}`, `${app.adminUrls[0]}/first-run`)
  assert.deepEqual(Object.fromEntries(new URLSearchParams(url.hash.slice(1))), { name: 'admin', password })
  assert.ok(text.includes(`password ${password}\n`))
  const everywhere = { ...app, certificate: app.certificate, adminUrls: ['https://0.0.0.0:8445'] }
  assert.match(banner(everywhere, loaded), / https:\/\/127\.0\.0\.1:8445\/first-run#/)
  assert.ok(!banner({ ...everywhere, adminUrls: [] }, loaded).includes('first-run'))
  const given = { name: 'admin', password: 'of the operator', generated: false }
  const quiet = banner({ ...everywhere, firstAdministrator: given }, loaded)
  assert.ok(!quiet.includes('first-run') && !quiet.includes(given.password))
  assert.ok(!banner({ ...everywhere, firstAdministrator: null }, loaded).includes('administrator'))
})

test('a first password, and a second factor that is turned off for somebody who lost it', async () => {
  const { status, stderr } = await lazaret(
    ['account', 'add', 'desk', '--role', 'operator', '--first'],
    'a first password\n',
  )
  assert.equal(status, 0, stderr)
  const { id } = await app.ctx.db.read
    .selectFrom('accounts')
    .select('id')
    .where('name', '=', 'desk')
    .executeTakeFirstOrThrow()
  const factor = { secret: 'A'.repeat(32), begun_at: 1, confirmed_at: 2, last_step: 0, recovery: '[]' }
  await app.ctx.db.transaction((trx) => putSecondFactor(trx, { account_id: id, ...factor }))
  const row = async () =>
    / desk .*$/m.exec(` ${(await lazaret(['account'])).stdout.replaceAll('\n', '\n ')}`)?.[0] ?? ''
  assert.match(await row(), /operator .* on +must change its password$/)
  assert.equal((await lazaret(['account', 'second-factor', 'desk', 'on'])).status, 2)
  assert.equal((await lazaret(['account', 'second-factor', 'desk', 'off'])).status, 0)
  assert.match(await row(), /operator .* off +must change its password$/)
  assert.equal((await lazaret(['account', 'password', 'desk'], 'a lasting password\n')).status, 0)
  assert.match(await row(), /operator .* off$/)
})

test('a domain administrator is made with domains, and gets others', async () => {
  const add = ['account', 'add', 'dora', '--role', 'domain-administrator']
  const without = await lazaret(add, 'a lasting password\n')
  assert.equal(without.status, 2)
  assert.match(without.stderr, /needs at least one domain/)
  const domains = ['--domain', 'Example.org', '--domain', '*.example.org']
  assert.equal((await lazaret([...add, ...domains], 'a lasting password\n')).status, 0)
  const domainsOf = async () => {
    const { items } = JSON.parse((await lazaret(['account', '--json'])).stdout) as {
      items: { name: string; domains: string[] }[]
    }
    return items.find(({ name }) => name === 'dora')?.domains
  }
  assert.deepEqual(await domainsOf(), ['*.example.org', 'example.org'])
  assert.equal((await lazaret(['account', 'domains', 'dora', 'example.com'])).status, 0)
  assert.deepEqual(await domainsOf(), ['example.com'])
  assert.match((await lazaret(['account'])).stdout, /dora +domain-administrator +example\.com/)
  assert.equal((await lazaret(['account', 'role', 'dora', 'operator'])).status, 0)
  assert.deepEqual(await domainsOf(), [])
})

test('a user is invited by a link, given addresses, and disabled', async () => {
  const invited = await lazaret(['user', 'invite', 'anna@example.org', '--alias', 'a@example.org'])
  assert.equal(invited.status, 0, invited.stderr)
  assert.match(invited.stdout, /^https:\/\/127\.0\.0\.1:8447\/invitation#[\w-]{43}\n$/)
  assert.equal((await lazaret(['user', 'invite', 'Anna@example.org'])).status, 1)
  const changed = ['user', 'change', 'anna@example.org', '--no-aliases', '--delegate', 'sales@example.org']
  assert.equal((await lazaret(changed)).status, 0)
  const { items } = JSON.parse((await lazaret(['user', '--json'])).stdout) as {
    items: { name: string; addresses: { address: string; kind: string }[] }[]
  }
  assert.deepEqual(
    items.map(({ name, addresses }) => [name, addresses.map(({ address, kind }) => `${kind} ${address}`)]),
    [['anna@example.org', ['own anna@example.org', 'delegated sales@example.org']]],
  )
  assert.match(
    (await lazaret(['user', 'revoke', 'anna@example.org', 'Sales@example.org'])).stdout,
    /does not look after/,
  )
  assert.equal((await lazaret(['user', 'revoke', 'anna@example.org', 'sales@example.org'])).status, 1)
  assert.match((await lazaret(['user', 'sign-out', 'anna@example.org'])).stdout, /signed out/)
  assert.match((await lazaret(['user', 'disable', 'anna@example.org'])).stdout, /is disabled/)
  assert.match((await lazaret(['user', 'list'])).stdout, /anna@example\.org .*disabled/)
  assert.equal((await lazaret(['user', 'enable', 'nobody@example.org'])).status, 1)
})
