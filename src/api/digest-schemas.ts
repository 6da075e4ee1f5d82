/** Digests as administrators see them. Shapes and words as in schemas.ts. */
import { z } from 'zod'
import { languages, scheduleSchema } from '../digest/schedule.ts'
import { id, rowsPerPage, time, whole } from './schemas.ts'
import { userWords } from './user-schemas.ts'

const everything = z
  .boolean()
  .meta({ description: 'All that is held of the last 31 days, not only what is new.' })

export const previewQuery = z.strictObject({
  everything: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'All that is held of the last 31 days, not only what is new.' }),
})
export const digestPreview = z
  .object({
    isEmpty: z.boolean().meta({ description: 'Nothing is new: nothing would be sent.' }),
    subject: z.string(),
    text: z.string(),
    html: z.string(),
  })
  .meta({ id: 'DigestPreview' })

export const sendBody = z.strictObject({ everything: everything.default(false) })
export const digestSent = z
  .object({ isSent: z.boolean().meta({ description: 'False: nothing is new.' }) })
  .meta({ id: 'DigestSent' })

export const digestStatus = z
  .object({
    isOn: z.boolean(),
    usual: scheduleSchema
      .extend({ timeZone: z.string(), language: z.enum(languages) })
      .nullable()
      .meta({ description: 'What holds for who has chosen nothing else. Null: switched off.' }),
    nextAt: time.nullable().meta({ description: 'When the next digest is due.' }),
    sentAt: time.nullable().meta({ description: 'When the last one was written.' }),
    waiting: z.int().meta({ description: 'Digests that are on their way to the next hop.' }),
    sent: z.int().meta({ description: 'As long as post.keep_days keeps that on record.' }),
    failed: z.int(),
    linksOpened: z.int().meta({ description: 'Links that were opened and have not expired yet.' }),
    linksUsed: z.int().meta({ description: 'In which the button was pressed.' }),
    linksOpenedByRobots: z
      .int()
      .meta({ description: 'Opened at least twice, and the button was never pressed.' }),
    troubles: z
      .array(
        z.object({
          recipient: z.string(),
          state: z.enum(['due', 'failed']).meta({ description: 'due: it is tried again.' }),
          attempts: z.int(),
          createdAt: time,
          nextAt: time.nullable(),
          endedAt: time.nullable(),
          reply: z.string().meta({ description: "The next hop's own words." }),
        }),
      )
      .meta({
        description: 'At most fifty: those given up, the newest first, then those that are tried again.',
      }),
  })
  .meta({ id: 'DigestStatus' })

export const digestUserQuery = z.strictObject({
  q: userWords.optional(),
  page: whole(1, 10_000).default(1),
  limit: whole(1, rowsPerPage).default(50),
})
export const userDigest = z
  .object({
    id,
    name: z.string(),
    display: z.string(),
    disabled: z.boolean(),
    own: scheduleSchema.nullable().meta({ description: 'Null: as usual.' }),
    timeZone: z.string(),
    language: z.enum(languages),
    nextAt: time.nullable(),
    sentAt: time.nullable(),
  })
  .meta({ id: 'UserDigest' })
export const digestUserPage = z
  .object({ items: z.array(userDigest), total: z.int() })
  .meta({ id: 'UserDigestPage' })
