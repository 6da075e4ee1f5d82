/** Users in tests: invited by an administrator, with a password of their own, logged on by the page as a person does. */
import { type Browser, openBrowser, openPage, type Page } from './chromium.ts'
import { openScene, type Scene, type SceneOptions } from './scene.ts'
import { anna, office, usersMail } from './user-mails.ts'

export const password = 'seven green bottles'

/** @param more shared mailboxes and further addresses */
export async function addUser(
  scene: Scene,
  page: Page,
  name: string,
  more: Parameters<Scene['invite']>[1] = {},
): Promise<void> {
  const link = new URL(await scene.invite(name, more))
  const answer = await page.context().request.post(`${scene.euqUrl}/api/v1/my/invitation/use`, {
    data: { token: link.hash.slice(1), password },
    headers: { origin: scene.euqUrl },
  })
  if (!answer.ok()) throw new Error(`not taken up: ${answer.status()} ${await answer.text()}`)
  await page.context().clearCookies()
}

/** From the English page; afterwards the language is the one that the user has set. */
export async function logOn(page: Page, name: string, path = '/', secret = password): Promise<void> {
  await page.goto(path)
  await page.getByLabel('Name or mail address').fill(name)
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await page.getByRole('button', { name: 'Log on', exact: true }).click()
  if (secret === password) await page.getByRole('navigation').first().waitFor()
}

export interface UserScene extends AsyncDisposable {
  scene: Scene
  browser: Browser
}

/** Where users have mail, and these of them have taken up their invitations. @param users with what each has more */
export async function openUsers(
  options: SceneOptions,
  users: Record<string, Parameters<Scene['invite']>[1]> = { [anna]: {} },
): Promise<UserScene> {
  await using stack = new AsyncDisposableStack()
  const scene = stack.use(await openScene(options))
  const browser = stack.use(await openBrowser())
  await scene.send(usersMail())
  await using watched = await openPage(browser, scene.euqUrl)
  for (const [name, more] of Object.entries(users)) await addUser(scene, watched.page, name, more)
  const owned = stack.move()
  return { scene, browser, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Anna's quarantine, with the office's mail in it; `messages` are the addresses of hers. */
export async function openQuarantine(euq: NonNullable<SceneOptions['euq']>): Promise<Quarantine> {
  const configure: SceneOptions['configure'] = (config) => {
    config.digest.enabled = true
  }
  const users = await openUsers({ euq, configure }, { [anna]: { delegations: [office] } })
  const { items } = await users.scene.client.call('findMessages', { query: { area: 'Spam,Attachments' } })
  return { ...users, messages: items.map(({ id }) => `/messages/${id}`) }
}

export interface Quarantine extends UserScene {
  messages: string[]
}

/** Nothing is on its way any more. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
}
