/** Promise: the services for users run unless they are switched off, both of them, tell where, and leave no trace. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startApp } from '../app.ts'
import { banner } from '../cli/serve.ts'
import { defaultConfig, type LoadedConfig } from '../config.ts'
import type { Part } from './parts.ts'

async function withApp(
  change: (config: ReturnType<typeof defaultConfig>) => void,
  parts: readonly Part[] | undefined,
  look: (app: Awaited<ReturnType<typeof startApp>>, loaded: LoadedConfig) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-euq-'))
  const config = defaultConfig()
  config.log.level = 'silent'
  config.smtp.listen = []
  config.admin.listen = ['127.0.0.1:0']
  config.euq.listen = ['127.0.0.1:0']
  config.euq.secondary_listen = ['127.0.0.1:0']
  change(config)
  const loaded: LoadedConfig = { config, file: null, dataDir: join(folder, 'data'), warnings: [] }
  try {
    await using app = await startApp(loaded, { parts })
    await look(app, loaded)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const status = (url: string, path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { rejectUnauthorized: false, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    asked.once('error', reject).end()
  })

const asItComes = () => undefined
const switchOff = (config: ReturnType<typeof defaultConfig>) => {
  config.euq.enabled = false
}

test('both run beside the rest, without any route of administrators', async () => {
  await withApp(asItComes, undefined, async (app, loaded) => {
    assert.equal(app.euqUrls.length, 2)
    for (const url of app.euqUrls) {
      assert.ok(banner(app, loaded).includes(`users         ${url}\n`))
      assert.equal(await status(url, '/api/v1/my/entrance'), 200)
      assert.equal(await status(url, '/api/v1/my/session'), 401)
      for (const path of ['/api/v1/session', '/api/v1/messages', '/metrics', '/api'])
        assert.equal(await status(url, path), 404, path)
    }
    assert.equal(await status(app.adminUrls[0] ?? '', '/api/v1/my/entrance'), 404)
    const rows = await app.ctx.db.read.selectFrom('services').select('kind').execute()
    assert.deepEqual(rows.map(({ kind }) => kind).sort(), ['primary', 'secondary'])
  })
})

test('switched off none runs; asked for by name that is an error that says so', async () => {
  await withApp(switchOff, undefined, async (app) => assert.deepEqual(app.euqUrls, []))
  await assert.rejects(
    withApp(switchOff, ['euq-secondary'], async () => undefined),
    { code: 'invalid', message: /euq-secondary is asked for/ },
  )
})

test('the banner says how the first user is made, unless a directory knows users', async () => {
  await withApp(asItComes, undefined, async (app, loaded) => {
    assert.match(banner(app, loaded), /nobody yet: lazaret user invite/)
  })
  // A directory knows who there is.
  const directory = (config: ReturnType<typeof defaultConfig>) => {
    config.sign_in.methods = ['local', 'ldap']
  }
  await withApp(directory, undefined, async (app, loaded) => {
    assert.doesNotMatch(banner(app, loaded), /nobody yet/)
  })
})

test('an address that somebody has is told with the key that sets it, and how to do without', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as AddressInfo
  for (const key of ['listen', 'secondary_listen'] as const)
    await assert.rejects(
      withApp(
        (config) => {
          config.euq[key] = [`127.0.0.1:${port}`]
        },
        undefined,
        async () => undefined,
      ),
      { code: 'unavailable', remedy: new RegExp(`as euq\\.${key}, or euq\\.enabled = false`) },
    )
  await new Promise((resolve) => taken.close(resolve))
})

test('a secondary alone runs alone', async () => {
  await withApp(asItComes, ['euq-secondary'], async (app) => {
    assert.deepEqual([app.euqUrls.length, app.adminUrls.length, app.intakeAddresses.length], [1, 0, 0])
    assert.equal(await status(app.euqUrls[0] ?? '', '/api/v1/my/entrance'), 200)
  })
})
