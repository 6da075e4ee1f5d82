/**
 * The audit log: one row a deed, written in the deed's own transaction, each carrying the hash of the one before it, so
 * that a row changed or taken out shows. Rows are numbered without gaps.
 */
import { hash as sha256 } from 'node:crypto'
import type { Kysely } from 'kysely'
import { rowsOf } from './held.ts'
import { insertRows } from './kysely.ts'
import type { AuditTable, Schema } from './schema.ts'

const columns = [
  'seq',
  'at',
  'actor',
  'origin',
  'deed',
  'target',
  'details',
  'previous',
  'hash',
] as const satisfies (keyof AuditTable)[]

export interface Deed {
  at: number
  actor: string
  origin: string
  /** `message.release`, `message.view`, `session.start` … */
  deed: string
  target: string
  details: Record<string, unknown>
}

const genesis = '0'.repeat(64)

function hashOf(row: Omit<AuditTable, 'hash'>): string {
  const text = JSON.stringify([
    row.seq,
    row.at,
    row.actor,
    row.origin,
    row.deed,
    row.target,
    row.details,
    row.previous,
  ])
  return sha256('sha256', text, 'hex')
}

/** As every database gives it back: the hash is of what is read later, and names come from strangers. */
const storable = (text: string): string => text.replaceAll('\0', '\u{fffd}').toWellFormed()

/** Appends deeds to the chain inside `trx`, the transaction of the deeds themselves. */
export async function writeAudit(trx: Kysely<Schema>, deeds: Deed[]): Promise<void> {
  if (deeds.length === 0) return
  // Touching one row makes writers of the chain wait for each other on PostgreSQL too.
  await trx
    .insertInto('meta')
    .values({ key: 'audit', value: 'chain' })
    .onConflict((c) => c.column('key').doUpdateSet({ value: 'chain' }))
    .execute()
  const last = await trx
    .selectFrom('audit')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  let seq = last?.seq ?? 0
  let previous = last?.hash ?? genesis
  const rows: AuditTable[] = []
  for (const { at, details, ...words } of deeds) {
    const deed = {
      actor: storable(words.actor),
      origin: storable(words.origin),
      deed: storable(words.deed),
      target: storable(words.target),
    }
    const row = { seq: ++seq, at, ...deed, details: JSON.stringify(details), previous }
    previous = hashOf(row)
    rows.push({ ...row, hash: previous })
  }
  await insertRows(trx, { table: 'audit', columns, rows: rowsOf(rows, columns) })
}

export interface ChainReport {
  rows: number
  /** First row that does not fit, or null when the chain is whole. */
  brokenAt: number | null
  /** Hash of the last row: note it elsewhere to prove later that nothing was cut off the end. */
  head: string
}

/** Reads the whole chain in order, in pages, and recomputes every hash. */
export async function verifyAudit(read: Kysely<Schema>): Promise<ChainReport> {
  let seq = 0
  let head = genesis
  for (;;) {
    const rows = await read
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(1000)
      .execute()
    for (const row of rows) {
      const { hash, ...rest } = row
      if (row.seq !== seq + 1 || row.previous !== head || hashOf(rest) !== hash)
        return { rows: seq, brokenAt: seq + 1, head }
      seq = row.seq
      head = hash
    }
    if (rows.length < 1000) return { rows: seq, brokenAt: null, head }
  }
}
