/**
 * Promises of the End-User Quarantine: over https on both services, people see their own held mail and nobody else's,
 * open it by its subject, and get it by Not Spam, alone; what is dangerous or not theirs to release has no such button.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as turn } from 'node:timers/promises'
import { type Browser, narrow, openPage, type Page } from './chromium.ts'
import type { Scene } from './scene.ts'
import { logOn, openUsers, password, type UserScene } from './user.ts'
import { anna, bilal, office, usersMail } from './user-mails.ts'

let users: UserScene
let scene: Scene
let browser: Browser
/** A message of Bilal's alone. */
const secret = 'For Bilal alone'

before(async () => {
  users = await openUsers(
    {
      euq: { organisation: 'Example Council', message: 'Questions? Call extension 12.' },
      // As badly as it can be set: users see what a virus scanner held, and may release it.
      configure: (config) => {
        config.areas = config.areas.map((area) =>
          area.name === 'Virus' ? { ...area, visible_to_users: true, releasable_by: 'recipient' } : area,
        )
      },
    },
    { [anna]: { display: 'Anna', delegations: [office] }, [bilal]: {} },
  )
  ;({ scene, browser } = users)
  const [first] = usersMail()
  assert.ok(first)
  await scene.send([
    {
      ...first,
      recipients: [bilal],
      message: Buffer.from(first.message.toString().replace('Offer of the week', secret)),
    },
  ])
})
after(() => users?.[Symbol.asyncDispose]())

const open = (options: Parameters<typeof openPage>[2] = {}) => openPage(browser, scene.euqUrl, options)
const phone = { viewport: narrow, isMobile: true, hasTouch: true }
const listed = (page: Page) => page.getByRole('heading', { name: 'Spam Quarantine' }).waitFor()
const row = (page: Page, subject: string) =>
  page.getByRole('row').or(page.getByRole('listitem')).filter({ hasText: subject })

/** What was put off is tried again, once it was put off. */
async function retryAll(): Promise<void> {
  for (;;) {
    const { items } = await scene.client.call('listDeliveries', { query: {} })
    const waiting = items.filter(({ attemptCount }) => attemptCount > 0)
    if (waiting.length === 0) {
      await turn(50)
      continue
    }
    await scene.client.call('retryDeliveries', { body: { ids: waiting.map(({ id }) => id) } })
    return
  }
}

test('U1: both services show the console over https, and nothing of the administrators’', async () => {
  assert.equal(scene.app.euqUrls.length, 2)
  for (const url of scene.app.euqUrls) {
    assert.match(url, /^https:/)
    await using watched = await openPage(browser, url)
    await watched.page.goto('/')
    await watched.page.getByText('Example Council').waitFor()
    await watched.page.getByText('Questions? Call extension 12.').waitFor()
    for (const path of ['/api/v1/messages', '/api/v1/session', '/metrics', '/api'])
      assert.equal((await watched.context.request.get(path)).status(), 404, path)
    assert.deepEqual([watched.complaints, watched.leaks], [[], []])
  }
})

test('U2: log on; the list has the own held mail, of the shared mailbox too, and says for which address', async () => {
  await using watched = await open()
  const { page } = watched
  await logOn(page, anna, '/', 'not the password')
  await page.getByText('Name or password is wrong').waitFor()
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await listed(page)
  await page.getByText('6 messages').waitFor()
  assert.equal(await page.getByText(secret).count(), 0)
  const office = await row(page, 'Minutes of the meeting').textContent()
  assert.match(office ?? '', /For office@example\.com/)
  const parcel = await row(page, 'Your parcel is waiting').textContent()
  assert.match(parcel ?? '', /info@parcel\.example.*x7@relay\.example.*Spam.*Removed in 30 days/s)
  assert.doesNotMatch(parcel ?? '', /bilal/)
  await page.getByLabel('Reason').selectOption('Risky attachment')
  await page.getByText('2 messages').waitFor()
  await page.getByLabel('Search sender or subject').fill('4711')
  await page.keyboard.press('Enter')
  await page.getByText('1 message', { exact: true }).waitFor()
  assert.match(page.url(), /q=4711.*reason=attachment|reason=attachment.*q=4711/)
  await page.getByLabel('Search sender or subject').fill('nobody wrote that')
  await page.keyboard.press('Enter')
  await page.getByText('Nothing found').waitFor()
  await page.getByRole('button', { name: 'Show all messages' }).click()
  await page.getByLabel('Order').selectOption('By subject')
  await page.waitForFunction('/^Free tool/.test(document.querySelector("tbody a")?.textContent ?? "")')
  assert.deepEqual([watched.complaints, watched.leaks], [[], []])
})

