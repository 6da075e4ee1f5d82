/**
 * Promises of the overview and the areas: each number is what was sent, and leads to a query that finds just that many;
 * both follow what happens without a reload, and ask the server for it now and then only.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { BenchMail } from '../../bench/query-mail.ts'
import { fill } from '../../bench/query-store.ts'
import { violations } from './axe.ts'
import { type Browser, narrow, openPage, type Page, type Watched, wide } from './chromium.ts'
import { type Desk, openDesk } from './desk.ts'
import { spam } from './mails.ts'
import { openScene, type Scene } from './scene.ts'

const dayMs = 86_400_000
/** A zone in which it is about noon: no day ends while this runs. */
const shift = 12 - new Date().getUTCHours()
const zone = `Etc/GMT${shift > 0 ? `-${shift}` : shift < 0 ? `+${-shift}` : ''}`

let stage: Desk
let scene: Scene
let browser: Browser
let desk: Watched
/** Today. */
let sent = 2
before(async () => {
  stage = await openDesk({ prepare: mailOfThreeWeeks, path: '/overview', context: { timezoneId: zone } })
  ;({ scene, browser, desk } = stage)
})
after(() => stage?.[Symbol.asyncDispose]())

async function mailOfThreeWeeks({ app, send }: Scene): Promise<void> {
  const days = [
    ...past(20, 'phishing', 6),
    ...past(3, 'bulk', 4),
    ...past(1, 'bulk', 5),
    ...past(1, 'phishing', 2),
  ]
  await fill(app.ctx, days, () => undefined)
  await send([spam(1), spam(2, ['anna@example.com', 'bilal@example.com'])])
}

const past = (daysAgo: number, reason: string, count: number): BenchMail[] =>
  Array.from({ length: count }, (_, n) => ({
    receivedMs: Date.now() - daysAgo * dayMs + n,
    sender: 'papers@papers.example',
    recipients: [`r${n}@example.com`],
    subject: `${reason} ${daysAgo} ${n}`,
    attachments: [],
    reason,
    area: reason === 'bulk' ? 'Old papers' : 'Phishing',
    rule: 'Rule',
    scanner: 'rspamd',
    messageId: `${reason}-${daysAgo}-${n}@papers.example`,
    size: 1000,
  }))

const tile = (page: Page, name: string, value: number) =>
  page
    .getByRole('list', { name: 'Now' })
    .getByRole('link', { name: new RegExp(`^${name}\\s*${value.toLocaleString('en')}(?!\\d)`) })
const found = (page: Page, n: number) => page.getByText(`1–${n} of ${n}`, { exact: true }).waitFor()
const bar = (page: Page, name: string | RegExp) => page.locator('svg').getByRole('link', { name })

const at = (path: string): Promise<Page> => stage.at(path)

test('a fresh install says how to send a first message, and shows it without a reload', async () => {
  await using fresh = await openScene()
  await using watched = await openPage(browser, fresh.url)
  const { page } = watched
  await fresh.signIn(page, 'admin', '/overview')
  await page.getByText('Nothing is held yet').waitFor()
  await page.getByText('curl smtp://127.0.0.1:10024').waitFor()
  assert.deepEqual(await violations(page), [])
  await page.evaluate('window.opened = true')
  await fresh.send([spam(1), spam(2, ['anna@example.com', 'bilal@example.com'])])
  await tile(page, 'Held copies', 3).waitFor()
  assert.equal(await page.evaluate('window.opened'), true)
  assert.deepEqual(watched.complaints, [])
})

test('reasons and bars count what was held on which day, and lead to just that', async () => {
  const page = await at('/overview')
  await page.getByText(/^13 messages/).waitFor()
  await page.getByRole('row', { name: /^bulk 69% 9$/ }).waitFor()
  await page.getByRole('link', { name: 'bulk', exact: true }).click()
  await found(page, 9)
  await page.goBack()
  await bar(page, /bulk: 5 messages$/).click()
  await page.waitForURL(/reason=bulk/)
  await found(page, 5)
  await page.goBack()
  await bar(page, /: 7 messages held$/).focus()
  await page.keyboard.press('Enter')
  await found(page, 7)
  await at('/overview')
  await page.getByText('30 days', { exact: true }).click()
  await page.waitForURL(/days=30/)
  await page.getByRole('row', { name: /^phishing 42% 8$/ }).waitFor()
  await tile(page, 'Held today', 2).click()
  await found(page, 2)
  await at('/overview')
  await tile(page, 'Held copies', 20).click()
  await found(page, 19)
})

