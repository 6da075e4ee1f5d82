/** Reads the audit log for people: filtered, a page at a time, the newest first. Writing and proving it is audit.ts. */
import type { Kysely } from 'kysely'
import type { AuditTable, Schema } from './schema.ts'

export interface AuditFilter {
  /** Whole value; with an asterisk at its end everything that begins so. */
  actor?: string
  deed?: string
  /** Whole value. */
  target?: string
  /** Milliseconds; from is inclusive, to exclusive. */
  from?: number
  to?: number
  /** Only rows with a smaller number. */
  before?: number
  limit: number
}

/** One row more than the limit says that there is another page. */
export async function listAudit(read: Kysely<Schema>, filter: AuditFilter): Promise<AuditTable[]> {
  let query = read.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(filter.limit)
  for (const column of ['actor', 'deed'] as const) {
    const value = filter[column]
    if (value === undefined || value === '*') continue
    if (!value.endsWith('*')) query = query.where(column, '=', value)
    else {
      // Not LIKE: % and _ in a name would mean something.
      const start = value.slice(0, -1)
      query = query.where(({ eb, fn, val }) =>
        eb(fn<string>('substr', [column, val(1), val([...start].length)]), '=', start),
      )
    }
  }
  if (filter.target !== undefined) query = query.where('target', '=', filter.target)
  if (filter.from !== undefined) query = query.where('at', '>=', filter.from)
  if (filter.to !== undefined) query = query.where('at', '<', filter.to)
  if (filter.before !== undefined) query = query.where('seq', '<', filter.before)
  return await query.execute()
}
