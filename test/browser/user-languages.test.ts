/**
 * Promises: the End-User Quarantine speaks the language of the browser, or the one that was chosen; no page is wider than
 * a phone in any of them, long words and all; and it is there soon over a thin line.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Browser, narrow, openPage } from './chromium.ts'
import type { Scene } from './scene.ts'
import { logOn, openQuarantine, password, type Quarantine, settled } from './user.ts'
import { anna } from './user-mails.ts'

const scriptLimit = 200_000
const organisation = 'Landesbetrieb für Straßenbau und Verkehrsinfrastruktur'

let quarantine: Quarantine
let scene: Scene
let browser: Browser
let messages: string[] = []

before(async () => {
  quarantine = await openQuarantine({ organisation, message: 'Fragen? Durchwahl 12.' })
  ;({ scene, browser, messages } = quarantine)
})
after(() => quarantine?.[Symbol.asyncDispose]())

const phone = { viewport: narrow, isMobile: true, hasTouch: true }

/** What there is for who is logged on. */
const pages = () => ['/', '/?show=deleted', '/?q=nothing', ...messages.slice(0, 1), '/settings', '/nowhere']

for (const locale of ['de', 'fr', 'es', 'ja'])
  test(`on a phone nothing is too wide, and all is in the language of the browser: ${locale}`, async () => {
    await using watched = await openPage(browser, scene.euqUrl, { locale, ...phone })
    const { page } = watched
    const fits = async (where: string) => {
      await settled(page)
      assert.equal(await page.evaluate('document.documentElement.lang'), locale, where)
      const width = await page.evaluate('document.documentElement.scrollWidth')
      assert.ok(Number(width) <= narrow.width, `${where} is ${String(width)} wide`)
      // Nor is anything cut off at the edge, but for long names that end in an ellipsis.
      const out = await page.evaluate(
        `[...document.querySelectorAll('header *, main :is(a, button, input, select, label, h1, h2, p, li)')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.unseen')).map((one) => one.outerHTML.slice(0, 120))`,
      )
      assert.deepEqual(out, [], where)
    }
    await page.goto('/')
    await fits('log on')
    await page.locator('input').first().fill(anna)
    await page.locator('input[type=password]').fill(password)
    await page.locator('button[type=submit]').click()
    await page.getByRole('navigation').first().waitFor()
    for (const path of pages()) {
      await page.goto(path)
      await fits(path)
    }
    assert.deepEqual([watched.complaints, watched.leaks], [[], []])
  })

test('a language chosen before the log-on holds, and one set afterwards holds everywhere', async () => {
  await using watched = await openPage(browser, scene.euqUrl)
  const { page } = watched
  await page.goto('/')
  await page.getByLabel('Language').selectOption('Français')
  await page.getByRole('button', { name: 'Se connecter', exact: true }).waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'Se connecter', exact: true }).waitFor()
  await page.getByLabel('Langue').selectOption('English')
  await logOn(page, anna, '/settings')
  await page.getByLabel('Language').selectOption('Español')
  await page.getByRole('heading', { name: 'Ajustes' }).waitFor()
  await page.getByLabel('Zona horaria').selectOption('Asia/Tokyo')
  await page.getByText('Guardado.').waitFor()
  await using other = await openPage(browser, scene.euqUrl)
  await logOn(other.page, anna)
  await other.page.getByRole('heading', { name: 'Cuarentena de correo no deseado' }).waitFor()
  assert.equal(await other.page.evaluate('document.documentElement.lang'), 'es')
})

test('from nothing to the first messages a browser loads at most 200 KB of script, compressed by gzip', async () => {
  await using watched = await openPage(browser, scene.euqUrl, { ...phone, locale: 'ja' })
  const { page } = watched
  const loading: Promise<number>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script')
      loading.push(response.body().then((body) => gzipSync(body, { level: 9 }).length))
  })
  await page.goto('/')
  await page.locator('input').first().fill(anna)
  await page.locator('input[type=password]').fill(password)
  await page.locator('button[type=submit]').click()
  await page.getByText('Offer of the week').waitFor()
  const sizes = await Promise.all(loading)
  const sum = sizes.reduce((a, b) => a + b, 0)
  assert.ok(sizes.length > 1 && sum <= scriptLimit, `${sum} bytes in ${sizes.length} files`)
})
