/**
 * What the tests of a page share: the running product, a browser, and a desk in it where an administrator is signed in.
 * Closed before anything is asserted, so that a complaint leaves nothing running.
 */
import assert from 'node:assert/strict'
import {
  type Browser,
  type BrowserContextOptions,
  openBrowser,
  openPage,
  type Page,
  type Watched,
} from './chromium.ts'
import { openScene, type Scene } from './scene.ts'

export interface Desk extends AsyncDisposable {
  scene: Scene
  browser: Browser
  desk: Watched
  /** Opens an address at the desk. */
  at(path: string): Promise<Page>
}

export interface DeskOptions {
  /** What is there before anybody looks. */
  prepare?: (scene: Scene) => Promise<void>
  /** Where the administrator signs in. */
  path?: string
  context?: BrowserContextOptions
}

export async function openDesk({ prepare, path, context }: DeskOptions = {}): Promise<Desk> {
  await using stack = new AsyncDisposableStack()
  const scene = stack.use(await openScene())
  await prepare?.(scene)
  const browser = stack.use(await openBrowser())
  const desk = stack.use(await openPage(browser, scene.url, context))
  await scene.signIn(desk.page, 'admin', path)
  const owned = stack.move()
  return {
    scene,
    browser,
    desk,
    async at(address) {
      await desk.page.goto(address)
      return desk.page
    },
    async [Symbol.asyncDispose]() {
      await owned.disposeAsync()
      assert.deepEqual(desk.complaints, [])
      assert.deepEqual(desk.leaks, [])
    },
  }
}

/** Of the one message with this subject. */
export async function idOf({ client }: Scene, subject: string): Promise<string> {
  const { items } = await client.call('findMessages', { query: { subject } })
  assert.equal(items.length, 1, subject)
  return items[0]?.id ?? ''
}

export const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
