/** Opens the search index that belongs to an engine. */
import { dirname, join } from 'node:path'
import type { Events } from '../../events.ts'
import type { Log } from '../../log.ts'
import type { Engine } from '../engine.ts'
import type { SearchIndex } from './index.ts'
import { openPostgresSearch } from './postgres/index.ts'
import { SqliteSearch } from './sqlite/sqlite-search.ts'

export interface SearchLimits {
  /** A search that takes longer is given up. */
  deadlineMs: number
  /** SQLite: memory for what was read last of search.db. */
  cacheBytes: number
  /** SQLite: entries that are gathered in memory before they become a segment of search.db. */
  segmentRows: number
  /** SQLite: how long opening waits for the index to have everything before it goes on without. */
  startWaitMs: number
  /** SQLite: how long mail waits for an index that does not keep up; after that the index reads it later. */
  patienceMs: number
  /** SQLite: entries on their way to the index, at most, before mail has to wait. */
  untakenRows: number
  /** PostgreSQL: entries that there must be before a sample of them tells how to search. */
  narrowFrom: number
}

const usualLimits: SearchLimits = {
  deadlineMs: 5000,
  cacheBytes: 32 << 20,
  segmentRows: 8192,
  startWaitMs: 3000,
  patienceMs: 10_000,
  untakenRows: 5000,
  narrowFrom: 20_000,
}

export interface SearchParts {
  /** SQLite: the file of the index, beside the main database. It can be deleted: then it is built anew. */
  path: string
  log: Log
  events: Events
  limits?: Partial<SearchLimits>
}

export async function openSearch(
  engine: Engine,
  { path, events, limits }: SearchParts,
): Promise<SearchIndex> {
  const all = { ...usualLimits, ...limits }
  if (engine.kind === 'postgres') return openPostgresSearch(engine, all.narrowFrom)
  const options = {
    ...all,
    file: path,
    mainFile: await mainFile(engine, path),
    segmentChars: all.segmentRows * charsPerRow,
    tailRowsLimit: all.segmentRows * 4,
    untakenChars: all.untakenRows * charsPerRow * 4,
  }
  return SqliteSearch.open(engine, options, events)
}

/** Usual mail has less text in its entry. */
const charsPerRow = 500

async function mainFile(engine: Engine, path: string): Promise<string> {
  const [row] = await engine.all<{ file: string }>(
    "select file from pragma_database_list where name = 'main'",
  )
  return row?.file ?? join(dirname(path), 'lazaret.db')
}
