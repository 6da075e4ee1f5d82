/**
 * What a database engine does for the rest of store/: SQLite (store/sqlite/) and PostgreSQL (store/postgres/).
 * Statements use `?` nowhere: both engines take `$1 … $n`. Integers are JavaScript numbers (ids stay below 2^53),
 * bytes are Uint8Array, booleans do not exist (a nullable time, or 0/1).
 */
import type { UnpackedContent } from './unpack.ts'

export type Value = string | number | null | Uint8Array
export type Row = Record<string, Value>

/** Rows for one table, in the order of `columns`. The engine turns them into the fastest insert it has. */
export interface Insert {
  table: string
  columns: readonly string[]
  rows: Value[][]
  /**
   * Index of a column of bytes that is stored as a zstd frame; the engine compresses off the main thread. The buffers
   * of that column are given away: they may be empty after the call.
   */
  zstd?: number
  /** What becomes of a row whose key is there already: an error, or it is left out. */
  again?: 'ignore'
}

export interface Tx {
  all<R = Row>(sql: string, params?: readonly Value[]): Promise<R[]>
  /** Number of rows changed. */
  run(sql: string, params?: readonly Value[]): Promise<number>
  insert(insert: Insert): Promise<void>
}

export interface Engine extends AsyncDisposable {
  readonly kind: 'sqlite' | 'postgres'
  /** One statement on a reader, in its own snapshot; sees everything committed before the call. */
  all<R = Row>(sql: string, params?: readonly Value[]): Promise<R[]>
  /** Contents that a statement like `all` gives as they are kept, one row each; unpacked and proved off the main thread. */
  contents(sql: string, params: readonly Value[]): Promise<UnpackedContent[]>
  /**
   * Runs `work` in one read-write transaction: all of it or nothing, durable when the promise resolves. On SQLite
   * transactions take turns; inside, await nothing but `tx` (anything else holds up everybody's writes). On PostgreSQL
   * it is run again when it loses to another. With `read` it only reads, in as many snapshots as statements.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, access?: 'write' | 'read'): Promise<T>
  /**
   * Inserts atomically and durably; concurrent calls share a transaction and an fsync (group commit). Resolves after
   * the commit, rejects when nothing of this call was kept. `prepare` is called when the batch is formed, in commit
   * order: ids are given there, so that ids grow in the order of commits within one process.
   */
  commit(prepare: () => Insert[]): Promise<void>
}
