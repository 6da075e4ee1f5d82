/** The areas and rules that hold when the configuration has none of its own. Each is a table as in the file. */
import { z } from 'zod'
import { type Area, areaSchema } from './area.ts'
import { type Rule, ruleSchema } from './rule.ts'

export const defaultAreas: Area[] = [
  {
    name: 'Spam',
    keep_days: 30,
    releasable_by: 'recipient',
    visible_to_users: true,
    in_digest: true,
    users_download_parts: false,
    description: 'Spam and bulk mail',
  },
  {
    name: 'Virus',
    keep_days: 30,
    releasable_by: 'administrator',
    visible_to_users: false,
    in_digest: false,
    users_download_parts: false,
    description: 'Malware; releasing it needs a word of confirmation',
  },
  {
    name: 'Phishing',
    keep_days: 30,
    releasable_by: 'operator',
    visible_to_users: false,
    in_digest: false,
    users_download_parts: false,
    description: 'Mail that wants passwords or money under a false name',
  },
  {
    name: 'Attachments',
    keep_days: 30,
    releasable_by: 'operator',
    visible_to_users: true,
    in_digest: true,
    users_download_parts: false,
    description: 'Programs, scripts and disguised files',
  },
  {
    name: 'Review',
    keep_days: 30,
    releasable_by: 'operator',
    visible_to_users: true,
    in_digest: true,
    users_download_parts: false,
    description: 'Suspicious or ambiguous mail that a person should look at',
  },
  {
    name: 'Unscanned',
    keep_days: 30,
    releasable_by: 'operator',
    visible_to_users: true,
    in_digest: false,
    users_download_parts: false,
    description: 'Mail that could not be scanned',
  },
]

/** By these a message may hold something that one program sees and another does not. */
const hidingAmbiguities = [
  'duplicate-content-type',
  'duplicate-content-transfer-encoding',
  'duplicate-content-disposition',
  'duplicate-boundary',
  'doubtful-boundary',
  'duplicate-parameter',
  'conflicting-names',
  'nul-in-name',
  'parameter-pieces-out-of-order',
  'parameter-too-long',
  'text-after-quoted-parameter',
  'unclosed-quote',
  'bad-content-type',
  'unknown-transfer-encoding',
  'multipart-without-boundary',
  'multipart-without-parts',
  'text-after-boundary',
  'partial-message',
  'external-body',
  'encoded-multipart',
  'encoded-message',
  'nul-in-header',
  'bare-cr-in-header',
  'part-after-closing-boundary',
  'boundary-reused',
  'base64-data-after-padding',
  'broken-message-header',
  'header-block-too-large',
  'header-field-too-long',
  'too-deep',
  'too-many-*',
]

const rule = (fields: z.input<typeof ruleSchema>): Rule => ruleSchema.parse(fields)

export const defaultRules: Rule[] = [
  rule({
    name: 'Malware',
    when: { results: ['malware'] },
    disposition: 'quarantine',
    area: 'Virus',
    reason: 'malware',
  }),
  rule({
    name: 'Phishing',
    when: { results: ['phishing'] },
    disposition: 'quarantine',
    area: 'Phishing',
    reason: 'phishing',
  }),
  rule({
    name: 'Executable attachments',
    when: { scanners: ['attachments'], results: ['suspect'] },
    disposition: 'quarantine',
    area: 'Attachments',
    reason: 'attachment',
  }),
  rule({
    name: 'Spam',
    when: { results: ['spam'] },
    disposition: 'quarantine',
    area: 'Spam',
    reason: 'spam',
  }),
  rule({
    name: 'Bulk',
    when: { results: ['bulk'] },
    disposition: 'quarantine',
    area: 'Spam',
    reason: 'bulk',
  }),
  rule({
    name: 'Suspicious mail',
    when: { results: ['suspect'] },
    disposition: 'quarantine',
    area: 'Review',
    reason: 'content',
  }),
  rule({
    name: 'Ambiguous message',
    when: { ambiguities: hidingAmbiguities },
    disposition: 'quarantine',
    area: 'Review',
    reason: 'content',
  }),
]

/** `[[areas]]` and `[[rules]]` of the configuration. */
export const areasSchema = z.array(areaSchema).max(100).default(defaultAreas)
export const rulesSchema = z.array(ruleSchema).max(1_000).default(defaultRules)
