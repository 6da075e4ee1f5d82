/**
 * Promises of the page Deliveries: while the next hop is down a release is seen waiting, with the server's words; tried by
 * hand once it is up, it is delivered; given up, its copy is held again; who may only look, looks.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { violations } from './axe.ts'
import { type Browser, narrow, openPage, type Page, type Watched, wide } from './chromium.ts'
import { type Desk, openDesk } from './desk.ts'
import { type Sent, spam } from './mails.ts'
import type { Scene } from './scene.ts'

const words = '451 4.7.1 Come back <img src=x onerror=alert(1)> later'
let stage: Desk
let scene: Scene
let browser: Browser
let desk: Watched
before(async () => {
  stage = await openDesk({ path: '/deliveries' })
  ;({ scene, browser, desk } = stage)
})
after(() => stage?.[Symbol.asyncDispose]())

const down = () => {
  scene.hop.script.answer = (step) => (step === 'RCPT' ? words : undefined)
}
const up = () => {
  scene.hop.script.answer = () => undefined
}

/** Sends a mail and releases it. Returns its id. */
async function release(mail: Sent): Promise<string> {
  await scene.send([mail])
  const { items } = await scene.client.call('findMessages', { query: { sender: mail.sender } })
  const ids = items.map(({ id }) => id)
  await scene.client.call('releaseMessages', { body: { ids } })
  return ids[0] ?? ''
}

async function stateOf(id: string): Promise<string | undefined> {
  return (await scene.client.call('showMessage', { params: { id } })).recipients[0]?.state
}

const row = (page: Page, recipient: string) =>
  page.getByRole('row').filter({ has: page.getByRole('button', { name: recipient, exact: true }) })
const tick = (page: Page, recipient: string) => page.getByRole('checkbox', { name: `Tick: ${recipient}` })
const told = (page: Page) => page.getByRole('main').getByRole('status')

test('the next hop is down, then up: the server says why, Retry now delivers, all without a reload', async () => {
  const { page } = desk
  await page.getByText('Nothing waits').waitFor()
  await page.evaluate('window.opened = true')
  down()
  await release(spam(1, ['carla@example.com']))
  const waiting = row(page, 'carla@example.com')
  await waiting.getByText(words).waitFor()
  await waiting.getByText(/^in \d+ (seconds|minutes?)$/).waitFor()
  await page.getByRole('button', { name: 'carla@example.com', exact: true }).click()
  const attempts = page.getByRole('table', { name: 'Attempts to deliver to carla@example.com' })
  await attempts.getByRole('row').filter({ hasText: '451 4.7.1' }).waitFor()
  await attempts.getByText(`127.0.0.1:${scene.hop.port}`).waitFor()

  up()
  await tick(page, 'carla@example.com').check()
  await page.getByRole('button', { name: 'Retry now' }).click()
  await told(page).getByText('The delivery is tried now.').waitFor()
  await page.getByText('Nothing waits').waitFor()
  assert.equal(await page.evaluate('window.opened'), true)
  assert.equal(scene.hop.mails.filter((mail) => mail.recipients[0]?.includes('carla')).length, 1)
  await page.getByRole('tab', { name: 'Delivered' }).click()
  await page.waitForURL(/state=done/)
  await row(page, 'carla@example.com').getByRole('link', { name: 'walk 1', exact: true }).click()
  await page.waitForURL(/\/query\/[0-9a-z]{11}$/)
})

