/**
 * A real Chromium for tests: one that npm brings, or the one that LAZARET_TEST_CHROMIUM names. Every context trusts our
 * self-signed certificate and notes what the page complained about and which requests left for elsewhere.
 */
import { existsSync } from 'node:fs'
import chromium from '@sparticuz/chromium'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium as driver,
  type Page,
} from 'playwright-core'

export type { Browser, BrowserContext, Page }

export const wide = { width: 1440, height: 900 }
export const narrow = { width: 390, height: 844 }

/** @throws when there is no browser to be had */
export async function openBrowser(): Promise<Browser & AsyncDisposable> {
  const named = process.env.LAZARET_TEST_CHROMIUM
  const browser = await driver.launch({
    executablePath: named && existsSync(named) ? named : await chromium.executablePath(),
    // Not the package's own arguments: they switch the browser's protections off, which are what is tested here.
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
    headless: true,
  })
  return Object.assign(browser, { [Symbol.asyncDispose]: () => browser.close() })
}

export interface Watched extends AsyncDisposable {
  context: BrowserContext
  page: Page
  /** Errors of scripts and of the console, refusals of the content security policy included. */
  complaints: string[]
  /** Requests to anywhere but the product. */
  leaks: string[]
}

/** A page that is listened to. @param url of the product: what goes elsewhere is a leak. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: wide,
    ignoreHTTPSErrors: true,
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...options,
  })
  context.setDefaultTimeout(15_000)
  const complaints: string[] = []
  const leaks: string[] = []
  context.on('request', (request) => {
    const target = request.url()
    if (!target.startsWith(url) && !/^(data|blob|about):/.test(target)) leaks.push(target)
  })
  const page = await context.newPage()
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('console', (message) => {
    // A refusal by the server is an answer that the page deals with.
    if (message.type() === 'error' && !/^Failed to load resource/.test(message.text()))
      complaints.push(message.text())
  })
  return { context, page, complaints, leaks, [Symbol.asyncDispose]: () => context.close() }
}
