/**
 * Promise: whatever a mail, a file name, an address, a note or another server's reply says, no script of it runs and
 * nothing that it names is reached, on any page of the console. The console's policy finds nothing to refuse either: the
 * frames' contents are clean before a browser sees them.
 */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:net'
import { after, before, test } from 'node:test'
import { type Browser, openBrowser, openPage, type Page, type Watched } from './chromium.ts'
import { hostileMails, victim } from './hostile-mails.ts'
import { openScene, type Scene } from './scene.ts'

/** Calls out loud, marks every window it can reach, and opens another. */
const run = 'try{top.ran=1}catch(e){};try{parent.ran=1}catch(e){};window.ran=1;alert(1);open()'

let scene: Scene
let browser: Browser & AsyncDisposable
let server: Server
let remote = ''
let messages = 0
let jobId = ''
let listening: Listening
const reached: string[] = []

before(async () => {
  server = createServer((socket) => {
    socket.once('data', (bytes) => reached.push(bytes.toString('latin1', 0, 100)))
    socket.on('error', () => socket.destroy())
    reached.push('a connection')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  remote = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  scene = await openScene({ mails: 3 })
  browser = await openBrowser()
  const mails = hostileMails({ run, remote })
  messages = mails.length
  await scene.send(mails)
  await everyDeed()
  listening = await listen()
})
after(async () => {
  await listening?.context.close()
  await browser?.[Symbol.asyncDispose]()
  await scene?.[Symbol.asyncDispose]()
  server?.close()
})

const word = (n: number) => `<script>${run}</script><img src=${remote}/said${n} onerror="${run}">`

/** Deliveries that failed and wait, with a hostile next hop; jobs; notes; names that nobody has. */
async function everyDeed() {
  const { client, hop } = scene
  hop.script.answer = (step, _, count) =>
    step === 'RCPT'
      ? `${count % 2 === 0 ? '550 5.7.1' : '451 4.7.1'} ${word(count)}`
      : step === 'EHLO'
        ? `250-<img src=${remote}/ehlo onerror=${run}>\r\n250 8BITMIME`
        : undefined
  const { items } = await client.call('findMessages', { query: { recipient: victim, limit: 500 } })
  assert.equal(items.length, messages)
  const named = (subjects: RegExp) =>
    items.filter(({ subject }) => subjects.test(subject)).map(({ id }) => id)
  const released = named(/^(body [0-4]|addresses|["'{].*)$/)
  assert.ok(released.length > 7)
  await client.call('releaseMessages', { body: { ids: released, note: word(0) } })
  await client.call('deleteMessages', { body: { ids: named(/^(XHTML|UTF-7)$/) } })
  const criteria = { recipient: victim, subject: '*<script>*' }
  const preview = await client.call('previewJob', { body: { action: 'release', criteria } })
  const { asOf, messages: count } = preview
  const job = await client.call('startJob', {
    body: { action: 'release', criteria, asOf, messages: count, note: word(1) },
  })
  jobId = job.id
  await using stranger = await openPage(browser, scene.url)
  const refused = await stranger.context.request.post('/api/v1/session', {
    data: { name: `<script>${run.slice(-15)}</script>`, password: 'nothing' },
    headers: { origin: scene.url },
  })
  assert.equal(refused.status(), 401)
}

interface Listening extends Watched {
  /** What happened that must not. */
  happened: string[]
}

async function listen(): Promise<Listening> {
  const watched = await openPage(browser, scene.url)
  const happened: string[] = []
  watched.page.on('dialog', (dialog) => {
    happened.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  watched.context.on('page', (page) => happened.push(`window ${page.url()}`))
  watched.page.on('download', (download) => happened.push(`download ${download.url()}`))
  watched.page.on('framenavigated', (frame) => {
    if (!frame.url().startsWith(scene.url) && frame.url() !== 'about:blank')
      happened.push(`a frame went to ${frame.url()}`)
  })
  await scene.signIn(watched.page, 'admin', '/you')
  return { ...watched, happened }
}

async function nothingHappened({ page, complaints, leaks, happened }: Listening, where: string) {
  for (const frame of page.frames())
    assert.equal(await frame.evaluate('"ran" in window'), false, `${where}: script ran in ${frame.url()}`)
  assert.deepEqual({ complaints, leaks, happened, reached }, nothing, where)
}
const nothing = { complaints: [], leaks: [], happened: [], reached: [] }

/** The frame's own resources included, if it were to load any. */
async function frameLoaded(page: Page, id: string) {
  await page.locator(`iframe[src*="${id}"]`).waitFor()
  const frame = await (await page.locator('iframe').elementHandle())?.contentFrame()
  assert.ok(frame)
  await frame.waitForURL(/rendered/)
  await frame.waitForLoadState('load')
}

const looks = [
  ['as sent', ''],
  ['plain text', '&view=text'],
  // What stands in a body is not shown in these.
  ['headers', '&view=headers&notSubject=body*'],
  ['source', '&view=source'],
  ['details', '&tab=details&notSubject=body*'],
  ['recipients', '&tab=recipients'],
  ['history', '&tab=history'],
] as const

for (const [name, more] of looks)
  test(`dozens of hostile messages, one after the other: ${name}`, async () => {
    const search = `recipient=${encodeURIComponent(victim)}&order=asc&limit=500${more}`
    const { items } = await scene.client.call('findMessages', {
      query: {
        recipient: victim,
        order: 'asc',
        limit: 500,
        notSubject: new URLSearchParams(search).get('notSubject') ?? undefined,
      },
    })
    assert.ok(items.length >= 17)
    const { page } = listening
    await page.goto(`/query/${items[0]?.id}?${search}`)
    // The first one was released: what the next hop says is on the page.
    if (name === 'recipients')
      await page
        .getByText(/^(550 5|451 4)\.7\.1$/)
        .first()
        .waitFor()
    for (const [n, { id, subject }] of items.entries()) {
      await page.getByText(`${n + 1} of ${items.length}`, { exact: true }).waitFor()
      await page.getByRole('tabpanel').locator('iframe, section, ul, ol, p').first().waitFor()
      if (more === '') await frameLoaded(page, id)
      const wider = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
      assert.ok(Number(wider) <= 0, `${subject.slice(0, 50)} makes the page ${wider} px too wide`)
      if (n % 6 === 0) await nothingHappened(listening, `${name}: ${subject}`)
      await page.keyboard.press(']')
    }
    await nothingHappened(listening, name)
  })

test('every other page of the console, with hostile rows', async () => {
  const { page } = listening
  /** With text that proves that something hostile is on it; null where nothing comes from outside. */
  const pages: [path: string, hostile: RegExp | null][] = [
    ['/overview', null],
    [`/query?recipient=${encodeURIComponent(victim)}&limit=500`, /<script>/],
    ['/query?tab=deferred', /<script>/],
    ['/deliveries', /<script>/],
    ['/deliveries?state=failed', /<script>/],
    ['/areas', null],
    ['/audit?deed=message.release', /said|<script>/],
    ['/audit?deed=session.refused', /<script>/],
    ['/jobs', /<script>/],
    [`/jobs/${jobId}`, /<script>/],
    ['/accounts', null],
    ['/you', null],
  ]
  for (const [path, hostile] of pages) {
    await page.goto(path)
    const main = page.getByRole('main')
    await main.getByRole('heading').first().waitFor()
    // What an entry says in full is behind its line.
    if (path.startsWith('/audit')) await main.locator('button[aria-expanded=false]').first().click()
    if (hostile) await main.getByText(hostile).first().waitFor()
    await page.waitForLoadState('networkidle').catch(() => undefined)
    await nothingHappened(listening, path)
  }
})
