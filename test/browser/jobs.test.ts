/**
 * Promises of the pages of jobs: what a job does, to what and on whose order is seen; its progress goes on before the
 * eyes; it can be stopped, and what it did stays done; each message's outcome is listed, with the way to the message.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { violations } from './axe.ts'
import { type Browser, narrow, openBrowser, openPage, wide } from './chromium.ts'
import { spam } from './mails.ts'
import { openScene, type Scene } from './scene.ts'

/** More than a job works on while somebody presses two buttons. */
const large = 2000

let scene: Scene
let browser: Browser & AsyncDisposable
before(async () => {
  scene = await openScene()
  await scene.send([1, 2, 3].map((n) => spam(n, ['few@example.com'])))
  await scene.send(Array.from({ length: large }, (_, n) => spam(1000 + n, ['lots@example.com'])))
  browser = await openBrowser()
})
after(async () => {
  await browser?.[Symbol.asyncDispose]()
  await scene?.[Symbol.asyncDispose]()
})

async function start(action: 'release' | 'delete', criteria: Record<string, string>, note?: string) {
  const { asOf, messages } = await scene.client.call('previewJob', { body: { action, criteria } })
  return await scene.client.call('startJob', { body: { action, criteria, asOf, messages, note } })
}

test('no job yet says how there comes to be one', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await scene.signIn(page, 'audrey', '/jobs')
  await page.getByText('No jobs yet').waitFor()
  assert.deepEqual(await violations(page), [])
  await page.getByRole('link', { name: 'Go to Query' }).click()
  await page.getByRole('heading', { name: 'Query', level: 1 }).waitFor()
  await page.goto('/jobs/00000000001')
  await page.getByText('There is no such job').waitFor()
})

test('a job is followed to its end, and each message of it is found', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await scene.signIn(page, 'admin', '/jobs')
  await page.getByText('No jobs yet').waitFor()
  // Taken by its list without being asked again.
  await start('delete', { recipient: 'few@example.com', notSubject: '*2' }, 'a <b>note</b>')
  const row = page.getByRole('list', { name: 'Jobs, the newest first' }).getByRole('listitem')
  await row.getByText('few@example.com').waitFor()
  await row.getByText('not subject').waitFor()
  await row.getByText('admin').waitFor()
  await row.getByText('2 of 2 messages').waitFor()
  await row.getByRole('link').click()
  await page.getByRole('heading', { name: 'Deletion of all that match', level: 1 }).waitFor()
  assert.equal(
    await page
      .getByRole('progressbar', { name: 'Progress of the job: Delete' })
      .getAttribute('aria-valuenow'),
    '2',
  )
  await page.getByText('a <b>note</b>').waitFor()
  await page.getByText('Done', { exact: true }).first().waitFor()
  assert.equal(await page.getByRole('button', { name: 'Stop' }).count(), 0)
  const items = page.getByRole('region', { name: 'Messages' })
  assert.equal(await items.getByRole('listitem').count(), 2)
  await items.getByText('Refused 0', { exact: true }).click()
  await items.getByText('No message had this outcome.').waitFor()
  assert.equal(new URL(page.url()).searchParams.get('outcome'), 'refused')
  await items.getByText('All', { exact: true }).click()
  await items.getByRole('link', { name: 'walk 3' }).click()
  await page.getByRole('heading', { name: 'walk 3', level: 1 }).waitFor()
  await page.getByRole('status').getByText('Deleted').waitFor()
  assert.deepEqual(watched.complaints, [])
  assert.deepEqual(watched.leaks, [])
})

test('a job is stopped when somebody is sure; what it has done stays done', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await scene.signIn(page, 'olivia', '/jobs')
  await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
  const { id } = await start('release', { recipient: 'lots@example.com' })
  await page.goto(`/jobs/${id}`)
  await page.getByRole('button', { name: 'Stop' }).click()
  const dialog = page.getByRole('dialog', { name: 'Stop this job?' })
  await dialog.getByRole('button', { name: 'Stop the job' }).click()
  await page.getByText('Stopped', { exact: true }).waitFor()
  const { worked, done, messages } = await scene.client.call('showJob', { params: { id } })
  assert.equal(messages, large)
  assert.ok(worked < large, `it had worked on all ${worked}`)
  await page.getByText(`${worked.toLocaleString('en')} of 2,000 messages`).waitFor()
  const { total } = await scene.client.call('findMessages', {
    query: { recipient: 'lots@example.com', state: 'held' },
  })
  assert.equal(total, large - done)

  // Who may only look sees it, and has nothing to stop it by.
  await using looking = await openPage(browser, scene.url)
  await scene.signIn(looking.page, 'audrey', `/jobs/${id}`)
  await looking.page.getByText('Stopped', { exact: true }).waitFor()
  assert.equal(await looking.page.getByRole('button', { name: 'Stop' }).count(), 0)
})

test('no barrier, light and dark, wide and narrow, and nothing wider than the window', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await scene.signIn(page, 'admin', '/jobs')
  const list = page.getByRole('list', { name: 'Jobs, the newest first' })
  await list.waitFor()
  const check = async (what: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const viewport of [wide, narrow]) {
        await page.setViewportSize(viewport)
        assert.deepEqual(await violations(page), [], `${what}, ${colorScheme}, ${viewport.width} px`)
        const wider = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
        assert.ok(Number(wider) <= 0, `${what} is ${wider} px too wide at ${viewport.width}`)
      }
    }
  }
  await check('the list')
  await list.getByRole('link').last().click()
  await page.getByRole('region', { name: 'Messages' }).getByRole('listitem').first().waitFor()
  await check('a job')
})
