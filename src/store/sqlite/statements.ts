/**
 * Runs in SQLite's threads: prepares each SQL text once and binds `$1 … $n`. Statements whose parameters come in order
 * are bound by position, which is the faster way; others by name.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { zstdCompressSync } from 'node:zlib'
import type { Row, Value } from '../engine.ts'
import { giveBack } from '../spent.ts'
import { zstdOptions } from '../zstd.ts'
import type { Shape } from './encode.ts'
import { valuesOf, type WiredValues } from './wire.ts'

const statementsKept = 300

interface Prepared {
  statement: StatementSync
  named: boolean
}

interface PreparedInsert {
  statement: StatementSync
  width: number
  zstd: number | undefined
}

export class Statements {
  readonly #db: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()
  readonly #inserts = new Map<number, PreparedInsert>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  all(sql: string, wired: WiredValues): Row[] {
    const params = valuesOf(wired)
    const { statement, named } = this.#prepare(sql)
    return (named ? statement.all(byName(params)) : statement.all(...params)) as Row[]
  }

  run(sql: string, wired: WiredValues): number {
    const params = valuesOf(wired)
    const { statement, named } = this.#prepare(sql)
    return Number((named ? statement.run(byName(params)) : statement.run(...params)).changes)
  }

  learn(shapes: Shape[]): void {
    for (const { number, table, columns, zstd, again } of shapes) {
      const places = columns.map(() => '?').join(', ')
      const conflict = again === 'ignore' ? ' on conflict do nothing' : ''
      const sql = `insert into ${table} (${columns.join(', ')}) values (${places})${conflict}`
      this.#inserts.set(number, { statement: this.#db.prepare(sql), width: columns.length, zstd })
    }
  }

  /** Once for each caller's rows, as `encode.ts` writes them: replaces content by its compressed frames. */
  compress(flat: Value[]): void {
    this.#eachRow(flat, ({ zstd }, at) => {
      if (zstd !== undefined) flat[at + zstd] = compressed(flat[at + zstd] as Uint8Array)
    })
  }

  /** As often as needed, after `compress`. */
  insert(flat: Value[]): void {
    this.#eachRow(flat, ({ statement, width }, at) => statement.run(...flat.slice(at, at + width)))
  }

  /** After the last `insert`: what it was compressed to gives its memory back. */
  forget(flat: Value[]): void {
    this.#eachRow(flat, ({ zstd }, at) => {
      if (zstd !== undefined) giveBack(flat[at + zstd] as Uint8Array)
    })
  }

  #eachRow(flat: Value[], visit: (insert: PreparedInsert, at: number) => void): void {
    for (let at = 0; at < flat.length; ) {
      const insert = this.#inserts.get(flat[at] as number)
      if (!insert) throw new Error('an insert of unknown shape')
      let rows = flat[at + 1] as number
      for (at += 2; rows > 0; rows--, at += insert.width) visit(insert, at)
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

function compressed(bytes: Uint8Array): Uint8Array {
  const frame = zstdCompressSync(bytes, zstdOptions(bytes.byteLength))
  // Freed now, not when a garbage collection comes by; unless other bytes may lie in its buffer.
  if (bytes.byteLength === bytes.buffer.byteLength) (bytes.buffer as ArrayBuffer).transfer(0)
  return frame
}

function byName(params: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(params.map((value, i) => [String(i + 1), value]))
}
