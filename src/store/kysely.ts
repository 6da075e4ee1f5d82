/** Kysely over an engine or one of its transactions: typed queries, compiled for the engine's dialect. */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Engine, Insert, Value } from './engine.ts'
import type { Schema } from './schema.ts'

/** What runs a statement: the engine itself (reads only) or a transaction. */
export interface Runner {
  all<R>(sql: string, params: readonly Value[]): Promise<R[]>
  run?(sql: string, params: readonly Value[]): Promise<number>
  insert?(insert: Insert): Promise<void>
}

const runners = new WeakMap<Kysely<Schema>, Runner>()

/** Many rows for one table, the engine's fastest way. @param trx of a transaction. */
export async function insertRows(trx: Kysely<Schema>, insert: Insert): Promise<void> {
  const runner = runners.get(trx)
  if (!runner?.insert) throw new Error('this is for reading; write inside database.transaction()')
  await runner.insert(insert)
}

export function kyselyOver(kind: Engine['kind'], runner: Runner): Kysely<Schema> {
  const connection = connectionOver(runner)
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    destroy: async () => {},
    beginTransaction: refused,
    commitTransaction: refused,
    rollbackTransaction: refused,
  }
  const dialect: Dialect =
    kind === 'sqlite'
      ? {
          createDriver: () => driver,
          createQueryCompiler: () => new SqliteQueryCompiler(),
          createAdapter: () => new SqliteAdapter(),
          createIntrospector: (db) => new SqliteIntrospector(db),
        }
      : {
          createDriver: () => driver,
          createQueryCompiler: () => new PostgresQueryCompiler(),
          createAdapter: () => new PostgresAdapter(),
          createIntrospector: (db) => new PostgresIntrospector(db),
        }
  const kysely = new Kysely<Schema>({ dialect })
  runners.set(kysely, runner)
  return kysely
}

async function refused(): Promise<never> {
  throw new Error('use database.transaction()')
}

function connectionOver(runner: Runner): DatabaseConnection {
  return {
    async executeQuery<R>({ query, sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      const changes =
        query.kind === 'InsertQueryNode' ||
        query.kind === 'UpdateQueryNode' ||
        query.kind === 'DeleteQueryNode'
      if (changes && !runner.run) throw new Error('this is for reading; write inside database.transaction()')
      if (changes && runner.run && !query.returning)
        return { rows: [], numAffectedRows: BigInt(await runner.run(sql, parameters as Value[])) }
      return { rows: await runner.all<R>(sql, parameters as Value[]) }
    },
    // biome-ignore lint/correctness/useYield: results are read whole, in pages that the caller bounds
    async *streamQuery() {
      throw new Error('read in pages instead')
    },
  }
}
