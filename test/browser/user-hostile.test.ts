/**
 * Promise: whatever a mail, a file name or an address says, no script of it runs in a user's quarantine, nothing that it
 * names is reached, and the policy of the page finds nothing to refuse.
 */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:net'
import { after, before, test } from 'node:test'
import { type Browser, narrow, openBrowser, openPage, type Page } from './chromium.ts'
import { hostileMails, victim } from './hostile-mails.ts'
import { openScene, type Scene } from './scene.ts'
import { addUser, logOn } from './user.ts'

/** Calls out loud, marks every window it can reach, and opens another. */
const run = 'try{top.ran=1}catch(e){};try{parent.ran=1}catch(e){};window.ran=1;alert(1);open()'

let scene: Scene
let browser: Browser & AsyncDisposable
let server: Server
const reached: string[] = []

before(async () => {
  server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    reached.push('a connection')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const remote = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  scene = await openScene({
    euq: { organisation: `<img src=${remote}/o onerror=${run}>`, message: `<script>${run}</script>` },
    configure: (config) => {
      config.areas = config.areas.map((area) => ({ ...area, visible_to_users: true }))
    },
  })
  browser = await openBrowser()
  await scene.send(hostileMails({ run, remote }))
})
after(async () => {
  await browser?.[Symbol.asyncDispose]()
  await scene?.[Symbol.asyncDispose]()
  server?.close()
})

/** In every frame, and everything that was heard of. */
async function nothingRan(page: Page, where: string): Promise<void> {
  for (const frame of page.frames())
    assert.equal(await frame.evaluate('"ran" in window'), false, `${where}: script ran in ${frame.url()}`)
}

for (const device of [{}, { viewport: narrow, isMobile: true, hasTouch: true }])
  test(`no script runs and nothing is reached: ${'isMobile' in device ? 'phone' : 'desk'}`, async () => {
    await using watched = await openPage(browser, scene.euqUrl, device)
    const { page, complaints, leaks } = watched
    const happened: string[] = []
    page.on('dialog', (dialog) => {
      happened.push(`dialog ${dialog.message()}`)
      void dialog.dismiss()
    })
    watched.context.on('page', (opened) => happened.push(`window ${opened.url()}`))
    page.on('download', (download) => happened.push(`download ${download.url()}`))
    if (!('isMobile' in device)) await addUser(scene, page, victim)
    await logOn(page, victim)
    const ids: string[] = []
    for (let n = 1; ; n++) {
      await page.goto(`/?page=${n}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      const links = page.locator('a[href^="/messages/"]')
      await links.or(page.getByText('Nothing found')).first().waitFor()
      const found = await links.evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''))
      const width = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      assert.ok(Number(width) <= 0, `page ${n} is too wide`)
      await nothingRan(page, `page ${n}`)
      if (found.length === 0) break
      ids.push(...found)
    }
    assert.ok(ids.length > 30, `${ids.length} messages`)
    // What a message is made of is shown the same way everywhere: desk and phone share them out.
    const [every, first] = 'isMobile' in device ? [4, 1] : [2, 0]
    for (const path of ids.filter((_, n) => n % every === first)) {
      await page.goto(path)
      await page.getByRole('heading', { name: 'Quarantine Message' }).waitFor()
      await page.locator('iframe').waitFor()
      await page.waitForLoadState('load')
      await nothingRan(page, path)
      const width = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      assert.ok(Number(width) <= 0, `${path} is too wide`)
    }
    assert.deepEqual(
      { complaints, leaks, happened, reached },
      { complaints: [], leaks: [], happened: [], reached: [] },
    )
  })
