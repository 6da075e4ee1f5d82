/**
 * Finding messages. A Filter is what the query form means: patterns are parsed once (api/search.ts), labels compared
 * whole, dates are ids. Both engines give the same answer to the same Filter; test/search checks both against a plain
 * in-memory filter.
 */
import type { Insert } from '../engine.ts'
import type { EntriesTable, HoldingState } from '../schema.ts'

export type Entry = EntriesTable

/** What an entry consists of; in this order between threads (sqlite/transfer.ts). */
export const entryFields = [
  'id',
  'area',
  'reason',
  'rule',
  'scanner',
  'sender_key',
  'subject_key',
  'recipient_key',
  'message_id_key',
  'recipients_key',
  'attachments_key',
] as const satisfies (keyof Entry)[]

/**
 * A lower-cased pattern. `pieces` are what stands between asterisks, in order, none empty: `*a*b` is
 * { start: false, pieces: ['a', 'b'], end: true }. `start`: the value begins with the first piece; `end`: it ends with
 * the last. A bare value is { start: true, pieces: [value], end: true }. No pieces: matches everything.
 */
export interface Pattern {
  start: boolean
  pieces: string[]
  end: boolean
}

export interface Patterns {
  area?: Pattern
  reason?: Pattern
  scanner?: Pattern
  rule?: Pattern
  sender?: Pattern
  subject?: Pattern
  /** Any one recipient. */
  recipient?: Pattern
  /** Any one attachment name. */
  attachment?: Pattern
  messageId?: Pattern
}

export interface Filter extends Patterns {
  /** Mail that matches any one of these is left out. */
  without?: Patterns
  /** Milliseconds; from is inclusive, to exclusive. */
  from?: number
  to?: number
  /** At least one recipient's copy is in this state. */
  state?: HoldingState
  /** At least one copy of one of these recipients is in one of these states. */
  copies?: { recipients: readonly string[]; states: readonly HoldingState[] }
  /**
   * Recipients of these domains alone are looked at (mail/domains.ts). There must be one, and what is asked of recipients
   * and of the states of copies, and the order by recipient, is about them: others could be guessed by asking.
   */
  domains?: readonly string[]
  /** One of these areas, by their whole names. */
  areas?: readonly string[]
  /** In the sender or in the subject. */
  text?: Pattern
}

export const sortKeys = ['timestamp', 'sender', 'recipient', 'subject'] as const
export type SortKey = (typeof sortKeys)[number]

export interface SearchRequest {
  filter: Filter
  sort: SortKey
  order: 'asc' | 'desc'
  limit: number
  /** Rows to skip; or a cursor: exactly what follows (sort key, id) in this order. */
  offset?: number
  after?: { key: string; id: number }
  /** Count no further than that: the sooner it ends. At most totalCap. */
  countTo?: number
}

export interface SearchResult {
  /** In order. */
  ids: number[]
  /** Exact, or the cap when there are more than that. */
  total: number
  totalIsExact: boolean
  /** Position of the last id, for the next page; null when there is no next page. */
  next: { key: string; id: number } | null
}

/** Totals are counted up to this; above it the answer is "more than". */
export const totalCap = 10_000

export interface SearchIndex extends AsyncDisposable {
  /** Rows that must be written in the same commit as the messages (PostgreSQL), given their entries. */
  inserts(entries: Entry[]): Insert[]
  /** The messages of these entries are committed: they can be found from now on. Waits when the index is far behind. */
  added(entries: Entry[]): Promise<void> | undefined
  search(request: SearchRequest): Promise<SearchResult>
  /**
   * Messages that are gone from the store; listed in `forgotten` by the same transaction that removed them. An index that
   * is just being made leaves them listed: ask again later.
   */
  forget(ids: number[]): Promise<void>
  /** Everything committed so far is in the lasting index (check, tests, benchmarks). Rejects when that cannot be had. */
  settle(): Promise<void>
}
