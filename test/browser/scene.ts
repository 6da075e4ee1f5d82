/**
 * The running product for tests in a browser: everything that a user starts, on a fresh store, with a next hop that a
 * test turns on and off, accounts of each role, and mail sent over SMTP as it comes in real life.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '../../src/api/client.ts'
import type { InputOf } from '../../src/api/routes.ts'
import { httpsTransport } from '../../src/api/transport.ts'
import { type App, startApp } from '../../src/app.ts'
import { type DemoMail, demoMails } from '../../src/cli/demo-mail.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import { type Config, defaultConfig } from '../../src/config.ts'
import { type FakeHop, fakeHop } from '../../src/delivery/testing/fake-hop.ts'
import { mailClient } from '../mail-client.ts'
import { startPostgres } from '../postgres.ts'
import type { Page } from './chromium.ts'

/** LAZARET_TEST_ENGINE=postgres: a PostgreSQL of its own for each scene. */
export const engine = process.env.LAZARET_TEST_ENGINE === 'postgres' ? 'postgres' : 'sqlite'
/** Totals of searches are exact up to there. */
export const exactUpTo = { sqlite: 10_000, postgres: 500 }[engine]

export const passwords = {
  admin: 'correct horse battery',
  olivia: 'operators may release',
  audrey: 'auditors only look on',
} as const
export type Person = keyof typeof passwords

export interface Scene extends AsyncDisposable {
  app: App
  url: string
  hop: FakeHop
  /** Where users look after their mail; '' when they have no services here. */
  euqUrl: string
  /** As administrator. */
  client: Client
  send(
    mails: Iterable<Pick<DemoMail, 'sender' | 'recipients' | 'message'> & Partial<DemoMail>>,
  ): Promise<void>
  /** Invites a user; the link behind which a password is chosen. */
  invite(name: string, more?: Partial<InputOf<'inviteUser'>['body']>): Promise<string>
  /** Signs in by the page, as a person does. */
  signIn(page: Page, person?: Person, path?: string): Promise<void>
}

export interface SceneOptions {
  /** So many varied messages are held at the start. */
  mails?: number
  /** What the next hop answers; a good server by default. */
  hop?: Parameters<typeof fakeHop>[0]
  /** Users have their own services, and this is what they are called and greeted with. */
  euq?: { organisation?: string; message?: string }
  /** What else is configured. */
  configure?: (config: Config) => void
  /** For a past: the machine's own otherwise. */
  clock?: Clock
}

export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const { mails = 0, hop: script, euq, configure, clock = systemClock } = options
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-browser-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const hop = stack.use(await fakeHop(script))
  const config = defaultConfig()
  config.log.level = 'silent'
  config.smtp.listen = ['127.0.0.1:0']
  config.lmtp.listen = []
  config.admin.listen = ['127.0.0.1:0']
  config.next_hop.host = '127.0.0.1'
  config.next_hop.port = hop.port
  Object.assign(config.euq, { ...euq, enabled: euq !== undefined })
  config.euq.listen = ['127.0.0.1:0']
  config.euq.secondary_listen = ['127.0.0.1:0']
  configure?.(config)
  if (engine === 'postgres') {
    const postgres = stack.use(await startPostgres())
    Object.assign(config.store, { engine, url: await postgres.create() })
  }
  const app = stack.use(
    await startApp(
      { config, file: null, dataDir: folder, warnings: [] },
      { adminPassword: passwords.admin, clock },
    ),
  )
  const [url = ''] = app.adminUrls
  const transport = stack.use(httpsTransport({ insecure: true }))
  const client = createClient({ url, transport })
  await client.call('signIn', { body: { name: 'admin', password: passwords.admin } })
  await client.call('createAccount', {
    body: { name: 'olivia', role: 'operator', password: passwords.olivia },
  })
  await client.call('createAccount', {
    body: { name: 'audrey', role: 'auditor', password: passwords.audrey },
  })

  const port = Number(
    app.intakeAddresses
      .find((one) => one.startsWith('smtp '))
      ?.split(':')
      .at(-1),
  )
  const sender = stack.use(mailClient(port))
  const send: Scene['send'] = async (all) => {
    for (const mail of all) {
      const refused = (await sender.send(mail)).find(({ outcome }) => outcome === 'deferred')
      if (refused) throw new Error(`not taken: ${refused.text} ${refused.reply?.text ?? ''}`)
    }
  }
  if (mails > 0) await send(demoMails(mails, 7, clock.now()))
  const owned = stack.move()
  return {
    app,
    url,
    euqUrl: app.euqUrls[0] ?? '',
    hop,
    client,
    send,
    async invite(name, more = {}) {
      const { invitation } = await client.call('inviteUser', { body: { name, mail: false, ...more } })
      const { pathname, hash } = new URL(invitation.url ?? '')
      return new URL(pathname + hash, app.euqUrls[0]).href
    },
    async signIn(page, person = 'admin', path = '/') {
      await page.goto(path)
      await page.getByLabel('Name').fill(person)
      await page.getByLabel('Password', { exact: true }).fill(passwords[person])
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('navigation').first().waitFor({ state: 'attached' })
    },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  }
}
