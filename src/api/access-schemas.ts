/** Sessions, accounts and API keys in the words of the REST API. Shapes and words as in schemas.ts. */
import { z } from 'zod'
import { id, roleName, rowsPerPage, time } from './schemas.ts'

const yesNo = z.enum(['true', 'false'])
const accountName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/,
    'must be 1 to 64 letters, digits or . _ @ + -, beginning with a letter or digit',
  )
const password = z.string().max(1000)

const code = z.string().max(40)

const domains = z.array(z.string().max(255)).max(100).meta({
  description:
    'Of a domain administrator, who needs at least one: example.org is that domain alone, *.example.org all domains below it.',
})

export const signInBody = z.strictObject({
  name: z.string().max(200),
  password,
  code: code.optional().meta({
    description:
      'Of the authenticator app, or a recovery code. Without it (or empty) an account with a second factor gets 401 with the problem second-factor, if the password was right.',
  }),
})
export const preferences = z
  .object({
    timeZone: z
      .string()
      .max(64)
      .nullable()
      .meta({ description: "IANA name, such as Europe/Berlin; null: the browser's." }),
    theme: z.enum(['auto', 'light', 'dark']),
    rowsPerPage: z.int().min(10).max(rowsPerPage),
    columns: z
      .array(z.string().max(40))
      .max(30)
      .nullable()
      .meta({ description: 'Columns of a result, in order; null: as the product has them.' }),
  })
  .meta({ id: 'Preferences' })
export const preferencesChange = z.strictObject(preferences.shape).partial()
export const sessionView = z
  .object({
    name: z.string(),
    role: roleName,
    domains: z
      .array(z.string())
      .nullable()
      .meta({ description: 'Whose mail is seen, of a domain administrator; null: all.' }),
    key: z.string().nullable().meta({ description: 'Name of the API key in use; null in a session.' }),
    expiresAt: time.nullable().meta({
      description:
        'When the session ends if nothing more happens in it (each request, this one too, puts it off, to within a minute, until its hours are over), or the key; null: it does not.',
    }),
    permissions: z.array(z.string()).meta({ description: 'What is allowed now.' }),
    mustChangePassword: z.boolean().meta({
      description: 'The password was a first one: until it is changed nothing but session.own is allowed.',
    }),
    secondFactor: z
      .object({ enabled: z.boolean(), recoveryCodesLeft: z.int() })
      .nullable()
      .meta({ description: 'Null with an API key.' }),
    preferences,
  })
  .meta({ id: 'Session' })
export const passwordBody = z.strictObject({ password })
export const codeBody = z.strictObject({ code })
export const passwordAndCodeBody = z.strictObject({ password, code })
export const secondFactorBegun = z
  .object({
    secret: z.string().meta({ description: 'Base32, for typing.' }),
    uri: z.string().meta({ description: 'otpauth://totp/…, for a QR code.' }),
  })
  .meta({ id: 'SecondFactorBegun' })
export const recoveryCodes = z.object({ recoveryCodes: z.array(z.string()) }).meta({ id: 'RecoveryCodes' })

export const savedSearch = z
  .object({
    id,
    name: z.string(),
    query: z.string().meta({ description: "The console's query string: criteria, order." }),
    shared: z.boolean(),
    owner: z.string(),
    own: z.boolean(),
    createdAt: time,
  })
  .meta({ id: 'SavedSearch' })
export const searchList = z.object({ items: z.array(savedSearch) }).meta({ id: 'SavedSearchList' })
export const newSearch = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'give the search a name')
    .max(80)
    .refine((name) => !/[\p{Cc}\p{Cf}]/u.test(name), 'must not contain control characters'),
  query: z
    .string()
    .max(4000)
    .refine((query) => !/[\p{Cc}]/u.test(query), 'must not contain control characters'),
  shared: z.boolean().default(false),
})
export const ownPasswordBody = z.strictObject({ current: password, password })

export const accountView = z
  .object({
    name: z.string(),
    role: roleName,
    domains: z.array(z.string()).meta({ description: 'Of a domain administrator.' }),
    createdAt: time,
    disabledAt: time.nullable(),
    secondFactor: z.boolean(),
    mustChangePassword: z.boolean(),
  })
  .meta({ id: 'Account' })
export const accountList = z.object({ items: z.array(accountView) }).meta({ id: 'AccountList' })
export const newAccount = z.strictObject({
  name: accountName,
  role: roleName,
  domains: domains.default([]),
  password,
  mustChangePassword: z
    .boolean()
    .default(false)
    .meta({ description: 'The password is a first one, to be changed at the first sign-in.' }),
})
export const accountChange = z
  .strictObject({
    role: roleName.optional(),
    domains: domains.optional(),
    password: password.optional(),
    mustChangePassword: z.boolean().optional().meta({
      description: 'With a new password false by default; alone it is set for the password there is.',
    }),
    disabled: z.boolean().optional(),
    secondFactor: z
      .literal('off')
      .optional()
      .meta({ description: 'Turns it off, for somebody who lost it; ends the sessions.' }),
  })
  .refine(
    (change) => Object.keys(change).length > 0,
    'give role, domains, password, mustChangePassword, disabled or secondFactor',
  )
export const accountParams = z.strictObject({ name: z.string().max(200) })

export const keyView = z
  .object({
    id,
    account: z.string(),
    name: z.string(),
    role: roleName,
    createdAt: time,
    expiresAt: time.nullable(),
    usedAt: time.nullable().meta({ description: 'To the minute.' }),
    revokedAt: time.nullable(),
  })
  .meta({ id: 'ApiKey' })
export const keyQuery = z.strictObject({
  all: yesNo.optional().meta({ description: 'Keys of all accounts: administrators only.' }),
})
export const keyList = z.object({ items: z.array(keyView) }).meta({ id: 'ApiKeyList' })
export const newKey = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(64)
    .refine((name) => !/[\p{Cc}\p{Cf}]/u.test(name), 'must not contain control characters'),
  account: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'Whose it is; your own by default. Administrators may make keys for others.' }),
  role: roleName
    .optional()
    .meta({ description: "Not above the account's and your own; the lesser of them by default." }),
  expiresInDays: z
    .int()
    .min(1)
    .max(3650)
    .optional()
    .meta({ description: 'Without it the key does not expire.' }),
})
export const createdKey = keyView
  .extend({ key: z.string().meta({ description: 'Shown this once.', example: 'lzk_…' }) })
  .meta({ id: 'CreatedApiKey' })
