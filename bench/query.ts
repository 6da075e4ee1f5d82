/**
 * bench/query: how long a search takes, page and total together as the API answers them, in a store of a million
 * messages; idle, and while mail comes in; beside it what the database alone gives (query-peers.ts).
 *
 *   node bench/query.ts [--engine sqlite|postgres] [--rows 1000000] [--rounds 3] [--rate 500] [--no-peer] [--url URL]
 *
 * `--url` names a PostgreSQL database of yours, empty at first; filled by one run, it serves the next.
 *
 * Filling runs in a process of its own and is kept in the work folder, so that memory is that of searching; the time it
 * takes is in the output. Totals and pages are checked against counts made by looking at every row.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { beginAgain } from '../src/cli/lean.ts'
import { digits, judged, type Mark, table } from './figures.ts'
import { startBenchPostgres } from './postgres.ts'
import { type BenchQuery, barOf, benchQueries } from './query-classes.ts'
import { benchMail } from './query-mail.ts'
import { fts5Peer, type Peer, trigramPeer } from './query-peers.ts'
import { askStore, fill, intake, openBenchStore } from './query-store.ts'

const { values } = parseArgs({
  allowNegative: true,
  options: {
    engine: { type: 'string', default: 'sqlite' },
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    rate: { type: 'string', default: '500' },
    peer: { type: 'boolean', default: true },
    folder: { type: 'string', default: join(tmpdir(), 'lazaret-bench') },
    url: { type: 'string', default: '' },
    /** Inside: fill the store and end. */
    fill: { type: 'boolean', default: false },
  },
})
const engine = values.engine === 'postgres' ? 'postgres' : 'sqlite'
const rows = Number(values.rows)
const rounds = Number(values.rounds)
const folder = join(values.folder, `query-${engine}-${rows}`)
const queriesFile = join(folder, 'queries.json')
const endMs = Date.UTC(2026, 5, 30)
const mail = () => benchMail(rows, endMs)

if (values.fill) await fillStore()
else {
  beginAgain(process.env) // memory is measured: that of a server
  await measure()
}

async function fillStore(): Promise<void> {
  await using store = await openBenchStore(folder, values.url)
  const startedAt = performance.now()
  await fill(store.ctx, mail(), (done) => {
    if (done % 100_000 === 0)
      console.log(`  ${done} messages, ${Math.round((performance.now() - startedAt) / 1000)} s`)
  })
  if (values.url !== '') await asInUse(values.url)
  writeFileSync(queriesFile, JSON.stringify(benchQueries(mail)))
}

/** What autovacuum would have done if these messages had come in over weeks. */
async function asInUse(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('vacuum (analyze)')
  await client.query('checkpoint')
  await client.end()
}

async function filled(url: string): Promise<void> {
  const mark = join(folder, 'filled')
  if ((engine === 'sqlite' || values.url !== '') && existsSync(mark)) return
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  console.log(`filling a store with ${rows} messages`)
  const args = [
    import.meta.filename,
    '--fill',
    '--engine',
    engine,
    '--rows',
    String(rows),
    '--folder',
    values.folder,
    '--url',
    url,
  ]
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`filling ended with ${code}`))))
  await promise
  writeFileSync(mark, '')
}

interface Times {
  ms: number[]
  wrong: string | null
}

