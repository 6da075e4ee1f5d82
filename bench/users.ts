/**
 * bench/users: a user's list of held mail, as the API answers it, in a store of 1,000 users with 5,000,000 copies, some of
 * whom have 50,000 and most 1,000.
 *
 *   node bench/users.ts [--engine sqlite|postgres] [--users 1000] [--copies 5000000] [--rounds 3] [--folder F] [--url U]
 *
 * Each question is followed by the floor in the same run: a bare SELECT of the rows of the same page by their key. Filling
 * is kept in the work folder (SQLite, or a database that --url names) and runs in a process of its own.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import type { UserSession } from '../src/access/user-sessions.ts'
import { messageQuery } from '../src/api/euq/schemas.ts'
import { readId } from '../src/api/views.ts'
import { messageHandlers } from '../src/http/euq/messages.ts'
import type { EuqParts } from '../src/http/euq/parts.ts'
import { digits, judged, type Mark, median, table } from './figures.ts'
import { startBenchPostgres } from './postgres.ts'
import { dice } from './query-mail.ts'
import { fill, openBenchStore } from './query-store.ts'
import { type BenchUser, benchUsers, stateOf, usersMail } from './users-mail.ts'

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'sqlite' },
    users: { type: 'string', default: '1000' },
    copies: { type: 'string', default: '5000000' },
    rounds: { type: 'string', default: '3' },
    folder: { type: 'string', default: join(tmpdir(), 'lazaret-bench') },
    url: { type: 'string', default: '' },
    /** Inside, or beforehand: fill the store and end. */
    fill: { type: 'boolean', default: false },
  },
})
const engine = values.engine === 'postgres' ? 'postgres' : 'sqlite'
const [count, copies, rounds] = [Number(values.users), Number(values.copies), Number(values.rounds)]
const folder = join(values.folder, `users-${engine}-${copies}`)
const mark = join(folder, 'filled')
const endMs = Date.UTC(2026, 5, 30)
const bar = engine === 'sqlite' ? 20 : 40
const users = benchUsers(count)

if (values.fill) await fillStore()
else await measure()

async function fillStore(): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await using store = await openBenchStore(folder, values.url)
  await using maintenance = await maintained()
  const startedAt = performance.now()
  let copy = 0
  // Row by row they take most of the time: they are made in one go afterwards.
  const indexes = (await maintenance?.dropIndexes()) ?? []
  await fill(
    store.ctx,
    usersMail(count, copies, endMs),
    (done) => {
      if (done % 200_000 === 0)
        console.log(`  ${done} messages, ${Math.round((performance.now() - startedAt) / 1000)} s`)
    },
    () => stateOf(copy++),
  )
  for (const { made } of indexes) await maintenance?.run(made)
  await maintenance?.run('vacuum (analyze)')
  console.log(`  filled in ${Math.round((performance.now() - startedAt) / 1000)} s`)
  writeFileSync(mark, '')
}

/** A connection without limits of time, on PostgreSQL. */
async function maintained() {
  if (engine === 'sqlite') return null
  const client = new pg.Client({ connectionString: values.url })
  await client.connect()
  await client.query("set maintenance_work_mem = '1GB'")
  return {
    run: async (sql: string) => void (await client.query(sql)),
    async dropIndexes(): Promise<{ name: string; made: string }[]> {
      const { rows } = await client.query(
        `select indexname as name, indexdef as made from pg_indexes
         where tablename = 'entries' and indexname <> 'entries_pkey'`,
      )
      for (const { name } of rows) await client.query(`drop index ${name}`)
      return rows
    },
    [Symbol.asyncDispose]: () => client.end(),
  }
}

async function filled(url: string): Promise<void> {
  if ((engine === 'sqlite' || values.url !== '') && existsSync(mark)) return
  rmSync(folder, { recursive: true, force: true })
  console.log(`filling a store with ${copies} copies for ${count} users`)
  const given = { engine, users: count, copies, folder: values.folder, url }
  const args = Object.entries(given).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = spawn(process.execPath, [import.meta.filename, '--fill', ...args], { stdio: 'inherit' })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`filling ended with ${code}`))))
  await promise
}

interface Question {
  class: string
  user: BenchUser
  query: Record<string, string>
}

