/** Requests for release as administrators see them. Shapes and words as in schemas.ts. */
import { z } from 'zod'
import { id, ids, pageOf, rowsPerPage, stateName, time, whole } from './schemas.ts'

export const requestStates = ['open', 'approved', 'denied', 'withdrawn', 'void'] as const
export const requestSorts = ['asked', 'recipient', 'sender', 'subject', 'reason'] as const
export const noteLimit = 500

/** What people write to each other: text on some lines. */
export const note = z
  .string()
  .trim()
  .max(noteLimit)
  .regex(/^(?:[^\p{Cc}\p{Cf}]|[\n\r\t\u200c\u200d])*$/u, 'must not contain control characters')

export const requestQuery = z.strictObject({
  state: z
    .enum([...requestStates, 'all'])
    .default('open')
    .meta({
      description: 'void: the copy was released, deleted or expired before anybody decided.',
    }),
  q: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'In sender, subject, recipient, who asked, or note.' }),
  sort: z.enum(requestSorts).default('asked'),
  order: z.enum(['asc', 'desc']).optional().meta({ description: 'Default: desc for asked, asc otherwise.' }),
  page: whole(1, 10_000).default(1),
  limit: whole(1, rowsPerPage).default(50),
})

export const requestItem = z
  .object({
    id,
    message: id,
    askedAt: time,
    askedBy: z.string().meta({ description: 'Name of the user.' }),
    recipient: z.string().meta({ description: 'Whose copy is asked for.' }),
    note: z.string().meta({ description: "The user's own words." }),
    state: z.enum(requestStates),
    decidedAt: time.nullable(),
    decidedBy: z.string(),
    answer: z.string().meta({ description: 'What the user was told.' }),
    receivedAt: time,
    sender: z.string(),
    from: z.string().meta({ description: 'What the message itself says.' }),
    subject: z.string(),
    area: z.string(),
    reason: z.string(),
    explanation: z.string(),
    copyState: stateName,
    mayDecide: z.boolean().meta({ description: 'It is open, and whoever asks may decide in this area.' }),
  })
  .meta({ id: 'Request' })
export const requestPage = pageOf(requestItem).omit({ nextCursor: true }).meta({ id: 'RequestPage' })
export const requestCount = z
  .object({
    open: z.int(),
    isExact: z.boolean().meta({ description: 'False: there are more.' }),
  })
  .meta({ id: 'RequestCount' })

export const decisionOrder = z.strictObject({
  ids: ids.meta({ description: 'Of requests.' }),
  decision: z.enum(['approve', 'deny']),
  answer: note.default('').meta({ description: 'Why; the user sees it.' }),
})
export const decisionResults = z
  .object({
    results: z.array(
      z.object({
        id,
        result: z.enum(['done', 'refused', 'not-found']),
        text: z.string().meta({ description: 'What happened, or why not; one sentence.' }),
        by: z.string().optional().meta({ description: 'Who was first.' }),
        at: time.optional(),
      }),
    ),
  })
  .meta({ id: 'DecisionResults', description: 'One result for each id, in the order given, each id once.' })
