/**
 * Promises of the Quarantine Query page: all details of a message; content that is looked at without danger; what is
 * downloaded is what came; previous and next through the result; a release goes on before the eyes until it is delivered.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { violations } from './axe.ts'
import { type Browser, narrow, openBrowser, openPage, type Page, wide } from './chromium.ts'
import { heading, idOf } from './desk.ts'
import { richMail, spam } from './mails.ts'
import { openScene, type Scene } from './scene.ts'

let scene: Scene
let browser: Browser & AsyncDisposable
before(async () => {
  scene = await openScene({ mails: 9 })
  await scene.send([richMail(), ...[1, 2, 3, 4, 5].map((n) => spam(n))])
  await scene.send([
    spam(
      40,
      Array.from({ length: 40 }, (_, n) => `member${n + 1}@many.example`),
    ),
  ])
  browser = await openBrowser()
})
after(async () => {
  await browser?.[Symbol.asyncDispose]()
  await scene?.[Symbol.asyncDispose]()
})

const open = async (page: Page, tab: string) => page.getByRole('tab', { name: tab }).click()
/** What stands beside a name in a list of facts. */
const fact = (page: Page, name: string) =>
  page.locator('dt', { hasText: new RegExp(`^${name}$`) }).locator('xpath=following-sibling::dd[1]')

async function bytesOf(page: Page, press: () => Promise<void>) {
  const [download] = await Promise.all([page.waitForEvent('download'), press()])
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) }
}

test('a message is shown with all its details', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  const id = await idOf(scene, '*account is limited*')
  const known = await scene.client.call('showMessage', { params: { id } })
  await scene.signIn(page, 'admin', `/query/${id}`)
  await heading(page, 'Your account is limited')
  await page.getByText(known.explanation, { exact: true }).waitFor()
  await open(page, 'Details')
  assert.equal(await fact(page, 'Reason').textContent(), known.reason)
  assert.equal(await fact(page, 'SHA-256').textContent(), known.sha256)
  assert.equal(await fact(page, 'Message ID').textContent(), known.messageId)
  assert.equal(await fact(page, 'IP address').textContent(), '127.0.0.1')
  const scanners = page.getByRole('region', { name: 'Scanners' })
  await scanners.getByText('score 14.2 of 5').waitFor()
  for (const symbol of ['BAYES_99', 'URIBL_BLACK', 'TYPE_MISMATCH'])
    await scanners.getByText(symbol, { exact: true }).waitFor()
  await page.getByText('spf=fail').waitFor()
  const addresses = page.getByRole('region', { name: 'Addresses' })
  // The sender's and the recipients' headers name others than the envelope.
  assert.equal(await addresses.getByText('Differ', { exact: true }).count(), 2)
  await addresses.getByText('support@bank.example').waitFor()
  await addresses.getByText('bounce-7781@mailer.example').waitFor()
  await open(page, 'Recipients & delivery')
  await page.getByRole('heading', { name: 'bilal@example.com' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'bilal@example.com' }).waitFor()
  await open(page, 'History')
  await page.getByText('Looked at').first().waitFor()
  assert.deepEqual(watched.complaints, [])
  assert.deepEqual(watched.leaks, [])
})

