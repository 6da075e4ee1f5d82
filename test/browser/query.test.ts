/**
 * Promises of the Query page: finding mail among ten thousand by form, by line and by address; nothing typed is ever
 * lost.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openPage, type Page } from './chromium.ts'
import { type Desk, openDesk } from './desk.ts'
import {
  cell,
  display,
  field,
  focused,
  found,
  line,
  minute,
  papersComeIn,
  rows,
  subjects,
  total,
} from './papers.ts'
import type { Scene } from './scene.ts'

let stage: Desk
let scene: Scene
before(async () => {
  stage = await openDesk({ prepare: papersComeIn })
  scene = stage.scene
})
after(() => stage?.[Symbol.asyncDispose]())

const at = (path: string): Promise<Page> => stage.at(path)

test('S1, S4: Mail Areas & Queues → Query shows the Quarantine tab and the newest mail below the form', async () => {
  const page = await at('/overview')
  await page.getByText('Mail Areas & Queues').waitFor()
  await page.getByRole('link', { name: 'Query', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Query' }).waitFor()
  const tabs = page.getByRole('tab')
  assert.deepEqual(await tabs.allTextContents(), ['Quarantine', 'Deferred'])
  assert.equal(await tabs.first().getAttribute('aria-selected'), 'true')
  await found(page, `1–50 of ${total(10_002)}`)
  const headings = await page.getByRole('columnheader').allTextContents()
  assert.deepEqual(headings.slice(1, 6), ['Timestamp', 'Sender', 'Recipient', 'Subject', 'Reason'])
  const newest = await scene.client.call('findMessages', { query: { limit: 3 } })
  assert.deepEqual(
    (await subjects(page)).slice(0, 3),
    newest.items.map(({ subject }) => subject),
  )
  assert.match((await cell(page, 'recipients').textContent()) ?? '', /member1@many\.example\+39/)
  assert.equal(await cell(page, 'states').textContent(), 'Held 40')
})

test('S2: area, reason and scanner are chosen from what there is; all criteria must hold', async () => {
  const page = await at('/query')
  await field(page, 'Area').click()
  await page.getByRole('option', { name: 'Phishing', exact: true }).click()
  await field(page, 'Reason').fill('*phish*')
  await field(page, 'Scanner').fill('rspamd')
  await display(page)
  await found(page, `1–50 of ${total(2_500)}`)
  // On PostgreSQL the same is told of all mail, which is there before.
  await cell(page, 'reason').filter({ hasText: 'phishing' }).waitFor()
  assert.equal(await cell(page, 'reason').textContent(), 'phishing')
  await field(page, 'Scanner').fill('clamav')
  await field(page, 'Scanner').press('Enter')
  await page.getByText('No mail matches').waitFor()
})

test('S2: a time range is in the time zone of the one who looks, by preset or exactly', async () => {
  const paper = (await scene.client.call('findMessages', { query: { subject: 'Paper 05000' } })).items[0]!
  const ms = Date.parse(paper.receivedAt)
  const tokyo = (t: number) => new Date(t + 9 * 3_600_000).toISOString().slice(0, 16)
  await using watched = await openPage(stage.browser, scene.url, { timezoneId: 'Asia/Tokyo' })
  const { page } = watched
  const range = `from=${tokyo(ms - 2 * minute)}&to=${tokyo(ms + 3 * minute)}`
  await scene.signIn(page, 'admin', `/query?subject=*Paper*&${range}`)
  await found(page, '1–5 of 5')
  assert.equal((await subjects(page)).includes('Paper 05000'), true)
  const shown = await rows(page).filter({ hasText: 'Paper 05000' }).locator('time').textContent()
  assert.ok(shown?.endsWith(tokyo(ms).slice(11)), `${shown} is the time in Tokyo`)
  await page.getByText('Times are in Asia/Tokyo.').waitFor()
  await field(page, 'Dates').selectOption('Last hour')
  await display(page)
  await page.waitForURL(/from=1h/)
  assert.doesNotMatch(page.url(), /to=/)
  await page.getByText('No mail matches').waitFor()
  await field(page, 'Subject').fill('')
  await display(page)
  await found(page, '1–2 of 2')
})

test('S3: a bare value is the whole value, *string* finds it inside, and the field says so where the cursor is', async () => {
  const page = await at('/query')
  const hintOf = async (name: string) => {
    await field(page, name).focus()
    return String(
      await page.evaluate(
        "getComputedStyle(document.querySelector('label:has(+ * :focus)'), '::after').content",
      ),
    )
  }
  assert.match(await hintOf('Subject'), /\*string\* finds it inside/)
  assert.match(await hintOf('Recipient'), /\*string\* finds any one of them/)
  await field(page, 'Subject').fill('Paper 0123')
  await field(page, 'Subject').press('Enter')
  await page.getByText('No mail matches').waitFor()
  await field(page, 'Subject').fill('*Paper 0123*')
  await field(page, 'Subject').press('Enter')
  await found(page, '1–10 of 10')
  await page.getByRole('button', { name: 'Reset' }).click()
  for (const [name, value, place] of [
    ['Sender', 's00077@papers.example', '1–1 of 1'],
    ['Attachment', '*note-120.iso*', '1–1 of 1'],
    ['Rule', 'rule 2', `1–50 of ${total(3_333)}`],
    ['Message ID', '<4321@papers.example>', '1–1 of 1'],
  ] as const) {
    await field(page, name).fill(value)
    await display(page)
    await found(page, place)
    await page.getByRole('button', { name: 'Reset' }).click()
    assert.equal(await field(page, name).inputValue(), '')
  }
})

test('a message with 40 recipients is found by one of them, and tells the state of each', async () => {
  const page = await at('/query')
  await field(page, 'Recipient').fill('*member27@*')
  await display(page)
  await found(page, '1–1 of 1')
  await cell(page, 'states').getByRole('button').click()
  const list = page.getByRole('dialog').getByRole('listitem')
  assert.equal(await list.count(), 40)
  assert.match((await list.nth(26).textContent()) ?? '', /member27@many\.exampleHeld/)
})

test('the address holds criteria and order: it can be kept, sent to a colleague, gone back and forward through', async () => {
  const page = await at('/query')
  await field(page, 'Sender').fill('*papers*')
  await field(page, 'Dates').selectOption('Last 30 days')
  await display(page)
  await page.getByRole('button', { name: 'Subject', exact: true }).click()
  await page.getByRole('button', { name: 'Next page' }).click()
  await found(page, `51–100 of ${total(10_000)}`)
  const address = new URL(page.url())
  assert.deepEqual(Object.fromEntries(address.searchParams), {
    sender: '*papers*',
    from: '30d',
    sort: 'subject',
    page: '2',
  })
  const kept = await subjects(page)
  await using colleague = await openPage(stage.browser, scene.url)
  await scene.signIn(colleague.page, 'olivia', address.pathname + address.search)
  await found(colleague.page, `51–100 of ${total(10_000)}`)
  assert.deepEqual(await subjects(colleague.page), kept)
  assert.equal(await field(colleague.page, 'Sender').inputValue(), '*papers*')
  assert.equal(await field(colleague.page, 'Dates').inputValue(), '30d')
  assert.equal(await line(colleague.page).inputValue(), 'from:*papers* after:30d')

  await page.goBack()
  await found(page, `1–50 of ${total(10_000)}`)
  await page.goBack()
  await page.goBack()
  await found(page, `1–50 of ${total(10_002)}`)
  assert.equal(await field(page, 'Sender').inputValue(), '')
  await page.goForward()
  await found(page, `1–50 of ${total(10_000)}`)
  assert.equal(await field(page, 'Sender').inputValue(), '*papers*')
})

test('the search line fills the form and is filled by it; what it cannot read it tells in place', async () => {
  const page = await at('/query')
  await line(page).fill('from:*papers* reason:phishing before:1h attachment:*.iso -rule:"Rule 0"')
  assert.equal(await field(page, 'Sender').inputValue(), '*papers*')
  assert.equal(await field(page, 'Attachment').inputValue(), '*.iso')
  await page.getByText('not rule: Rule 0').waitFor()
  await line(page).press('Enter')
  await found(page, '1–50 of 333')
  await page.getByRole('button', { name: 'Search rule Rule 0 again' }).click()
  await field(page, 'Subject').fill('Paper 00020')
  assert.equal(
    await line(page).inputValue(),
    'from:*papers* subject:"Paper 00020" attachment:*.iso reason:phishing before:1h',
  )
  await display(page)
  await found(page, '1–1 of 1')
  await line(page).fill('subjekt:x paper')
  await line(page).press('Enter')
  const problem = page.getByRole('alert')
  assert.match(
    (await problem.textContent()) ?? '',
    /There is no field "subjekt".*Fields are from, to, subject/,
  )
  assert.equal(await focused(page), 'Search')
})

test('no result says what was searched and takes away what is asked', async () => {
  const page = await at('/query?sender=*papers*&reason=spam&from=30d')
  await page.getByText('No mail matches').waitFor()
  await page.getByText('Searched for mail with reason spam, sender *papers*, dates last 30 days.').waitFor()
  await page.getByRole('button', { name: 'Without sender' }).click()
  await found(page, '1–2 of 2')
  assert.equal(await field(page, 'Reason').inputValue(), 'spam')
})

test('no result offers what was probably meant: a part of a value, an address of a person', async () => {
  const page = await at('/query?sender=s00012@papers')
  await page.getByRole('button', { name: 'Sender *s00012@papers*' }).click()
  await found(page, '1–1 of 1')
  await line(page).fill('member7@many.example')
  await page.keyboard.press('Enter')
  await page.getByText('Searched for mail with subject *member7@many.example*.').waitFor()
  await page.getByRole('button', { name: 'Recipient member7@many.example' }).click()
  await found(page, '1–1 of 1')
  assert.equal(await line(page).inputValue(), 'to:member7@many.example')
})

test('a server that is out of reach is told of, and asked again when somebody says so', async () => {
  const page = await at('/query?subject=*Paper*')
  await found(page, `1–50 of ${total(10_000)}`)
  await page.context().setOffline(true)
  await field(page, 'Sender').fill('*s0012*')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('The server cannot be reached').waitFor()
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Try again' }).click()
  await found(page, '1–10 of 10')
})

test('Enter runs it, a slow answer shows that it is on its way, and typing goes on meanwhile', async () => {
  const page = await at('/query?subject=*Paper*')
  await found(page, `1–50 of ${total(10_000)}`)
  const gate = Promise.withResolvers<void>()
  await page.route(/\/messages\?.*sender=/, async (route) => {
    await gate.promise
    await route.continue()
  })
  await field(page, 'Sender').pressSequentially('*s0012*')
  await page.keyboard.press('Enter')
  await page.getByRole('progressbar', { name: 'Searching …' }).waitFor()
  assert.equal(await page.getByRole('table', { name: 'Result' }).getAttribute('aria-busy'), 'true')
  assert.equal(await rows(page).count(), 50, 'the rows before stay until then')
  await page.keyboard.type('more')
  gate.resolve()
  await found(page, '1–10 of 10')
  await page.keyboard.type(' and more')
  assert.equal(await field(page, 'Sender').inputValue(), '*s0012*more and more')
})

test('a session that ends while somebody types loses nothing', async () => {
  const page = await at('/query')
  await field(page, 'Sender').fill('*papers*')
  // What the page asks by itself would find it out before the search does.
  await rows(page).first().waitFor()
  const gate = Promise.withResolvers<void>()
  await page.route(/\/api\/v1\/(?!messages\?.*sender=)/, async (route) => {
    await gate.promise
    await route.continue()
  })
  await page.context().clearCookies()
  await field(page, 'Subject').fill('Paper 00077')
  await display(page)
  await page.getByText('Your session has ended').waitFor()
  gate.resolve()
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await found(page, '1–1 of 1')
  assert.equal(await field(page, 'Sender').inputValue(), '*papers*')
  assert.deepEqual(await subjects(page), ['Paper 00077'])
})
