/**
 * Where the bytes of mail are kept. By default zstd-compressed chunks inside the database (store/chunks.ts), so that
 * bytes and rows are durable in one commit; object storage can stand behind the same interface.
 */
import type { Insert } from './engine.ts'

/** A message coming in. Not safe for concurrent writes. */
export interface IncomingContent {
  /**
   * Takes the next bytes (the buffer is kept: do not reuse it). A promise asks the caller to pause until it resolves;
   * it rejects when staging fails. Small messages stay in memory, larger ones are staged chunk by chunk.
   */
  write(bytes: Uint8Array): Promise<void> | undefined
  /** After the last write. */
  finish(): Promise<ReceivedContent>
  /** Gives up; removes what was staged. Safe at any time, more than once, also after finish. */
  discard(): Promise<void>
}

export interface ReceivedContent {
  /** Id under which it is kept, once `inserts()` is committed. */
  id: number
  size: number
  /** Lower-case hex. */
  sha256: string
  /** The rows that make it last, for the same commit as the message's rows. */
  inserts(): Insert[]
  /** The original bytes, from the beginning, as often as asked; before the commit too. */
  open(): AsyncIterable<Uint8Array>
}

export interface ContentStore {
  receive(): IncomingContent
  /**
   * The stored bytes of a kept content. Throws a Problem 'not-found' when they were purged, and an Error at the end
   * when size or SHA-256 differ from what was received: the consumer must not have promised anything by then.
   */
  open(contentId: number): AsyncIterable<Uint8Array>
  /** Removes staged bytes of messages that never finished, older than `before` (ms). Returns how many. */
  sweep(before: number): Promise<number>
}
