/**
 * The store of a data directory, opened to be looked at: when no server runs there, as a server opens it; beside a
 * running one for reading only, with that server's own search (which is one process's alone on SQLite) asked over the API.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '../api/client.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import { createEvents } from '../events.ts'
import { createLog } from '../log.ts'
import { Problem } from '../problem.ts'
import { chunkStore } from '../store/chunks.ts'
import type { Database } from '../store/database.ts'
import { parseId } from '../store/ids.ts'
import { kyselyOver } from '../store/kysely.ts'
import { Labels } from '../store/labels.ts'
import { openStore } from '../store/open.ts'
import type { SearchIndex } from '../store/search/index.ts'
import { SenderMarks } from '../store/sender-marks.ts'
import { openSqlite } from '../store/sqlite/engine.ts'
import { isLocked, lockDataDir } from './lock.ts'

export interface OpenedStore extends AsyncDisposable {
  ctx: Context
  /** A server runs on it. */
  beside: boolean
}

/** @param server reaches the running server. @throws Problem when there is no store, or it cannot be opened. */
export async function openToLook(
  config: Config,
  dataDir: string,
  server: () => Client,
): Promise<OpenedStore> {
  const clock = systemClock
  const log = createLog('silent')
  const events = createEvents(log)
  await using stack = new AsyncDisposableStack()
  const sqlite = config.store.engine === 'sqlite'
  if (sqlite && !existsSync(join(dataDir, 'lazaret.db')))
    throw new Problem(
      'not-found',
      `There is no store in ${dataDir}.`,
      'Start the server once, or give its --config.',
    )
  const beside = sqlite && isLocked(dataDir)
  if (sqlite && !beside) stack.use(lockDataDir(dataDir))
  const { db, content } = beside
    ? await openBeside(config, dataDir, clock, server(), stack)
    : stack.use(await openStore(config.store, dataDir, { clock, log, events }))
  const opened = stack.move()
  const ctx: Context = { db, content, clock, log, events }
  return { ctx, beside, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

async function openBeside(
  config: Config,
  dataDir: string,
  clock: Clock,
  server: Client,
  stack: AsyncDisposableStack,
) {
  const engine = stack.use(
    await openSqlite({
      file: join(dataDir, 'lazaret.db'),
      readers: 1,
      cacheKb: config.store.cache_mb * 1024,
      checkpointBytes: Number.POSITIVE_INFINITY,
      failed: () => undefined, // the question that failed throws
    }),
  )
  const refuse = (): never => {
    throw new Error('this store is open for reading only')
  }
  const db: Database = {
    engine,
    read: kyselyOver('sqlite', { all: (sql, params) => engine.all(sql, params) }),
    ids: { next: refuse },
    search: remoteSearch(server),
    labels: new Labels(refuse),
    senderMarks: new SenderMarks(),
    transaction: refuse,
    async [Symbol.asyncDispose]() {},
  }
  return { db, content: chunkStore(db, clock) }
}

/** Walks the server's search from its beginning to its end: that is all a look needs. */
function remoteSearch(server: Client): SearchIndex {
  let cursor: string | null = null
  return {
    inserts: () => [],
    added: () => undefined,
    async search({ limit, after }) {
      const query = {
        sort: 'timestamp',
        order: 'asc',
        limit,
        cursor: after && cursor ? cursor : undefined,
      } as const
      const page = await server.call('findMessages', { query })
      cursor = page.nextCursor
      const ids = page.items.map(({ id }) => parseId(id) ?? Number.NaN)
      const next = cursor === null ? null : { key: '', id: ids.at(-1) ?? 0 }
      return { ids, total: page.total, totalIsExact: page.totalIsExact, next }
    },
    async forget() {},
    async settle() {},
    async [Symbol.asyncDispose]() {},
  }
}
