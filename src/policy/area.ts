/**
 * Quarantine areas: where held mail lies, how long, and who may act on it. One `[[areas]]` table each.
 */
import { z } from 'zod'

export const releasers = ['administrator', 'operator', 'recipient', 'nobody'] as const

const name = z
  .string()
  .trim()
  .min(1, 'give the area a name')
  .max(60, 'an area name has at most 60 characters')
  .regex(/^[^\p{Cc}\p{Cf}*\\/"]+$/u, 'an area name has no control characters, quotes, slashes or asterisks')

export const areaSchema = z.strictObject({
  name,
  /** Days until held mail expires. */
  keep_days: z.int().min(1).max(3_650).default(30),
  /** Who may release from here; those above may too. `recipient`: each for his own copy. */
  releasable_by: z.enum(releasers).default('operator'),
  /** Recipients see their own copies in their own quarantine. */
  visible_to_users: z.boolean().default(false),
  /** Its mail is listed in the digests that users get. */
  in_digest: z.boolean().default(false),
  /** Recipients may take attachments of their own copies out of it; never of malware. */
  users_download_parts: z.boolean().default(false),
  description: z.string().max(300).default(''),
})

export type Area = z.infer<typeof areaSchema>
