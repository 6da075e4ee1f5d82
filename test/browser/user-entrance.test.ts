/**
 * Promises: an invitation is taken up by choosing a password, once; a session that ended shows nothing more and lets go on
 * where one was; a password is changed by who knows it; logging off leaves nothing for the next one at this device.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { EuqAnswer } from '../../src/api/euq/routes.ts'
import { type Browser, openPage } from './chromium.ts'
import type { Scene } from './scene.ts'
import { logOn, openUsers, password, type UserScene } from './user.ts'
import { anna, bilal } from './user-mails.ts'

let users: UserScene
let scene: Scene
let browser: Browser

before(async () => {
  users = await openUsers({ euq: {} })
  ;({ scene, browser } = users)
})
after(() => users?.[Symbol.asyncDispose]())

test('an invitation: a password is chosen, the token is in no address, and it is good once', async () => {
  await using watched = await openPage(browser, scene.euqUrl)
  const { page } = watched
  const link = await scene.invite(bilal)
  await page.goto(link)
  await page.getByRole('heading', { name: 'Welcome' }).waitFor()
  assert.equal(new URL(page.url()).hash, '')
  await page.getByLabel('New password', { exact: true }).fill('short')
  await page.getByLabel('New password again').fill('shorter')
  await page.getByRole('button', { name: 'Set the password and log on' }).click()
  await page.getByText('The two passwords are not the same.').waitFor()
  await page.getByLabel('New password again').fill('short')
  await page.getByRole('button', { name: 'Set the password and log on' }).click()
  await page.getByText('This password cannot be used').waitFor()
  await page.getByLabel('New password', { exact: true }).fill(password)
  await page.getByLabel('New password again').fill(password)
  await page.getByRole('button', { name: 'Set the password and log on' }).click()
  await page.getByRole('link', { name: 'Your parcel is waiting' }).waitFor()
  assert.equal(new URL(page.url()).pathname, '/')
  await using late = await openPage(browser, scene.euqUrl)
  await late.page.goto(link)
  await late.page.getByLabel('New password', { exact: true }).fill('another good one')
  await late.page.getByLabel('New password again').fill('another good one')
  await late.page.getByRole('button', { name: 'Set the password and log on' }).click()
  await late.page.getByText('This invitation does not work any more').waitFor()
  await late.page.getByRole('button', { name: 'Go to the log-on page' }).click()
  await late.page.getByRole('heading', { name: 'Log on' }).waitFor()
})

test('a mailed link that is good no more says so, after it was asked for and not before', async () => {
  await using watched = await openPage(browser, scene.euqUrl)
  const { page } = watched
  const posts: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST') posts.push(new URL(request.url()).pathname)
  })
  await page.goto(`/sign-in#${'B'.repeat(43)}`)
  await page.getByRole('heading', { name: 'Your link to log on' }).waitFor()
  assert.deepEqual(posts, [])
  await page.getByRole('button', { name: 'Log on', exact: true }).click()
  await page.getByText('This link does not work any more').waitFor()
  assert.deepEqual(posts, ['/api/v1/my/session/link/use'])
})

test('all ways of logging on that the organisation offers, and what comes back from a provider', async () => {
  await using watched = await openPage(browser, scene.euqUrl)
  const { page } = watched
  const entrance: EuqAnswer<'entrance'> = {
    organisation: '',
    message: '',
    methods: ['password', 'link'],
    providers: [{ provider: 0, label: 'Council ID' }],
  }
  const asked: unknown[] = []
  await page.route('**/api/v1/my/entrance', (route) => route.fulfill({ json: entrance }))
  await page.route('**/api/v1/my/session/link', (route) => {
    asked.push(route.request().postDataJSON())
    return route.fulfill({ status: 204 })
  })
  await page.route('**/api/v1/my/session/provider', (route) => {
    asked.push(route.request().postDataJSON())
    return route.fulfill({ json: { url: `${scene.euqUrl}/sign-in/provider?code=a&state=b` } })
  })
  await page.route('**/api/v1/my/session/provider/finish', (route) => {
    asked.push(route.request().postDataJSON())
    return route.fulfill({ status: 401, json: { type: 'urn:lazaret:problem:unauthenticated' } })
  })
  await page.goto('/')
  await page.getByRole('button', { name: 'Log on without a password' }).click()
  await page.getByLabel('Your mail address').fill(anna)
  await page.getByRole('button', { name: 'Send me a link' }).click()
  await page.getByText('If we know this address, a mail with a link is on its way').waitFor()
  await page.getByRole('button', { name: 'Log on with Council ID' }).click()
  await page.getByText('Logging on there did not succeed').waitFor()
  await page.getByRole('button', { name: 'Go to the log-on page' }).click()
  await page.getByLabel('Password', { exact: true }).waitFor()
  assert.equal(page.url(), `${scene.euqUrl}/`)
  assert.deepEqual(asked, [{ address: anna, language: 'en' }, { provider: 0 }, { answer: 'code=a&state=b' }])
})

test('a session that ended: nothing more is shown, and the log-on leads back to the same message', async () => {
  await using watched = await openPage(browser, scene.euqUrl)
  const { page, context } = watched
  await logOn(page, anna)
  await page.getByRole('link', { name: 'Offer of the week' }).waitFor()
  await context.clearCookies()
  await page.getByRole('link', { name: 'Offer of the week' }).click()
  await page.getByText('You were logged off because some time had passed').waitFor()
  assert.equal(await page.getByText('Offer of the week').count(), 0)
  const { pathname } = new URL(page.url())
  assert.match(pathname, /^\/messages\//)
  await page.getByLabel('Name or mail address').fill(anna)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log on', exact: true }).click()
  await page.getByRole('heading', { name: 'Offer of the week' }).waitFor()
  // A deed finds the session gone as well.
  await context.clearCookies()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByText('You were logged off because some time had passed').waitFor()
  assert.equal(new URL(page.url()).pathname, pathname)
})

test('logged off: the next one at this device sees the own mail only', async () => {
  await using watched = await openPage(browser, scene.euqUrl)
  const { page } = watched
  await logOn(page, anna)
  await page.getByRole('link', { name: 'Offer of the week' }).click()
  await page.getByRole('heading', { name: 'Offer of the week' }).waitFor()
  await page.getByRole('button', { name: 'Log off' }).click()
  await page.getByRole('heading', { name: 'Log on' }).waitFor()
  await page.goBack()
  await page.getByRole('heading', { name: 'Log on' }).waitFor()
  assert.equal(await page.getByText('Offer of the week').count(), 0)
  await logOn(page, bilal)
  await page.getByRole('link', { name: 'Your parcel is waiting' }).waitFor()
  assert.equal(await page.getByText('Offer of the week').count(), 0)
  assert.deepEqual(watched.complaints, [])
})

test('a password is changed by who knows it, and other devices are logged off', async () => {
  await using watched = await openPage(browser, scene.euqUrl)
  await using other = await openPage(browser, scene.euqUrl)
  await logOn(other.page, anna)
  const { page } = watched
  await logOn(page, anna, '/settings')
  const change = async (current: string) => {
    await page.getByLabel('Current password').fill(current)
    await page.getByLabel('New password', { exact: true }).fill('eight green bottles')
    await page.getByLabel('New password again').fill('eight green bottles')
    await page.getByRole('button', { name: 'Change the password' }).click()
  }
  await change('not this one')
  await page.getByText('This is not your current password.').waitFor()
  await change(password)
  await page.getByText('Your password is changed.').waitFor()
  await other.page.reload()
  await other.page.getByRole('heading', { name: 'Log on' }).waitFor()
})