test('given up, a copy is held again; one that is not there any more is told so', async () => {
  const { page } = desk
  down()
  const ids = [await release(spam(2, ['dora@example.com'])), await release(spam(3, ['emil@example.com']))]
  await page.goto('/deliveries')
  for (const name of ['dora', 'emil']) await tick(page, `${name}@example.com`).check()
  await page.getByRole('button', { name: 'Give up …' }).click()
  const dialog = page.getByRole('dialog', { name: 'Give up 2 deliveries?' })
  await dialog.getByText('The copies are held again').waitFor()
  assert.deepEqual(await violations(page), [])
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  assert.equal(await stateOf(ids[0] ?? ''), 'releasing', 'nothing happened yet')
  await page.getByRole('button', { name: 'Give up …' }).click()
  // Somebody else is faster with one of them.
  const { items } = await scene.client.call('listDeliveries', { query: { state: 'due' } })
  const taken = items.find(({ recipient }) => recipient === 'emil@example.com')?.id ?? ''
  await scene.client.call('cancelDeliveries', { body: { ids: [taken] } })
  await dialog.getByRole('button', { name: 'Give up 2 deliveries' }).click()
  await told(page)
    .getByText('The copy is held again. Nothing was changed for 1 delivery.', { exact: true })
    .waitFor()
  const results = await told(page).getByRole('listitem').allTextContents()
  assert.match(results[0] ?? '', /^emil@example\.com It was given up before/)
  assert.match(results[1] ?? '', /^dora@example\.com It was given up after an attempt/)
  for (const id of ids) assert.equal(await stateOf(id), 'held')
  await page.getByRole('tab', { name: 'Given up' }).click()
  await row(page, 'dora@example.com').waitFor()
})

test('many are shown fifty at a time, ticked at once, and tried together', async () => {
  const { page } = desk
  down()
  await release(
    spam(
      4,
      Array.from({ length: 60 }, (_, n) => `many${n}@example.com`),
    ),
  )
  await page.goto('/deliveries')
  const openers = page.getByRole('button', { name: /^many\d+@example\.com$/ })
  await page.getByText(words).nth(49).waitFor()
  assert.equal(await openers.count(), 50)
  // Something changes while the next page is on its way: neither takes the other's place.
  const { promise: heard, resolve: go } = Promise.withResolvers<void>()
  await page.route(/\/deliveries\?.*cursor=/, async (route) => {
    await heard
    await route.continue()
  })
  const changed = page.evaluate(
    `new Promise((done) => new EventSource('/api/v1/events').addEventListener('changed', done))`,
  )
  await page.getByRole('button', { name: 'Show more' }).click()
  await release(spam(6, ['many60@example.com']))
  await changed
  go()
  await openers.nth(60).waitFor()
  await page.unrouteAll()
  up()
  await page.getByRole('checkbox', { name: 'Tick all that are shown' }).check()
  await page.getByText('61 ticked').waitFor()
  await page.getByRole('button', { name: 'Retry now' }).click()
  await page.getByText('Nothing waits').waitFor()
  await page.getByRole('tab', { name: 'Delivered' }).click()
  await page.getByRole('button', { name: 'Show older ones' }).click()
  await openers.nth(60).waitFor()
})

test('a role that may only look sees the same and no deeds, and the server refuses them', async () => {
  down()
  await release(spam(5, ['freja@example.com']))
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await scene.signIn(page, 'audrey', '/deliveries')
  await row(page, 'freja@example.com').getByText(words).waitFor()
  assert.equal(await page.getByRole('checkbox').count(), 0)
  assert.equal(await page.getByRole('button', { name: /Retry now|Give up/ }).count(), 0)
  const status = await page.evaluate(
    `fetch('/api/v1/deliveries/retry', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"ids":["05xk2m9q80g"]}' }).then((answer) => answer.status)`,
  )
  assert.equal(status, 403)
  assert.deepEqual(watched.complaints, [])
})

test('nothing on the page keeps anybody out, and what the server says is text', async () => {
  const { page } = desk
  for (const viewport of [wide, narrow])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.goto('/deliveries')
      await page.getByRole('button', { name: 'freja@example.com', exact: true }).click()
      await page.getByText('Waiting for the next attempt').waitFor()
      assert.deepEqual(await violations(page), [], `${viewport.width} ${colorScheme}`)
      assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
      assert.equal(await page.locator('main img').count(), 0)
    }
})
