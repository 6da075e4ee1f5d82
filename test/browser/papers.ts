/** Ten thousand papers in the quarantine, and the ways into the Query page that its tests share. */
import type { BenchMail } from '../../bench/query-mail.ts'
import { fill } from '../../bench/query-store.ts'
import type { Page } from './chromium.ts'
import { spam } from './mails.ts'
import { exactUpTo, type Scene } from './scene.ts'

export const many = 10_000
export const minute = 60_000
export const number = (n: number) => String(n).padStart(5, '0')

/** One a minute until an hour ago; the senders' order is not that of time. */
const papers = (now: number): BenchMail[] =>
  Array.from({ length: many }, (_, i) => ({
    receivedMs: now - 3_600_000 - (many - i) * minute,
    sender: `s${number((i * 7919) % many)}@papers.example`,
    recipients: [`r${i % 50}@example.com`],
    subject: `Paper ${number(i)}`,
    attachments: i % 10 === 0 ? [`paper-${i}.pdf`, `note-${i}.iso`] : [],
    reason: i % 4 === 0 ? 'phishing' : 'bulk',
    area: i % 4 === 0 ? 'Phishing' : 'Bulk',
    rule: `Rule ${i % 3}`,
    scanner: i % 2 === 0 ? 'rspamd' : 'clamav',
    messageId: `${i}@papers.example`,
    size: 1000 + i,
  }))

/** As the page tells it: exact up to what the store counts. */
export const total = (n: number) => {
  const shown = Math.min(n, exactUpTo).toLocaleString('en')
  return n > exactUpTo ? `more than ${shown}` : shown
}

export const rows = (page: Page) => page.locator('tr[data-id]')
export const cell = (page: Page, column: string, row = 0) =>
  rows(page).nth(row).locator(`td[data-column=${column}]`)
/** A field of the form; a list of its values has the same name. */
export const field = (page: Page, name: string) =>
  page.getByLabel(name, { exact: true }).and(page.locator('input:visible, select:visible'))
export const line = (page: Page) => page.getByLabel('Search', { exact: true })
export const display = (page: Page) => page.getByRole('button', { name: 'Display Log' }).click()
/** Waits until the rows are those, such as `1–50 of 333`. */
export const found = (page: Page, place: string) => page.getByText(place, { exact: true }).waitFor()
export const subjects = (page: Page) => rows(page).locator('td[data-column=subject]').allTextContents()
/** Label of what has the focus. */
export const focused = (page: Page) => page.evaluate("document.activeElement.getAttribute('aria-label')")

/** The papers, then a mail to one and a mail to forty. */
export async function papersComeIn({ app, send }: Scene): Promise<void> {
  await fill(app.ctx, papers(Date.now()), () => undefined)
  const list = Array.from({ length: 40 }, (_, n) => `member${n + 1}@many.example`)
  await send([spam(1), spam(40, list)])
}
