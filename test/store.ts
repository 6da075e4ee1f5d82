/**
 * A store for tests, on each engine: SQLite in a temporary folder, PostgreSQL in a database of its own on one server
 * per test process. The clock is turned by hand. ENGINES=sqlite (or postgres) picks one.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe } from 'node:test'
import type { Clock } from '../src/clock.ts'
import type { Context } from '../src/context.ts'
import { createEvents, type Event } from '../src/events.ts'
import { createLog } from '../src/log.ts'
import { defaultsOf } from '../src/options.ts'
import type { Engine } from '../src/store/engine.ts'
import { migrate } from '../src/store/migrate.ts'
import { openStore, type WrapEngine } from '../src/store/open.ts'
import { storeOptions } from '../src/store/options.ts'
import { openPostgres } from '../src/store/postgres/engine.ts'
import { keepAs, startPostgres, type TestPostgres } from './postgres.ts'

/** A clock that stands still until it is turned; timers run when they fall due, in order. */
export interface TestClock extends Clock {
  /** Turns the clock on and runs what falls due, one after the other. */
  turn(ms: number): Promise<void>
}

export function testClock(startMs = Date.UTC(2026, 0, 15, 9)): TestClock {
  let now = startMs
  const timers = new Set<{
    at: number
    delayMs: number
    task: () => Promise<void>
    failed: (error: unknown) => void
  }>()
  return {
    now: () => now,
    every(delayMs, task, failed) {
      const timer = { at: now + delayMs, delayMs, task, failed }
      timers.add(timer)
      return {
        wake: () => void task().catch(failed),
        async [Symbol.asyncDispose]() {
          timers.delete(timer)
        },
      }
    },
    async turn(ms) {
      const until = now + ms
      for (;;) {
        const next = [...timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        now = Math.max(now, next.at)
        await next.task().catch(next.failed)
        next.at = now + next.delayMs
      }
      now = until
    },
  }
}

export interface TestStore extends AsyncDisposable {
  ctx: Context
  clock: TestClock
  /** Everything told so far. */
  told: Event[]
  folder: string
  /** Where it lives, to open it a second time. */
  options: ReturnType<typeof defaultsOf<typeof storeOptions>>
}

export interface TestStoreOptions {
  wrap?: WrapEngine
  clock?: TestClock
  /** An existing store to open again. */
  again?: Pick<TestStore, 'folder' | 'options'>
}

export async function openTestStore(
  kind: Engine['kind'],
  postgres: TestPostgres | undefined,
  { wrap, clock = testClock(), again }: TestStoreOptions = {},
): Promise<TestStore> {
  const folder = again?.folder ?? mkdtempSync(join(tmpdir(), 'lazaret-store-'))
  if (!again && kind === 'sqlite') await copyEmpty(folder)
  const options = again?.options ?? {
    ...defaultsOf(storeOptions),
    engine: kind,
    url: kind === 'postgres' && postgres ? await postgres.create(await migrated(postgres)) : '',
  }
  const log = createLog('silent')
  const events = createEvents(log)
  const told: Event[] = []
  events.listen((event) => told.push(event))
  const store = await openStore(options, folder, { clock, log, events }, wrap)
  return {
    ctx: { db: store.db, content: store.content, clock, log, events },
    clock,
    told,
    folder,
    options,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      if (!again) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Files of a store with nothing in it: copies are there sooner than others like them. Where a run of tests has a folder for
 * that, the first ones are kept there.
 */
async function copyEmpty(folder: string): Promise<void> {
  const { LAZARET_TEST_TEMPLATES: templates } = process.env
  if (!templates) return
  const template = join(templates, 'sqlite')
  if (!existsSync(template)) {
    const own = mkdtempSync(`${template}-`)
    const log = createLog('silent')
    const parts = { clock: testClock(), log, events: createEvents(log) }
    const store = await openStore({ ...defaultsOf(storeOptions), engine: 'sqlite', url: '' }, own, parts)
    await store[Symbol.asyncDispose]()
    keepAs(own, template)
  }
  for (const file of ['lazaret.db', 'search.db']) copyFileSync(join(template, file), join(folder, file))
}

const templates = new WeakMap<TestPostgres, Promise<string>>()

/** The name of a database with today's schema and nothing in it: a copy of it is there sooner than another like it. */
async function migrated(postgres: TestPostgres): Promise<string> {
  const make = async () => {
    const url = await postgres.create()
    await using engine = await openPostgres({ url, connections: 1, statementTimeoutMs: 0, failed: () => {} })
    await migrate(engine)
    return new URL(url).pathname.slice(1)
  }
  const made = templates.get(postgres) ?? make()
  templates.set(postgres, made)
  return await made
}

/** Opens a fresh store; the test disposes of it with `await using`. */
export type OpenStore = (options?: TestStoreOptions) => Promise<TestStore>

/** One server for all tests of the process. */
let postgres: Promise<TestPostgres> | undefined
after(async () => (await postgres)?.[Symbol.asyncDispose]())
/** Less to start, and less memory to go through, than a server has that lives long. */
const quick = {
  shared_buffers: '16MB',
  io_method: 'sync',
  autovacuum: 'off',
  max_logical_replication_workers: '0',
}

/** Declares the same tests for each engine. */
export function forEachEngine(tests: (open: OpenStore, kind: Engine['kind']) => void): void {
  const wanted = (process.env.ENGINES ?? 'sqlite,postgres').split(',')
  for (const kind of ['sqlite', 'postgres'] as const) {
    if (!wanted.includes(kind)) continue
    describe(kind, () => {
      tests(async (options) => {
        if (kind === 'postgres') postgres ??= startPostgres(quick)
        return openTestStore(kind, await postgres, options)
      }, kind)
    })
  }
}
