/** Users in tests: invited by an administrator, with a password of their own, logged on by the page as a person does. */
import type { Page } from './chromium.ts'
import type { Scene } from './scene.ts'

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
  await page.getByRole('button', { name: 'Log on' }).click()
  if (secret === password) await page.getByRole('navigation').first().waitFor()
}
