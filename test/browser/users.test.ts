/**
 * Promises: an administrator invites by mail, finds a user, sees addresses, senders and sessions, and ends them at once;
 * an operator looks on. On a phone and at a desk.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Browser, openPage } from './chromium.ts'
import { letterAfter } from './letters.ts'
import type { Scene } from './scene.ts'
import { openUsers, password, type UserScene } from './user.ts'
import { anna, office } from './user-mails.ts'
import { sizes, wellMade } from './well-made.ts'

let users: UserScene
let scene: Scene
let browser: Browser

before(async () => {
  users = await openUsers({ euq: {} })
  ;({ scene, browser } = users)
})
after(() => users?.[Symbol.asyncDispose]())

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
    const told = await other.page.context().request.post(`${scene.euqUrl}/api/v1/my/senders`, {
      data: { senders: ['news@shop.example'], kind: 'blocked' },
      headers: { origin: scene.euqUrl },
    })
    assert.ok(told.ok())
    await page.reload()
    await page.getByRole('button', { name: 'Take news@shop.example off the list' }).waitFor()
    await page.getByText('Invitation · From 127.0.0.1').waitFor()
    await wellMade(page, 'one user')

    await page.getByRole('button', { name: 'Take news@shop.example off the list' }).click()
    await page.getByText('news@shop.example is off the list.').waitFor()
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
    await page.getByRole('link', { name }).filter({ visible: true }).waitFor({ state: 'detached' })
    assert.deepEqual([desk.complaints, desk.leaks], [[], []])
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
