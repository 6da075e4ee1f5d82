/**
 * Promises of a result on the Query page: ten thousand messages sorted and paged; it is kept still while mail comes in,
 * shown as somebody wants it, taken away, saved, and worked with keys.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { violations } from './axe.ts'
import { narrow, openPage, type Page, wide } from './chromium.ts'
import { type Desk, openDesk } from './desk.ts'
import { spam } from './mails.ts'
import { cell, focused, found, line, many, papersComeIn, rows, subjects } from './papers.ts'
import type { Scene } from './scene.ts'

let stage: Desk
let scene: Scene
before(async () => {
  stage = await openDesk({ prepare: papersComeIn })
  scene = stage.scene
})
after(() => stage?.[Symbol.asyncDispose]())

const at = (path: string): Promise<Page> => stage.at(path)

const sort = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

test('S5: ten thousand are sorted by a heading, reversed by it, and paged', async () => {
  const page = await at('/query?subject=*Paper*')
  await found(page, '1–50 of 10,000')
  assert.equal((await subjects(page))[0], `Paper 0${many - 1}`.slice(0, 11))
  assert.equal(await page.getByRole('button', { name: 'Reason' }).count(), 0, 'not by reason')
  for (const [name, column, first, last] of [
    ['Sender', 'sender', 's00000@papers.example', 's09999@papers.example'],
    ['Subject', 'subject', 'Paper 00000', 'Paper 09999'],
  ] as const) {
    const heading = page.getByRole('columnheader', { name, exact: true })
    await sort(page, name)
    await cell(page, column).filter({ hasText: first }).waitFor()
    assert.equal(await heading.getAttribute('aria-sort'), 'ascending')
    await sort(page, name)
    await cell(page, column).filter({ hasText: last }).waitFor()
    assert.equal(await heading.getAttribute('aria-sort'), 'descending')
  }
  await page.getByRole('button', { name: 'Next page' }).click()
  await found(page, '51–100 of 10,000')
  assert.equal((await subjects(page))[0], 'Paper 09949')
  await page.getByRole('combobox', { name: 'Page', exact: true }).selectOption('200')
  await found(page, '9,951–10,000 of 10,000')
  assert.equal((await subjects(page)).at(-1), 'Paper 00000')
  assert.equal(await page.getByRole('button', { name: 'Next page' }).isDisabled(), true)
  await page.getByRole('button', { name: 'Previous page' }).click()
  await found(page, '9,901–9,950 of 10,000')
  const rowsPerPage = page.getByRole('combobox', { name: 'Rows per page' })
  await rowsPerPage.selectOption('500')
  await found(page, '1–500 of 10,000')
  await rows(page).nth(499).waitFor()
  assert.equal(await rows(page).count(), 500)
  assert.equal((await subjects(page))[499], 'Paper 09500')
  await rowsPerPage.selectOption('50')
  await found(page, '1–50 of 10,000')
})

test('mail that comes in moves no row: it is said to be there, and shown when asked for', async () => {
  const page = await at('/query?limit=10')
  await found(page, '1–10 of more than 10,000')
  const shown = await subjects(page)
  await scene.send([spam(7)])
  const news = page.getByRole('button', { name: '1 new, show' })
  await news.waitFor()
  assert.deepEqual(await subjects(page), shown)
  await news.click()
  await news.waitFor({ state: 'detached' })
  const now = await subjects(page)
  assert.deepEqual(now.slice(1), shown.slice(0, 9))
})

test('chosen columns are remembered; a whole result can be taken away as CSV', async () => {
  const page = await at('/query?subject=*Paper 000*')
  await page.getByRole('button', { name: 'Columns' }).click()
  await Promise.all([
    page.waitForResponse((response) => response.url().endsWith('/session/preferences')),
    page.getByRole('dialog').getByLabel('Message ID').check(),
  ])
  await page.getByRole('columnheader', { name: 'Message ID' }).waitFor()
  assert.equal(await cell(page, 'messageId').textContent(), '99@papers.example')
  await page.reload()
  await page.getByRole('columnheader', { name: 'Message ID' }).waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export CSV' }).click(),
  ])
  const csv = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\r\n')
  assert.equal(csv.length, 101, 'a heading and 100 messages, whatever a page has')
  assert.match(csv[1] ?? '', /Paper 00099/)
})

test('a search can be saved, shared with others, opened by them and deleted', async () => {
  const page = await at('/query?sender=*papers*&sort=subject')
  const menu = (on: Page) => on.getByRole('button', { name: 'Saved searches' }).click()
  await menu(page)
  await page.getByRole('menuitem', { name: 'Save this search' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('All papers')
  await page.getByRole('dialog').getByLabel('Share it with everybody').check()
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByText('"All papers" is saved.').waitFor()
  await using colleague = await openPage(stage.browser, scene.url)
  await scene.signIn(colleague.page, 'audrey', '/query')
  await menu(colleague.page)
  await colleague.page.getByRole('menuitem', { name: /All papers.*by admin/ }).click()
  await colleague.page.waitForURL(/\/query\?sender=\*papers\*&sort=subject$/)
  await cell(colleague.page, 'subject').filter({ hasText: 'Paper 00000' }).waitFor()
  await menu(page)
  await page.getByRole('menuitem', { name: 'Delete the saved search All papers' }).click()
  await page.getByText('"All papers" is deleted.').waitFor()
})

test('it can be worked with keys, which do nothing while somebody types', async () => {
  const page = await at('/query?from=1h')
  await rows(page).nth(1).waitFor()
  await page.keyboard.press('/')
  assert.equal(await focused(page), 'Search')
  await line(page).fill('jxr?')
  assert.equal(await page.getByRole('dialog').count(), 0)
  await page.getByRole('columnheader', { name: 'Reason' }).click()
  const [first = ''] = await subjects(page)
  for (const key of ['j', 'x', 'ArrowDown', 'x']) await page.keyboard.press(key)
  await page.getByText('2 ticked').waitFor()
  await page.keyboard.press('r')
  await page.getByRole('dialog', { name: 'Release 2 messages' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.keyboard.press('k')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: first }).waitFor()
})

test('nothing on it keeps people with disabilities out: light and dark, wide and narrow', async () => {
  const page = await at('/query?subject=*Paper*&notRule=a')
  for (const viewport of [wide, narrow]) {
    await page.setViewportSize(viewport)
    await found(page, '1–50 of 10,000')
    const unfold = page.getByRole('button', { name: /^Criteria/ })
    if (viewport === narrow) await unfold.click()
    await rows(page).first().getByRole('checkbox').check()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      assert.deepEqual(await violations(page), [], `${viewport.width} ${colorScheme}`)
    }
    const wider = Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'))
    assert.ok(wider <= 0, 'the page does not scroll sideways')
    await rows(page).first().getByRole('checkbox').uncheck()
  }
  await page.setViewportSize(wide)
  await page.goto('/query?subject=nothing')
  await page.getByText('No mail matches').waitFor()
  assert.deepEqual(await violations(page), [], 'no result')
})
