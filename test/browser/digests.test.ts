/**
 * Promises: administrators see how digests fare, what somebody would get, and send it by hand; users choose when theirs
 * come and take attachments where they may; on a phone and on a desk, with nothing for axe to find.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { systemClock } from '../../src/clock.ts'
import { violations } from './axe.ts'
import { type Browser, narrow, openPage, wide } from './chromium.ts'
import type { Scene } from './scene.ts'
import { logOn, openUsers, type UserScene } from './user.ts'
import { anna, bilal } from './user-mails.ts'

let users: UserScene
let scene: Scene
let browser: Browser
let turnedMs = 0
const clock = { ...systemClock, now: () => systemClock.now() + turnedMs }

before(async () => {
  users = await openUsers(
    {
      euq: { organisation: 'Example Council' },
      clock,
      configure(config) {
        config.digest.enabled = true
        config.areas = config.areas.map((area) => ({
          ...area,
          users_download_parts: area.name === 'Attachments',
        }))
      },
    },
    { [anna]: {}, [bilal]: {} },
  )
  ;({ scene, browser } = users)
  // What came in the last minute would wait for the next digest.
  turnedMs = 120_000
})
after(() => users?.[Symbol.asyncDispose]())

const devices = [{ viewport: wide }, { viewport: narrow, isMobile: true, hasTouch: true }]

for (const device of devices) {
  const { width } = device.viewport
  test(`axe finds nothing and nothing is too wide: ${width} px`, async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await using admin = await openPage(browser, scene.url, { colorScheme, ...device })
      await scene.signIn(admin.page, 'admin', '/digests')
      await using user = await openPage(browser, scene.euqUrl, { colorScheme, ...device })
      await logOn(user.page, anna, '/settings')
      const check = async (where: string, { page }: typeof admin) => {
        await page.waitForLoadState('load')
        assert.deepEqual(await violations(page), [], `${where} ${colorScheme}`)
        const scrolls = Number(await page.evaluate('document.documentElement.scrollWidth'))
        assert.ok(scrolls <= width, `${where} is ${scrolls} wide`)
      }
      await admin.page.getByRole('link', { name: anna }).waitFor()
      await check('digests', admin)
      await admin.page.getByRole('link', { name: anna }).click()
      await admin.page.locator('iframe').waitFor()
      await check('preview', admin)
      // A mail that chooses light ink for the dark gets paper of its own then, and does not stand white on white.
      const paper = await admin.page
        .locator('iframe')
        .evaluate((frame) => getComputedStyle(frame).colorScheme)
      assert.equal(paper, 'light', colorScheme)
      await admin.page.getByText('Text', { exact: true }).click()
      await admin.page.getByText('Offer of the week').waitFor()
      await check('preview as text', admin)
      await user.page.getByLabel('How often').selectOption('days')
      await user.page.getByLabel('Monday').waitFor()
      await check('settings', user)
      for (const { complaints, leaks } of [admin, user]) assert.deepEqual([complaints, leaks], [[], []])
    }
  })
}

test('a digest is looked at and sent by hand; then nothing is new', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await scene.signIn(page, 'admin', '/digests')
  await page.getByRole('link', { name: bilal }).click()
  const frame = page.frameLocator('iframe')
  await frame.getByText('Your parcel is waiting').waitFor()
  // Whoever looks must not act in the user's name.
  for (const link of await frame.locator('a').all())
    assert.doesNotMatch((await link.getAttribute('href')) ?? '', /digest\/(?!preview$)/)
  await page.getByRole('button', { name: 'Send now' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send now' }).click()
  await page.getByText(`The digest of ${bilal} is on its way.`).waitFor()
  await page.getByText('Nothing is new', { exact: true }).waitFor()
  await page.getByText('All held of 31 days').click()
  await frame.getByText('Your parcel is waiting').waitFor()
  assert.match(page.url(), /all=1/)
  await page.getByRole('link', { name: 'All digests' }).click()
  const row = page.getByRole('row', { name: bilal })
  await row.getByText('As usual').waitFor()
  await row.getByRole('time').nth(1).waitFor()
  assert.deepEqual([watched.complaints, watched.leaks], [[], []])
})

test('who may not send does not see what somebody gets', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await scene.signIn(page, 'audrey', '/digests')
  await page.getByRole('link', { name: anna }).click()
  await page.getByText('Schedule', { exact: true }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Send now' }).count(), 0)
  assert.equal(await page.locator('iframe').count(), 0)
})

test('a user chooses days and times; it is kept, and the next one is told', async () => {
  await using watched = await openPage(browser, scene.euqUrl, { timezoneId: 'Europe/Berlin' })
  const { page } = watched
  await logOn(page, anna, '/settings')
  await page.getByLabel('Time zone').selectOption('Europe/Berlin')
  await page.getByText('by the clocks of Europe/Berlin').waitFor()
  const card = page.locator('form', { has: page.getByRole('heading', { name: 'Digest' }) })
  await card.getByLabel('How often').selectOption('days')
  for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'])
    await card.getByLabel(day).uncheck()
  await card.getByRole('button', { name: 'Save' }).click()
  await card.getByText('Choose at least one day.').waitFor()
  await card.getByLabel('Saturday').check()
  await card.getByLabel('Time 1', { exact: true }).fill('18:45')
  await card.getByRole('button', { name: 'Add a time' }).click()
  await card.getByLabel('Time 2', { exact: true }).fill('06:15')
  await card.getByRole('button', { name: 'Save' }).click()
  await card.getByText(/^The next one is due: Saturday.* (?:at )?0?6:15/).waitFor()
  await page.reload()
  assert.equal(await card.getByLabel('How often').inputValue(), 'days')
  assert.equal(await card.getByLabel('Time 1', { exact: true }).inputValue(), '06:15')
  assert.equal(await card.getByLabel('Time 2', { exact: true }).inputValue(), '18:45')
  await card.getByLabel('How often').selectOption('off')
  await card.getByRole('button', { name: 'Save' }).click()
  await card.getByText('You get no digests.').waitFor()
  await card.getByLabel('How often').selectOption('usual')
  await card.getByRole('button', { name: 'Save' }).click()
  await card.getByText(/The next one is due: .*0?7:00/).waitFor()
  assert.deepEqual([watched.complaints, watched.leaks], [[], []])
})

test('an attachment is saved as it came, where the area allows it', async () => {
  await using watched = await openPage(browser, scene.euqUrl)
  const { page } = watched
  await logOn(page, anna)
  await page.getByRole('link', { name: 'Invoice 4711' }).first().click()
  const link = page.getByRole('link', { name: 'Download invoice.exe' })
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  assert.equal(download.suggestedFilename(), 'invoice.exe')
  assert.equal((await readFile(await download.path())).toString(), 'MZ\0\0'.padEnd(300, '\0'))
  await page.getByText('Only open an attachment when you know the sender').waitFor()
})
