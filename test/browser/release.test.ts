/**
 * Promises of releasing and deleting from the Query page: what is ordered is told until it has ended, can be taken back
 * while nothing was sent, warns of viruses, never happens twice, and only by those who may.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { violations } from './axe.ts'
import { type Browser, openPage, type Page, type Watched } from './chromium.ts'
import { type Desk, openDesk } from './desk.ts'
import { mail, single, spam } from './mails.ts'
import { cell, found, rows } from './papers.ts'
import type { Scene } from './scene.ts'

let stage: Desk
let scene: Scene
let browser: Browser
let desk: Watched
before(async () => {
  stage = await openDesk()
  ;({ scene, browser, desk } = stage)
})
after(() => stage?.[Symbol.asyncDispose]())
beforeEach(() => {
  scene.hop.script.answer = undefined
  scene.hop.mails.length = 0
})

// Put together at run time, so that no scanner takes this file for an infected one.
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join('')
const virus = (subject: string) =>
  mail(
    { headers: [`Subject: ${subject}`] },
    single({ type: 'application/octet-stream', body: eicar, headers: ['Content-Disposition: attachment'] }),
  )

/** Its own mail for each test: `n` tells it apart. */
async function atMail(n: number, recipients?: string[], path = `/query?sender=*${n}*`): Promise<Page> {
  const sent = spam(n, recipients)
  await scene.send([{ ...sent, sender: `offer-${n}@mailer.example` }])
  await desk.page.goto(path)
  await rows(desk.page).first().waitFor()
  return desk.page
}
const dialog = (page: Page) => page.getByRole('dialog')
const button = (page: Page, name: string) => dialog(page).getByRole('button', { name, exact: true })
/** The one with the word, not the cross. */
const close = (page: Page) => button(page, 'Close').last().click()
const states = (page: Page, text: string) => cell(page, 'states').filter({ hasText: text }).waitFor()

async function order(page: Page, deed: 'Release' | 'Delete') {
  await page.getByLabel('Tick all on this page').check()
  await page.getByRole('button', { name: deed, exact: true }).click()
  await dialog(page).waitFor()
}

test('S7: ticked rows are released: deferred while the next hop is down, delivered when it is up again', async () => {
  const page = await atMail(1001)
  scene.hop.script.answer = (step) => (step === 'RCPT' ? '451 4.3.0 the mailbox server is down' : undefined)
  await order(page, 'Release')
  await button(page, 'Release').click()
  await dialog(page).getByText('1 on the way').waitFor()
  await dialog(page).getByText('1 deferred').waitFor()
  await dialog(page)
    .getByText(/451 4\.3\.0 the mailbox server is down/)
    .waitFor()

  await using other = await openPage(browser, scene.url)
  await scene.signIn(other.page, 'olivia', '/query')
  await other.page.getByRole('tab', { name: 'Deferred' }).click()
  const waiting = other.page.getByRole('row', { name: /anna@example\.com/ })
  assert.match((await waiting.textContent()) ?? '', /the mailbox server is down/)
  await waiting.getByRole('checkbox').check()
  assert.deepEqual(await violations(other.page), [])
  scene.hop.script.answer = undefined
  await other.page.getByRole('button', { name: 'Retry now' }).click()
  await other.page.getByText('1 delivery is tried now.').waitFor()

  await dialog(page).getByText('1 delivered').waitFor()
  assert.equal(scene.hop.mails.length, 1)
  await close(page)
  await states(page, 'Delivered')
  await other.page.getByText('Nothing waits').waitFor()
})

