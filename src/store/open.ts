/**
 * Opens the store: engine, migrations, ids, search index, content. Closing it in reverse leaves nothing behind that a
 * start would have to repair; not closing it (a crash) costs nothing but reading the tail of the search index again.
 */
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Events } from '../events.ts'
import type { Log } from '../log.ts'
import { Problem } from '../problem.ts'
import { chunkStore } from './chunks.ts'
import type { ContentStore } from './content.ts'
import type { Database } from './database.ts'
import type { Engine } from './engine.ts'
import { idSource } from './ids.ts'
import { kyselyOver } from './kysely.ts'
import { Labels } from './labels.ts'
import { isMigrated, migrate } from './migrate.ts'
import type { StoreOptions } from './options.ts'
import type { PostgresOptions } from './postgres/connect.ts'
import { openPostgres, type PostgresEngine } from './postgres/engine.ts'
import { takeNodeNumber } from './postgres/node-number.ts'
import { openSearch } from './search/open.ts'
import { SenderMarks } from './sender-marks.ts'
import { openSqlite } from './sqlite/engine.ts'

export interface StoreParts {
  clock: Clock
  log: Log
  events: Events
}

export interface Store extends AsyncDisposable {
  db: Database
  content: ContentStore
}

/** For tests: what to put around the engine. */
export type WrapEngine = (engine: Engine) => Engine

/**
 * @param folder data directory; SQLite's files are `lazaret.db` and `search.db` in it.
 * @throws Problem when the store cannot be used as configured.
 */
export async function openStore(
  options: StoreOptions,
  folder: string,
  parts: StoreParts,
  wrap: WrapEngine = (engine) => engine,
): Promise<Store> {
  await using opened = new AsyncDisposableStack()
  const failed = (error: Error) => parts.events.tell({ kind: 'failure', where: 'store', error })
  const { engine, node } = await (options.engine === 'sqlite'
    ? openOnSqlite(options, folder, failed, opened)
    : openOnPostgres(options, failed, opened))

  const wrapped = wrap(engine)
  const search = opened.use(
    await openSearch(wrapped, {
      path: join(folder, 'search.db'),
      log: parts.log,
      events: parts.events,
    }),
  )
  const ids = idSource(parts.clock, node, await greatestId(engine))
  const stack = opened.move()
  const transaction: Database['transaction'] = (work) =>
    wrapped.transaction((tx) => work(kyselyOver(engine.kind, tx)))
  const db: Database = {
    engine: wrapped,
    read: kyselyOver(engine.kind, { all: (sql, params) => wrapped.all(sql, params) }),
    ids,
    search,
    labels: new Labels(transaction),
    senderMarks: new SenderMarks(),
    transaction,
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  }
  return { db, content: chunkStore(db, parts.clock), [Symbol.asyncDispose]: () => db[Symbol.asyncDispose]() }
}

async function openOnSqlite(
  options: StoreOptions,
  folder: string,
  failed: (error: Error) => void,
  opened: AsyncDisposableStack,
) {
  const engine = opened.use(
    await openSqlite({
      file: join(folder, 'lazaret.db'),
      readers: options.readers,
      cacheKb: options.cache_mb * 1024,
      checkpointBytes: 24 << 20,
      statementTimeoutMs: options.statement_timeout_s * 1000,
      failed,
    }),
  )
  await migrate(engine)
  return { engine, node: 0 }
}

async function openOnPostgres(
  options: StoreOptions,
  failed: (error: Error) => void,
  opened: AsyncDisposableStack,
) {
  if (options.url === '')
    throw new Problem('invalid', 'store.engine is postgres but store.url is empty', 'Set store.url.')
  const postgres = {
    url: options.url,
    connections: options.connections,
    statementTimeoutMs: options.statement_timeout_s * 1000,
    failed,
  }
  const engine = opened.use(await openMigrated(postgres))
  const { number } = opened.use(await takeNodeNumber(postgres))
  return { engine, node: number }
}

/** An engine knows the columns that were there when it was opened. */
async function openMigrated(options: PostgresOptions): Promise<PostgresEngine> {
  await using opened = new AsyncDisposableStack()
  const engine = opened.use(await openPostgres(options))
  if (await isMigrated(engine)) {
    opened.move()
    return engine
  }
  const migrating = opened.use(await openPostgres({ ...options, connections: 1, statementTimeoutMs: 0 }))
  await migrate(migrating)
  return await openPostgres(options)
}

async function greatestId(engine: Engine): Promise<number> {
  const [row] = await engine.all<{ id: number | null }>(
    `select max(id) as id from (
       select max(id) as id from messages union all select max(id) from contents
       union all select max(id) from releases union all select max(id) from deliveries
       union all select max(id) from attempts union all select max(id) from forgotten
       union all select max(id) from jobs union all select max(id) from senders
       union all select max(id) from requests union all select max(id) from posts
       union all select max(id) from users union all select max(id) from saved_searches
       union all select max(id) from accounts union all select max(id) from api_keys
       union all select max(content_id) from staging) greatest`,
  )
  return row?.id ?? 0
}
