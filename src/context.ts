/** The explicit first argument of everything that does something. It stays five. */
import type { Clock } from './clock.ts'
import type { Events } from './events.ts'
import type { Log } from './log.ts'
import type { ContentStore } from './store/content.ts'
import type { Database } from './store/database.ts'

export interface Context {
  readonly db: Database
  readonly content: ContentStore
  readonly clock: Clock
  readonly log: Log
  readonly events: Events
}