test('its content is shown in a frame that may do nothing, with what hides in it', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await scene.signIn(page, 'admin', `/query/${await idOf(scene, '*account is limited*')}`)
  const frame = page.locator('iframe')
  await frame.waitFor()
  assert.equal(await frame.getAttribute('sandbox'), '')
  assert.equal(await frame.getAttribute('allow'), null)
  const inside = page.frameLocator('iframe')
  await inside.getByRole('heading', { name: 'Your account is limited' }).waitFor()
  assert.equal(await inside.locator('script, a[href], form, iframe').count(), 0)
  assert.ok(
    await inside.getByAltText('our logo').evaluate((logo) => Number(Reflect.get(logo, 'naturalWidth')) > 0),
  )
  await page.getByText('1 reference to content elsewhere was not loaded').waitFor()
  const links = page.getByRole('region', { name: /^2 links/ })
  await links.getByText('https://login.evil.example/confirm?id=1').waitFor()
  assert.equal(await links.getByText('Names another site').count(), 1)
  assert.equal(await links.locator('a').count(), 0)
  const parts = page.getByRole('region', { name: '1 attachment, 1 picture within the text' })
  const lying = parts.getByRole('listitem').filter({ hasText: 'invoice.pdf' })
  await lying.getByText('Not what it is declared as').waitFor()
  await lying.getByText('application/pdf').waitFor()
  assert.equal(await parts.getByText('Not what it is declared as').count(), 1)

  await page.getByText('Plain text', { exact: true }).click()
  await page.getByRole('region', { name: 'Plain text' }).getByText('Confirm at').waitFor()
  await page.getByText('Headers', { exact: true }).click()
  await page.getByRole('region', { name: 'Headers' }).getByText('Your account is limited').waitFor()
  await page.getByText('Source', { exact: true }).click()
  await page.getByRole('region', { name: 'Source' }).getByText('MIME-Version: 1.0').waitFor()
  assert.equal(new URL(page.url()).searchParams.get('view'), 'source')
  assert.deepEqual(watched.complaints, [])
  assert.deepEqual(watched.leaks, [])
})

test('what is downloaded is what came; what holds a virus is asked about first', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  const id = await idOf(scene, '*account is limited*')
  await scene.signIn(page, 'admin', `/query/${id}`)
  const whole = await bytesOf(page, () => page.getByRole('link', { name: 'Download .eml' }).click())
  const known = await scene.client.call('showMessage', { params: { id } })
  assert.equal(createHash('sha256').update(whole.bytes).digest('hex'), known.sha256)
  const part = await bytesOf(page, () => page.getByRole('link', { name: 'Download invoice.pdf' }).click())
  assert.equal(part.bytes.length, 2004)
  assert.equal(part.bytes.toString('latin1', 0, 2), 'MZ')

  const { items } = await scene.client.call('findMessages', { query: { reason: 'malware' } })
  await page.goto(`/query/${items[0]?.id}`)
  await page.getByRole('button', { name: 'Download statement.com' }).click()
  const dialog = page.getByRole('dialog')
  const sure = dialog.getByRole('button', { name: 'Download anyway' })
  assert.ok(await sure.isDisabled())
  await dialog.getByRole('textbox').fill('download')
  const virus = await bytesOf(page, () => sure.click())
  assert.match(virus.bytes.toString('latin1'), /EICAR/)
  assert.deepEqual(watched.complaints, [])
})

test('a release goes on to delivered before the eyes, with what the next hop said meanwhile', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  const id = await idOf(scene, 'walk 2')
  scene.hop.script.answer = (step) => (step === 'RCPT' ? '451 4.3.0 <b>busy</b>, come again' : undefined)
  await scene.signIn(page, 'olivia', `/query/${id}?tab=recipients`)
  await page.getByRole('button', { name: 'Release', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Release', exact: true }).click()
  await dialog.getByRole('button', { name: /^Undo/ }).waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  const copies = page.getByRole('status').filter({ hasText: 'anna@example.com' })
  await copies.getByText('Releasing').waitFor()
  await page.getByText('<b>busy</b>, come again').first().waitFor({ timeout: 30_000 })
  await page.getByText('451 4.3.0').first().waitFor()
  assert.equal(await page.getByRole('button', { name: 'Release', exact: true }).count(), 0)

  delete scene.hop.script.answer
  const { items } = await scene.client.call('listDeliveries', { query: { message: id } })
  await scene.client.call('retryDeliveries', { body: { ids: items.map((one) => one.id) } })
  await copies.getByText('Delivered').waitFor()
  await page.getByText('kept').first().waitFor()
  await open(page, 'History')
  await page.getByText('Released').first().waitFor()
  assert.ok(scene.hop.mails.some(({ recipients }) => recipients.includes('anna@example.com')))
  assert.deepEqual(watched.complaints, [])
})

test('deleted mail is brought back; who may only look on has no deeds', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  const id = await idOf(scene, 'walk 3')
  await scene.signIn(page, 'admin', `/query/${id}`)
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  // Focus comes back to where it was, or to what has taken its place.
  await page.locator('button:focus', { hasText: 'Delete' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await page.locator('button:focus', { hasText: 'Restore' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Release', exact: true }).waitFor()

  await using looking = await openPage(browser, scene.url)
  await scene.signIn(looking.page, 'audrey', `/query/${id}`)
  await looking.page.getByRole('link', { name: 'Download .eml' }).waitFor()
  for (const name of ['Release', 'Delete', 'Restore'])
    assert.equal(await looking.page.getByRole('button', { name, exact: true }).count(), 0)
  // The other's deed is seen without asking again.
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await looking.page.getByRole('status').getByText('Deleted').waitFor()
})

test('what happens to other messages neither asks for this one again nor notes a look at it', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  const [id, other] = [await idOf(scene, 'walk 5'), await idOf(scene, 'walk 1')]
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith(`/api/v1/messages/${id}`)) asked.push(request.method())
  })
  const told = (wanted: string) =>
    new Promise<void>((resolve) =>
      debug.on('Network.eventSourceMessageReceived', ({ data }) => {
        if (data.includes(wanted)) resolve()
      }),
    )
  const debug = await watched.context.newCDPSession(page)
  await debug.send('Network.enable')
  await scene.signIn(page, 'admin', `/query/${id}`)
  await heading(page, 'walk 5')
  const otherTold = told(other)
  await scene.client.call('deleteMessages', { body: { ids: [other] } })
  await otherTold
  await scene.client.call('deleteMessages', { body: { ids: [id] } })
  await page.getByRole('button', { name: 'Restore' }).waitFor()
  assert.deepEqual(asked, ['GET', 'GET'])
  await scene.client.call('restoreMessages', { body: { ids: [id, other] } })
  await page.getByRole('button', { name: 'Release', exact: true }).waitFor()
})