test('U3, U4 on a phone: the subject opens the message; Not Spam sends it to that user alone, and the page says when it has arrived', async () => {
  await using watched = await open(phone)
  const { page } = watched
  await logOn(page, anna)
  await page.getByRole('link', { name: 'Your parcel is waiting' }).click()
  await page.getByRole('heading', { level: 1, name: 'Quarantine Message' }).waitFor()
  await page.getByText('This is not the address above').waitFor()
  await page.frameLocator('iframe').getByText('About Your parcel is waiting').waitFor()
  await page.getByText('It will be sent to you now').waitFor()
  // Nothing arrives before the next hop takes it, and nothing else is said.
  scene.hop.script.answer = (step) => (step === 'RCPT' ? '451 4.7.1 later' : undefined)
  await page.getByRole('button', { name: 'Not Spam' }).click()
  await page.getByText('On its way to you').first().waitFor()
  assert.equal(await page.getByRole('button', { name: 'Not Spam' }).count(), 0)
  assert.equal(await page.getByText('handed to your mailbox').count(), 0)
  assert.equal(scene.hop.mails.length, 0)
  scene.hop.script.answer = () => undefined
  await retryAll()
  await page.getByText('It was handed to your mailbox').waitFor()
  assert.deepEqual(
    scene.hop.mails.map(({ recipients }) => recipients),
    [[anna]],
  )
  await page.getByRole('link', { name: 'Back to the list' }).click()
  await listed(page)
  await page.getByText('5 messages').waitFor()
  await page.getByText('Sent to you', { exact: true }).click()
  await page.getByRole('link', { name: 'Your parcel is waiting' }).waitFor()
  await using other = await open(phone)
  await logOn(other.page, bilal)
  await other.page.getByRole('link', { name: 'Your parcel is waiting' }).waitFor()
  assert.deepEqual([watched.complaints, watched.leaks], [[], []])
})

test('from a message back to the list as it was: the search, the order', async () => {
  await using watched = await open()
  const { page } = watched
  await logOn(page, anna, '/?q=e&reason=spam&sort=subject')
  await page.getByRole('link', { name: 'Offer of the week' }).click()
  await page.getByRole('link', { name: 'Back to the list' }).click()
  await listed(page)
  assert.equal(new URL(page.url()).search, '?q=e&reason=spam&sort=subject')
})

test('malware has a warning and no button, whatever the settings; what may not be self-released says whom to ask', async () => {
  await using watched = await open()
  const { page } = watched
  await logOn(page, anna)
  await page.getByRole('link', { name: 'Free tool' }).click()
  await page.getByText('This message is dangerous').waitFor()
  assert.equal(await page.getByRole('button', { name: /Not Spam/ }).count(), 0)
  await page.getByRole('link', { name: 'Back to the list' }).click()
  await page.getByRole('link', { name: 'Invoice 4711' }).click()
  await page.getByText('request its release').waitFor()
  await page.getByRole('button', { name: 'Request release' }).waitFor()
  await page.getByText('invoice.exe', { exact: true }).waitFor()
  assert.equal(await page.getByRole('button', { name: /Not Spam/ }).count(), 0)
  assert.equal(await page.locator('a[download]').count(), 0)
})

test('delete several at once and undo it, with a thumb', async () => {
  await using watched = await open(phone)
  const { page } = watched
  await logOn(page, anna)
  await page.getByLabel('Select: Offer of the week').check()
  await page.getByLabel('Select: Minutes of the meeting').check()
  await page.getByText('2 messages selected').waitFor()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText('2 messages were deleted.').waitFor()
  await page.getByText('3 messages', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('2 messages are back.').waitFor()
  await page.getByText('5 messages', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Delete: Offer of the week' }).click()
  await page.getByText('The message was deleted.').waitFor()
  await page.getByText('Deleted', { exact: true }).click()
  await page.getByRole('button', { name: 'Take back: Offer of the week' }).click()
  await page.getByText('The message is back.').waitFor()
  await page.getByText('Nothing deleted').waitFor()
})

test('another user’s message is not there, by whatever address', async () => {
  const { items } = await scene.client.call('findMessages', { query: { subject: secret } })
  const [message] = items
  assert.ok(message)
  await using watched = await open()
  const { page } = watched
  await logOn(page, anna, `/messages/${message.id}`)
  await page.getByRole('heading', { name: 'This message is not here' }).waitFor()
  assert.equal(await page.getByText(secret).count(), 0)
  for (const path of ['', '/content', '/rendered'])
    assert.equal(
      (await watched.context.request.get(`/api/v1/my/messages/${message.id}${path}`)).status(),
      404,
    )
})

test('by keyboard alone: to the message, through its deeds, back to a place that is seen', async () => {
  await using watched = await open()
  const { page } = watched
  await logOn(page, anna)
  await page.getByRole('link', { name: 'Offer of the week' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Offer of the week' }).waitFor()
  await page.locator('#content:focus').waitFor()
  await page.getByRole('button', { name: 'Delete' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('The message was deleted.').waitFor()
  await listed(page)
  await page.getByRole('button', { name: 'Undo' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Offer of the week' }).waitFor()
  await page.getByRole('button', { name: 'Delete: Offer of the week' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('The message was deleted.').waitFor()
  await page.locator('h1:focus').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('The message is back.').waitFor()
})
