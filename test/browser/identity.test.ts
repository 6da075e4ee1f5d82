/**
 * Promises: whoever reads the mail of an address gets in by a link that is mailed to it, and takes on a shared mailbox by
 * a code; an administrator invites by mail, sees what a user looks after, and takes it away at once. On a phone and a desk.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { violations } from './axe.ts'
import { type Browser, narrow, openBrowser, openPage, type Page, wide } from './chromium.ts'
import { letterAfter } from './letters.ts'
import { openScene, type Scene } from './scene.ts'
import { addUser, logOn, password, settled } from './user.ts'
import { anna, bilal, office, usersMail } from './user-mails.ts'

const sizes = {
  phone: { viewport: narrow, isMobile: true, hasTouch: true },
  desk: { viewport: wide },
} as const

/** A picture of two by one dots. */
const picture =
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGMQKGhoEFAAAAZXAbEocT7IAAAAAElFTkSuQmCC'
const folder = mkdtempSync(join(tmpdir(), 'lazaret-identity-'))
const logo = join(folder, 'logo.png')

let scene: Scene
let browser: Browser & AsyncDisposable

before(async () => {
  writeFileSync(logo, Buffer.from(picture, 'base64'))
  scene = await openScene({
    euq: { organisation: 'Example Council' },
    configure(config) {
      config.euq.logo = logo
      config.policy.own_domains = ['example.com']
    },
  })
  browser = await openBrowser()
  await scene.send(usersMail())
  await using watched = await openPage(browser, scene.euqUrl)
  await addUser(scene, watched.page, anna)
})
after(async () => {
  await browser?.[Symbol.asyncDispose]()
  await scene?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

async function wellMade(page: Page, where: string): Promise<void> {
  await settled(page)
  assert.deepEqual(await violations(page), [], where)
  assert.ok(
    await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
    `${where}: nothing is wider than the screen`,
  )
}

const rowsNow = async () => {
  const { read } = scene.app.ctx.db
  const [tokens, sessions, users] = await Promise.all([
    read.selectFrom('user_tokens').selectAll().execute(),
    read.selectFrom('user_sessions').select(['hash', 'user_id']).execute(),
    read.selectFrom('users').select('name').execute(),
  ])
  return JSON.stringify([tokens, sessions, users])
}

test('a link is mailed, opening it does nothing, the button signs in; somebody new becomes a user', async () => {
  await using asking = await openPage(browser, scene.euqUrl, { ...sizes.phone, locale: 'de-DE' })
  const { page } = asking
  await page.goto('/')
  await page.getByRole('button', { name: 'Ohne Passwort anmelden' }).click()
  await wellMade(page, 'asking for a link')
  await page.getByLabel('Ihre E-Mail-Adresse').fill(bilal)
  const letter = await letterAfter(scene, () => page.getByRole('button', { name: 'Link zuschicken' }).click())
  await page.getByRole('status').waitFor()
  assert.deepEqual([letter.sender, letter.to], ['', bilal])
  assert.match(letter.head, /^Auto-Submitted: auto-generated\r$/m)
  assert.match(letter.head, /^Content-Type: multipart\/alternative;/m)
  assert.match(letter.body, /Der Link gilt einmal, 15 Minuten lang/)
  assert.match(letter.body, /Example Council/)
  assert.match(letter.body, /<html lang="de">/)

  const before = await rowsNow()
  await using robot = await openPage(browser, scene.euqUrl)
  await robot.page.goto(letter.link)
  await robot.page.getByRole('heading', { name: 'Your link to log on' }).waitFor()
  await robot.page.request.head(letter.link)
  await robot.page.request.get(letter.link)
  assert.equal(await rowsNow(), before)

  await using person = await openPage(browser, scene.euqUrl, sizes.phone)
  await person.page.goto(letter.link)
  await wellMade(person.page, 'the page of a link')
  await person.page.getByRole('button', { name: 'Log on' }).click()
  await person.page.getByRole('link', { name: 'Your parcel is waiting' }).waitFor()
  await robot.page.getByRole('button', { name: 'Log on' }).click()
  await robot.page.getByText('This link does not work any more').waitFor()
})

for (const [size, context] of Object.entries(sizes))
  test(`a shared mailbox is taken on by a code and given back, at a ${size}`, async () => {
    await using watched = await openPage(browser, scene.euqUrl, context)
    const { page } = watched
    await logOn(page, anna, '/settings')
    await page.getByRole('button', { name: 'Look after another address' }).click()
    await page.getByLabel('The shared address').fill('no address')
    await page.getByRole('button', { name: 'Send a code' }).click()
    await page.getByText('This is not a mail address.').waitFor()
    await page.getByLabel('The shared address').fill(office)
    const letter = await letterAfter(scene, () => page.getByRole('button', { name: 'Send a code' }).click())
    assert.deepEqual([letter.sender, letter.to], ['', office])
    assert.match(letter.body, /anna@example\.com asks to look after/)
    assert.match(letter.body, /If you do not know anna@example\.com/)
    await page.getByLabel('Code', { exact: true }).fill('AAAA-AAAA')
    await page.getByRole('button', { name: 'Enter the code' }).click()
    await page.getByText('This code is wrong').waitFor()
    await wellMade(page, 'entering a code')
    await page.getByLabel('Code', { exact: true }).fill(letter.code.toLowerCase())
    await page.getByRole('button', { name: 'Enter the code' }).click()
    await page.getByText(`You look after ${office} now.`).waitFor()
    await page.goto('/')
    await page.getByRole('link', { name: 'Minutes of the meeting' }).first().waitFor()
    await page.goto('/settings')
    await page.getByRole('button', { name: `Give back: ${office}` }).click()
    await wellMade(page, 'giving back')
    await page.getByRole('dialog').getByRole('button', { name: 'Give back' }).click()
    await page.getByText(`You do not look after ${office} any more.`).waitFor()
    await page.goto('/')
    await page.getByRole('link', { name: 'Offer of the week' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Minutes of the meeting' }).count(), 0)
    assert.deepEqual(
      watched.complaints.filter((one) => !one.includes('400')),
      [],
    )
  })

for (const [size, context] of Object.entries(sizes))
  test(`an administrator invites, finds, looks after and disables a user, at a ${size}`, async () => {
    const name = `carla-${size}@example.com`
    await using desk = await openPage(browser, scene.url, context)
    const { page } = desk
    await scene.signIn(page, 'admin', '/users')
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor()
    await page.getByRole('button', { name: 'Invite a user' }).click()
    await page.getByLabel('Mail address').fill(name)
    await page.getByLabel('Name of the person').fill('Carla <b>')
    await page.getByLabel('Language').selectOption('fr')
    await wellMade(page, 'inviting')
    const dialog = page.getByRole('dialog')
    const letter = await letterAfter(scene, () =>
      dialog.getByRole('button', { name: 'Invite a user' }).click(),
    )
    assert.equal(letter.to, name)
    assert.match(letter.body, /Bonjour Carla <b>,/)
    assert.match(letter.body, /Bonjour Carla &lt;b&gt;,/)
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await page.getByLabel('Address', { exact: true }).fill(office)
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText(`${office} is added.`).waitFor()

    await using other = await openPage(browser, scene.euqUrl)
    await other.page.goto(letter.link)
    await other.page.getByLabel(/^(New password|Nouveau mot de passe)$/).fill(password)
    await other.page.getByLabel('New password again').fill(password)
    await other.page.getByRole('button', { name: 'Set the password and log on' }).click()
    await other.page.getByRole('navigation').first().waitFor()
    await page.reload()
    await page.getByText('Invitation · From 127.0.0.1').waitFor()
    await wellMade(page, 'one user')

    await page.getByRole('button', { name: `Take away: ${office}` }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take away' }).click()
    await page.getByText(`${office} is taken away.`).waitFor()
    await page.getByRole('button', { name: 'End all sessions' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'End all sessions' }).click()
    await page.getByText('Nowhere.').waitFor()
    await other.page.reload()
    await other.page.getByLabel('Name or mail address').or(other.page.locator('input').first()).waitFor()

    const again = await letterAfter(scene, () =>
      page.getByRole('button', { name: 'Send a link for a new password' }).click(),
    )
    assert.equal(again.to, name)
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Show a link instead' }).click()
    await page.getByText(/https:\/\/.*\/invitation#[\w-]{43}/).waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Disable' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
    await page.getByRole('button', { name: 'Enable' }).waitFor()

    await page.getByRole('link', { name: 'All users' }).click()
    await page.getByRole('textbox', { name: 'Search address or name' }).fill('CARLA-')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name }).filter({ visible: true }).waitFor()
    await page.waitForURL(/q=CARLA-/)
    await wellMade(page, 'the list of users')
    await page.getByLabel('Which users').selectOption('enabled')
    await page
      .getByText('No user fits')
      .or(page.getByRole('link', { name: /^carla-/ }))
      .first()
      .waitFor()
    assert.equal(await page.getByRole('link', { name }).filter({ visible: true }).count(), 0)
    assert.deepEqual([desk.complaints, desk.leaks], [[], []])
  })

for (const [size, context] of Object.entries(sizes))
  test(`the logo of the organisation is on the log-on page and in the frame, at a ${size}`, async () => {
    await using watched = await openPage(browser, scene.euqUrl, context)
    const { page } = watched
    const shown = page.getByRole('img', { name: 'Example Council' })
    await page.goto('/')
    await shown.waitFor()
    assert.ok(await shown.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth === 2))
    await wellMade(page, 'the log-on page')
    await logOn(page, anna, '/settings')
    await shown.waitFor()
    await wellMade(page, 'the settings')
    assert.deepEqual(watched.leaks, [])
  })

test('an operator looks at users and cannot change them', async () => {
  await using desk = await openPage(browser, scene.url)
  await scene.signIn(desk.page, 'olivia', '/users')
  await desk.page.getByRole('link', { name: anna }).filter({ visible: true }).click()
  await desk.page.getByRole('heading', { level: 1, name: anna }).waitFor()
  await desk.page.getByRole('heading', { name: 'Addresses' }).waitFor()
  for (const name of ['More', 'Add', 'Save', 'End all sessions'])
    assert.equal(await desk.page.getByRole('button', { name, exact: true }).count(), 0, name)
})