async function measure(): Promise<void> {
  await using opened = new AsyncDisposableStack()
  const postgres = engine === 'postgres' && values.url === '' ? opened.use(await startBenchPostgres()) : null
  const url = postgres ? await postgres.create() : values.url
  await filled(url)
  const queries = JSON.parse(readFileSync(queriesFile, 'utf8')) as BenchQuery[]
  const classes = [...new Set(queries.map((query) => query.class))]
  const startedAt = performance.now()
  const store = opened.use(await openBenchStore(folder, url))
  console.log(`opened in ${digits(performance.now() - startedAt)} ms`)
  let residentMb = 0
  const sampler = setInterval(() => {
    residentMb = Math.max(residentMb, process.memoryUsage().rss / 1e6)
  }, 100)

  const ask = async (query: BenchQuery, moving: boolean) => {
    const found = await askStore(store.ctx, query.request)
    const shown = { rows: found.ids.length, total: found.total, exact: found.totalIsExact }
    return wrongness(query, shown, moving)
  }
  const idle = await timed(queries, rounds, (query) => ask(query, false))
  const idleMb = residentMb
  const stop = intake(store.ctx, Number(values.rate))
  const loadedAt = performance.now()
  const loaded = await timed(queries, rounds, (query) => ask(query, true))
  const accepted = await stop()
  const rate = accepted / ((performance.now() - loadedAt) / 1000)
  clearInterval(sampler)
  const peer =
    values.peer && values.url === '' ? opened.use(await filledPeer(await postgres?.create())) : null
  const beside =
    peer &&
    (await timed(queries, 1, async (query) =>
      wrongness(query, { ...(await peer.ask(query)), exact: true }, false),
    ))

  const heads = [
    'class',
    'hits',
    'p50 / p95 ms',
    `p50 / p95 ms at ${digits(rate)} messages/s`,
    ...(peer ? [`${peer.name} p50 / p95 ms`] : []),
  ]
  const both = (times: Map<string, Times> | null, name: string) =>
    times ? `${digits(at(times.get(name), 0.5))} / ${digits(at(times.get(name), 0.95))}` : ''
  console.log(
    table(
      heads,
      classes.map((name) => [
        name,
        String(middleHits(queries, name)),
        both(idle, name),
        both(loaded, name),
        ...(peer ? [both(beside, name)] : []),
      ]),
    ),
  )
  const marks: Mark[] = classes.flatMap((name) => {
    const bar = barOf(name, engine)
    return [
      { what: `${name}, p95`, value: at(idle.get(name), 0.95), atMost: bar },
      { what: `${name}, p95 while mail comes in`, value: at(loaded.get(name), 0.95), atMost: bar * 2 },
    ]
  })
  marks.push({ what: 'resident memory while searching, MB', value: idleMb, atMost: 300 })
  marks.push({ what: 'resident memory while mail comes in, MB', value: residentMb, atMost: 300 })
  console.log(judged(marks))
  if (engine === 'sqlite')
    console.log(`search.db: ${Math.round(statSync(join(folder, 'search.db')).size / 1e6)} MB`)
  for (const [kind, times] of [
    ['idle', idle],
    ['mail coming in', loaded],
    ['peer', beside],
  ] as const)
    for (const [name, { wrong }] of times ?? []) if (wrong) console.log(`WRONG (${kind}) ${name}: ${wrong}`)
}

async function filledPeer(url: string | undefined): Promise<Peer> {
  const peer = url ? await trigramPeer(url) : fts5Peer(join(folder, 'fts5.db'))
  console.log(`filling ${peer.name}`)
  await peer.fill(mail())
  return peer
}

/** Every query of every class, in turn, `count` times; a first time that is not counted. */
async function timed(
  queries: BenchQuery[],
  count: number,
  ask: (query: BenchQuery) => Promise<string | null>,
): Promise<Map<string, Times>> {
  const times = new Map<string, Times>()
  for (let round = 0; round <= count; round++)
    for (const query of queries) {
      const known = times.get(query.class) ?? { ms: [], wrong: null }
      times.set(query.class, known)
      const startedAt = performance.now()
      known.wrong = (await ask(query)) ?? known.wrong
      if (round > 0) known.ms.push(performance.now() - startedAt)
    }
  return times
}

/** What is wrong with an answer. While mail comes in there may be more of everything. */
function wrongness(
  query: BenchQuery,
  shown: { rows: number; total: number; exact: boolean },
  moving: boolean,
): string | null {
  const { limit, offset = 0 } = query.request
  const total = shown.exact ? (moving ? Math.min(shown.total, query.hits) : shown.total) : query.hits
  const rowsWanted = Math.max(0, Math.min(limit, query.hits - offset))
  const right =
    total === query.hits &&
    (moving ? shown.rows >= rowsWanted : shown.rows === rowsWanted) &&
    (shown.exact || query.hits > shown.total || moving)
  return right ? null : `${JSON.stringify(query.text)}: ${JSON.stringify(shown)}, should be ${query.hits}`
}

function at(times: Times | undefined, share: number): number {
  const sorted = times?.ms.toSorted((a, b) => a - b) ?? []
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

function middleHits(queries: BenchQuery[], name: string): number {
  const hits = queries.filter((query) => query.class === name).map((query) => query.hits)
  return hits.sort((a, b) => a - b)[Math.floor(hits.length / 2)] ?? 0
}
