/**
 * Promises about requests for release, from the user's page to the administrators' and back, on a phone and at a desk:
 * what may not be sent by oneself is asked for with a word or two, is seen as asked for, shows live where it is decided,
 * and the answer is seen; whoever only decides sees what was asked for and nothing else.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { violations } from './axe.ts'
import { type Browser, narrow, openPage, type Page } from './chromium.ts'
import type { Scene } from './scene.ts'
import { logOn, openUsers, type UserScene } from './user.ts'
import { anna, office } from './user-mails.ts'

let users: UserScene
let scene: Scene
let browser: Browser
const reviewer = { name: 'rita', password: 'reviewers only decide' }
const phone = { viewport: narrow, isMobile: true, hasTouch: true }

before(async () => {
  users = await openUsers(
    {
      euq: { organisation: 'Example Council' },
      configure: (config) => {
        config.areas = config.areas.map((area) =>
          area.name === 'Spam' ? { ...area, releasable_by: 'operator' } : area,
        )
      },
    },
    { [anna]: { display: 'Anna', delegations: [office] } },
  )
  ;({ scene, browser } = users)
  await scene.client.call('createAccount', { body: { ...reviewer, role: 'reviewer' } })
})
after(() => users?.[Symbol.asyncDispose]())

const openUser = (options = {}) => openPage(browser, scene.euqUrl, options)
const openDesk = (options = {}) => openPage(browser, scene.url, options)
const row = (page: Page, subject: string) =>
  page.getByRole('row').or(page.getByRole('listitem')).filter({ hasText: subject })
/** Nothing keeps anybody out, and nothing is wider than the screen. */
async function isFit(page: Page): Promise<void> {
  assert.deepEqual(await violations(page), [])
  assert.equal(
    await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'),
    true,
    'nothing is wider than the screen',
  )
}
async function asReviewer(page: Page, path = '/'): Promise<void> {
  await page.goto(path)
  await page.getByLabel('Name').fill(reviewer.name)
  await page.getByLabel('Password', { exact: true }).fill(reviewer.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation').first().waitFor({ state: 'attached' })
}

test('a request with a note, on a phone: seen as asked for in the list and with the message, and taken back', async () => {
  await using watched = await openUser(phone)
  const { page } = watched
  await logOn(page, anna)
  const button = page.getByRole('button', { name: 'Request release: Offer of the week' })
  await button.click()
  await page.getByLabel('Why do you need it?').fill('I wait for this offer')
  await isFit(page)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await button.click()
  await page.getByLabel('Why do you need it?').fill('I wait for this offer')
  await page.getByRole('button', { name: 'Send the request' }).click()
  await page.getByText('Your request was sent.').waitFor()
  await row(page, 'Offer of the week').getByText('Requested').waitFor()
  await button.waitFor({ state: 'detached' })
  await isFit(page)
  await page.getByRole('link', { name: 'Offer of the week' }).click()
  await page.getByText('You asked for this message on').waitFor()
  await page.getByText('I wait for this offer').waitFor()
  await isFit(page)
  await page.getByRole('button', { name: 'Take the request back' }).click()
  await page.getByText('Your request is taken back.').waitFor()
  await page.getByRole('button', { name: 'Request release' }).waitFor()
  await page.getByText('You asked for this message on').waitFor({ state: 'detached' })
  assert.deepEqual([watched.complaints, watched.leaks], [[], []])
})

test('it shows live where it is decided; a denial with a reason is seen by the user', async () => {
  await using desk = await openDesk()
  await asReviewer(desk.page)
  await desk.page.getByRole('heading', { name: 'Requests' }).waitFor()
  await desk.page.getByText('Nothing to decide').waitFor()
  await isFit(desk.page)
  await using watched = await openUser()
  const { page } = watched
  await logOn(page, anna)
  await page.getByLabel('Select: Offer of the week').check()
  await page.getByLabel('Select: Minutes of the meeting').check()
  await page.getByRole('button', { name: 'Request release', exact: true }).click()
  await page.getByLabel('Why do you need it?').fill('Both are <b>mine</b>')
  await page.getByRole('button', { name: 'Send the request' }).click()
  await page.getByText('Your requests for 2 messages were sent.').waitFor()
  await isFit(page)

  await row(desk.page, 'Minutes of the meeting').getByText('Both are <b>mine</b>').waitFor()
  await row(desk.page, 'Minutes of the meeting').getByText(`asked by ${anna}`).waitFor()
  await desk.page.getByLabel('2 open').waitFor()
  assert.deepEqual(
    await desk.page.getByRole('navigation').getByRole('link').allInnerTexts(),
    ['Requests\n2', 'About you'],
    'the menu of who only decides',
  )
  await desk.page.getByLabel('Select Offer of the week for').check()
  await desk.page.getByRole('button', { name: 'Deny' }).click()
  await desk.page.getByLabel('What the user sees').fill('This shop is a known fraud.')
  await isFit(desk.page)
  await desk.page.getByRole('dialog').getByRole('button', { name: 'Deny' }).click()
  await desk.page.getByText('1 request denied.').waitFor()
  await desk.page.getByLabel('1 open').waitFor()
  await row(desk.page, 'Offer of the week').waitFor({ state: 'detached' })

  await page.reload()
  await row(page, 'Offer of the week').getByText('Declined').waitFor()
  await page.getByRole('link', { name: 'Offer of the week' }).click()
  await page.getByText('The request was declined on').waitFor()
  await page.getByText('This shop is a known fraud.').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Request release' }).count(), 0)
  await isFit(page)
  assert.deepEqual([watched.complaints, watched.leaks, desk.complaints, desk.leaks], [[], [], [], []])
})

test('approved on a phone it goes to that recipient alone; who decided first is told to who comes second', async () => {
  await using first = await openDesk(phone)
  await using second = await openDesk()
  await asReviewer(first.page, '/requests')
  await scene.signIn(second.page, 'olivia', '/requests')
  // What the other does is not seen here any more: as if both pressed at once.
  await second.page.getByLabel('Select Minutes of the meeting for').check()
  await second.page.getByRole('button', { name: 'Deny' }).click()
  await second.page.getByRole('dialog').waitFor()

  await first.page.getByLabel('Select Minutes of the meeting for').check()
  await isFit(first.page)
  await first.page.getByRole('button', { name: 'Approve' }).click()
  await isFit(first.page)
  await first.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click()
  await first.page.getByText('1 request approved').waitFor()
  await first.page.getByText('Nothing to decide').waitFor()

  await second.page.getByRole('dialog').getByRole('button', { name: 'Deny' }).click()
  await second.page.getByText(/Approved already by rita on/).waitFor()
  await second.page.getByRole('tab', { name: 'All' }).click()
  await row(second.page, 'Minutes of the meeting').getByText('Approved').waitFor()
  await row(second.page, 'Minutes of the meeting').getByText('by rita').waitFor()
  await isFit(second.page)

  await using watched = await openUser(phone)
  await logOn(watched.page, anna)
  await watched.page.getByText('Sent to you', { exact: true }).click()
  await watched.page.getByRole('link', { name: 'Minutes of the meeting' }).waitFor()
  assert.deepEqual(
    scene.hop.mails.map(({ recipients }) => recipients),
    [[office]],
  )
  assert.deepEqual([first.complaints, second.complaints], [[], []])
})

test('who only decides opens what was asked for, and nothing else', async () => {
  await using desk = await openDesk()
  const { page } = desk
  await asReviewer(page, '/requests?state=denied')
  await page.getByRole('link', { name: 'Offer of the week' }).click()
  await page.frameLocator('iframe').getByText('About Offer of the week').waitFor()
  assert.equal(await page.getByRole('button', { name: /Release|Delete|Download/ }).count(), 0)
  await isFit(page)
  await page.getByRole('link', { name: 'Requests' }).last().click()
  await page.getByRole('heading', { name: 'Requests' }).waitFor()
  await page.goto('/query')
  await page.getByRole('heading', { name: 'Requests' }).waitFor()
  const { items } = await scene.client.call('findMessages', { query: { subject: 'Your parcel*' } })
  await page.goto(`/query/${items[0]?.id}`)
  await page
    .getByText(/no such message|not there|not here/i)
    .first()
    .waitFor()
})

test('found by words, in another order; an error says so and is tried again', async () => {
  await using desk = await openDesk()
  const { page } = desk
  await scene.signIn(page, 'audrey', '/requests?state=all&order=subject')
  await row(page, 'Minutes of the meeting').waitFor()
  assert.deepEqual(
    (await page.locator('tbody tr').allInnerTexts()).map((text) => /Minutes|Offer/.exec(text)?.[0]),
    ['Minutes', 'Offer', 'Offer'],
  )
  // One who only looks has nothing to press.
  assert.equal(await page.getByRole('button', { name: /Approve|Deny/ }).count(), 0)
  await page.getByLabel('Search sender, subject').fill('minutes')
  await page.keyboard.press('Enter')
  await page.getByText('1 request', { exact: true }).waitFor()
  await page.getByLabel('Search sender, subject').fill('nobody wrote that')
  await page.keyboard.press('Enter')
  await page.getByText('Nothing found').waitFor()
  await page.getByRole('button', { name: 'Show all' }).click()
  await page.getByText('3 requests', { exact: true }).waitFor()
  await page.route('**/api/v1/requests?*', (route) => route.abort())
  await page.goto('/requests?state=denied')
  await page.getByRole('alert').waitFor()
  await isFit(page)
  await page.unroute('**/api/v1/requests?*')
  await page.getByRole('button', { name: 'Try again' }).click()
  await row(page, 'Offer of the week').waitFor()
})
