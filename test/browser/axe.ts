/** axe-core in a page: what keeps people with disabilities out, as a list of sentences. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from './chromium.ts'

const source = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

interface Found {
  id: string
  help: string
  nodes: { target: string[]; failureSummary: string }[]
}

/** Run by the browser's debugger, so the page's policy stays as it is. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(source)
  const found = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"], iframes: false }).then((result) => result.violations)',
  )) as Found[]
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) =>
      `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`.slice(0, 400),
    ),
  )
}
