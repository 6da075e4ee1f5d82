/**
 * What goes over the REST API, in words of JSON: the shapes of requests and answers, checked with zod and published as
 * OpenAPI. Times are ISO 8601 in UTC, sizes are bytes, ids are 11 characters. Strings that come from mail are hostile:
 * they are text, whatever they look like.
 */
import { z } from 'zod'
import { roles } from '../access/roles.ts'
import { sortKeys } from '../store/search/index.ts'

export const idsPerCall = 1000
export const rowsPerPage = 500

const states = ['held', 'releasing', 'delivered', 'release-failed', 'deleted', 'expired'] as const
const deliveryStates = ['due', 'done', 'failed', 'cancelled'] as const

export const time = z.string().meta({ format: 'date-time', example: '2026-01-15T09:00:00.000Z' })
export const id = z
  .string()
  .regex(/^[0-9a-hjkmnp-tv-zA-HJKMNP-TV-Z]{11}$/, 'is no id: ids have 11 characters, such as 05xk2m9q80g')
  .meta({ description: 'Id of 11 characters; ids sort by time.', example: '05xk2m9q80g' })
/** Path parameter of everything that has an id. */
export const idParams = z.strictObject({ id })
export const ids = z
  .array(id)
  .min(1, 'give at least one id')
  .max(idsPerCall, `at most ${idsPerCall} ids in one call`)
export const roleName = z.enum(roles).meta({ id: 'Role' })
export const stateName = z
  .enum(states)
  .meta({ id: 'RecipientState', description: "State of one recipient's copy." })
export const whole = (min: number, max: number) => z.coerce.number<string | number>().int().min(min).max(max)

// Problems -------------------------------------------------------------------------------------------------------

