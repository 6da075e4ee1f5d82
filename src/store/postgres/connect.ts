/** Connections to PostgreSQL: what all of them have in common, and what tells a broken one from a refused statement. */
import pg from 'pg'
import { Unfit } from './arrays.ts'

export interface PostgresOptions {
  url: string
  /** For everything but group commits, which have one of their own. */
  connections: number
  /** 0: none. */
  statementTimeoutMs: number
  failed: (error: Error) => void
}

/** The server gives up a statement by itself; when it does not even say so, it is gone. */
const silenceMs = 15_000
/**
 * In a transaction nothing is awaited but its own statements. A node that does nothing in one for so long is frozen (its
 * machine paused, say), and the server ends it, so that the rows it holds are not held from everybody else.
 */
const idleInTransactionMs = 10_000

export const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, (text: string) => Number(text))
types.setTypeParser(pg.types.builtins.NUMERIC, (text: string) => Number(text))

export function configOf({ url, statementTimeoutMs }: PostgresOptions): pg.PoolConfig {
  return {
    connectionString: url,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs && statementTimeoutMs + silenceMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    pipeline: true, // statements of a transaction that do not wait for each other travel together
    application_name: 'lazaret',
    options: '-c jit=off -c max_parallel_workers_per_gather=0',
    types,
  }
}

export function openPool(options: PostgresOptions, max: number): pg.Pool {
  const pool = new pg.Pool({ ...configOf(options), max })
  pool.on('error', options.failed) // an idle connection broke: the pool replaces it
  return pool
}

/**
 * The server refused one statement and goes on. Anything else (the connection is gone, the server goes down, a fault in
 * it: SQLSTATE 08, 25P03, 57P, 58, XX) leaves open what was done. By code, since words come in many languages.
 */
export const isRefusal = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && !/^(?:08|25P03|57P|58|XX)/.test(error.code ?? 'XX000')

/** Refused for what is in the rows (SQLSTATE classes 21 to 23, 42, 54): others may be kept without them. */
export const isAboutRows = (error: unknown): boolean =>
  error instanceof Unfit || (error instanceof pg.DatabaseError && /^(?:2[1-3]|42|54)/.test(error.code ?? ''))
