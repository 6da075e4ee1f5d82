/** Promise: a server that is out of reach for a while takes nothing away from whoever is at work on a page. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Browser, openBrowser, openPage } from './chromium.ts'
import { spam } from './mails.ts'
import { field, rows } from './papers.ts'
import { openScene, type Scene } from './scene.ts'

let scene: Scene
let browser: Browser & AsyncDisposable
before(async () => {
  scene = await openScene()
  await scene.send([spam(1), spam(2)])
  browser = await openBrowser()
})
after(async () => {
  await browser?.[Symbol.asyncDispose]()
  await scene?.[Symbol.asyncDispose]()
})

test('what was not loaded yet is told to be out of reach; ticks, typing and menu stay, and trying again goes on', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page, context } = watched
  await scene.signIn(page)
  await rows(page).nth(1).getByRole('checkbox').check()
  await field(page, 'Sender').fill('*half typed')
  await context.setOffline(true)
  await page.getByRole('button', { name: 'Release' }).click()
  await page.getByText(/^The server is out of reach, or was updated meanwhile/).waitFor()
  assert.equal(await rows(page).nth(1).getByRole('checkbox').isChecked(), true)
  assert.equal(await field(page, 'Sender').inputValue(), '*half typed')

  await page.getByRole('link', { name: 'Areas' }).click()
  await page.getByRole('alert').getByText('This could not be loaded').waitFor()
  // No page of the browser's own takes the place of this one.
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText(/^The server cannot be reached/).waitFor()
  await page.getByRole('link', { name: 'Query', exact: true }).click()
  await rows(page).nth(1).waitFor()
  await page.getByRole('link', { name: 'Areas' }).click()
  await context.setOffline(false)
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { level: 1, name: 'Areas' }).waitFor()
})
