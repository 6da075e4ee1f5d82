/** Users (people whose mail is held) as administrators see them. Shapes and words as in schemas.ts. */
import { z } from 'zod'
import { id, rowsPerPage, time, whole } from './schemas.ts'

export const mailAddress = z
  .string()
  .trim()
  .max(320)
  .regex(/^[^\s\p{Cc}\p{Cf}@"<>][^\s\p{Cc}\p{Cf}"<>]*@[^\s\p{Cc}\p{Cf}@"<>]+$/u, 'must be a mail address')
const addresses = z.array(mailAddress).max(200)
const display = z
  .string()
  .trim()
  .max(200)
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'must not contain control characters')

export const locales = ['en', 'de', 'fr', 'es', 'ja'] as const
const locale = z.enum(locales).meta({ description: 'Of the console and of letters.' })
const timeZone = z.string().max(64).meta({ description: 'IANA name, such as Europe/Berlin.' })
const mail = z
  .boolean()
  .default(true)
  .meta({ description: 'False: the link is in the answer instead, and is not mailed.' })

export const addressKind = z.enum(['own', 'alias', 'delegated'])

export const userView = z
  .object({
    id,
    name: z.string().meta({ description: 'The primary address.' }),
    display: z.string(),
    source: z.string().meta({ description: 'Who knew of the user first.' }),
    hasPassword: z.boolean().meta({ description: 'A password kept here, behind an invitation.' }),
    invitedUntil: time.nullable().meta({ description: 'End of an invitation that was not taken up yet.' }),
    createdAt: time,
    disabledAt: time.nullable(),
    seenAt: time.nullable().meta({ description: 'The last sign-in.' }),
    locale: locale.nullable().meta({ description: 'Null: as the browser says; letters as the digest.' }),
    timeZone: timeZone.nullable(),
    elsewhere: z.boolean().meta({
      description: 'Has addresses of domains that the domain administrator who asks does not look after.',
    }),
    addresses: z.array(
      z.object({
        address: z.string(),
        kind: addressKind,
        source: z.string().meta({ description: 'administrator, or the way of signing in that told it.' }),
        addedBy: z.string(),
        addedAt: time,
      }),
    ),
  })
  .meta({ id: 'User' })
export const userPage = z
  .object({ items: z.array(userView), total: z.int(), nextCursor: z.string().nullable() })
  .meta({ id: 'UserPage' })
export const userWords = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .meta({ description: 'In an address or in the name of the person.' })
export const userQuery = z.strictObject({
  name: mailAddress.optional().meta({ description: 'The user with exactly this name.' }),
  address: mailAddress.optional().meta({ description: 'Users who may act for this address.' }),
  q: userWords.optional(),
  state: z
    .enum(['enabled', 'disabled', 'unseen'])
    .optional()
    .meta({ description: 'unseen: who has never signed in.' }),
  page: whole(1, 10_000).optional(),
  cursor: z.string().max(400).optional().meta({ description: 'Excludes page.' }),
  limit: whole(1, rowsPerPage).default(50),
})
export const userSessions = z
  .object({
    items: z.array(
      z.object({
        createdAt: time,
        seenAt: time,
        expiresAt: time,
        origin: z.string().meta({ description: 'The address from which it began.' }),
        method: z.string().meta({ description: 'The way of signing in.' }),
      }),
    ),
  })
  .meta({ id: 'UserSessions' })
export const delegationParams = z.strictObject({ id, address: mailAddress })
export const newUser = z.strictObject({
  name: mailAddress.meta({ description: 'The primary address, by which the user signs in.' }),
  display: display.default(''),
  aliases: addresses.default([]).meta({ description: 'Further addresses of the same person.' }),
  delegations: addresses.default([]).meta({ description: 'Shared mailboxes and lists.' }),
  locale: locale.nullable().default(null),
  timeZone: timeZone.nullable().default(null),
  mail,
})
export const invitationOrder = z.strictObject({ mail })
export const userChange = z
  .strictObject({
    display: display.optional(),
    disabled: z.boolean().optional(),
    aliases: addresses.optional().meta({
      description: 'All that administrators have set; what a directory tells stays.',
    }),
    delegations: addresses.optional(),
    locale: locale.nullable().optional(),
    timeZone: timeZone.nullable().optional(),
    password: z
      .literal('none')
      .optional()
      .meta({ description: 'No password is kept here any more; ends the sessions.' }),
  })
  .refine(
    (change) => Object.keys(change).length > 0,
    'give display, disabled, aliases, delegations, locale, timeZone or password',
  )
export const invitation = z
  .object({
    url: z.string().nullable().meta({
      description:
        'Where it was not mailed: to be handed to the user, who chooses a password behind it. Good once; shown this once.',
    }),
    mailed: z.boolean().meta({ description: 'It is on its way to the user.' }),
    expiresAt: time,
  })
  .meta({ id: 'Invitation' })
export const invitedUser = z.object({ user: userView, invitation }).meta({ id: 'InvitedUser' })
