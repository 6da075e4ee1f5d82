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

let scene: Scene
let browser: Browser & AsyncDisposable
before(async () => {
  scene = await openScene()
  await scene.send([1, 2, 3].map((n) => spam(n, ['few@example.com'])))
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

test('a job is stopped only when somebody is sure; what came of it is told', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  const job = await start('release', { recipient: 'nobody@example.com' })
  // As long as a test needs it to be: a real one is over before two buttons are pressed.
  let shown = { ...job, state: 'running', messages: 2000, worked: 500, done: 490, refused: 10 }
  const stops: string[] = []
  await page.route(`**/api/v1/jobs/${job.id}`, (route) => route.fulfill({ json: shown }))
  await page.route(`**/api/v1/jobs/${job.id}/stop`, (route) => {
    stops.push(route.request().method())
    shown = { ...shown, state: 'stopped', endedAt: new Date().toISOString() }
    return route.fulfill({ json: shown })
  })
  await scene.signIn(page, 'olivia', `/jobs/${job.id}`)
  await page.getByText('500 of 2,000 messages').waitFor()
  const bar = page.getByRole('progressbar')
  assert.equal(await bar.getAttribute('aria-valuenow'), '500')
  assert.equal(await bar.getAttribute('aria-valuemax'), '2000')
  await page.getByRole('button', { name: 'Stop' }).click()
  const dialog = page.getByRole('dialog', { name: 'Stop this job?' })
  await dialog.getByText('1,500 messages will be left as they are').waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  assert.deepEqual(stops, [])
  await page.getByRole('button', { name: 'Stop' }).click()
  await dialog.getByRole('button', { name: 'Stop the job' }).click()
  await page.getByText('The job is stopped.').waitFor()
  await page.getByText('Stopped', { exact: true }).waitFor()
  assert.deepEqual(stops, ['POST'])
  assert.equal(await page.getByRole('button', { name: 'Stop' }).count(), 0)

  // One that has ended by then is not said to be stopped.
  shown = { ...shown, state: 'running' }
  await page.unroute(`**/api/v1/jobs/${job.id}/stop`)
  await page.reload()
  await page.getByRole('button', { name: 'Stop' }).click()
  await dialog.getByRole('button', { name: 'Stop the job' }).click()
  await page.getByText('It had ended before it could be stopped.').waitFor()

  // Who may only look sees it, and has nothing to stop it by.
  await using looking = await openPage(browser, scene.url)
  await looking.page.route(`**/api/v1/jobs/${job.id}`, (route) => route.fulfill({ json: shown }))
  await scene.signIn(looking.page, 'audrey', `/jobs/${job.id}`)
  await looking.page.getByText('Running', { exact: true }).waitFor()
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
