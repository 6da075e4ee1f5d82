/**
 * Makes durable what was written to SQLite's write-ahead log: fdatasync by Node's own threads, on a descriptor of our
 * own. The writer thread is free meanwhile for the next batch, which it would not be if SQLite synced in its commit.
 * After an fsync that failed nothing is known of what was written before it (the kernel may have dropped the pages), so
 * from then on every sync fails: the store takes nothing more until the process is started again and has recovered. The
 * kernel tells each descriptor of an error once: syncs that run at the same time have one each, so that none can take the
 * news from another.
 */
import { type FileHandle, open } from 'node:fs/promises'

export type SyncFile = (file: FileHandle) => Promise<void>

const fdatasync: SyncFile = (file) => file.datasync()

export class LogSync implements AsyncDisposable {
  readonly #path: string
  readonly #syncFile: SyncFile
  readonly #failed: (error: Error) => void
  /** Those that no sync is using. */
  readonly #files: FileHandle[] = []
  #closed = false
  #broken: Error | undefined

  /** @param path of the log; it is there from the first write on, for as long as the database is open. */
  constructor(path: string, failed: (error: Error) => void, syncFile: SyncFile = fdatasync) {
    this.#path = path
    this.#failed = failed
    this.#syncFile = syncFile
  }

  /** Resolves when everything that was written before the call is durable. */
  async sync(): Promise<void> {
    this.assertWhole()
    try {
      const file = this.#files.pop() ?? (await open(this.#path, 'r+'))
      try {
        await this.#syncFile(file)
      } finally {
        if (this.#closed) await file.close()
        else this.#files.push(file)
      }
      this.assertWhole()
    } catch (error) {
      if (this.#broken) throw this.#broken
      const why = error instanceof Error ? error.message : String(error)
      this.#broken = new Error(`the database's log could not be synced: ${why}`, { cause: error })
      this.#failed(this.#broken)
      throw this.#broken
    }
  }

  /** @throws Error when a sync has failed. */
  assertWhole(): void {
    if (this.#broken) throw this.#broken
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const file of this.#files.splice(0)) await file.close()
  }
}
