/**
 * Promises to a domain administrator: whose mail he sees stands beside his name; he finds, looks at and releases the
 * copies of his domains, and no page tells him of anybody else's; and an administrator says whose he sees.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { violations } from './axe.ts'
import { narrow, openPage, type Page, type Watched, wide } from './chromium.ts'
import { type Desk, idOf, openDesk } from './desk.ts'
import { spam } from './mails.ts'
import { cell, rows } from './papers.ts'

const password = 'looks after own.example'
const other = 'zq7secret@other.example'
const sizes = { wide, narrow }

let stage: Desk
const doras: Partial<Record<keyof typeof sizes, Watched>> = {}
before(async () => {
  stage = await openDesk({
    path: '/accounts',
    prepare: async ({ send }) => {
      await send([spam(1, ['anna@own.example', other]), spam(2, ['bert@own.example']), spam(3, [other])])
    },
  })
})
after(async () => {
  for (const dora of Object.values(doras)) await dora[Symbol.asyncDispose]()
  await stage?.[Symbol.asyncDispose]()
})

async function dora(size: keyof typeof sizes, path: string): Promise<Page> {
  const known = doras[size]
  if (known) {
    await known.page.goto(path)
    return known.page
  }
  const watched = await openPage(stage.browser, stage.scene.url, { viewport: sizes[size] })
  doras[size] = watched
  await watched.page.goto(path)
  await watched.page.getByLabel('Name', { exact: true }).fill('dora')
  await watched.page.getByLabel('Password', { exact: true }).fill(password)
  await watched.page.getByRole('button', { name: 'Sign in' }).click()
  await watched.page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
  return watched.page
}

test('an administrator makes one, and says whose mail it is about', async () => {
  const { page } = stage.desk
  await page.getByRole('button', { name: 'Create an account' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill('dora')
  await dialog.getByLabel('First password').fill(password)
  await dialog.getByLabel('Must be changed').uncheck()
  assert.equal(await dialog.getByLabel('Domains').count(), 0)
  await dialog.getByRole('radio', { name: 'Domain administrator' }).check()
  await dialog.getByRole('button', { name: 'Create an account' }).click()
  await dialog.getByText('A domain administrator needs at least one domain.').waitFor()
  await dialog.getByLabel('Domains', { exact: true }).first().fill('own.example')
  await page.keyboard.press('Enter')
  assert.deepEqual(await violations(page), [])
  await dialog.getByRole('button', { name: 'Create an account' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('row', { name: /dora.*Domain administrator.*own\.example/s }).waitFor()
})

for (const size of ['wide', 'narrow'] as const)
  test(`${size}: the menu and the pages have his mail and nobody else's`, async () => {
    const page = await dora(size, '/query')
    await rows(page).first().waitFor()
    assert.equal(await rows(page).count(), 2)
    if (size === 'narrow') await page.getByRole('banner').getByRole('button', { name: 'Menu' }).click()
    await page.getByText('Mail of own.example').waitFor()
    const menu = page.getByRole('navigation')
    for (const entry of ['Query', 'Areas', 'Deliveries', 'Jobs'])
      assert.equal(await menu.getByRole('link', { name: entry, exact: true }).count(), 1, entry)
    for (const entry of ['Overview', 'Audit', 'Accounts'])
      assert.equal(await menu.getByRole('link', { name: entry, exact: true }).count(), 0, entry)
    const id = await idOf(stage.scene, 'walk 1')
    for (const path of ['/query', `/query/${id}`, '/areas', '/deliveries', '/jobs', '/you']) {
      await page.goto(path)
      await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
      assert.deepEqual(await violations(page), [], path)
      const beyond = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))
      assert.ok(beyond <= 0, `${path} is ${beyond} too wide`)
    }
  })

test('another’s mail is not there, by its address either', async () => {
  const theirs = await idOf(stage.scene, 'walk 3')
  const page = await dora('wide', `/query/${theirs}`)
  await page.getByText('There is no such message').waitFor()
})

test('he releases his copy; the other one stays held, and is nowhere told of', async () => {
  const id = await idOf(stage.scene, 'walk 1')
  const page = await dora('wide', '/query?subject=walk 1')
  await page.getByLabel('Tick all on this page').check()
  await page.getByRole('button', { name: 'Release', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Release', exact: true }).click()
  await dialog.getByText('1 delivered').waitFor()
  assert.doesNotMatch((await page.locator('body').textContent()) ?? '', /zq7secret/)
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await cell(page, 'states').filter({ hasText: 'Delivered' }).waitFor()
  const { recipients } = await stage.scene.client.call('showMessage', { params: { id } })
  assert.deepEqual(
    recipients.map(({ address, state }) => [address, state]),
    [
      ['anna@own.example', 'delivered'],
      [other, 'held'],
    ],
  )
  assert.deepEqual(
    stage.scene.hop.mails.map((mail) => mail.recipients),
    [['anna@own.example']],
  )
  await page.goto(`/query/${id}`)
  for (const tab of ['Details', 'Recipients', 'History']) {
    await page.getByRole('tab', { name: tab }).click()
    await page.getByRole('tabpanel').waitFor()
    const text = (await page.getByRole('main').textContent()) ?? ''
    assert.doesNotMatch(text, /zq7secret/, tab)
  }
})
