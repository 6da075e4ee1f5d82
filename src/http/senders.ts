/** A page of approved and blocked senders, for their user and for administrators. */
import type { EuqAnswer } from '../api/euq/routes.ts'
import { iso, isoOrNull } from '../api/views.ts'
import type { Context } from '../context.ts'
import { formatId } from '../store/ids.ts'
import type { SendersTable } from '../store/sender-schema.ts'
import { countSenders, listSenders, type SenderFilter } from '../store/senders.ts'

type View = EuqAnswer<'changeMySender'>

export const senderView = (row: SendersTable, now: number): View => ({
  id: formatId(row.id),
  kind: row.kind,
  pattern: row.pattern,
  address: row.address_key === '' ? null : row.address_key,
  note: row.note,
  createdAt: iso(row.created_at),
  expiresAt: isoOrNull(row.expires_at),
  expired: row.expires_at !== null && row.expires_at <= now,
})

export async function senderPage(
  { db, clock }: Context,
  userId: number,
  allowed: number,
  {
    q,
    kind,
    page,
    limit,
  }: { q?: string | undefined; kind?: View['kind'] | undefined; page: number; limit: number },
): Promise<EuqAnswer<'findMySenders'>> {
  const text = q?.trim()
  const filter: SenderFilter = { userId, kind, text: text === '' ? undefined : text }
  const [rows, total, all] = await Promise.all([
    listSenders(db.read, { ...filter, offset: (page - 1) * limit, limit }),
    countSenders(db.read, filter),
    countSenders(db.read, { userId }),
  ])
  const now = clock.now()
  return { items: rows.map((row) => senderView(row, now)), total, all, allowed }
}
