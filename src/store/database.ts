/**
 * The database as the rest of the product sees it: typed queries (Kysely) over an engine, ids, and the search index.
 */
import type { Kysely } from 'kysely'
import type { Engine } from './engine.ts'
import type { IdSource } from './ids.ts'
import type { Labels } from './labels.ts'
import type { Schema } from './schema.ts'
import type { SearchIndex } from './search/index.ts'
import type { SenderMarks } from './sender-marks.ts'

export interface Database extends AsyncDisposable {
  readonly engine: Engine
  /** Reads only; each statement in its own snapshot. */
  readonly read: Kysely<Schema>
  readonly ids: IdSource
  readonly labels: Labels
  readonly search: SearchIndex
  /** Which senders are in anybody's list. */
  readonly senderMarks: SenderMarks
  /** All or nothing, durable when it resolves; inside, await nothing but `trx`. */
  transaction<T>(work: (trx: Kysely<Schema>) => Promise<T>): Promise<T>
}
