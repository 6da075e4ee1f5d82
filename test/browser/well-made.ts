/** What every page owes to everybody: nothing that axe finds, and nothing wider than the screen, on a phone and at a desk. */
import assert from 'node:assert/strict'
import { violations } from './axe.ts'
import { narrow, type Page, wide } from './chromium.ts'
import { settled } from './user.ts'

export const sizes = {
  phone: { viewport: narrow, isMobile: true, hasTouch: true },
  desk: { viewport: wide },
} as const

export async function wellMade(page: Page, where: string): Promise<void> {
  await settled(page)
  assert.deepEqual(await violations(page), [], where)
  assert.ok(
    await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
    `${where}: nothing is wider than the screen`,
  )
}
