/**
 * Promises to whoever works with the keyboard alone, or listens: the place is never lost, in no dialog, after none, and
 * from no page to the next.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Browser, openBrowser, openPage, type Page, type Watched } from './chromium.ts'
import { spam } from './mails.ts'
import { rows } from './papers.ts'
import { openScene, passwords, type Scene } from './scene.ts'

let scene: Scene
let browser: Browser & AsyncDisposable
let desk: Watched
before(async () => {
  scene = await openScene()
  await scene.send(Array.from({ length: 12 }, (_, n) => spam(n)))
  browser = await openBrowser()
  desk = await openPage(browser, scene.url)
  await desk.page.goto('/')
})
after(async () => {
  await desk?.[Symbol.asyncDispose]()
  await browser?.[Symbol.asyncDispose]()
  await scene?.[Symbol.asyncDispose]()
  assert.deepEqual(desk?.complaints, [])
})

const keys = async (page: Page, ...all: string[]) => {
  for (const key of all) await page.keyboard.press(key)
}

/** Waits until the focus is on what has that role and name. */
async function focusOn(page: Page, role: 'button' | 'heading' | 'link' | 'textbox' | 'status', name: RegExp) {
  const place = role === 'status' ? page.getByRole(role) : page.getByRole(role, { name })
  await place
    .filter(role === 'status' ? { hasText: name } : {})
    .and(page.locator(':focus'))
    .waitFor()
}

const row = (page: Page, n: number) =>
  rows(page).nth(n).getByRole('link').and(page.locator(':focus')).waitFor()
const gone = (page: Page) => page.getByRole('dialog').waitFor({ state: 'detached' })

test('signing in: Enter goes to what is missing, then signs in', async () => {
  const { page } = desk
  await focusOn(page, 'textbox', /^Name$/)
  await keys(page, 'Enter')
  await page.getByText('Type your name.').waitFor()
  await page.keyboard.type('admin')
  await keys(page, 'Enter')
  await page.getByText('Type your password.').waitFor()
  await page.keyboard.type(passwords.admin)
  await keys(page, 'Enter')
  await page.getByRole('heading', { level: 1, name: 'Query' }).waitFor()
})

test('a dialog gives the focus back to the row it was opened from', async () => {
  const { page } = desk
  await page.goto('/query?sort=subject')
  await rows(page).nth(11).waitFor()
  await keys(page, 'j', 'j', 'x', 'r')
  await page.getByRole('dialog', { name: 'Release this message' }).waitFor()
  await focusOn(page, 'button', /^Release$/)
  await keys(page, 'Escape')
  await gone(page)
  await row(page, 1)
  await keys(page, '?')
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  await keys(page, 'Escape')
  await gone(page)
  await row(page, 1)
})

test('a release is told where the focus is, undone from there, and leaves one at the row', async () => {
  const { page } = desk
  await keys(page, 'r')
  await focusOn(page, 'button', /^Release$/)
  await keys(page, 'Enter')
  await focusOn(page, 'status', /1 on the way/)
  await keys(page, 'Tab')
  await focusOn(page, 'button', /^Undo the release/)
  await keys(page, 'Enter')
  await page.getByText('Taken back: 1 copy is held again.').waitFor()
  await focusOn(page, 'status', /1 held again/)
  await keys(page, 'Escape')
  await gone(page)
  await row(page, 1)
})

test('what asks for a word has the cursor in it, however late it is known that it asks', async () => {
  const { page } = desk
  await page.goto('/query?limit=10')
  await page.getByLabel('Tick all on this page').press('Space')
  await page.getByRole('button', { name: 'Choose all 12 that match' }).press('Enter')
  await page.getByRole('button', { name: 'Delete', exact: true }).press('Enter')
  await focusOn(page, 'textbox', /^Type DELETE to start/)
  await keys(page, 'Escape')
  await gone(page)
  await focusOn(page, 'button', /^Delete$/)
})

test('a dialog that a menu opened gives the focus back to the button of the menu', async () => {
  const { page } = desk
  await page.getByRole('button', { name: 'Saved searches' }).press('Enter')
  await page.getByRole('menuitem', { name: 'Save this search …' }).press('Enter')
  await focusOn(page, 'textbox', /^Name$/)
  await page.keyboard.type('All of it')
  await keys(page, 'Enter')
  await page.getByText('"All of it" is saved.').waitFor()
  await focusOn(page, 'button', /^Saved searches$/)
})

test('the arrows of the pages keep the focus at the last page', async () => {
  const { page } = desk
  await page.goto('/query?limit=10')
  await page.getByRole('button', { name: 'Next page' }).press('Enter')
  await page.getByText('11–12 of 12', { exact: true }).waitFor()
  await focusOn(page, 'button', /^Next page$/)
  assert.equal(await page.getByRole('button', { name: 'Next page' }).isDisabled(), true)
  await keys(page, 'Enter')
  assert.equal(new URL(page.url()).searchParams.get('page'), '2')
})

test('another page begins at its heading; back on the result one is at the message last looked at', async () => {
  const { page } = desk
  await page.goto('/query?sort=subject')
  await rows(page).nth(11).waitFor()
  const subject = (n: number) => rows(page).nth(n).locator('td[data-column=subject]').textContent()
  const [first, second] = [(await subject(0)) ?? '', (await subject(1)) ?? '']
  await keys(page, 'j', 'Enter')
  await focusOn(page, 'heading', new RegExp(`^${first}$`))
  await page.getByRole('link', { name: 'Next message', disabled: false }).waitFor()
  await keys(page, 'j')
  await focusOn(page, 'heading', new RegExp(`^${second}$`))
  await page.getByRole('link', { name: 'Back to the result' }).press('Enter')
  await row(page, 1)
})
