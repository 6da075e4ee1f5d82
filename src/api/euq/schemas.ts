/** What goes over the API of users, in words of JSON. Strings that come from mail are hostile: they are text. */
import { z } from 'zod'
import { preferences as accountPreferences } from '../access-schemas.ts'
import { id, ids, pageOf, stateName, time, whole } from '../schemas.ts'
import { addressKind, locales } from '../user-schemas.ts'

const password = z.string().max(1000)
/** 256 bits in base64url. */
const token = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'is no token of ours: it has 43 characters')

export { locales }

export const entrance = z
  .object({
    organisation: z.string(),
    message: z.string(),
    logo: z
      .string()
      .nullable()
      .meta({ description: 'Where the logo of the organisation is, on this server.' }),
    methods: z.array(z.enum(['password', 'link'])).meta({ description: 'How one may sign in.' }),
    providers: z
      .array(z.object({ provider: z.int(), label: z.string() }))
      .meta({ description: 'OpenID providers at which one may sign in as well.' }),
  })
  .meta({ id: 'Entrance' })

export const signInBody = z.strictObject({ name: z.string().max(320), password })
export const beginBody = z.strictObject({ provider: z.int().min(0).max(100) })
export const begun = z
  .object({ url: z.string().meta({ description: 'Where the browser goes next.' }) })
  .meta({ id: 'ProviderSignIn' })
export const finishBody = z.strictObject({
  answer: z
    .string()
    .max(10_000)
    .meta({ description: 'The query with which the browser came back from the provider.' }),
})
export const linkBody = z.strictObject({
  address: z.string().max(320),
  language: z
    .enum(locales)
    .optional()
    .meta({ description: 'Of the letter, for somebody who has not said another in the settings.' }),
})
export const useLinkBody = z.strictObject({ token })
export const acceptBody = z.strictObject({ token, password })
export const passwordBody = z.strictObject({ current: password, password })

export const preferences = accountPreferences
  .pick({ timeZone: true, theme: true })
  .extend({ locale: z.enum(locales).nullable().meta({ description: 'Null: as the browser says.' }) })
  .meta({ id: 'UserPreferences' })
export const preferencesChange = z.strictObject(preferences.shape).partial()

export const sessionView = z
  .object({
    name: z.string().meta({ description: 'The primary address.' }),
    display: z.string(),
    addresses: z
      .array(z.object({ address: z.string(), kind: addressKind }))
      .meta({ description: 'Whose mail is shown.' }),
    expiresAt: time.meta({ description: 'When the session ends if nothing more happens in it.' }),
    hasPassword: z.boolean().meta({ description: 'A password is kept here and can be changed.' }),
    preferences,
  })
  .meta({ id: 'UserSession' })

export const shown = ['held', 'delivered', 'deleted'] as const

export const messageQuery = z.strictObject({
  q: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'In the sender or in the subject; * stands for anything.' }),
  reason: z.string().max(100).optional().meta({ description: 'Why it was held; the whole value.' }),
  show: z
    .enum(shown)
    .default('held')
    .meta({ description: 'held: what waits, is on its way, or could not be delivered.' }),
  sort: z.enum(['timestamp', 'sender', 'subject']).default('timestamp'),
  order: z
    .enum(['asc', 'desc'])
    .optional()
    .meta({ description: 'Default: desc for timestamp, asc otherwise.' }),
  page: whole(1, 10_000).optional(),
  limit: whole(1, 200).default(50),
  cursor: z.string().max(8192).optional(),
})

export const messageItem = z
  .object({
    id,
    receivedAt: time,
    sender: z.string().meta({ description: "Envelope sender; '' is the null sender." }),
    from: z.string().meta({ description: 'What the message itself says: anybody can write anything there.' }),
    subject: z.string(),
    reason: z.string(),
    explanation: z.string().meta({ description: 'Why it was held, in one sentence.' }),
    area: z.string(),
    size: z.int(),
    attachments: z.array(z.string()).meta({ description: 'Their names.' }),
    expiresAt: time.nullable(),
    copies: z
      .array(z.object({ address: z.string(), state: stateName, changedAt: time }))
      .meta({ description: 'Those of the own addresses only.' }),
    request: z
      .object({
        state: z.enum(['open', 'approved', 'denied']),
        isOwn: z
          .boolean()
          .meta({ description: 'False: somebody else asked, who acts for the same address.' }),
        note: z.string().meta({ description: "The user's own words." }),
        askedAt: time,
        decidedAt: time.nullable(),
        answer: z.string().meta({ description: 'What was said about it.' }),
      })
      .nullable()
      .meta({ description: 'Whether its release was asked for, and what became of that.' }),
    may: z.object({
      download: z.boolean().meta({ description: 'Download its attachments.' }),
      notSpam: z.boolean().meta({ description: 'Release it to oneself.' }),
      request: z.boolean().meta({ description: 'Ask an administrator to release it.' }),
      withdraw: z.boolean().meta({ description: 'Take that back.' }),
      delete: z.boolean(),
      restore: z.boolean(),
    }),
  })
  .meta({ id: 'MyMessage' })

export const messagePage = pageOf(messageItem).meta({ id: 'MyMessagePage' })

export const order = z.strictObject({ ids })
export const notSpamOrder = order.extend({
  approve: z.boolean().default(false).meta({ description: 'Approve their senders as well.' }),
})
export const deleteOrder = order.extend({
  block: z.boolean().default(false).meta({ description: 'Block their senders as well.' }),
})
export const orderResults = z
  .object({
    results: z.array(
      z.object({
        id,
        result: z.enum(['done', 'refused', 'not-found']),
        text: z.string().meta({ description: 'What happened, in one sentence.' }),
        sender: z
          .object({
            pattern: z
              .string()
              .nullable()
              .meta({ description: 'The address that is approved or blocked; null: there is none.' }),
            result: z
              .enum(['added', 'changed', 'there', 'full', 'none'])
              .meta({ description: 'full: the list had no room, and the sender is not on it.' }),
          })
          .optional()
          .meta({ description: 'Where the sender was to be approved or blocked and the deed was done.' }),
      }),
    ),
  })
  .meta({ id: 'MyOrderResults' })
