/**
 * Pictures of every page for docs/screenshots: `node test/browser/screenshots.ts [FOLDER]`. Two weeks of mail are taken in
 * with a clock that runs through them, some of it is released, one recipient's server refuses, one is down; then every page
 * is opened, light and dark, wide and narrow, as a person sees it.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { demoMails } from '../../src/cli/demo-mail.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import { narrow, openBrowser, openPage, type Page, wide } from './chromium.ts'
import { openScene, passwords, type Scene } from './scene.ts'

const [folder = 'docs/screenshots'] = process.argv.slice(2)
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
const shots = await shotsOf(scene)
await using browser = await openBrowser()
for (const colorScheme of ['light', 'dark'] as const)
  for (const [size, viewport] of Object.entries({ wide, narrow })) {
    const phone = viewport === narrow ? { isMobile: true, hasTouch: true, deviceScaleFactor: 1 } : {}
    await using watched = await openPage(browser, scene.url, { colorScheme, viewport, ...phone })
    const { page } = watched
    const take = async (name: string) => {
      await page.evaluate(() => document.fonts.ready)
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) })
    }
    await page.goto('/')
    await page.getByLabel('Name').waitFor()
    await take('sign-in')
    await scene.signIn(page)
    for (const { name, path, doing } of shots) {
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await settled(page)
      await doing?.(page)
      await settled(page)
      await take(name)
    }
    for (const complaint of watched.complaints) console.log(`${size} ${colorScheme}: ${complaint}`)
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

async function shotsOf({ client }: Scene): Promise<Shot[]> {
  const one = async (query: Record<string, string | number>) =>
    (await client.call('findMessages', { query: { limit: 1, ...query } as never })).items[0]?.id ?? ''
  const job = { action: 'release', criteria: { rule: '*', subject: '*newsletter*' } } as const
  const preview = await client.call('previewJob', { body: job })
  const { id } = await client.call('startJob', {
    body: { ...job, asOf: preview.asOf, messages: preview.messages },
  })
  const spam = await one({ reason: 'spam', state: 'held' })
  const virus = await one({ reason: 'malware', state: 'held' })
  const tick = async (page: Page) => {
    for (const n of [1, 2, 3]) await page.getByRole('checkbox').nth(n).check()
  }
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
    { name: 'accounts', path: '/accounts' },
    { name: 'you', path: '/you' },
  ]
}

/** Nothing loads any more, and nothing of the last half second is on its way. */
async function settled(page: Page): Promise<void> {
  await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' })
  await page.waitForTimeout(500)
}
