/**
 * Rules, as they are written: who, when, and what then. One `[[rules]]` table each; the first rule that matches a
 * recipient's copy decides about it. Within a list any entry is enough; of several keys all must hold. Patterns are
 * globs (glob.ts), never regular expressions.
 */
import { z } from 'zod'
import { reasons } from './decision.ts'
import { patternError } from './glob.ts'

export const results = ['clean', 'suspect', 'bulk', 'spam', 'phishing', 'malware', 'failed'] as const

const pattern = z.string().superRefine((value, check) => {
  const error = patternError(value)
  if (error !== null) check.addIssue({ code: 'custom', message: `the pattern ${error}` })
})
const patterns = z.array(pattern).min(1, 'list at least one, or leave the key out').max(10_000)

const who = z.strictObject({
  /** Envelope senders; `<>` is the null sender of bounces. */
  senders: patterns.optional(),
  /** Envelope recipients. */
  recipients: patterns.optional(),
  /** `in`: to one of your own domains; `out`: to all others. */
  direction: z.enum(['in', 'out', 'any']).optional(),
  /** Address of the connecting host, or of the client that a trusted host told of. */
  clients: patterns.optional(),
})

const when = z.strictObject({
  /** What a scanner called the mail. */
  results: z.array(z.enum(results)).min(1, 'list at least one, or leave the key out').optional(),
  /** Which scanners count for results, score_at_least and symptoms; all when left out. */
  scanners: patterns.optional(),
  score_at_least: z.number().optional(),
  /** Names of symptoms, such as BAYES_99 or EXECUTABLE_NAME. */
  symptoms: patterns.optional(),
  attachment_names: patterns.optional(),
  /** Without the dot. */
  attachment_extensions: z
    .array(z.string().regex(/^[^.*\s][^*\s]*$/, 'write an extension without dot and asterisk: exe'))
    .min(1)
    .max(1_000)
    .optional(),
  /** MIME types, as declared or as the content shows. */
  attachment_types: patterns.optional(),
  size_over_kb: z.number().min(0).optional(),
  recipients_over: z.int().min(1).optional(),
  /** Why parsers may read the message in two ways, such as duplicate-content-type. */
  ambiguities: patterns.optional(),
  /** `Subject: *invoice*`: field name, colon, pattern for its value. */
  headers: z
    .array(pattern.regex(/^[^:\s*]+:/, 'write the field name, a colon and a pattern: "Subject: *invoice*"'))
    .min(1)
    .max(100)
    .optional(),
})

export const ruleSchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'give the rule a name')
    .max(100, 'a rule name has at most 100 characters')
    .regex(/^[^\p{Cc}\p{Cf}*]+$/u, 'a rule name has no control characters and no asterisks'),
  enabled: z.boolean().default(true),
  who: who.default({}),
  when: when.default({}),
  disposition: z.enum(['deliver', 'quarantine', 'reject', 'defer']),
  /** Where held copies go; needed for quarantine. */
  area: z.string().trim().default(''),
  /** Left out: what the conditions suggest. */
  reason: z.enum(reasons).optional(),
})

export type Rule = z.infer<typeof ruleSchema>
export type When = z.infer<typeof when>
