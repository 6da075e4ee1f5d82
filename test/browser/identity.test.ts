/**
 * Promises: whoever reads the mail of an address gets in by a link that is mailed to it, and takes on a shared mailbox by
 * a code; the organisation's logo says whose page it is. On a phone and at a desk.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Browser, openPage } from './chromium.ts'
import { letterAfter } from './letters.ts'
import type { Scene } from './scene.ts'
import { logOn, openUsers, type UserScene } from './user.ts'
import { anna, bilal, office } from './user-mails.ts'
import { sizes, wellMade } from './well-made.ts'

/** A picture of two by one dots. */
const picture =
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGMQKGhoEFAAAAZXAbEocT7IAAAAAElFTkSuQmCC'
const folder = mkdtempSync(join(tmpdir(), 'lazaret-identity-'))
const logo = join(folder, 'logo.png')

let users: UserScene
let scene: Scene
let browser: Browser

before(async () => {
  writeFileSync(logo, Buffer.from(picture, 'base64'))
  users = await openUsers({
    euq: { organisation: 'Example Council' },
    configure(config) {
      config.euq.logo = logo
      config.policy.own_domains = ['example.com']
    },
  })
  ;({ scene, browser } = users)
})
after(async () => {
  await users?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

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