test('of forty recipients one is found, and counts tell the rest', async () => {
  await using watched = await openPage(browser, scene.url, { viewport: narrow })
  const { page } = watched
  await scene.signIn(page, 'admin', `/query/${await idOf(scene, 'walk 40')}`)
  await page.getByText('Held 40').waitFor()
  await page.getByRole('button', { name: 'All 40 recipients' }).click()
  await page.getByLabel('Find a recipient').fill('member17@')
  await page.getByText('1 of 40 recipients').waitFor()
  await page.getByRole('heading', { name: 'member17@many.example' }).waitFor()
  assert.equal(await page.getByRole('heading', { level: 2 }).count(), 1)
})

test('what is not there, or not any more, explains itself', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await scene.signIn(page, 'admin', '/query/00000000001')
  await page.getByText('There is no such message').waitFor()
  const id = await idOf(scene, 'walk 4')
  await page.route(`**/api/v1/messages/${id}`, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ json: { ...(await response.json()), purgedAt: '2026-11-01T00:00:00.000Z' } })
  })
  await page.goto(`/query/${id}`)
  await page.getByText('The content is gone').waitFor()
  assert.equal(await page.locator('iframe').count(), 0)
  for (const name of ['Release', 'Download .eml'])
    assert.equal(await page.getByText(name, { exact: true }).count(), 0)
})

test('no barrier in any view, light and dark, wide and narrow, and nothing wider than the window', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  const check = async (what: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const viewport of [wide, narrow]) {
        await page.setViewportSize(viewport)
        assert.deepEqual(await violations(page), [], `${what}, ${colorScheme}, ${viewport.width} px`)
        const wider = Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'))
        assert.ok(wider <= 0, `${what} is ${wider} px too wide at ${viewport.width}`)
      }
    }
  }
  await scene.signIn(page, 'admin', `/query/${await idOf(scene, '*account is limited*')}?limit=50`)
  await page.getByText('1 attachment').waitFor()
  await check('as sent')
  for (const view of ['Plain text', 'Headers', 'Source']) {
    await page.getByText(view, { exact: true }).click()
    await page.getByRole('region', { name: view }).waitFor()
    await check(view)
  }
  for (const tab of ['Details', 'Recipients & delivery', 'History']) {
    await open(page, tab)
    await check(tab)
  }
  await page.getByRole('button', { name: 'Release', exact: true }).click()
  await page.getByRole('dialog').waitFor()
  await check('the dialog')
})
