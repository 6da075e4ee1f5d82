/**
 * Engine on PostgreSQL (pg). Bulk inserts go as arrays through unnest(), one statement a table whatever the number of
 * rows. Durability is the server's: openPostgres refuses one whose synchronous_commit or fsync is off. A transaction that
 * loses to another (serialisation failure, deadlock) is run again, a few times.
 */
import { promisify } from 'node:util'
import { zstdCompress } from 'node:zlib'
import pg from 'pg'
import { Problem } from '../../problem.ts'
import type { Engine, Insert, Row, Tx, Value } from '../engine.ts'
import { GroupCommit } from '../group-commit.ts'
import { zstdOptions } from '../zstd.ts'

export interface PostgresOptions {
  url: string
  connections: number
  statementTimeoutMs: number
  failed: (error: Error) => void
}

const attempts = 4
const retryable = new Set(['40001', '40P01'])
const compress = promisify(zstdCompress)

const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, (text: string) => Number(text))
types.setTypeParser(pg.types.builtins.NUMERIC, (text: string) => Number(text))

export async function openPostgres(options: PostgresOptions): Promise<PostgresEngine> {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections,
    statement_timeout: options.statementTimeoutMs,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'lazaret',
    options: '-c jit=off -c max_parallel_workers_per_gather=0',
    types,
  })
  pool.on('error', options.failed) // an idle connection broke: the pool replaces it
  try {
    const { rows } = await pool.query<{ synchronous_commit: string; fsync: string }>(
      `select current_setting('synchronous_commit') as synchronous_commit, current_setting('fsync') as fsync`,
    )
    const settings = rows[0]
    if (settings?.synchronous_commit === 'off' || settings?.fsync === 'off')
      throw new Problem(
        'invalid',
        `PostgreSQL runs with synchronous_commit=${settings.synchronous_commit}, fsync=${settings.fsync}: accepted mail could be lost`,
        'Set both to on for this database.',
      )
    return new PostgresEngine(pool, await columnTypes(pool))
  } catch (error) {
    await pool.end()
    throw error
  }
}

type ColumnTypes = Map<string, string>

async function columnTypes(client: pg.Pool | pg.PoolClient): Promise<ColumnTypes> {
  const { rows } = await client.query<{ table_name: string; column_name: string; data_type: string }>(
    'select table_name, column_name, data_type from information_schema.columns where table_schema = current_schema()',
  )
  return new Map(rows.map((row) => [`${row.table_name}.${row.column_name}`, row.data_type]))
}

export class PostgresEngine implements Engine {
  readonly kind = 'postgres'
  readonly #pool: pg.Pool
  #types: ColumnTypes
  readonly #groups: GroupCommit

  constructor(pool: pg.Pool, types: ColumnTypes) {
    this.#pool = pool
    this.#types = types
    this.#groups = new GroupCommit((groups) => this.#commitBatch(groups))
  }

  async all<R = Row>(sql: string, params: readonly Value[] = []): Promise<R[]> {
    const { rows } = await this.#pool.query(query(sql, params))
    return rows as R[]
  }

  commit(prepare: () => Insert[]): Promise<void> {
    return this.#groups.commit(prepare)
  }

  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const client = await this.#pool.connect()
      let broken: Error | undefined
      try {
        await client.query('begin')
        const result = await work(txOver(client, this.#types))
        await client.query('commit')
        return result
      } catch (error) {
        await client.query('rollback').catch((rollbackError: Error) => {
          broken = rollbackError
        })
        if (attempt >= attempts || !retryable.has(String((error as { code?: unknown }).code))) throw error
      } finally {
        client.release(broken)
      }
    }
  }

  /** After migrations: the columns are known anew. */
  async schemaChanged(): Promise<void> {
    this.#types = await columnTypes(this.#pool)
  }

  /** A session of its own, outside the pool's turns, for locks that live as long as the process. */
  connection(): Promise<pg.PoolClient> {
    return this.#pool.connect()
  }

  async #commitBatch(groups: Insert[][]): Promise<(string | null)[]> {
    const ready = await Promise.all(groups.map((group) => Promise.all(group.map(compressed))))
    const together = (batch: Insert[][]) =>
      this.transaction(async (tx) => {
        for (const insert of merged(batch)) await tx.insert(insert)
      })
    try {
      await together(ready)
      return groups.map(() => null)
    } catch (error) {
      if (groups.length === 1) return [(error as Error).message]
      const answers: (string | null)[] = []
      for (const group of ready)
        answers.push(
          await together([group]).then(
            () => null,
            (own: Error) => own.message,
          ),
        )
      return answers
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end()
  }
}

function txOver(client: pg.PoolClient, types: ColumnTypes): Tx {
  return {
    all: async <R>(sql: string, params: readonly Value[] = []) =>
      (await client.query(query(sql, params))).rows as R[],
    run: async (sql, params = []) => (await client.query(query(sql, params))).rowCount ?? 0,
    insert: async (given) => {
      const insert = await compressed(given)
      if (insert.rows.length === 0) return
      const casts = insert.columns.map(
        (column, i) => `$${i + 1}::${types.get(`${insert.table}.${column}`) ?? 'text'}[]`,
      )
      await client.query(
        `insert into ${insert.table} (${insert.columns.join(', ')}) select * from unnest(${casts.join(', ')})`,
        insert.columns.map((_, i) => insert.rows.map((row) => toPg(row[i] as Value))),
      )
    },
  }
}

const query = (sql: string, params: readonly Value[]) => ({ text: sql, values: params.map(toPg), types })
/** NUL cannot stand in PostgreSQL's text; mail brings it in headers. */
const toPg = (value: Value): Value | Buffer =>
  typeof value === 'string' && value.includes('\0')
    ? value.replaceAll('\0', '\u{fffd}')
    : value instanceof Uint8Array
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : value

const compressedBytes = (bytes: Uint8Array) => compress(bytes, zstdOptions(bytes.byteLength))

async function compressed(insert: Insert): Promise<Insert> {
  const { zstd, ...rest } = insert
  if (zstd === undefined) return insert
  const rows = await Promise.all(
    insert.rows.map(async (row) => row.with(zstd, await compressedBytes(row[zstd] as Uint8Array))),
  )
  return { ...rest, rows }
}

/** All rows for one table in one insert, tables in the order of their first appearance. */
function merged(groups: Insert[][]): Insert[] {
  const byTable = new Map<string, Insert>()
  for (const group of groups)
    for (const insert of group) {
      const key = `${insert.table} ${insert.columns.join()}`
      const known = byTable.get(key)
      if (known) known.rows.push(...insert.rows)
      else byTable.set(key, { ...insert, rows: [...insert.rows] })
    }
  return [...byTable.values()]
}
