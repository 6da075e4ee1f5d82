/**
 * What a job must know of many messages at once, before anything is done: some thousand in one statement, on a reader, so
 * that a look at a hundred thousand holds nobody up for long.
 */
import { sql } from 'kysely'
import { addressEndsIn } from './conditions.ts'
import type { Database } from './database.ts'
import type { HoldingState } from './schema.ts'

export interface CandidateMessage {
  id: number
  area: string
  reason: string
  /** JSON: Verdict[], or '' when there is no word of malware in it. */
  verdicts: string
  /** Copies in one of the states asked for, of recipients of the domains asked for. */
  copies: number
}

/** At most some thousand ids; those that are gone are missing from the answer. */
export async function candidateMessages(
  db: Database,
  ids: readonly number[],
  states: readonly HoldingState[],
  domains: readonly string[] | null = null,
): Promise<CandidateMessage[]> {
  const list = JSON.stringify(ids)
  const isOwn = domains ? sql` and ${addressEndsIn('h.address_key', domains)}` : sql``
  const wanted =
    db.engine.kind === 'sqlite'
      ? sql`(select value as id from json_each(${list}))`
      : sql`(select cast(value as bigint) as id from json_array_elements_text(cast(${list} as json)))`
  const { rows } = await sql<CandidateMessage>`
    select m.id, m.area, m.reason,
      case when m.verdicts like '%malware%' then m.verdicts else '' end as verdicts,
      (select count(*) from holdings h where h.message_id = m.id and h.state in (${sql.join(states)})${isOwn}) as copies
    from ${wanted} wanted join messages m on m.id = wanted.id`.execute(db.read)
  return rows.map((row) => ({ ...row, copies: Number(row.copies) }))
}
