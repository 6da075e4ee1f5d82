/**
 * Engine on SQLite (node:sqlite): one writer thread, a few reader threads, one thread for checkpoints; WAL. What resolved
 * survives a power cut: transactions sync in their own commit (synchronous=FULL), group commits by log-sync.ts. They take
 * turns. If a thread dies, or a sync fails, nothing is taken from then on: intake answers 4xx and readiness is lost.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Engine, Insert, Row, Tx, Value } from '../engine.ts'
import { GroupCommit } from '../group-commit.ts'
import { Turns } from '../turns.ts'
import type { UnpackedContent } from '../unpack.ts'
import { given, InsertEncoder } from './encode.ts'
import { LogSync, type SyncFile } from './log-sync.ts'
import { Readers } from './readers.ts'
import { Thread } from './thread.ts'
import { rowsOf, type WiredRows, wireValues } from './wire.ts'

export interface SqliteOptions {
  file: string
  readers: number
  /** Page cache of each connection. */
  cacheKb: number
  /** The log is copied back whenever about this much was written. */
  checkpointBytes: number
  /** A question that takes longer is given up; absent or 0: none is. Not what is asked inside a transaction. */
  statementTimeoutMs?: number
  failed: (error: Error) => void
  /** For tests: instead of fdatasync. */
  syncFile?: SyncFile
}

/** While one batch is being synced the next one is written. */
const cohorts = 2

const script = (name: string) => new URL(`./${name}-thread.ts`, import.meta.url)

export async function openSqlite(options: SqliteOptions): Promise<Engine> {
  const { file, cacheKb, failed } = options
  const writer = new Thread(script('writer'), { file, cacheKb }, failed)
  await writer.ask('rollback', null) // it has opened the file: the file exists from here on
  const reader = () => new Thread(script('reader'), { file, cacheKb }, failed)
  const readers = new Readers(options.readers, reader, options.statementTimeoutMs ?? 0)
  return new SqliteEngine(writer, readers, options)
}

class SqliteEngine implements Engine {
  readonly kind = 'sqlite'
  readonly #writer: Thread
  readonly #readers: Readers
  /** Started when it is needed first. */
  #checkpointer: Thread | undefined
  readonly #options: SqliteOptions
  readonly #turns = new Turns()
  readonly #inside = new AsyncLocalStorage<boolean>()
  readonly #log: LogSync
  readonly #groups: GroupCommit
  readonly #encoder = new InsertEncoder()
  #written = 0
  #checkpointing: Promise<void> | undefined

  constructor(writer: Thread, readers: Readers, options: SqliteOptions) {
    this.#writer = writer
    this.#readers = readers
    this.#options = options
    this.#log = new LogSync(`${options.file}-wal`, options.failed, options.syncFile)
    this.#groups = new GroupCommit(
      async (groups) => {
        const answers = await this.#turns.take(() => {
          this.#log.assertWhole()
          for (const group of groups) this.#count(group)
          return this.#send<(string | null)[]>('batch', groups)
        })
        return { answers, durable: this.#log.sync() }
      },
      { cohorts },
    )
  }

  async all<R = Row>(sql: string, params: readonly Value[] = []): Promise<R[]> {
    return rowsOf(await this.#readers.ask<WiredRows>('all', { sql, params: wireValues(params) })) as R[]
  }

  async contents(sql: string, params: readonly Value[]): Promise<UnpackedContent[]> {
    return this.#readers.ask<UnpackedContent[]>('contents', { sql, params: wireValues(params) })
  }

  async commit(prepare: () => Insert[]): Promise<void> {
    this.#assertOutside()
    await this.#groups.commit(prepare)
  }

  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    this.#assertOutside()
    return this.#turns.take(async () => {
      this.#log.assertWhole()
      const tx = this.#tx()
      try {
        // The first statement does not wait for the answer: if this fails, the writer refuses it.
        const begun = this.#writer.ask('begin', null)
        const [result] = await Promise.all([this.#inside.run(true, () => work(tx)), begun])
        tx.over = true
        await this.#writer.ask('commit', null)
        return result
      } catch (error) {
        tx.over = true
        await this.#writer.ask('rollback', null)
        throw error
      }
    })
  }

  /** Good for one transaction: a statement that comes late must not end up in the next one. */
  #tx(): Tx & { over: boolean } {
    const assertOpen = () => {
      if (tx.over) throw new Error('this transaction is over')
    }
    const ask = async <T>(op: string, args: unknown): Promise<T> => {
      assertOpen()
      return await this.#writer.ask<T>(op, args)
    }
    const tx: Tx & { over: boolean } = {
      over: false,
      all: async <R>(sql: string, params: readonly Value[] = []) => {
        this.#wrote(8192)
        return rowsOf(await ask<WiredRows>('all', { sql, params: wireValues(params) })) as R[]
      },
      run: (sql, params = []) => {
        this.#wrote(8192)
        return ask<number>('run', { sql, params: wireValues(params) })
      },
      insert: async (insert) => {
        assertOpen()
        this.#count([insert])
        await this.#send('insert', [[insert]])
      },
    }
    return tx
  }

  async #send<T>(op: 'batch' | 'insert', groups: Insert[][]): Promise<T> {
    const encoded = this.#encoder.encode(groups)
    try {
      return await this.#writer.ask<T>(op, encoded, given(groups))
    } catch (error) {
      this.#encoder.forget(encoded)
      throw error
    }
  }

  /** A transaction that waits for another turn would wait for itself. */
  #assertOutside(): void {
    if (this.#inside.getStore()) throw new Error('inside a transaction, use its tx')
  }

  #count(inserts: Insert[]): void {
    let bytes = 0
    for (const { rows } of inserts) {
      bytes += 512 * rows.length
      for (const row of rows)
        for (const value of row) if (value instanceof Uint8Array) bytes += value.byteLength
    }
    this.#wrote(bytes)
  }

  #wrote(bytes: number): void {
    this.#written += bytes
    if (this.#written >= this.#options.checkpointBytes && !this.#checkpointing) {
      this.#written = 0
      this.#checkpointing = this.#checkpoint()
        .catch(this.#options.failed)
        .finally(() => {
          this.#checkpointing = undefined
        })
    }
  }

  /**
   * First beside the writer, which copies nearly everything; then once more in a turn of its own, so that no frame is
   * left over and the log starts again: else it would grow for as long as mail keeps coming.
   */
  async #checkpoint(): Promise<void> {
    const { file, failed } = this.#options
    this.#checkpointer ??= new Thread(script('checkpoint'), { file }, failed)
    const thread = this.#checkpointer
    await thread.ask('checkpoint', null)
    await this.#turns.take(() => thread.ask('checkpoint', null))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#checkpointing
    await this.#checkpointer?.close()
    await this.#readers.close()
    await this.#turns.take(() => this.#writer.close())
    await this.#log[Symbol.asyncDispose]()
  }
}