test('a release can be taken back until its first attempt, and nothing is sent', async () => {
  const page = await atMail(1002)
  await order(page, 'Release')
  await button(page, 'Release').click()
  await dialog(page)
    .getByRole('button', { name: /^Undo the release/ })
    .click()
  await dialog(page).getByText('Taken back: 1 copy is held again.').waitFor()
  await dialog(page).getByText('1 held again').waitFor()
  await close(page)
  await states(page, 'Held')
  const { items } = await scene.client.call('listDeliveries', { query: { state: 'due' } })
  assert.deepEqual(items, [])
  assert.equal(scene.hop.mails.length, 0)

  // The same from the note that stays when the panel is closed; before the server has answered, too.
  for (const early of [false, true]) {
    const { promise: closed, resolve: go } = Promise.withResolvers<void>()
    await page.route('**/api/v1/messages/release', async (route) => {
      if (early) await closed
      await route.continue()
    })
    await order(page, 'Release')
    await button(page, 'Release').click()
    if (!early) await dialog(page).getByText('1 on the way').waitFor()
    await close(page)
    await dialog(page).waitFor({ state: 'detached' })
    go()
    const cancelled = page.waitForResponse('**/api/v1/deliveries/cancel')
    await page.getByRole('button', { name: 'Undo', exact: true }).last().click()
    assert.equal((await cancelled).status(), 200)
    await states(page, 'Held')
    await page.unrouteAll()
  }
  const after = await scene.client.call('listDeliveries', { query: { state: 'due' } })
  assert.deepEqual(after.items, [])
  assert.equal(scene.hop.mails.length, 0)
})

test('S8: what a virus scanner held warns plainly and is released only when the word is typed', async () => {
  await scene.send([virus('a virus')])
  const page = await atMail(1003, undefined, '/query?subject=a virus')
  await order(page, 'Release')
  await dialog(page)
    .getByRole('alert')
    .getByText(/can infect whoever opens it/)
    .waitFor()
  assert.deepEqual(await violations(page), [])
  const sure = button(page, 'Release in spite of the virus')
  assert.equal(await sure.isDisabled(), true)
  await dialog(page).getByLabel('Type RELEASE if you are sure').fill('yes')
  assert.equal(await sure.isDisabled(), true)
  await dialog(page).getByLabel('Type RELEASE if you are sure').fill('RELEASE')
  await sure.click()
  await dialog(page).getByText('1 delivered').waitFor()
  assert.equal(scene.hop.mails.length, 1)
  assert.deepEqual(await violations(page), [])
  await close(page)
})

test('a confirmation covers only what holds a virus; the rest can go without it', async () => {
  await scene.send([virus('mixed virus'), { ...spam(1004), sender: 'mixed@mailer.example' }])
  const page = desk.page
  await page.goto('/query?from=1h&limit=2')
  await rows(page).nth(1).waitFor()
  await order(page, 'Release')
  await dialog(page).getByText('found malware in 1 of these 2 messages').waitFor()
  await button(page, 'Release only the other 1').click()
  await dialog(page).getByText('1 on the way').waitFor()
  await dialog(page)
    .getByRole('button', { name: /^Undo the release/ })
    .click()
  await dialog(page).getByText('1 held again').waitFor()
  await close(page)
  const { items } = await scene.client.call('findMessages', { query: { subject: 'mixed virus' } })
  assert.equal(items[0]?.recipients[0]?.state, 'held')
})

test('of two who release the same message the second is told who was first, and when', async () => {
  const page = await atMail(1005)
  await using other = await openPage(browser, scene.url)
  await scene.signIn(other.page, 'olivia', '/query?sender=*1005*&state=held')
  await rows(other.page).first().waitFor()
  await order(other.page, 'Release')
  await order(page, 'Release')
  await button(page, 'Release').click()
  await dialog(page).getByText('1 on the way').waitFor()
  await button(other.page, 'Release').click()
  await dialog(other.page).getByText('1 refused').waitFor()
  await dialog(other.page)
    .getByText(/Released already by admin on \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/)
    .waitFor()
  await dialog(page).getByText('1 delivered').waitFor()
  assert.equal(scene.hop.mails.length, 1)
  await close(page)
  // Though it is found by its criteria no longer, the row stays where it is and tells its state.
  await close(other.page)
  await states(other.page, 'Delivered')
})

