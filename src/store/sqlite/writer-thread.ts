/**
 * The one writer. `batch` is the mail path: many callers' inserts in one transaction; when one of them cannot be inserted
 * the batch is rolled back and each caller gets a transaction of its own, so that one caller's mistake does not cost the
 * others their mail.
 */
import { DatabaseSync } from 'node:sqlite'
import { workerData } from 'node:worker_threads'
import type { Value } from '../engine.ts'
import { type EncodedBatch, flatOf } from './encode.ts'
import { serve } from './serve.ts'
import { Statements } from './statements.ts'
import { type WiredValues, wireRows } from './wire.ts'

const { file, cacheKb } = workerData as { file: string; cacheKb: number }
const db = new DatabaseSync(file, { timeout: 10_000 })
db.exec('pragma page_size = 8192')
db.exec('pragma journal_mode = wal')
db.exec('pragma synchronous = full')
db.exec('pragma wal_autocheckpoint = 0') // the checkpoint thread does it, so that no commit waits for it
db.exec(`pragma cache_size = -${cacheKb}`)
db.exec('pragma temp_store = memory')
const statements = new Statements(db)

function inTransaction(groups: Value[][]): void {
  statements.run('begin immediate', [])
  try {
    for (const group of groups) statements.insert(group)
    statements.run('commit', [])
  } catch (error) {
    rollback()
    throw error
  }
}

function rollback(): void {
  if (db.isTransaction) statements.run('rollback', [])
}

/**
 * Null for each caller whose rows are written, else why they are not. Not synced: the main thread does that (log-sync.ts),
 * and nobody is answered before.
 */
function batch({ groups: encoded, newShapes }: EncodedBatch): (string | null)[] {
  statements.learn(newShapes)
  const groups = encoded.map(flatOf)
  for (const group of groups) statements.compress(group)
  statements.run('pragma synchronous = normal', [])
  try {
    return written(groups)
  } finally {
    statements.run('pragma synchronous = full', []) // first: nothing may be written without it
    for (const group of groups) statements.forget(group)
  }
}

function written(groups: Value[][]): (string | null)[] {
  try {
    inTransaction(groups)
    return groups.map(() => null)
  } catch (error) {
    if (groups.length === 1) return [messageOf(error)]
    return groups.map((group) => {
      try {
        inTransaction([group])
        return null
      } catch (own) {
        return messageOf(own)
      }
    })
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Outside, each statement would be a transaction of its own: the beginning has failed, or SQLite has rolled back. */
function assertInside(): void {
  if (!db.isTransaction) throw new Error('the transaction is not open any more')
}

serve({
  batch,
  begin: () => statements.run('begin immediate', []),
  all: ({ sql, params }: { sql: string; params: WiredValues }) => {
    assertInside()
    return wireRows(statements.all(sql, params))
  },
  run: ({ sql, params }: { sql: string; params: WiredValues }) => {
    assertInside()
    return statements.run(sql, params)
  },
  insert: ({ groups, newShapes }: EncodedBatch) => {
    statements.learn(newShapes)
    assertInside()
    for (const group of groups.map(flatOf)) {
      statements.compress(group)
      statements.insert(group)
      statements.forget(group)
    }
  },
  commit: () => {
    assertInside()
    statements.run('commit', [])
  },
  rollback,
  close: () => {
    rollback()
    db.exec('pragma wal_checkpoint(truncate)')
    db.close()
  },
})
