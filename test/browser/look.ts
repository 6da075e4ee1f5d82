/**
 * For whoever builds a page: starts the product with some hundred messages, signs in, opens addresses and takes pictures,
 * light and dark, wide and narrow. `node test/browser/look.ts OUT-FOLDER /query /overview …`
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { narrow, openBrowser, openPage, wide } from './chromium.ts'
import { openScene } from './scene.ts'

const [folder = 'pictures', ...paths] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
await using scene = await openScene({ mails: 150 })
await using browser = await openBrowser()
for (const colorScheme of ['light', 'dark'] as const)
  for (const [size, viewport] of Object.entries({ wide, narrow })) {
    await using watched = await openPage(browser, scene.url, {
      colorScheme,
      viewport,
      ...(viewport === narrow ? { isMobile: true, hasTouch: true } : {}),
    })
    await scene.signIn(watched.page, 'admin', paths[0])
    for (const path of paths) {
      await watched.page.goto(path)
      await watched.page.waitForLoadState('load')
      await watched.page.waitForTimeout(700)
      const name = `${path.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '')}-${size}-${colorScheme}.png`
      await watched.page.screenshot({ path: join(folder, name) })
    }
    for (const complaint of watched.complaints)
      console.log(`complaint (${size}, ${colorScheme}): ${complaint}`)
    for (const leak of watched.leaks) console.log(`leak: ${leak}`)
  }
