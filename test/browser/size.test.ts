/** Promise: Query is there soon over a thin line: what its first load brings of script stays small. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Browser, openBrowser, openPage } from './chromium.ts'
import { openScene, type Scene } from './scene.ts'

const limit = 250_000

let scene: Scene
let browser: Browser & AsyncDisposable
before(async () => {
  scene = await openScene({ mails: 20 })
  browser = await openBrowser()
})
after(async () => {
  await browser?.[Symbol.asyncDispose]()
  await scene?.[Symbol.asyncDispose]()
})

test('from nothing to the first rows a browser loads at most 250 KB of script, compressed by gzip', async () => {
  await using watched = await openPage(browser, scene.url)
  const { page } = watched
  const loading: Promise<[string, number]>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return
    const { pathname } = new URL(response.url())
    loading.push(response.body().then((body) => [pathname, gzipSync(body, { level: 9 }).length]))
  })
  await scene.signIn(page, 'admin', '/query')
  await page.getByText(/^1–\d+ of/).waitFor()
  // The chunks of what is lazy are asked for when the page has been drawn.
  await page.waitForLoadState('networkidle').catch(() => undefined)
  const scripts = new Map(await Promise.all(loading))
  const sum = [...scripts.values()].reduce((a, b) => a + b, 0)
  assert.ok(scripts.size > 1, 'scripts were seen')
  assert.ok(sum <= limit, `${sum} bytes: ${[...scripts].map(([name, size]) => `${name} ${size}`).join(', ')}`)
})
