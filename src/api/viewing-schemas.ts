/** Looking into a message, and taking a result away as CSV, in the words of the REST API. Shapes as in schemas.ts. */
import { z } from 'zod'
import { id, messageQuery, whole } from './schemas.ts'

export const exportColumns = [
  'receivedAt',
  'sender',
  'recipients',
  'subject',
  'reason',
  'area',
  'rule',
  'scanner',
  'score',
  'size',
  'messageId',
  'attachments',
  'states',
  'id',
] as const

export const exportQuery = messageQuery.omit({ page: true, limit: true, cursor: true }).extend({
  columns: z
    .string()
    .max(300)
    .optional()
    .meta({
      description: `Between commas, in the order wanted: ${exportColumns.join(', ')}. All by default.`,
    }),
  timeZone: z.string().max(64).optional().meta({ description: 'IANA name; UTC by default.' }),
})

export const criteriaView = z
  .object({
    areas: z.array(z.string()),
    reasons: z.array(z.string()),
    scanners: z.array(z.string()),
    rules: z.array(z.string()),
    states: z.array(z.string()),
  })
  .meta({ id: 'Criteria' })

const part = z.object({
  part: z.int().meta({ description: 'Number of the part, for downloadPart.' }),
  name: z.string().meta({ description: "'' when it has none." }),
  type: z.string().meta({ description: 'As declared.' }),
  trueType: z.string().nullable().meta({ description: 'What the first bytes say.' }),
  size: z.int().meta({ description: 'Bytes when decoded.' }),
  inline: z.boolean(),
})

export const contentView = z
  .object({
    text: z.string().meta({ description: 'Plain text; made from HTML when there is no other.' }),
    textIsFrom: z.enum(['plain', 'html', 'none']),
    textIsCut: z.boolean(),
    hasHtml: z.boolean(),
    links: z
      .array(z.object({ text: z.string(), target: z.string() }))
      .meta({ description: 'Where the links of the HTML lead in truth; at most 200.' }),
    remoteContent: z.int().meta({ description: 'References to remote content that are not loaded.' }),
    parts: z.array(part).meta({ description: 'Attachments and inline pictures.' }),
    problem: z.string().nullable().meta({
      description: 'Why it cannot be shown, or only in part: too large, too deep, its bytes are gone.',
    }),
  })
  .meta({ id: 'MessageContent' })

export const renderQuery = z.strictObject({
  theme: z.enum(['light', 'dark']).default('light').meta({ description: 'For mail that is plain text.' }),
})

export const sourceView = z
  .object({ text: z.string(), isCut: z.boolean(), size: z.int() })
  .meta({ id: 'MessageSource' })

export const partParams = z.strictObject({ id, part: whole(0, 100_000) })
export const partQuery = z.strictObject({ confirmVirus: z.enum(['true', 'false']).optional() })
