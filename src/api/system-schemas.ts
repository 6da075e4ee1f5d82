/** What the REST API tells about the product itself: audit log, areas, status. Shapes and words as in schemas.ts. */
import { z } from 'zod'
import { auditEntry, rowsPerPage, time, whole } from './schemas.ts'

export const auditQuery = z.strictObject({
  actor: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Whole; an asterisk at its end stands for anything.' }),
  deed: z
    .string()
    .max(100)
    .optional()
    .meta({ description: 'message.release, session.start …; message.* finds all deeds on messages.' }),
  target: z.string().max(200).optional().meta({ description: 'Whole: a message id, an account name …' }),
  from: z.string().max(40).optional().meta({ description: 'At or after (ISO 8601).' }),
  to: z
    .string()
    .max(40)
    .optional()
    .meta({ description: 'Before (ISO 8601); a bare date includes that day.' }),
  before: whole(1, Number.MAX_SAFE_INTEGER)
    .optional()
    .meta({ description: 'nextBefore of the page before.' }),
  limit: whole(1, rowsPerPage).default(50),
})

export const auditPage = z
  .object({ items: z.array(auditEntry), nextBefore: z.int().nullable() })
  .meta({ id: 'AuditPage', description: 'The newest first.' })

export const auditReport = z
  .object({
    rows: z.int(),
    brokenAt: z
      .int()
      .nullable()
      .meta({ description: 'First row that does not fit; null: the chain is whole.' }),
    head: z.string().meta({
      description: 'Hash of the last row: note it elsewhere to prove later that nothing was cut off.',
    }),
  })
  .meta({ id: 'AuditReport' })

export const areaList = z
  .object({
    items: z.array(
      z.object({
        name: z.string(),
        keepDays: z
          .number()
          .nullable()
          .meta({ description: 'Null: kept for ever, or no longer configured.' }),
        releasableBy: z.array(z.string()),
        configured: z
          .boolean()
          .meta({ description: 'False: mail is in it, but the configuration no longer names it.' }),
        messages: z.int(),
      }),
    ),
    countedAt: time,
  })
  .meta({ id: 'AreaList' })

export const statusView = z
  .object({
    version: z.string(),
    engine: z.string(),
    startedAt: time,
    now: time,
    recipients: z.record(z.string(), z.int()).meta({ description: "Recipients' copies by state." }),
    countedAt: time.meta({ description: 'In a large store counts may be some seconds old.' }),
    storeBytes: z.int(),
    deliveries: z.object({
      due: z.int(),
      deferred: z.int().meta({ description: 'Due ones that were tried before.' }),
      oldestDueSince: time.nullable(),
    }),
  })
  .meta({ id: 'Status' })
