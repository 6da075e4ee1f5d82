/** What is said between the main thread and a thread that looks into messages. */
import type { Content } from './content.ts'
import type { Theme } from './page.ts'

export type Order =
  | { kind: 'begin' }
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'content'; isCut: boolean }
  | { kind: 'page'; isCut: boolean; theme: Theme }

export interface Reply {
  value?: Content | string
  /** A fault of ours. */
  error?: string
}
