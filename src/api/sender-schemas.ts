/** Approved and blocked senders of users, over both APIs. Their patterns came from people and from mail: they are text. */
import { z } from 'zod'
import { id, time, whole } from './schemas.ts'

export const senderKind = z.enum(['approved', 'blocked'])

export const senderView = z
  .object({
    id,
    kind: senderKind,
    pattern: z.string().meta({ description: 'An address, or a domain with all below it; lower case.' }),
    address: z
      .string()
      .nullable()
      .meta({ description: 'The delegated address that it is for; null: all own addresses and aliases.' }),
    note: z.string(),
    createdAt: time,
    expiresAt: time.nullable().meta({ description: 'From then on it does not count; null: it stays.' }),
    expired: z.boolean(),
  })
  .meta({ id: 'Sender' })

export const senderQuery = z.strictObject({
  q: z.string().max(200).optional().meta({ description: 'In the sender or in the note.' }),
  kind: senderKind.optional(),
  page: whole(1, 10_000).default(1),
  limit: whole(1, 200).default(50),
})

export const senderPage = z
  .object({
    items: z.array(senderView),
    total: z.int(),
    all: z.int().meta({ description: 'How many there are of both kinds together.' }),
    allowed: z.int().meta({ description: 'How many there may be.' }),
  })
  .meta({ id: 'SenderPage' })

export const senderParams = z.object({ id, sender: id })
