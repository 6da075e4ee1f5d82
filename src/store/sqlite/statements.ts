/**
 * Runs in SQLite's threads: prepares each SQL text once and binds `$1 … $n`. Statements whose parameters come in order
 * are bound by position, which is the faster way; others by name.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { zstdCompressSync } from 'node:zlib'
import type { Insert, Row, Value } from '../engine.ts'
import { zstdOptions } from '../zstd.ts'

const statementsKept = 300

interface Prepared {
  statement: StatementSync
  named: boolean
}

export class Statements {
  readonly #db: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  all(sql: string, params: readonly Value[]): Row[] {
    const { statement, named } = this.#prepare(sql)
    return (named ? statement.all(byName(params)) : statement.all(...params)) as Row[]
  }

  run(sql: string, params: readonly Value[]): number {
    const { statement, named } = this.#prepare(sql)
    return Number((named ? statement.run(byName(params)) : statement.run(...params)).changes)
  }

  insert({ table, columns, rows, zstd }: Insert): void {
    const { statement } = this.#prepare(
      `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    )
    for (const row of rows) {
      if (zstd === undefined) statement.run(...row)
      else statement.run(...row.with(zstd, zstdCompressSync(row[zstd] as Uint8Array, zstdOptions)))
    }
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql)
    if (known) return known
    const numbers = [...sql.matchAll(/\$(\d+)/g)].map((match) => Number(match[1]))
    const inOrder = numbers.every((n, i) => n === i + 1)
    const prepared = {
      statement: this.#db.prepare(inOrder ? sql.replace(/\$\d+/g, '?') : sql),
      named: !inOrder,
    }
    if (this.#prepared.size >= statementsKept) {
      const oldest = this.#prepared.keys().next().value
      if (oldest !== undefined) this.#prepared.delete(oldest)
    }
    this.#prepared.set(sql, prepared)
    return prepared
  }
}

function byName(params: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(params.map((value, i) => [String(i + 1), value]))
}
