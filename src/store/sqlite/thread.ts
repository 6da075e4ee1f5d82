/**
 * One of SQLite's threads, seen from the main thread: requests go in order, each gets its answer. A thread that dies
 * fails all its requests; the process cannot go on without its store, and `died` says so.
 */
import { Worker } from 'node:worker_threads'

export interface ThreadReply {
  id: number
  value?: unknown
  error?: { message: string; code: number | null }
}

/** An error of SQLite itself; `code` is its extended result code. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError'
  readonly code: number | null
  constructor(message: string, code: number | null) {
    super(message)
    this.code = code
  }
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

export class Thread {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #last = 0
  #dead: Error | undefined

  constructor(file: URL, workerData: unknown, died: (error: Error) => void) {
    this.#worker = new Worker(file, {
      workerData,
      name: 'sqlite',
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 256 },
    })
    this.#worker.on('message', (reply: ThreadReply) => {
      const waiting = this.#waiting.get(reply.id)
      this.#waiting.delete(reply.id)
      if (!waiting) return
      if (reply.error) waiting.reject(new SqliteError(reply.error.message, reply.error.code))
      else waiting.resolve(reply.value)
    })
    const end = (error: Error) => {
      const closing = this.#dead !== undefined
      this.#dead ??= error
      for (const { reject } of this.#waiting.values()) reject(this.#dead)
      this.#waiting.clear()
      if (!closing) died(error)
    }
    this.#worker.on('error', (error) => end(error instanceof Error ? error : new Error(String(error))))
    this.#worker.on('exit', () => end(new Error('the database thread has ended')))
  }

  ask<T>(op: string, args: unknown, transfer: ArrayBuffer[] = []): Promise<T> {
    if (this.#dead) return Promise.reject(this.#dead)
    const id = ++this.#last
    return new Promise<T>((resolve, reject) => {
      this.#worker.postMessage({ id, op, args }, transfer)
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
    })
  }

  /** Nothing more is wanted of it: what it was asked fails, and it ends when it has ended what it is working on. */
  async abandon(): Promise<void> {
    this.#dead ??= new Error('the database thread was given up')
    for (const { reject } of this.#waiting.values()) reject(this.#dead)
    this.#waiting.clear()
    await this.#worker.terminate()
  }

  /** Lets the thread close its database and end; what it has not answered by then fails. */
  async close(): Promise<void> {
    if (this.#dead) return
    const closing = this.ask('close', null)
    this.#dead = new Error('the database is closed')
    await closing
    await this.#worker.terminate()
  }
}
