/**
 * Engine on PostgreSQL (pg). Bulk inserts go as binary arrays through unnest(), some hundred kilobytes a statement.
 * Durability is the server's: openPostgres refuses one whose synchronous_commit or fsync is off. A transaction that loses
 * to another (serialisation failure, deadlock) is run again, a few times; when the connection breaks during COMMIT the
 * server is asked what became of it. Group commits have a connection of their own, which no slow query can take.
 */
import { promisify } from 'node:util'
import { zstdCompress } from 'node:zlib'
import type pg from 'pg'
import { Problem } from '../../problem.ts'
import type { Engine, Insert, Row, Tx, Value } from '../engine.ts'
import { GroupCommit } from '../group-commit.ts'
import { together } from '../together.ts'
import { type PackedContent, type UnpackedContent, unpack } from '../unpack.ts'
import { zstdOptions } from '../zstd.ts'
import { binaryArray, slicesOf } from './arrays.ts'
import { isAboutRows, isRefusal, openPool, type PostgresOptions, types } from './connect.ts'
import { wasCommitted } from './outcome.ts'

const attempts = 4
const retryable = new Set(['40001', '40P01'])
const compress = promisify(zstdCompress)
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export async function openPostgres(options: PostgresOptions): Promise<PostgresEngine> {
  const pool = openPool(options, options.connections)
  const commits = openPool(options, 1)
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
    return new PostgresEngine({ pool, commits }, await columnTypes(pool), options.failed)
  } catch (error) {
    await Promise.all([pool.end(), commits.end()])
    throw error
  }
}

type ColumnTypes = Map<string, string>

