/**
 * Promises: whoever comes first sets the password; a second factor is set up, asked for, and can be lost; a session that
 * ends loses nothing that was typed; roles see what they may, and the server refuses the rest.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { codeAt, stepAt } from '../../src/access/totp.ts'
import { violations } from './axe.ts'
import { type Browser, narrow, openBrowser, openPage } from './chromium.ts'
import { openScene, passwords, type Scene } from './scene.ts'

let scene: Scene
let browser: Browser & AsyncDisposable
before(async () => {
  scene = await openScene({ mails: 5 })
  browser = await openBrowser()
})
after(async () => {
  await browser?.[Symbol.asyncDispose]()
  await scene?.[Symbol.asyncDispose]()
})

test('a wrong password is told, and the address one wanted is where one gets', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await page.goto('/audit?actor=admin')
  await page.getByLabel('Name').fill('admin')
  await page.getByLabel('Password', { exact: true }).fill('wrong, of course')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('is wrong').waitFor()
  await page.getByLabel('Password', { exact: true }).fill(passwords.admin)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Audit', level: 1 }).waitFor()
  assert.equal(await page.getByLabel('Who').inputValue(), 'admin')
  assert.deepEqual(watched.complaints, [])
  assert.deepEqual(watched.leaks, [])
})

test('the link of the first start asks for a new password only, and keeps the first one out of the address', async () => {
  await scene.client.call('createAccount', {
    body: { name: 'first', role: 'operator', password: 'one time only 4711', mustChangePassword: true },
  })
  await using watched = await openPage(browser, scene.url, { viewport: narrow })
  const { page } = watched
  await page.goto('/first-run#name=first&password=one%20time%20only%204711')
  await page.getByLabel('New password', { exact: true }).fill('short')
  assert.ok(!page.url().includes('4711'))
  await page.getByLabel('New password again').fill('short')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('alert').getByText('at least 10').waitFor()
  assert.deepEqual(await violations(page), [])
  for (const label of ['New password', 'New password again'])
    await page.getByLabel(label, { exact: true }).fill('my own words 1848')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('heading', { name: 'Query', level: 1 }).waitFor()
  // Whoever signs in with a first password by the ordinary page gets to the same place.
  await scene.client.call('changeAccount', {
    params: { name: 'first' },
    body: { password: 'another first one', mustChangePassword: true },
  })
  await using again = await openPage(browser, scene.url)
  await again.page.goto('/overview')
  await again.page.getByLabel('Name').fill('first')
  await again.page.getByLabel('Password', { exact: true }).fill('another first one')
  await again.page.keyboard.press('Enter')
  await again.page.getByRole('heading', { name: 'Set your password' }).waitFor()
  assert.deepEqual([...watched.complaints, ...again.complaints], [])
})

test('a second factor: set up, asked for at the next sign-in, a recovery code in its place, turned off', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await scene.signIn(page, 'olivia', '/you')
  await page.getByRole('button', { name: 'Set up' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Current password').fill(passwords.olivia)
  await dialog.getByRole('button', { name: 'Go on' }).click()
  const secret = ((await dialog.locator('code').textContent()) ?? '').replace(/\s/g, '')
  const code = (steps: number) => codeAt(secret, stepAt(Date.now()) + steps)
  await dialog.getByLabel('Code that the app shows now').fill('000000')
  await dialog.getByRole('button', { name: 'Turn on' }).click()
  await dialog.getByRole('alert').waitFor()
  assert.deepEqual(await violations(page), [])
  await dialog.getByLabel('Code that the app shows now').fill(code(0))
  await dialog.getByRole('button', { name: 'Turn on' }).click()
  await page.getByRole('dialog', { name: 'Your recovery codes' }).waitFor()
  const codes = await page.getByRole('dialog').locator('code').allInnerTexts()
  assert.equal(codes.length, 10)
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await page.getByText('You have 10 recovery codes left').waitFor()

  await using elsewhere = await openPage(browser, scene.url)
  const other = elsewhere.page
  await other.goto('/you')
  await other.getByLabel('Name').fill('olivia')
  await other.getByLabel('Password', { exact: true }).fill(passwords.olivia)
  await other.keyboard.press('Enter')
  await other.getByLabel('Code', { exact: true }).fill('123456')
  await other.keyboard.press('Enter')
  await other.getByRole('alert').waitFor()
  await other.getByLabel('Code', { exact: true }).fill(codes[0] ?? '')
  await other.keyboard.press('Enter')
  await other.getByText('You have 9 recovery codes left').waitFor()
  await other.getByRole('button', { name: 'Turn off' }).click()
  const off = other.getByRole('dialog')
  await off.getByLabel('Current password').fill(passwords.olivia)
  await off.getByLabel('Code of the app, or a recovery code').fill(codes[1] ?? '')
  await off.getByRole('button', { name: 'Turn off' }).click()
  await other.getByText('The second factor is off.').waitFor()
  assert.deepEqual([...watched.complaints, ...elsewhere.complaints], [])
})

test('a session that ends is begun again over the page, and what was typed is still there', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page, context } = watched
  await scene.signIn(page, 'admin', '/accounts')
  await page.getByRole('button', { name: 'Create an account' }).click()
  const form = page.getByRole('dialog', { name: 'Create an account' })
  await form.getByLabel('Name').fill('typed')
  await form.getByLabel('First password').fill('half an hour of work')
  await context.clearCookies()
  await form.getByRole('button', { name: 'Create an account' }).click()
  const again = page.getByRole('dialog', { name: 'Your session has ended' })
  await again.getByLabel('Password', { exact: true }).fill(passwords.admin)
  await again.getByRole('button', { name: 'Sign in' }).click()
  await again.waitFor({ state: 'hidden' })
  assert.equal(await form.getByLabel('Name').inputValue(), 'typed')
  await form.getByRole('button', { name: 'Create an account' }).click()
  await page.getByText('The account typed is there.').waitFor()
  assert.deepEqual(watched.complaints, [])
})

test('a role sees in the menu what it may, and the server refuses the rest', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await scene.signIn(page, 'audrey', '/you')
  const menu = page.getByRole('navigation', { name: 'Menu' })
  assert.equal(await menu.getByRole('link', { name: 'Audit' }).count(), 1)
  assert.equal(await menu.getByRole('link', { name: 'Accounts' }).count(), 0)
  const status = await page.evaluate(
    async () => (await fetch('/api/v1/accounts', { headers: { accept: 'application/json' } })).status,
  )
  assert.equal(status, 403)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  assert.equal((await page.request.get('/api/v1/session')).status(), 401)
})

test('accounts, keys, audit: made, changed, revoked, verified, as a person does; nothing keeps anybody out', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await scene.signIn(page, 'admin', '/you')
  await page.getByRole('button', { name: 'Create a key' }).click()
  await page.getByLabel('What it is for').fill('nightly report')
  await page.getByRole('dialog').getByRole('button', { name: 'Create a key' }).click()
  const key = (await page.getByRole('dialog').locator('pre').textContent()) ?? ''
  assert.match(key, /^lzk_/)
  await page.getByRole('button', { name: 'I have copied it' }).click()
  const asked = () => page.request.get('/api/v1/messages', { headers: { authorization: `Bearer ${key}` } })
  assert.equal((await asked()).status(), 200)
  await page.getByRole('button', { name: /^Revoke: ?nightly report/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await page.getByText('The key nightly report is revoked.').waitFor()
  assert.equal((await asked()).status(), 401)

  await page.goto('/accounts')
  await page.getByRole('button', { name: 'What to do with audrey' }).first().click()
  await page.getByRole('menuitem', { name: 'Disable' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
  await page.getByText('audrey is disabled').waitFor()
  await page.getByRole('button', { name: 'What to do with audrey' }).first().click()
  await page.getByRole('menuitem', { name: 'Enable' }).click()
  await page.getByText('audrey may sign in again').waitFor()

  await page.goto('/audit')
  await page.getByLabel('Deed').fill('key.*')
  await page.keyboard.press('Enter')
  await page.waitForURL(/deed=key\.\*/)
  await page.getByText('key.revoke').first().waitFor()
  await page.getByRole('button', { name: 'Verify the chain' }).click()
  await page.getByText('The chain is whole').waitFor()
  for (const path of ['/you', '/accounts', '/audit'])
    for (const viewport of [{ width: 1440, height: 900 }, narrow])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(viewport)
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await page.goto(path)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await page.waitForLoadState('networkidle').catch(() => undefined)
        assert.deepEqual(await violations(page), [], `${path} ${viewport.width} ${colorScheme}`)
      }
  assert.deepEqual(watched.complaints, [])
  assert.deepEqual(watched.leaks, [])
})
