/** Deeds on everything that a search finds. Dates such as `today` are counted from the moment of the preview (asOf). */
import { seenMessages, seesAll } from '../../access/sight.ts'
import type { AnswerOf } from '../../api/routes.ts'
import { parseFilter } from '../../api/search.ts'
import { iso, isoOrNull, readId } from '../../api/views.ts'
import { Problem } from '../../problem.ts'
import { type JobAction, type JobOrder, jobLimits } from '../../quarantine/job-scope.ts'
import { noJob, previewJob, seesJob, startJob, stopJob } from '../../quarantine/jobs.ts'
import { formatId, idTime, parseId } from '../../store/ids.ts'
import { listJobItems, listJobs, readJob } from '../../store/jobs.ts'
import type { JobsTable } from '../../store/schema.ts'
import type { Handlers, Parts } from '../parts.ts'

type Names = 'previewJob' | 'startJob' | 'listJobs' | 'showJob' | 'listJobItems' | 'stopJob'
type Criteria = Parameters<Handlers['previewJob']>[0]['body']['criteria']

export function jobHandlers({ ctx, deps }: Parts): Handlers<Names> {
  const rules = () => deps.policy().areas
  return {
    async previewJob({ actor, body }) {
      const order = orderOf(body, ctx.db.ids.next())
      const { messages, ...scope } = await previewJob(ctx, actor, rules(), order)
      return {
        action: order.action,
        asOf: formatId(order.asOf),
        messages: messages.length,
        limit: jobLimits.messages,
        ...scope,
      }
    },
    async startJob({ actor, body }) {
      const { messages, note } = body
      const order = orderOf(body, readId(body.asOf))
      const criteria = given(body.criteria)
      return jobView(await startJob(ctx, actor, rules(), { ...order, criteria, messages, note }))
    },
    async listJobs({ actor, query: { limit, before } }) {
      const rows = await listJobs(ctx.db, {
        limit,
        ...(seesAll(actor) ? {} : { orderedBy: actor.name }),
        ...(before === undefined ? {} : { before: readId(before) }),
      })
      return { items: rows.filter((row) => seesJob(actor, row)).map(jobView) }
    },
    async showJob({ actor, params }) {
      const row = await readJob(ctx.db.read, readId(params.id))
      if (!row || !seesJob(actor, row)) throw noJob()
      return jobView(row)
    },
    async listJobItems({ actor, params, query: { outcome, limit, cursor } }) {
      const id = readId(params.id)
      const job = await readJob(ctx.db.read, id)
      if (!job || !seesJob(actor, job)) throw noJob()
      const page = await listJobItems(ctx.db, id, {
        outcome,
        limit,
        ...(cursor === undefined ? {} : { after: readCursor(cursor) }),
      })
      // His domains may be others than they were.
      const ids = page.items.map(({ message_id }) => message_id)
      const seen = new Set(await seenMessages(ctx.db.read, actor, ids))
      return {
        items: page.items.map(({ message_id, text, sender, subject, ...row }) => ({
          message: formatId(message_id),
          outcome: row.outcome,
          text,
          sender: (seen.has(message_id) && sender) || '',
          subject: (seen.has(message_id) && subject) || '',
        })),
        nextCursor: page.next === null ? null : formatId(page.next),
      }
    },
    async stopJob({ actor, params }) {
      return jobView(await stopJob(ctx, actor, readId(params.id)))
    },
  }
}

const orderOf = (body: { action: JobAction; criteria: Criteria }, asOf: number): JobOrder => ({
  action: body.action,
  filter: parseFilter(body.criteria, idTime(asOf)),
  asOf,
})

/** The criteria that were filled in. */
const given = (criteria: Criteria): Record<string, string> =>
  Object.fromEntries(
    Object.entries(criteria).flatMap(([name, value]) =>
      value === undefined || value.trim() === '' ? [] : [[name, value]],
    ),
  )

function readCursor(cursor: string): number {
  const id = parseId(cursor)
  if (id === null)
    throw new Problem('invalid', 'The cursor is damaged.', 'Use nextCursor of the page before as it came.', {
      field: 'cursor',
    })
  return id
}

const jobView = (row: JobsTable): AnswerOf<'showJob'> => ({
  id: formatId(row.id),
  action: row.action,
  criteria: JSON.parse(row.criteria) as Record<string, string>,
  state: row.state,
  createdAt: iso(row.created_at),
  createdBy: row.created_by,
  endedAt: isoOrNull(row.ended_at),
  messages: row.messages,
  worked: row.worked,
  done: row.done,
  refused: row.refused,
  failed: row.failed,
  recipients: row.recipients,
  note: row.note,
  problem: row.problem,
})