test('the chart is one stop for the keyboard, says what it shows, and is to be had as a table', async () => {
  const page = await at('/overview')
  const stops = page.getByRole('group', { name: /^Held by day/ }).locator('a[tabindex="0"]')
  await stops.waitFor()
  assert.equal(await stops.count(), 1)
  await stops.focus()
  const label = () => page.evaluate("document.activeElement.getAttribute('aria-label')")
  assert.match(String(await label()), /: 2 messages held$/, 'today')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  assert.match(String(await label()), /, phishing: 2 messages$/)
  const hint = page.locator('svg[role=group] + div')
  assert.match(String(await hint.textContent()), /phishing2bulk5/)
  await page.keyboard.press('Escape')
  await hint.waitFor({ state: 'detached' })
  await page.keyboard.press('Enter')
  await page.waitForURL(/reason=phishing/)
  await found(page, 2)

  await at('/overview')
  await page.getByText('Table', { exact: true }).click()
  await page.waitForURL(/as=table/)
  assert.deepEqual(await violations(page), [])
  await page
    .getByRole('table')
    .getByRole('link', { name: /bulk: 4 messages$/ })
    .click()
  await found(page, 4)
})

test('what the next hop refuses or puts off is seen at once, with its words', async () => {
  const words = '451 4.7.1 Come back <b>later</b>'
  scene.hop.script.answer = (step, line) =>
    step !== 'RCPT' ? undefined : line.includes('bilal') ? '550 5.1.1 Nobody here' : words
  const page = await at('/overview')
  await tile(page, 'Waiting deliveries', 0).waitFor()
  const { items } = await scene.client.call('findMessages', { query: { subject: 'walk 2' } })
  await scene.client.call('releaseMessages', { body: { ids: items.map(({ id }) => id) } })
  await tile(page, 'Waiting deliveries', 1).getByText(words).waitFor()
  await tile(page, 'Release failed', 1).click()
  await page.waitForURL(/state=release-failed/)
  await found(page, 1)
  await at('/overview')
  await page.getByText('0 delivered, 1 failed').waitFor()
  await tile(page, 'Waiting deliveries', 1).click()
  await page.getByRole('row').getByText('anna@example.com').waitFor()
})

test('while mail comes in it asks for its figures every three seconds, not more often', async (t) => {
  const page = await at('/overview')
  await tile(page, 'Waiting deliveries', 1).waitFor()
  const asked: number[] = []
  const note = (request: { url(): string }) => {
    if (request.url().includes('/api/v1/overview')) asked.push(Date.now())
  }
  page.on('request', note)
  for (let n = 10; asked.length < 3 && !t.signal.aborted; n++) {
    await scene.send([spam(n)])
    sent++
  }
  page.off('request', note)
  await tile(page, 'Held today', sent).waitFor()
  for (const [n, time] of asked.slice(1).entries()) assert.ok(time - (asked[n] ?? 0) >= 2900, String(asked))
})

test('areas: what lies in each, who may release, and which the configuration no longer names', async () => {
  const page = await at('/areas')
  const old = page.getByRole('row', { name: /^Old papers/ })
  await old.getByText('No longer configured').waitFor()
  await page
    .getByRole('row', { name: /^Virus/ })
    .getByText('Administrators', { exact: true })
    .waitFor()
  await old.getByRole('link', { name: '9', exact: true }).click()
  await page.waitForURL(/area=Old\+papers/)
  await found(page, 9)
})

test('nothing on the pages keeps anybody out', async () => {
  const { page } = desk
  for (const path of ['/overview', '/areas'])
    for (const viewport of [wide, narrow])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(viewport)
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await page.goto(path)
        await page.getByRole('heading', { name: path === '/areas' ? 'Areas' : 'Held by day' }).waitFor()
        await page.getByText(path === '/areas' ? 'Old papers' : 'Kept in', { exact: true }).waitFor()
        assert.deepEqual(await violations(page), [], `${path} ${viewport.width} ${colorScheme}`)
        assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
      }
})
