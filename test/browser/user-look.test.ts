/**
 * Promise: every page of the End-User Quarantine can be used by people with disabilities (axe finds nothing), in the
 * light and in the dark, on a phone and on a desk.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { violations } from './axe.ts'
import { type Browser, narrow, openPage, wide } from './chromium.ts'
import type { Scene } from './scene.ts'
import { logOn, openQuarantine, type Quarantine, settled } from './user.ts'
import { anna } from './user-mails.ts'

let quarantine: Quarantine
let scene: Scene
let browser: Browser
let messages: string[] = []

before(async () => {
  quarantine = await openQuarantine({
    organisation: 'Example Council',
    message: 'Questions? Call extension 12.',
  })
  ;({ scene, browser, messages } = quarantine)
})
after(() => quarantine?.[Symbol.asyncDispose]())

const phone = { viewport: narrow, isMobile: true, hasTouch: true }

/** What there is for who is logged on. */
const pages = () => [
  '/',
  '/?show=deleted',
  '/?q=nothing',
  ...messages.slice(0, 2),
  '/settings',
  '/senders',
  '/nowhere',
]

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
