/**
 * Makes durable what was written to SQLite's write-ahead log: fdatasync by Node's own threads, on a descriptor of our
 * own. The writer thread is free meanwhile for the next batch, which it would not be if SQLite synced in its commit.
 * After an fsync that failed nothing is known of what was written before it (the kernel may have dropped the pages), so
 * from then on every sync fails: the store takes nothing more until the process is started again and has recovered.
 */
import { type FileHandle, open } from 'node:fs/promises'

export type SyncFile = (file: FileHandle) => Promise<void>

const fdatasync: SyncFile = (file) => file.datasync()

export class LogSync implements AsyncDisposable {
  readonly #path: string
  readonly #syncFile: SyncFile
  readonly #failed: (error: Error) => void
  #file: Promise<FileHandle> | undefined
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
      this.#file ??= open(this.#path, 'r+')
      await this.#syncFile(await this.#file)
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
    await (await this.#file?.catch(() => undefined))?.close()
  }
}
