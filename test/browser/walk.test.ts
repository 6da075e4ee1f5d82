/**
 * Promises of the way through a result: from the Query page to a message, to its neighbours over all pages and back to
 * the same criteria and page; what leaves the result meanwhile makes nobody skip a message.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Browser, openBrowser, openPage, type Page } from './chromium.ts'
import { heading, idOf } from './desk.ts'
import { spam } from './mails.ts'
import { openScene, type Scene } from './scene.ts'

let scene: Scene
let browser: Browser & AsyncDisposable
before(async () => {
  scene = await openScene()
  await scene.send([1, 2, 3, 4, 5].map((n) => spam(n)))
  browser = await openBrowser()
})
after(async () => {
  await browser?.[Symbol.asyncDispose]()
  await scene?.[Symbol.asyncDispose]()
})

/** Waits until there is a neighbour to go to. */
const usable = (page: Page, arrow: string) =>
  page.getByRole('link', { name: arrow, disabled: false }).waitFor()

test('from a row of the result to the message, on to the next page, and back to where one came from', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await scene.signIn(page, 'admin', '/query?sender=*walk.example&sort=subject&limit=2')
  const row = page.getByRole('row').filter({ hasText: 'walk 2' })
  await row.getByRole('link').first().click()
  await heading(page, 'walk 2')
  await page.getByText('2 of 5', { exact: true }).waitFor()
  await page.getByRole('tab', { name: 'Details' }).click()
  await page.getByRole('link', { name: 'Next message' }).click()
  await heading(page, 'walk 3')
  await page.getByText('3 of 5', { exact: true }).waitFor()
  assert.equal(await page.getByRole('tab', { name: 'Details' }).getAttribute('aria-selected'), 'true')
  await page.getByRole('link', { name: 'Back to the result' }).click()
  await page.getByRole('row').filter({ hasText: 'walk 4' }).waitFor()
  assert.equal(await page.getByRole('row').filter({ hasText: 'walk 2' }).count(), 0)
  const { searchParams } = new URL(page.url())
  assert.deepEqual(
    ['sender', 'sort', 'page', 'limit', 'tab'].map((name) => searchParams.get(name)),
    ['*walk.example', 'subject', '2', '2', null],
  )
  assert.deepEqual(watched.complaints, [])
})

test('previous and next lead through the result, over its pages, and back to it', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  const search = 'sender=*walk.example&sort=sender&limit=2&notSender=sender40*'
  const first = await idOf(scene, 'walk 1')
  await scene.signIn(page, 'admin', `/query/${first}?${search}`)
  await heading(page, 'walk 1')
  await page.getByText('1 of 5', { exact: true }).waitFor()
  assert.ok(await page.getByRole('link', { name: 'Previous message' }).isDisabled())
  await page.getByRole('link', { name: 'Next message' }).click()
  await heading(page, 'walk 2')
  await page.getByText('2 of 5', { exact: true }).waitFor()
  await usable(page, 'Next message')
  for (const [key, subject, place] of [
    [']', 'walk 3', '3 of 5'],
    ['j', 'walk 4', '4 of 5'],
    ['j', 'walk 5', '5 of 5'],
    ['[', 'walk 4', '4 of 5'],
    ['k', 'walk 3', '3 of 5'],
    ['k', 'walk 2', '2 of 5'],
  ] as const) {
    await page.keyboard.press(key)
    await heading(page, subject)
    await page.getByText(place, { exact: true }).waitFor()
    const arrow = key === ']' || key === 'j' ? 'Next message' : 'Previous message'
    if (!/^[15] of/.test(place)) await usable(page, arrow)
  }
  // Over the end of a page by the arrow itself: the keyboard's place stays.
  const next = page.getByRole('link', { name: 'Next message' })
  await next.focus()
  for (const subject of ['walk 3', 'walk 4', 'walk 5']) {
    await usable(page, 'Next message')
    await page.keyboard.press('Enter')
    await heading(page, subject)
    await page.locator('a:focus[aria-label="Next message"]').waitFor()
  }
  await page.getByRole('link', { name: 'Back to the result' }).click()
  await page.getByRole('heading', { name: 'Query', level: 1 }).waitFor()
  const address = new URL(page.url())
  assert.equal(address.pathname, '/query')
  assert.equal(address.searchParams.get('sender'), '*walk.example')
  assert.equal(address.searchParams.get('page'), '3')
  // Opened by itself it has no neighbours.
  await page.goto(`/query/${first}`)
  await heading(page, 'walk 1')
  assert.equal(await page.getByRole('navigation', { name: 'The result' }).count(), 0)
  assert.deepEqual(watched.complaints, [])
})

test('what is released leaves the result, and no neighbour is skipped or lost by it', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await scene.send([11, 12, 13, 14].map((n) => spam(n, ['leaving@example.com'])))
  const search = 'recipient=leaving@example.com&state=held&sort=sender&limit=2'
  await scene.signIn(page, 'admin', `/query/${await idOf(scene, 'walk 11')}?${search}`)
  const seen: (string | null)[] = []
  for (const n of [11, 12, 13, 14]) {
    await heading(page, `walk ${n}`)
    seen.push(await page.getByRole('heading', { level: 1 }).textContent())
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('button', { name: 'Restore' }).waitFor()
    if (n < 14) await page.getByRole('link', { name: 'Next message' }).click()
  }
  assert.deepEqual(seen, ['walk 11', 'walk 12', 'walk 13', 'walk 14'])
  assert.ok(await page.getByRole('link', { name: 'Next message' }).isDisabled())
})
