/** What the REST API tells about the product itself: audit log, areas, status. Shapes and words as in schemas.ts. */
import { z } from 'zod'
import { auditEntry, id, rowsPerPage, time, whole } from './schemas.ts'

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

export const auditExportQuery = auditQuery.omit({ before: true, limit: true })

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
        messages: z
          .int()
          .nullable()
          .meta({ description: 'This and what follows: null for a domain administrator.' }),
        held: z.int().nullable().meta({ description: "Recipients' copies that are held." }),
        bytes: z.int().nullable().meta({ description: 'Size of its mail, before compression.' }),
        visibleToUsers: z.boolean(),
        inDigest: z.boolean(),
        usersDownloadParts: z
          .boolean()
          .meta({ description: 'Recipients may download attachments, but for malware.' }),
        description: z.string(),
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

export const overviewQuery = z.strictObject({
  days: whole(1, 90).default(14),
  timeZone: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'IANA name, for where days begin; UTC by default.' }),
})

const perDay = z.object({
  day: z.string().meta({ description: 'Such as 2026-01-31, in the time zone asked for.' }),
  from: time,
  to: time,
  held: z.int().meta({ description: 'Messages held that day.' }),
  delivered: z.int().meta({ description: 'Deliveries of released mail that ended well that day.' }),
  failed: z.int().meta({ description: 'Deliveries that failed for good that day.' }),
  bytes: z.int().meta({ description: 'Size of the messages held that day.' }),
  reasons: z.record(z.string(), z.int()).meta({ description: 'Messages held, by reason.' }),
})

export const overview = z
  .object({
    now: time,
    days: z.array(perDay).meta({ description: 'The oldest first, today the last.' }),
    recipients: z
      .record(z.string(), z.int())
      .meta({ description: "Recipients' copies by state, of all days." }),
    store: z.object({
      engine: z.string(),
      bytes: z.int(),
      freeBytes: z.int().nullable().meta({ description: 'Of the disk; null when it is not ours.' }),
      growthBytesPerDay: z.int().nullable().meta({ description: 'Of the last days; null: not known yet.' }),
    }),
    deliveries: z.object({
      due: z.int(),
      deferred: z.int(),
      oldest: z
        .object({
          id,
          message: id,
          recipient: z.string(),
          since: time,
          attemptCount: z.int(),
          reply: z.string(),
        })
        .nullable(),
    }),
    scanners: z.array(
      z.object({
        name: z.string(),
        health: z.enum(['well', 'failing', 'idle']).meta({
          description: 'failing: its last answer was a failure. idle: nothing was asked since the start.',
        }),
        asked: z.int().meta({ description: 'Within the last hour.' }),
        failed: z.int(),
        medianMs: z.number().nullable(),
        lastFailure: z.object({ at: time, detail: z.string() }).nullable(),
      }),
    ),
  })
  .meta({ id: 'Overview' })

/** The data of a server-sent event named `changed`. */
export const changedEvent = z
  .object({
    messages: z.array(id).meta({ description: 'Whose recipients changed; empty when too many to name.' }),
    what: z.array(z.enum(['held', 'messages', 'deliveries', 'jobs', 'areas', 'requests'])),
  })
  .meta({ id: 'Changed' })
