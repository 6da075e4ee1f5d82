/**
 * Pictures of every page for docs/screenshots: `node test/browser/screenshots.ts [FOLDER [NAME…]]`, of all pages or of
 * those named. Two weeks of mail are taken in with a clock that runs through them, some of it is released, one recipient's
 * server refuses, one is down, users ask and decide; then every page of both consoles is opened, light and dark, wide and
 * narrow, as a person sees it.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { demoMails } from '../../src/cli/demo-mail.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import { type Browser, narrow, openBrowser, openPage, type Page, wide } from './chromium.ts'
import { openScene, passwords, type Scene } from './scene.ts'
import { addUser, logOn } from './user.ts'
import { anna, bilal, office, usersMail } from './user-mails.ts'

const [folder = 'docs/screenshots', ...named] = process.argv.slice(2)
const days = 14
const dayMs = 86_400_000
const held = /spam|virus|program|many/

interface Shot {
  name: string
  path: string
  /** What is done on the page before the picture. */
  doing?: (page: Page) => Promise<void>
}

mkdirSync(folder, { recursive: true })
let behindMs = days * dayMs
const clock: Clock = { ...systemClock, now: () => systemClock.now() - behindMs }
await using scene = await openScene({
  clock,
  euq: { organisation: 'Example Council' },
  configure: (config) => {
    config.digest.enabled = true
  },
  hop: {
    answer: (step, line) =>
      step === 'RCPT' && line.includes('kofi@')
        ? '450 4.2.1 The mailbox is busy, try again later'
        : step === 'RCPT' && line.includes('hana@')
          ? '550 5.1.1 There is no such mailbox here'
          : undefined,
  },
})
await live(scene)
await using browser = await openBrowser()
const ofUser = await lookAfter(scene, browser)
const ofAdmin = await shotsOf(scene)
for (const colorScheme of ['light', 'dark'] as const)
  for (const [size, viewport] of Object.entries({ wide, narrow })) {
    const phone = viewport === narrow ? { isMobile: true, hasTouch: true, deviceScaleFactor: 1 } : {}
    const as = { colorScheme, viewport, ...phone }
    const take = async (page: Page, { name, path, doing }: Shot) => {
      if (named.length > 0 && !named.includes(name)) return
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await settled(page)
      await doing?.(page)
      await settled(page)
      await page.evaluate(() => document.fonts.ready)
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) })
    }
    await using admin = await openPage(browser, scene.url, as)
    await take(admin.page, { name: 'sign-in', path: '/' })
    await scene.signIn(admin.page)
    for (const shot of ofAdmin) await take(admin.page, shot)
    await using user = await openPage(browser, scene.euqUrl, as)
    await logOn(user.page, anna)
    for (const shot of ofUser) await take(user.page, shot)
    for (const complaint of [...admin.complaints, ...user.complaints])
      console.log(`${size} ${colorScheme}: ${complaint}`)
  }

/** Two weeks: more mail on some days than on others, weekends quiet. */
async function live({ send, client }: Scene): Promise<void> {
  // Clean mail would only be passed on.
  const all = [...demoMails(900, 11, systemClock.now())].filter(({ kind }) => held.test(kind))
  const weights = Array.from({ length: days + 1 }, (_, n) => [8, 9, 7, 10, 8, 3, 2][n % 7] ?? 5)
  const sum = weights.reduce((a, b) => a + b, 0)
  let at = 0
  for (const [day, weight] of weights.entries()) {
    const count = Math.round((all.length * weight) / sum)
    const todays = all.slice(at, at + count)
    at += count
    for (const [n, mail] of todays.entries()) {
      behindMs = Math.max(0, (days - day) * dayMs - (n / count) * dayMs * (day === days ? 0 : 0.9))
      await send([mail])
    }
    // Sessions are older than a day by then.
    await client.call('signIn', { body: { name: 'admin', password: passwords.admin } })
    const { items } = await client.call('findMessages', {
      query: { reason: 'spam', state: 'held', limit: 12 },
    })
    const ids = items.slice(0, 3 + (day % 4)).map(({ id }) => id)
    if (ids.length > 0)
      await client.call('releaseMessages', { body: { ids, note: 'Asked for by its recipient' } })
  }
  behindMs = 0
  await client.call('signIn', { body: { name: 'admin', password: passwords.admin } })
}

