/**
 * Promise: people approve and block senders from their mail and on a page of their own, on a phone as at a desk; see what
 * was done, take it back, and from then on their mail, and nobody else's, goes the way they said.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { violations } from './axe.ts'
import { type Browser, narrow, openBrowser, openPage, type Page, wide } from './chromium.ts'
import { openScene, type Scene } from './scene.ts'
import { addUser, logOn, settled } from './user.ts'
import { usersMail } from './user-mails.ts'

let scene: Scene
let browser: Browser & AsyncDisposable

const devices = {
  desk: { viewport: wide },
  phone: { viewport: narrow, isMobile: true, hasTouch: true },
}

/** The offer of the shop, for each of these. */
const offers = (...names: string[]) =>
  scene.send(
    usersMail()
      .slice(0, 1)
      .map((mail) => ({
        ...mail,
        recipients: names,
      })),
  )

before(async () => {
  scene = await openScene({ euq: {} })
  browser = await openBrowser()
})
after(async () => {
  await browser?.[Symbol.asyncDispose]()
  await scene?.[Symbol.asyncDispose]()
})

const row = (page: Page, words: string) => page.getByRole('listitem').filter({ hasText: words })
const picture = async (page: Page, name: string) => {
  const { PICTURES } = process.env
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png`, animations: 'disabled' })
}

for (const [name, device] of Object.entries(devices)) {
  const me = `me-${name}@example.com`
  const other = `other-${name}@example.com`

  test(`${name}: Not Spam and approve sender, then Delete and block sender, each in one step`, async () => {
    await offers(me, other)
    await using watched = await openPage(browser, scene.euqUrl, device)
    const { page } = watched
    await addUser(scene, page, me)
    await addUser(scene, page, other)
    await logOn(page, me)
    const only = page.getByLabel('Select: Offer of the week')
    await only.check()
    await page.getByRole('button', { name: 'Also approve the sender' }).click()
    await page.getByRole('menuitem', { name: 'Not Spam and approve sender' }).waitFor()
    assert.deepEqual(await violations(page), [])
    await picture(page, `${name}-bar`)
    await page.getByRole('menuitem', { name: 'Not Spam and approve sender' }).click()
    await page.getByText('news@shop.example is approved.').waitFor()

    // The next one comes at once, for whoever has approved it.
    await offers(me, other)
    const { items } = await scene.client.call('findMessages', {
      query: { recipient: other, subject: 'Offer of the week' },
    })
    assert.equal(items.length, 2)
    const mine = await scene.client.call('findMessages', { query: { recipient: me } })
    assert.equal(mine.items.length, 1)

    // Somebody else blocks it from the message itself, and thinks better of it.
    await page.getByRole('button', { name: 'Log off' }).click()
    await logOn(page, other)
    await page.getByRole('link', { name: 'Offer of the week' }).first().click()
    await page.getByRole('heading', { name: 'Why was it held?' }).waitFor()
    await page.getByRole('button', { name: 'Also block the sender' }).click()
    await picture(page, `${name}-message`)
    await page.getByRole('menuitem', { name: 'Delete and block sender' }).click()
    await page.getByText('news@shop.example is blocked.').waitFor()
    await page.getByRole('link', { name: 'Senders' }).click()
    await row(page, 'news@shop.example').getByText('Blocked').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('No senders yet').waitFor()
    assert.deepEqual(watched.complaints, [])
  })

  test(`${name}: the page of senders: add several, search, change, remove and take back`, async () => {
    await using watched = await openPage(browser, scene.euqUrl, device)
    const { page } = watched
    const user = `page-${name}@example.com`
    await addUser(scene, page, user)
    await logOn(page, user, '/senders')
    await page.getByText('No senders yet').waitFor()
    await settled(page)
    assert.deepEqual(await violations(page), [], 'empty')
    await picture(page, `${name}-empty`)
    const field = page.getByLabel('Mail address or domain')
    await field.fill('not one')
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    await page.getByText('This is neither a mail address nor a domain.').waitFor()
    await field.fill(
      'Anna@Friends.example, @club.example, "Long" <a.very.long.address.of.somebody.indeed@mail.department.of.a.large.company.example>',
    )
    await page.getByLabel('How long').selectOption('30')
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    await page.getByText('3 senders are on your list.').waitFor()
    await row(page, 'anna@friends.example').getByText(/Until/).waitFor()
    await page.getByText('3 of 500 senders').waitFor()
    await page.getByText('Block', { exact: true }).first().click()
    await page.getByLabel('How long').selectOption('')
    await field.fill('spam.example')
    await page.getByRole('button', { name: 'Block', exact: true }).click()
    await row(page, 'spam.example').getByText('Blocked').waitFor()
    await settled(page)
    assert.deepEqual(await violations(page), [], 'a list')
    assert.ok(
      await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
      'nothing is wider than the screen',
    )
    await picture(page, `${name}-list`)
    await page.emulateMedia({ colorScheme: 'dark' })
    await picture(page, `${name}-dark`)

    await page.getByRole('button', { name: 'Change: club.example' }).click()
    await page.getByRole('menuitem', { name: 'Block instead' }).click()
    await row(page, 'club.example').getByText('Blocked').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await row(page, 'club.example').getByText('Approved').waitFor()

    await page.getByRole('button', { name: 'Remove: spam.example' }).click()
    await row(page, 'spam.example').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await row(page, 'spam.example').getByText('Blocked').waitFor()

    await page.getByLabel('Search senders').fill('CLUB')
    await page.getByLabel('Search senders').press('Enter')
    await page.getByText('1 found').waitFor()
    await page.goto('/senders?q=nobody')
    await page.getByRole('button', { name: 'Show all senders' }).click()
    await row(page, 'club.example').waitFor()
    // What cannot be loaded is said, with a way to try again.
    await page.route('**/api/v1/my/senders*', (route) => route.fulfill({ status: 500, body: '' }))
    await page.goto('/senders')
    await page.getByText('That did not work').waitFor()
    await page.unroute('**/api/v1/my/senders*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await row(page, 'club.example').waitFor()
  })
}
