/**
 * What has changed since somebody last looked, whichever process did it: for consoles that are open. Deeds are read from
 * the audit log, whose numbers have no gaps and grow in the order of commits. Attempts have ids of their time and may be
 * committed out of order, so the last half minute is looked through each time.
 */
import { type Kysely, sql } from 'kysely'
import { idAt, parseId } from './ids.ts'
import type { Schema } from './schema.ts'

export interface ChangeMark {
  audit: number
  message: number
  jobs: string
  /** Ids of attempts that were told. */
  attempts: ReadonlySet<number>
}

export interface Changes {
  mark: ChangeMark
  held: boolean
  deliveries: boolean
  jobs: boolean
  areas: boolean
  /** Asked for, withdrawn or decided; a release, a deletion and the end of retention end some as well. */
  requests: boolean
  /** Whose recipients changed; null: too many to name. */
  messages: number[] | null
}

const lateMs = 30_000
const attemptRows = 500
const auditRows = 200

/** A mark from before `at`, milliseconds since the Unix epoch: what was committed from then on has changed since it. */
export async function markAt(read: Kysely<Schema>, at: number): Promise<ChangeMark> {
  const deed = await read
    .selectFrom('audit')
    .select('seq')
    .where('at', '<', at)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  const message = await read
    .selectFrom('messages')
    .select('id')
    .where('id', '<', idAt(at))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const ended = await read.selectFrom('jobs').select('id').where('ended_at', '>=', at).limit(1).execute()
  const attempts = await read
    .selectFrom('attempts')
    .select('id')
    .where('id', '>=', idAt(at - lateMs))
    .where('id', '<', idAt(at))
    .orderBy('id', 'desc')
    .limit(attemptRows)
    .execute()
  return {
    audit: deed?.seq ?? 0,
    message: message?.id ?? 0,
    // One that runs is told whenever it has got on.
    jobs: ended.length > 0 ? 'one has ended' : runningJobs(await jobsThatRun(read)),
    attempts: new Set(attempts.map(({ id }) => id)),
  }
}

export async function changesSince(read: Kysely<Schema>, before: ChangeMark, now: number): Promise<Changes> {
  const { rows } = await sql<{ audit: number | null; message: number | null }>`select
    (select max(seq) from audit) as audit,
    (select max(id) from messages) as message`.execute(read)
  const attempts = await read
    .selectFrom('attempts')
    .innerJoin('deliveries', 'deliveries.id', 'attempts.delivery_id')
    .select(['attempts.id', 'deliveries.message_id'])
    .where('attempts.id', '>=', idAt(now - lateMs))
    .orderBy('attempts.id', 'desc')
    .limit(attemptRows)
    .execute()
  const mark: ChangeMark = {
    audit: rows[0]?.audit ?? 0,
    message: rows[0]?.message ?? 0,
    jobs: runningJobs(await jobsThatRun(read)),
    attempts: new Set(attempts.map(({ id }) => id)),
  }
  const tried = attempts.filter(({ id }) => !before.attempts.has(id))
  const deeds = mark.audit > before.audit ? await deedsBetween(read, before.audit, mark.audit) : []
  const named = new Set(tried.map(({ message_id }) => message_id))
  let unnamed = tried.length === attemptRows || deeds.length === auditRows
  const kinds = new Set<string>()
  for (const { deed, target } of deeds) {
    if (looks.has(deed)) continue
    const kind = deed.slice(0, deed.indexOf('.'))
    kinds.add(deed === 'message.release' ? 'delivery' : kind)
    if (kind === 'retention') unnamed = true
    if (kind !== 'message' && kind !== 'delivery') continue
    const id = parseId(target)
    if (id === null) unnamed = true
    else named.add(id)
  }
  const full = deeds.length === auditRows
  return {
    mark,
    held: mark.message > before.message,
    deliveries: full || tried.length > 0 || kinds.has('delivery'),
    jobs: full || mark.jobs !== before.jobs || kinds.has('job'),
    areas: full || kinds.has('retention'),
    requests: full || kinds.has('request'),
    messages: unnamed ? null : [...named],
  }
}

const jobsThatRun = (read: Kysely<Schema>) =>
  read
    .selectFrom('jobs')
    .select(['id', 'worked'])
    .where('state', '=', sql.lit('running'))
    .orderBy('id')
    .limit(100)
    .execute()

const runningJobs = (jobs: readonly { id: number; worked: number }[]): string =>
  jobs.map(({ id, worked }) => `${id} ${worked}`).join()

/** Deeds on messages that change nothing of them. */
const looks = new Set(['message.view', 'message.download', 'message.find'])

async function deedsBetween(read: Kysely<Schema>, after: number, upTo: number) {
  return await read
    .selectFrom('audit')
    .select(['deed', 'target'])
    .where('seq', '>', after)
    .where('seq', '<=', upTo)
    .orderBy('seq')
    .limit(auditRows)
    .execute()
}