/** Users ask for what they may not send themselves, and approve and block. @returns the pages of one of them */
async function lookAfter({ client, send, euqUrl }: Scene, own: Browser): Promise<Shot[]> {
  await send(usersMail())
  const shots: Shot[] = []
  for (const [name, display, ...notes] of [
    [bilal, 'Bilal', 'I am waiting for this form'],
    [anna, 'Anna', 'The invoice that accounts asked for', 'From our own bank, I think'],
  ] as const) {
    await using watched = await openPage(own, euqUrl)
    const { page } = watched
    await addUser(scene, page, name, { display, delegations: [office] })
    await logOn(page, name)
    const api = page.context().request
    const my = async (path: string, data: object) => {
      const answer = await api.post(`${euqUrl}/api/v1/my/${path}`, { data, headers: { origin: euqUrl } })
      if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`)
    }
    await my('senders', { senders: ['clerk@council.example', 'library.example'], kind: 'approved' })
    await my('senders', { senders: ['casino.example'], kind: 'blocked', note: 'Never asked for' })
    await my('senders', { senders: ['press.example'], kind: 'approved', address: office })
    const { items } = await (await api.get(`${euqUrl}/api/v1/my/messages?limit=50`)).json()
    const idsWith = (deed: string) =>
      (items as { id: string; may: Record<string, boolean> }[]).flatMap(({ id, may }) =>
        may[deed] ? [id] : [],
      )
    const ids = idsWith('request')
    for (const [n, note] of notes.entries()) await my('messages/request', { ids: ids.slice(n, n + 1), note })
    if (name === anna) shots.push({ name: 'user-message', path: `/messages/${idsWith('notSpam')[0]}` })
  }
  for (const name of ['chen@example.com', 'dora@example.com']) await scene.invite(name)
  const { items } = await client.call('listUsers', { query: { q: bilal } })
  for (const { id } of items) await client.call('sendDigest', { params: { id }, body: {} })
  return [
    { name: 'user-list', path: '/' },
    ...shots,
    { name: 'user-senders', path: '/senders' },
    { name: 'user-settings', path: '/settings' },
  ]
}

async function shotsOf({ client }: Scene): Promise<Shot[]> {
  const one = async (query: Record<string, string | number>) =>
    (await client.call('findMessages', { query: { limit: 1, ...query } as never })).items[0]?.id ?? ''
  const job = { action: 'release', criteria: { rule: '*', subject: '*newsletter*' } } as const
  const preview = await client.call('previewJob', { body: job })
  const { id } = await client.call('startJob', {
    body: { ...job, asOf: preview.asOf, messages: preview.messages },
  })
  const spam = await one({ reason: 'spam', state: 'held', subject: '*travel*' })
  const virus = await one({ reason: 'malware', state: 'held' })
  return [
    { name: 'overview', path: '/overview' },
    { name: 'query', path: '/query?sender=*bank*&from=14d' },
    { name: 'query-ticked', path: '/query?reason=spam&state=held', doing: tick },
    {
      name: 'release',
      path: '/query?reason=spam&state=held',
      async doing(page) {
        await tick(page)
        await page
          .getByRole('button', { name: /^Release/ })
          .first()
          .click()
        await page.getByRole('dialog').waitFor()
      },
    },
    { name: 'query-none', path: '/query?subject=*nothing+like+this*&from=7d' },
    { name: 'deferred', path: '/query?tab=deferred' },
    { name: 'message', path: `/query/${spam}?reason=spam` },
    {
      name: 'release-virus',
      path: `/query/${virus}`,
      async doing(page) {
        await page
          .getByRole('button', { name: /^Release/ })
          .first()
          .click()
        await page.getByRole('dialog').waitFor()
      },
    },
    { name: 'areas', path: '/areas' },
    { name: 'deliveries', path: '/deliveries' },
    { name: 'jobs', path: '/jobs' },
    { name: 'job', path: `/jobs/${id}` },
    { name: 'audit', path: '/audit' },
    { name: 'requests', path: '/requests' },
    { name: 'users', path: '/users' },
    { name: 'digests', path: '/digests' },
    { name: 'accounts', path: '/accounts' },
    { name: 'you', path: '/you' },
  ]
}

async function tick(page: Page): Promise<void> {
  for (const n of [1, 2, 3]) await page.getByRole('checkbox').nth(n).check()
}

/** Nothing loads any more, and nothing of the last half second is on its way. */
async function settled(page: Page): Promise<void> {
  await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' })
  await page.waitForTimeout(500)
}