export const problem = z
  .looseObject({
    type: z.string().meta({ example: 'urn:lazaret:problem:conflict' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    remedy: z.string().meta({ description: 'What to do about it.' }),
  })
  .meta({ id: 'Problem', description: 'An error (RFC 9457), with further facts as members.' })

// Messages -------------------------------------------------------------------------------------------------------

const text = (description: string, chars = 1000) => z.string().max(chars).optional().meta({ description })
const pattern = (what: string) =>
  text(
    `${what}. A bare value is the whole value, case-insensitive; * stands for anything: *string*, a*b. \\* is an asterisk.`,
  )
const without = (what: string) => text(`Leaves out mail whose ${what} matches this pattern.`)
const dates = 'ISO 8601, today, yesterday, or 12h, 7d, 2w for so long ago'

export const messageQuery = z.strictObject({
  area: pattern('Quarantine area'),
  reason: pattern('Why it was held'),
  scanner: pattern('Scanner whose verdict counted'),
  from: text(`Received at or after: ${dates}.`, 40),
  to: text(`Received before: ${dates}; a bare day is included.`, 40),
  timeZone: text('Where days begin, such as Europe/Berlin; default UTC.', 100),
  sender: pattern('Envelope sender'),
  subject: pattern('Subject'),
  recipient: pattern('Envelope recipient; found by any one'),
  attachment: pattern('Attachment name; found by any one'),
  rule: pattern('Rule that decided'),
  messageId: pattern('Message-ID'),
  notArea: without('area'),
  notReason: without('reason'),
  notScanner: without('scanner'),
  notSender: without('sender'),
  notSubject: without('subject'),
  notRecipient: without('recipients (any one)'),
  notAttachment: without('attachment names (any one)'),
  notRule: without('rule'),
  notMessageId: without('Message-ID'),
  state: text(`At least one recipient's copy is in this state: ${states.join(', ')}.`, 40),
  sort: z.enum(sortKeys).default('timestamp'),
  order: z
    .enum(['asc', 'desc'])
    .optional()
    .meta({ description: 'Default: desc for timestamp, asc otherwise.' }),
  page: whole(1, 1_000_000)
    .optional()
    .meta({ description: 'From 1. For long walks use cursor: it never skips or repeats.' }),
  limit: whole(1, rowsPerPage).default(50).meta({ description: 'Rows per page.' }),
  cursor: z
    .string()
    .max(8192)
    .optional()
    .meta({ description: 'nextCursor of the page before, with the same criteria.' }),
})

const attachment = z.object({
  name: z.string(),
  type: z.string().meta({ description: 'As declared.' }),
  trueType: z.string().nullable().meta({ description: 'What the first bytes say.' }),
  size: z.int(),
})

export const messageItem = z
  .object({
    id,
    receivedAt: time,
    sender: z.string().meta({ description: "Envelope sender; '' is the null sender." }),
    recipients: z.array(z.object({ address: z.string(), state: stateName })),
    subject: z.string(),
    reason: z.string(),
    area: z.string(),
    rule: z.string(),
    scanner: z.string(),
    messageId: z.string(),
    size: z.int(),
    attachments: z.array(attachment),
    explanation: z.string().meta({ description: 'Why it was held, in one sentence.' }),
    score: z.number().nullable(),
  })
  .meta({ id: 'MessageItem' })

/** A page of a result, and how many there are. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    total: z.int(),
    totalIsExact: z.boolean().meta({ description: 'False: there are more than total.' }),
    nextCursor: z.string().nullable(),
  })
export const messagePage = pageOf(messageItem).meta({ id: 'MessagePage' })

const attempt = z
  .object({
    at: time,
    tookMs: z.number(),
    outcome: z.enum(['delivered', 'deferred', 'failed']),
    host: z.string(),
    tls: z.string(),
    code: z.int().nullable(),
    status: z.string(),
    reply: z.string().meta({ description: "The server's own words." }),
  })
  .meta({ id: 'Attempt' })

const delivery = z.object({
  id,
  state: z.enum(deliveryStates),
  createdAt: time,
  endedAt: time.nullable(),
  nextAttemptAt: time.nullable().meta({ description: 'Null unless it is due.' }),
  attemptCount: z.int(),
})

export const auditEntry = z
  .object({
    seq: z.int(),
    at: time,
    actor: z.string(),
    origin: z.string(),
    deed: z.string(),
    target: z.string(),
    details: z.record(z.string(), z.unknown()),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' })

const verdict = z.object({
  scanner: z.string(),
  result: z.string(),
  score: z.number().nullable(),
  threshold: z.number().nullable(),
  symptoms: z.array(z.object({ name: z.string(), score: z.number().nullable(), detail: z.string() })),
  detail: z.string(),
  tookMs: z.number(),
})

export const messageDetail = messageItem
  .extend({
    recipients: z.array(
      z.object({
        address: z.string(),
        state: stateName,
        changedAt: time,
        changedBy: z.string(),
        releasedAt: time.nullable(),
        releasedBy: z.string().nullable(),
        deliveries: z.array(delivery.extend({ attempts: z.array(attempt) })),
      }),
    ),
    headerFrom: z.string(),
    headerTo: z.string(),
    headerDate: z.string(),
    sha256: z.string(),
    purgedAt: time.nullable().meta({ description: 'Since when its bytes are gone; null: they are there.' }),
    keptUntil: time.nullable().meta({ description: 'When its area lets it expire.' }),
    via: z.string(),
    body: z.string().meta({ description: 'BODY= of MAIL FROM.' }),
    smtputf8: z.boolean(),
    client: z.object({
      ip: z.string(),
      name: z.string(),
      helo: z.string(),
      protocol: z.string(),
      peerIp: z.string().meta({ description: 'Address of the socket itself.' }),
    }),
    headers: z.array(z.object({ name: z.string(), value: z.string() })),
    verdicts: z.array(verdict),
    authentication: z.array(z.string()),
    audit: z.array(auditEntry).meta({ description: 'The newest first, at most 100.' }),
  })
  .meta({ id: 'MessageDetail' })

export const releaseOrder = z.strictObject({
  ids,
  recipients: z
    .array(z.string().min(1).max(1000))
    .min(1)
    .max(1000)
    .optional()
    .meta({ description: 'Only these envelope recipients; without it, all that are held.' }),
  confirmVirus: z.boolean().optional().meta({ description: 'Must be true for mail held for antivirus.' }),
  note: z.string().max(1000).optional(),
  delaySeconds: z.int().min(0).max(60).optional().meta({
    description: 'The first attempt waits so long, so that the order can be undone (cancel its deliveries).',
  }),
})
export const idsOrder = z.strictObject({ ids })

const recipientResult = z.object({
  address: z.string(),
  result: z.enum(['done', 'refused']),
  text: z.string(),
  by: z.string().optional().meta({ description: 'Who was first.' }),
  at: time.optional(),
})

export const orderResults = z
  .object({
    results: z.array(
      z.object({
        id,
        result: z.enum(['released', 'done', 'refused', 'confirm', 'not-found']).meta({
          description:
            'released or done: at least one copy was changed. refused: none, see the recipients. confirm: held for a virus, send it again with confirmVirus.',
        }),
        text: z.string().meta({ description: 'What happened, in one sentence.' }),
        release: id.nullable().optional(),
        recipients: z.array(recipientResult),
      }),
    ),
  })
  .meta({ id: 'OrderResults', description: 'One result for each id, in the order given, each id once.' })

export const deliveryResults = z
  .object({
    results: z.array(z.object({ id, result: z.enum(['done', 'refused', 'not-found']), text: z.string() })),
  })
  .meta({ id: 'DeliveryResults' })

// Deliveries -----------------------------------------------------------------------------------------------------

export const deliveryQuery = z.strictObject({
  state: z.enum(deliveryStates).optional(),
  message: id.optional().meta({ description: 'Deliveries of this message.' }),
  limit: whole(1, rowsPerPage).default(50),
  cursor: z.string().max(100).optional(),
})
const deliveryItem = delivery.extend({
  message: id,
  release: id,
  recipient: z.string(),
  sender: z.string(),
  subject: z.string(),
  lastAttempt: attempt.nullable(),
})
export const deliveryDetail = deliveryItem
  .extend({
    orderedBy: z.string(),
    note: z.string(),
    attempts: z.array(attempt).meta({ description: 'The newest first, at most 500.' }),
  })
  .meta({ id: 'DeliveryDetail' })
export const deliveryPage = z
  .object({
    items: z.array(deliveryItem),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'DeliveryPage' })