async function columnTypes(client: pg.Pool | pg.PoolClient): Promise<ColumnTypes> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select relname || '.' || attname as name, format_type(atttypid, null) as type
     from pg_attribute join pg_class on pg_class.oid = attrelid
     where relnamespace = current_schema()::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped`,
  )
  return new Map(rows.map(({ name, type }) => [name, type]))
}

export class PostgresEngine implements Engine {
  readonly kind = 'postgres'
  readonly #pool: pg.Pool
  readonly #commits: pg.Pool
  readonly #failed: (error: Error) => void
  readonly #types: ColumnTypes
  readonly #groups: GroupCommit

  constructor(
    pools: { pool: pg.Pool; commits: pg.Pool },
    types: ColumnTypes,
    failed: (error: Error) => void,
  ) {
    this.#pool = pools.pool
    this.#commits = pools.commits
    this.#types = types
    this.#failed = failed
    this.#groups = new GroupCommit(async (groups) => ({
      answers: await this.#commitBatch(groups),
      durable: Promise.resolve(),
    }))
  }

  async all<R = Row>(sql: string, params: readonly Value[] = []): Promise<R[]> {
    const { rows } = await this.#pool.query(query(sql, params))
    return rows as R[]
  }

  async contents(sql: string, params: readonly Value[]): Promise<UnpackedContent[]> {
    const found: UnpackedContent[] = []
    for (const packed of await this.all<PackedContent>(sql, params)) {
      found.push(unpack(packed))
      await nextTurn() // a few dozen at once would hold up everything else
    }
    return found
  }

  commit(prepare: () => Insert[]): Promise<void> {
    return this.#groups.commit(prepare)
  }

  transaction<T>(work: (tx: Tx) => Promise<T>, access: 'write' | 'read' = 'write'): Promise<T> {
    return this.#transact(this.#pool, work, access)
  }

  async #transact<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>, access: 'write' | 'read'): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const session = new Session(await pool.connect())
      let number: string | null = null
      let result: { value: T } | undefined
      try {
        number = await session.begin(access)
        result = { value: await work(txOver(session, this.#types)) }
        await session.commit()
        return result.value
      } catch (error) {
        if (!session.broken) await session.rollback()
        else if (result && number !== null && (await wasCommitted(this.#pool, number, this.#failed)))
          return result.value
        if (attempt >= attempts || !retryable.has(String((error as { code?: unknown }).code))) throw error
      } finally {
        session.release()
      }
    }
  }

  async #commitBatch(groups: Insert[][]): Promise<(string | null)[]> {
    const ready = await Promise.all(groups.map((group) => Promise.all(group.map(compressed))))
    const commit = (batch: Insert[][]) =>
      this.#transact(
        this.#commits,
        async (tx) => void (await together(merged(batch).map((insert) => tx.insert(insert)))),
        'write',
      )
    try {
      await commit(ready)
      return groups.map(() => null)
    } catch (error) {
      // Only for what is in one of them can the others be helped; a server that is away is away for all.
      if (groups.length === 1 || !isAboutRows(error)) throw error
      const answers: (string | null)[] = []
      for (const group of ready)
        answers.push(
          await commit([group]).then(
            () => null,
            (own: Error) => own.message,
          ),
        )
      return answers
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#pool.end(), this.#commits.end()])
  }
}

/** One connection of the pool, for one transaction. */
class Session {
  readonly #client: pg.PoolClient
  /** Why it is of no further use. */
  broken: Error | undefined
  #over = false
  #reading: Promise<void> | undefined
  #ending: Promise<void> = Promise.resolve()

  constructor(client: pg.PoolClient) {
    this.#client = client
    client.on('error', this.#broke) // else it would end the process
  }

  readonly #broke = (error: Error): void => {
    this.broken ??= error
  }

  async query(text: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    try {
      return await this.#client.query(text as string, values)
    } catch (error) {
      if (!isRefusal(error)) this.#broke(error as Error)
      throw error
    }
  }

  /** Of the work inside: what comes late must not end up in another transaction. */
  async statement(text: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    if (this.#over) throw new Error('this transaction is over')
    return await this.query(text, values)
  }

  /**
   * The number of the transaction, by which the server can be asked for it; in the same journey. Nobody waits for the
   * beginning or the end of one that only reads: its statements follow at once, and nothing can be lost.
   */
  async begin(access: 'write' | 'read'): Promise<string | null> {
    if (access === 'read') {
      this.#reading = this.query('begin read only').then(() => undefined)
      this.#reading.catch(() => undefined) // commit() tells
      return null
    }
    const results: unknown = await this.query('begin; select pg_current_xact_id() as number')
    return (results as pg.QueryResult<{ number: string }>[])[1]?.rows[0]?.number ?? null
  }

  async commit(): Promise<void> {
    this.#over = true
    if (this.#reading) {
      await this.#reading
      this.#ending = this.query('commit').then(() => undefined, this.#broke)
      return
    }
    const { command } = await this.query('commit')
    if (command !== 'COMMIT') throw new Error('rolled back: a statement of the transaction had failed')
  }

  async rollback(): Promise<void> {
    this.#over = true
    await this.query('rollback').catch(this.#broke)
  }

  release(): void {
    void this.#ending.then(() => {
      this.#client.removeListener('error', this.#broke)
      this.#client.release(this.broken)
    })
  }
}

function txOver(session: Session, types: ColumnTypes): Tx {
  return {
    all: async <R>(sql: string, params: readonly Value[] = []) =>
      (await session.statement(query(sql, params))).rows as R[],
    run: async (sql, params = []) => (await session.statement(query(sql, params))).rowCount ?? 0,
    insert: async (given) => {
      const insert = await compressed(given)
      if (insert.rows.length === 0) return
      const typed = insert.columns.map((column) => types.get(`${insert.table}.${column}`) ?? 'text')
      const casts = typed.map((type, i) => `$${i + 1}::${type}[]`)
      const conflict = insert.again === 'ignore' ? ' on conflict do nothing' : ''
      const text = `insert into ${insert.table} (${insert.columns.join(', ')}) select * from unnest(${casts.join(', ')})${conflict}`
      const slices = slicesOf(insert.rows).map((rows) =>
        session.statement(
          text,
          typed.map((type, i) =>
            binaryArray(
              type,
              rows.map((row) => toPg(row[i] as Value)),
            ),
          ),
        ),
      )
      await together(slices)
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
      const key = `${insert.table} ${insert.columns.join()} ${insert.again}`
      const known = byTable.get(key)
      if (known) known.rows.push(...insert.rows)
      else byTable.set(key, { ...insert, rows: [...insert.rows] })
    }
  return [...byTable.values()]
}
