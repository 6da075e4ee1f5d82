/**
 * Promise: every page of the End-User Quarantine can be used by people with disabilities (axe finds nothing), in the
 * light and in the dark, on a phone and on a desk.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { violations } from './axe.ts'
import { type Browser, narrow, openBrowser, openPage, type Page, wide } from './chromium.ts'
import { openScene, type Scene } from './scene.ts'
import { addUser, logOn } from './user.ts'
import { anna, office, usersMail } from './user-mails.ts'

let scene: Scene
let browser: Browser & AsyncDisposable
let messages: string[] = []

before(async () => {
  scene = await openScene({
    euq: { organisation: 'Example Council', message: 'Questions? Call extension 12.' },
  })
  browser = await openBrowser()
  await scene.send(usersMail())
  await using watched = await openPage(browser, scene.euqUrl)
  await addUser(scene, watched.page, anna, { delegations: [office] })
  const { items } = await scene.client.call('findMessages', { query: { area: 'Spam,Attachments' } })
  messages = items.map(({ id }) => `/messages/${id}`)
})
after(async () => {
  await browser?.[Symbol.asyncDispose]()
  await scene?.[Symbol.asyncDispose]()
})

const phone = { viewport: narrow, isMobile: true, hasTouch: true }

/** What there is for who is logged on. */
const pages = () => ['/', '/?show=deleted', '/?q=nothing', ...messages.slice(0, 2), '/settings', '/nowhere']

async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
}

for (const colorScheme of ['light', 'dark'] as const)
  for (const device of [{ viewport: wide }, phone])
    test(`axe finds nothing: ${colorScheme}, ${device.viewport.width} px`, async () => {
      await using watched = await openPage(browser, scene.euqUrl, { colorScheme, ...device })
      const { page } = watched
      await page.goto('/')
      await settled(page)
      assert.deepEqual(await violations(page), [], 'log on')
      await page.goto(`/invitation#${'A'.repeat(43)}`)
      await settled(page)
      assert.deepEqual(await violations(page), [], 'invitation')
      await logOn(page, anna)
      for (const path of pages()) {
        await page.goto(path)
        await settled(page)
        assert.deepEqual(await violations(page), [], path)
      }
      await page.goto('/')
      await page.getByLabel('Select all on this page').check()
      await page.getByText('5 messages selected').waitFor()
      assert.deepEqual(await violations(page), [], 'ticked')
      assert.deepEqual([watched.complaints, watched.leaks], [[], []])
    })