/** A few of each, for users of all kinds: those who have most come as often as they are many, and once more by themselves. */
function questions(): Question[] {
  const random = dice(5)
  const asked: Question[] = []
  const plain = users.filter(({ scope }) => scope.length === 1)
  const several = users.filter(({ scope }) => scope.length > 1)
  const heavy = plain.slice(0, 32)
  const ask = (name: string, query: Record<string, string>, of = plain, times = 24) => {
    for (let i = 0; i < times; i++)
      asked.push({ class: name, user: of[random.int(of.length)] as BenchUser, query })
  }
  const common = { q: 'invoice' }
  const rare = { q: '471' }
  const kinds: Record<string, Record<string, string>> = {
    newest: {},
    'second page': { page: '2' },
    'page 10': { page: '10' },
    'by reason': { reason: 'phishing' },
    'a word': common,
    'a rare word': rare,
    'no such word': { q: 'xyzzy' },
    'sorted by sender': { sort: 'sender' },
    'sorted by subject': { sort: 'subject', order: 'desc' },
    'a word, sorted by subject': { ...common, sort: 'subject' },
    deleted: { show: 'deleted' },
  }
  for (const [name, query] of Object.entries(kinds)) {
    ask(name, query)
    ask(`${name}; two aliases and a list`, query, several)
    ask(`${name}; those who have most`, query, heavy, 12)
  }
  return asked
}

async function measure(): Promise<void> {
  await using opened = new AsyncDisposableStack()
  const postgres = engine === 'postgres' && values.url === '' ? opened.use(await startBenchPostgres()) : null
  const url = postgres ? await postgres.create() : values.url
  await filled(url)
  const store = opened.use(await openBenchStore(folder, url))
  await store.ctx.db.search.settle()
  const { db } = store.ctx
  const areas = ['Spam', 'Promotions', 'Threat', 'Attachments'].map((name) => ({
    name,
    keepDays: 30,
    releasableBy: ['recipient'],
    visibleToUsers: true,
    usersDownloadParts: false,
  }))
  const { findMyMessages } = messageHandlers({
    ctx: store.ctx,
    deps: { policy: () => ({ areas }) },
  } as unknown as EuqParts)
  const session = ({ name, scope }: BenchUser) =>
    ({
      user: { id: 1 },
      actor: { id: null, name, role: 'user' },
      scope: new Set(scope),
    }) as unknown as UserSession
  const times = new Map<string, { ours: number[]; floor: number[]; cpu: number[]; total: number[] }>()
  for (let round = 0; round <= rounds; round++)
    for (const one of questions()) {
      const known = times.get(one.class) ?? { ours: [], floor: [], cpu: [], total: [] }
      times.set(one.class, known)
      const query = messageQuery.parse({ limit: '50', ...one.query })
      const [startedAt, cpu] = [performance.now(), process.cpuUsage()]
      const found = await findMyMessages({ session: session(one.user), query } as never)
      const [endedAt, { user, system }] = [performance.now(), process.cpuUsage(cpu)]
      const ids = found.items.map(({ id }) => readId(id))
      await db.engine.all(
        `select id, sender, subject, header_from, reason, area from messages where id in (${[0, ...ids].join()})`,
      )
      if (round === 0) continue // warms up
      known.ours.push(endedAt - startedAt)
      known.cpu.push((user + system) / 1000)
      known.floor.push(performance.now() - endedAt)
      known.total.push(found.total)
    }
  const at = (ms: number[], share: number) => ms.toSorted((a, b) => a - b)[Math.floor(share * ms.length)] ?? 0
  console.log(
    table(
      [
        'list',
        'total',
        'p50 / p95 ms',
        'CPU of this process, p50 / p95 ms',
        'floor p50 / p95 ms',
        'times the floor (p50)',
      ],
      [...times].map(([name, { ours, floor, cpu, total }]) => [
        name,
        digits(median(total)),
        `${digits(at(ours, 0.5))} / ${digits(at(ours, 0.95))}`,
        `${digits(at(cpu, 0.5))} / ${digits(at(cpu, 0.95))}`,
        `${digits(at(floor, 0.5))} / ${digits(at(floor, 0.95))}`,
        digits(at(ours, 0.5) / at(floor, 0.5)),
      ]),
    ),
  )
  const marks: Mark[] = [...times].map(([what, { ours }]) => ({
    what: `${what}, p95`,
    value: at(ours, 0.95),
    atMost: bar,
  }))
  const all = [...times].filter(([name]) => !name.includes('have most')).flatMap(([, { ours }]) => ours)
  marks.push({ what: 'all of them, p95', value: at(all, 0.95), atMost: bar })
  console.log(judged(marks))
}
