/** Deeds on everything that a query matches, in the words of the REST API. Shapes as in schemas.ts. */
import { z } from 'zod'
import { id, messageQuery, rowsPerPage, time, whole } from './schemas.ts'

const actions = ['release', 'delete'] as const
const jobStates = ['running', 'stopped', 'done', 'failed'] as const
const outcomes = ['done', 'refused', 'failed'] as const

/** Criteria only: no order, no page. */
const criteria = messageQuery.omit({ sort: true, order: true, page: true, limit: true, cursor: true })

export const jobOrder = z.strictObject({ action: z.enum(actions), criteria })
export const newJob = jobOrder.extend({
  asOf: id.meta({ description: 'asOf of the preview: nothing that came in later is touched.' }),
  messages: z
    .int()
    .min(0)
    .meta({ description: 'What the preview said: when there are more now, the job is refused.' }),
  note: z.string().max(1000).optional(),
})

const counted = z.array(z.object({ name: z.string(), messages: z.int() }))

export const jobPreview = z
  .object({
    action: z.enum(actions),
    asOf: id,
    messages: z.int().meta({ description: 'What the job would work on.' }),
    recipients: z.int().meta({ description: "Recipients' copies that would change." }),
    byReason: counted,
    byArea: counted,
    left: z.object({
      virus: z.int().meta({ description: 'Held for antivirus: never in a job that releases.' }),
      forbidden: z.int().meta({ description: 'In areas from which you may not release.' }),
      nothingHeld: z.int().meta({ description: 'No copy is held any more.' }),
    }),
    limit: z.int().meta({ description: 'A job takes at most so many messages.' }),
    tooMany: z.boolean(),
  })
  .meta({ id: 'JobPreview' })

export const jobView = z
  .object({
    id,
    action: z.enum(actions),
    criteria: z.record(z.string(), z.string()),
    state: z.enum(jobStates),
    createdAt: time,
    createdBy: z.string(),
    endedAt: time.nullable(),
    messages: z.int().meta({ description: 'How many there are to work on.' }),
    worked: z.int().meta({ description: 'How many have a result.' }),
    done: z.int(),
    refused: z.int(),
    failed: z.int(),
    recipients: z.int().meta({ description: "Recipients' copies changed." }),
    note: z.string(),
    problem: z.string().nullable().meta({ description: 'Why it failed.' }),
  })
  .meta({ id: 'Job' })

export const jobQuery = z.strictObject({ limit: whole(1, 100).default(20), before: id.optional() })
export const jobList = z.object({ items: z.array(jobView) }).meta({ id: 'JobList' })

export const jobItemQuery = z.strictObject({
  outcome: z.enum(outcomes).optional(),
  limit: whole(1, rowsPerPage).default(50),
  cursor: z.string().max(100).optional(),
})
export const jobItemPage = z
  .object({
    items: z.array(
      z.object({
        message: id,
        outcome: z.enum(outcomes),
        text: z.string(),
        sender: z.string(),
        subject: z.string(),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'JobItemPage' })
