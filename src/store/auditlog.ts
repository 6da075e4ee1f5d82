/** Reads the audit log for people: filtered, a page at a time, the newest first, or all of it, the oldest first. Writing and proving it is audit.ts. */
import type { Kysely, SelectQueryBuilder } from 'kysely'
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

type Criteria = Omit<AuditFilter, 'before' | 'limit'>

/** One row more than the limit says that there is another page. */
export async function listAudit(read: Kysely<Schema>, filter: AuditFilter): Promise<AuditTable[]> {
  let query = matching(read, filter).orderBy('seq', 'desc').limit(filter.limit)
  if (filter.before !== undefined) query = query.where('seq', '<', filter.before)
  return await query.execute()
}

/** Rows with a larger number than `after`, the oldest first, at most `limit`. */
export async function auditAfter(
  read: Kysely<Schema>,
  criteria: Criteria,
  after: number,
  limit: number,
): Promise<AuditTable[]> {
  return await matching(read, criteria).where('seq', '>', after).orderBy('seq').limit(limit).execute()
}

function matching(read: Kysely<Schema>, criteria: Criteria): SelectQueryBuilder<Schema, 'audit', AuditTable> {
  let query = read.selectFrom('audit').selectAll()
  for (const column of ['actor', 'deed'] as const) {
    const value = criteria[column]
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
  if (criteria.target !== undefined) query = query.where('target', '=', criteria.target)
  if (criteria.from !== undefined) query = query.where('at', '>=', criteria.from)
  if (criteria.to !== undefined) query = query.where('at', '<', criteria.to)
  return query
}
