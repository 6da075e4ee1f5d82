/** Sessions, accounts and API keys in the words of the REST API. Shapes and words as in schemas.ts. */
import { z } from 'zod'
import { id, roleName, time } from './schemas.ts'

const yesNo = z.enum(['true', 'false'])
const accountName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/,
    'must be 1 to 64 letters, digits or . _ @ + -, beginning with a letter or digit',
  )
const password = z.string().max(1000)

export const signInBody = z.strictObject({ name: z.string().max(200), password })
export const sessionView = z
  .object({
    name: z.string(),
    role: roleName,
    key: z.string().nullable().meta({ description: 'Name of the API key in use; null in a session.' }),
    expiresAt: time.nullable(),
    permissions: z.array(z.string()),
  })
  .meta({ id: 'Session' })
export const ownPasswordBody = z.strictObject({ current: password, password })

export const accountView = z
  .object({ name: z.string(), role: roleName, createdAt: time, disabledAt: time.nullable() })
  .meta({ id: 'Account' })
export const accountList = z.object({ items: z.array(accountView) }).meta({ id: 'AccountList' })
export const newAccount = z.strictObject({ name: accountName, role: roleName, password })
export const accountChange = z
  .strictObject({
    role: roleName.optional(),
    password: password.optional(),
    disabled: z.boolean().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'give role, password or disabled')
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