test('of a message with many recipients only those that are chosen get it', async () => {
  const page = await atMail(
    1006,
    Array.from({ length: 40 }, (_, n) => `member${n + 1}@many.example`),
  )
  await order(page, 'Release')
  await button(page, 'None').click()
  await dialog(page).getByText('Choose at least one recipient.').waitFor()
  await dialog(page).getByLabel('Find a recipient').fill('member7@')
  await dialog(page).getByLabel('member7@many.example').check()
  await dialog(page).getByText('1 of 40 recipients').waitFor()
  await dialog(page).getByLabel('Note').fill('asked for by telephone')
  await button(page, 'Release').click()
  await dialog(page).getByText('1 delivered').waitFor()
  assert.deepEqual(
    scene.hop.mails.map(({ recipients }) => recipients),
    [['member7@many.example']],
  )
  await close(page)
  await states(page, 'Held 39')
  await states(page, 'Delivered 1')
  await order(page, 'Release')
  await dialog(page).getByText('39 of 39 recipients').waitFor()
  assert.equal(await dialog(page).getByLabel('member7@many.example').isDisabled(), true)
  await button(page, 'Cancel').click()
})

test('deleting asks with numbers and can be undone', async () => {
  const page = await atMail(1007, ['a@example.com', 'b@example.com'])
  await order(page, 'Delete')
  await dialog(page)
    .getByText(/This message will be deleted for 2 recipients/)
    .waitFor()
  await button(page, 'Delete').click()
  await page.getByText('1 message was deleted.').waitFor()
  await states(page, 'Deleted 2')
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await page.getByText('1 message is held again.').waitFor()
  await states(page, 'Held 2')
})

test('everything that matches: told first what it would do, viruses left out, then a job shows its progress', async () => {
  const group = { sender: 'group@everything.example' }
  await scene.send([1, 2, 3].map((n) => ({ ...spam(1100 + n), ...group })))
  await scene.send([{ ...virus('among them'), ...group }])
  const { page } = desk
  await page.goto('/query?sender=group@everything.example&limit=2')
  await found(page, '1–2 of 4')
  await page.getByLabel('Tick all on this page').check()
  await page.getByRole('button', { name: 'Choose all 4 that match' }).click()
  await page.getByText('All 4 messages that match are chosen.').waitFor()
  await page.getByRole('button', { name: 'Release', exact: true }).click()
  await dialog(page).getByText('3 messages would be released to 3 recipients.').waitFor()
  await dialog(page)
    .getByText(/1 message held for a virus is left out/)
    .waitFor()
  assert.deepEqual(await violations(page), [])
  const start = button(page, 'Release 3 messages')
  assert.equal(await start.isDisabled(), true)
  await dialog(page).getByLabel('Type RELEASE to start').fill('release')
  await start.click()
  await page.waitForURL(/\/jobs\/[0-9a-z]{11}$/)
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  await page.getByText('Done', { exact: true }).first().waitFor()
  const job = await scene.client.call('showJob', { params: { id } })
  assert.deepEqual([job.messages, job.done, job.refused], [3, 3, 0])
})

test('who may only look sees no deeds, and the server refuses them', async () => {
  const { items } = await scene.client.call('findMessages', { query: { limit: 1 } })
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  await scene.signIn(page, 'audrey', '/query')
  await rows(page).first().waitFor()
  await page.getByText(/You are signed in as auditor, who only looks/).waitFor()
  assert.equal(await page.getByRole('checkbox').count(), 0)
  for (const name of ['Release', 'Delete'])
    assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0)
  for (const key of ['j', 'x', 'r']) await page.keyboard.press(key)
  assert.equal(await dialog(page).count(), 0)
  const refused = await page.evaluate(
    `fetch('/api/v1/messages/release', { method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids: ['${items[0]?.id}'] }) }).then(({ status }) => status)`,
  )
  assert.equal(refused, 403)
})
