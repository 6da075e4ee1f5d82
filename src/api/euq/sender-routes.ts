/** Approved and blocked senders: what their user does with them. */
import { z } from 'zod'
import { type Route, v1 } from '../route.ts'
import { idParams } from '../schemas.ts'
import { senderKind, senderPage, senderQuery, senderView } from '../sender-schemas.ts'

const senders = `${v1}/my/senders` as const
const note = z
  .string()
  .max(200)
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'must be one line of plain text')
const expiresAt = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-04-01T09:30:00Z' })
  .nullable()
  .meta({ description: 'Null: it stays.' })

export const mySenderRoutes = {
  findMySenders: {
    method: 'get',
    path: senders,
    permission: 'user',
    summary: 'Approved and blocked senders',
    query: senderQuery,
    answer: senderPage,
    status: 200,
  },
  addMySenders: {
    method: 'post',
    path: senders,
    permission: 'user',
    summary: 'Approve or block senders',
    description:
      'All of them or none. What is on the list already is changed. Answered 409 when there is no room for all.',
    body: z.strictObject({
      senders: z
        .array(z.string().max(1000))
        .min(1, 'give at least one')
        .max(100, 'at most 100 in one call')
        .meta({ description: 'Addresses, or domains with all below them.' }),
      kind: senderKind,
      address: z
        .string()
        .max(320)
        .optional()
        .meta({ description: 'A delegated address, if it is for that one only.' }),
      note: note.optional(),
      expiresAt: expiresAt.optional(),
    }),
    answer: z.object({ items: z.array(senderView) }).meta({ id: 'SendersAdded' }),
    status: 200,
  },
  changeMySender: {
    method: 'patch',
    path: `${senders}/{id}`,
    permission: 'user',
    summary: 'Approve instead of block, or the other way round; set its end or note',
    params: idParams,
    body: z.strictObject({ kind: senderKind, note, expiresAt }).partial(),
    answer: senderView,
    status: 200,
  },
  removeMySender: {
    method: 'delete',
    path: `${senders}/{id}`,
    permission: 'user',
    summary: 'Take a sender off the list',
    params: idParams,
    status: 204,
  },
} as const satisfies Record<string, Route<'user'>>
