/**
 * bench/console: from the click on Display Log to the rows on the screen, in a real browser on a real server, in the store
 * of a million messages that bench/query fills (SQLite). Each search is typed into the search box; the clock runs in the
 * page, from the click until the frame after which its rows are painted.
 *
 *   node bench/console.ts [--rows 1000000] [--rounds 2]
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeSearchBox } from '../src/api/search-box.ts'
import { openBrowser, openPage } from '../test/browser/chromium.ts'
import { freePort } from '../test/postgres.ts'
import { digits, judged, median, table } from './figures.ts'
import { openApi } from './peers/api.ts'
import type { BenchQuery } from './query-classes.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '2' },
    folder: { type: 'string', default: join(tmpdir(), 'lazaret-bench') },
  },
})
const folder = join(values.folder, `query-sqlite-${values.rows}`)
const password = 'a password for measuring'
const markMs = 150

/** Milliseconds since the click. */
interface Shown {
  answered: number
  painted: number
}

filled()
await using stack = new AsyncDisposableStack()
const url = await serve()
const browser = stack.use(await openBrowser())
const { page, complaints } = stack.use(await openPage(browser, url))
await page.goto('/query')
await page.getByLabel('Name').fill('admin')
await page.getByLabel('Password', { exact: true }).fill(password)
await page.getByRole('button', { name: 'Sign in' }).click()
await page.getByRole('button', { name: 'Display Log' }).waitFor()
await page.evaluate(watch)

const queries = JSON.parse(readFileSync(join(folder, 'queries.json'), 'utf8')) as BenchQuery[]
// What is asked by sorting or paging is a click on a heading or on an arrow, not Display Log.
const asked = queries.filter(({ request }) => request.sort === 'timestamp' && !request.offset)
const times = new Map<string, Shown[]>()
for (let round = 0; round <= Number(values.rounds); round++)
  for (const { class: name, text } of asked) {
    await page.getByLabel('Search', { exact: true }).fill(writeSearchBox(text))
    const ms = page.evaluate<Shown>('window.shown()')
    await page.getByRole('button', { name: 'Display Log' }).click()
    const took = await ms.catch((error: unknown) => {
      throw new Error(`${name}: ${writeSearchBox(text)}`, { cause: error })
    })
    // The first round warms the server's threads and the page's code.
    if (round > 0) times.set(name, [...(times.get(name) ?? []), took])
  }

const all = [...times.values()].flat()
const both = (ms: number[]) => `${digits(median(ms))} / ${digits(p95(ms))}`
console.log(
  table(
    ['search', 'times', 'answered p50 / p95 ms', 'painted p50 / p95 ms'],
    [...times, ['all', all] as const].map(([name, shown]) => [
      name,
      String(shown.length),
      both(shown.map(({ answered }) => answered)),
      both(shown.map(({ painted }) => painted)),
    ]),
  ),
)
for (const complaint of complaints) console.log(`the page complains: ${complaint}`)
console.log(
  judged([
    {
      what: 'Display Log to rows, p95 of all (ms)',
      value: p95(all.map(({ painted }) => painted)),
      atMost: markMs,
    },
  ]),
)

function p95(ms: readonly number[]): number {
  return ms.toSorted((a, b) => a - b)[Math.min(ms.length - 1, Math.ceil(ms.length * 0.95) - 1)] ?? Number.NaN
}

/** In the page. `shown()` begins at the next click and ends when the rows of its answer are painted. */
function watch(): void {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  const answers = () =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => new URL(name).pathname === '/api/v1/messages') as PerformanceResourceTiming[]
  performance.setResourceTimingBufferSize(100_000)
  const shown = async () => {
    const from = await new Promise<number>((resolve) =>
      addEventListener('click', (event) => resolve(event.timeStamp), { capture: true, once: true }),
    )
    let answered = 0
    for (; ; await frame()) {
      answered ||=
        answers().find(({ startTime, responseEnd }) => startTime >= from && responseEnd > 0)?.responseEnd ?? 0
      const busy = document.querySelector('main [aria-busy=true], main [role=progressbar]')
      if (answered > 0 && !busy) break
      if (performance.now() - from > 20_000) throw new Error('no rows after 20 seconds')
    }
    await frame()
    const painted = Promise.withResolvers<void>()
    const channel = new MessageChannel()
    channel.port1.onmessage = () => painted.resolve()
    channel.port2.postMessage(null)
    await painted.promise
    return { answered: answered - from, painted: performance.now() - from }
  }
  Object.assign(window, { shown })
}

/** The store of bench/query, made by it when it is not there. */
function filled(): void {
  const mark = join(folder, 'filled')
  if (existsSync(mark)) return
  const query = join(import.meta.dirname, 'query.ts')
  const args = [query, '--fill', '--rows', values.rows, '--folder', values.folder]
  mkdirSync(folder, { recursive: true })
  console.log(`filling a store with ${values.rows} messages`)
  if (spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0) throw new Error('filling failed')
  writeFileSync(mark, '')
}

/** Without housekeeping: its mail is months old. */
async function serve(): Promise<string> {
  const port = await freePort()
  const config = join(folder, 'console.toml')
  writeFileSync(
    config,
    `[server]\ndata_dir = "."\n[admin]\nlisten = ["127.0.0.1:${port}"]\n[euq]\nenabled = false\n[next_hop]\nhost = "127.0.0.1"\nport = 9\n[log]\nlevel = "error"\n`,
  )
  const main = join(import.meta.dirname, '..', 'src', 'main.ts')
  const child = spawn(process.execPath, [main, 'serve', '--config', config, '--roles', 'admin'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, LAZARET_ADMIN_PASSWORD: password },
  })
  const ended = Promise.withResolvers<void>()
  child.once('exit', () => ended.resolve())
  stack.defer(async () => {
    child.kill('SIGTERM')
    await ended.promise
  })
  for (let attempt = 0; ; attempt++) {
    try {
      const api = await openApi(port, 'admin', password)
      api.close()
      return `https://127.0.0.1:${port}`
    } catch (error) {
      if (attempt > 300 || child.exitCode !== null) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}
