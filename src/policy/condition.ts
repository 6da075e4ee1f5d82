/**
 * The conditions of a rule, made ready once: each looks at a mail and answers why it holds, in words, or null when it
 * does not. Pure; linear in the mail.
 */
import { decodeWords } from '../mail/encoded-word.ts'
import { extensionOf } from '../mail/entity.ts'
import type { Envelope } from '../mail/envelope.ts'
import type { Attachment, MessageFacts } from '../mail/message.ts'
import type { Symptom, Verdict } from '../scan/scanner.ts'
import type { Reason } from './decision.ts'
import { plain, verdictReason } from './explain.ts'
import { anyMatch, globMatch, type Match } from './glob.ts'
import type { When } from './rule.ts'

export interface Judged {
  envelope: Envelope
  facts: MessageFacts
  verdicts: readonly Verdict[]
}

export interface Holds {
  /** Why, for the explanation: what stands after "because". */
  why: string
  /** The reason that this condition suggests. */
  reason: Reason
  /** Scanner whose verdict counted. */
  scanner?: string
}

export type Condition = (mail: Judged) => Holds | null

const headerChars = 4_096

/** All conditions of a rule, the most telling first. All must hold. */
export function conditionsOf(when: When): Condition[] {
  const conditions: Condition[] = []
  if (when.results || when.symptoms || when.score_at_least !== undefined)
    conditions.push(verdictCondition(when))
  if (when.attachment_names) conditions.push(attachmentName(when.attachment_names))
  if (when.attachment_extensions) conditions.push(attachmentExtension(when.attachment_extensions))
  if (when.attachment_types) conditions.push(attachmentType(when.attachment_types))
  if (when.ambiguities) conditions.push(ambiguity(when.ambiguities))
  if (when.headers) conditions.push(headerField(when.headers))
  if (when.size_over_kb !== undefined) conditions.push(sizeOver(when.size_over_kb))
  if (when.recipients_over !== undefined) conditions.push(recipientsOver(when.recipients_over))
  return conditions
}

/** One verdict must have all that is asked for: result, score and symptom. */
function verdictCondition(when: When): Condition {
  const scanner: Match = when.scanners ? anyMatch(when.scanners) : () => true
  const symptom = when.symptoms ? anyMatch(when.symptoms) : null
  const { results, score_at_least: score } = when
  return ({ verdicts }) => {
    for (const verdict of verdicts) {
      if (results && !results.includes(verdict.result)) continue
      if (score !== undefined && (verdict.score === null || verdict.score < score)) continue
      if (!scanner(verdict.scanner)) continue
      const found: Symptom | undefined | null = symptom && verdict.symptoms.find(({ name }) => symptom(name))
      if (found === undefined) continue
      return {
        why: verdictReason(verdict, found),
        reason: reasonOf(verdict),
        scanner: verdict.scanner,
      }
    }
    return null
  }
}

function reasonOf(verdict: Verdict): Reason {
  if (verdict.scanner === 'attachments') return 'attachment'
  switch (verdict.result) {
    case 'malware':
    case 'phishing':
    case 'spam':
    case 'bulk':
      return verdict.result
    case 'failed':
      return 'unscanned'
    default:
      return 'content'
  }
}

function attachmentCondition(matches: (attachment: Attachment) => string | null): Condition {
  return ({ facts }) => {
    for (const attachment of facts.attachments) {
      const why = matches(attachment)
      if (why !== null) return { why, reason: 'attachment' }
    }
    return null
  }
}

function attachmentName(patterns: readonly string[]): Condition {
  const matches = anyMatch(patterns)
  return attachmentCondition(({ name }) =>
    name !== '' && matches(name) ? `it has the attachment ${plain(name)}` : null,
  )
}

function attachmentExtension(extensions: readonly string[]): Condition {
  const all = extensions.map((extension) => extension.toLowerCase())
  const wanted = new Set(all.filter((extension) => !extension.includes('.')))
  const compound = all.filter((extension) => extension.includes('.')) // tar.gz
  return attachmentCondition(({ name }) => {
    const last = extensionOf(name)
    const whole = name.replace(/[. ]+$/, '').toLowerCase()
    const found = wanted.has(last) ? last : compound.find((extension) => whole.endsWith(`.${extension}`))
    return found === undefined ? null : `the attachment ${plain(name)} is a .${plain(found, 40)} file`
  })
}

function attachmentType(patterns: readonly string[]): Condition {
  const matches = anyMatch(patterns)
  return attachmentCondition(({ name, type, trueType }) => {
    const found = trueType !== null && matches(trueType) ? trueType : matches(type) ? type : null
    return found === null
      ? null
      : `the attachment ${plain(name) || 'without a name'} is of type ${plain(found, 80)}`
  })
}

function ambiguity(patterns: readonly string[]): Condition {
  const matches = anyMatch(patterns)
  return ({ facts }) => {
    const found = facts.ambiguities.find(matches)
    return found === undefined
      ? null
      : {
          why: `mail programs may read it in different ways (${plain(found.replaceAll('-', ' '), 60)})`,
          reason: 'content',
        }
  }
}

function headerField(patterns: readonly string[]): Condition {
  const wanted = patterns.map((each) => {
    const colon = each.indexOf(':')
    const value = each.slice(colon + 1).trim()
    return { name: each.slice(0, colon).toLowerCase(), matches: globMatch(value === '' ? '*' : value) }
  })
  return ({ facts }) => {
    for (const field of facts.headers) {
      const name = field.name.toLowerCase()
      for (const each of wanted) {
        if (each.name !== name) continue
        const raw = field.value.slice(0, headerChars)
        const value = decodeWords(raw, headerChars)
        if (each.matches(value) || each.matches(raw))
          return { why: `its header field ${plain(field.name, 40)} says ${plain(value)}`, reason: 'policy' }
      }
    }
    return null
  }
}

function sizeOver(limitKb: number): Condition {
  return ({ facts }) =>
    facts.size > limitKb * 1024
      ? { why: `its ${Math.ceil(facts.size / 1024)} KB are more than ${limitKb} KB`, reason: 'oversize' }
      : null
}

function recipientsOver(limit: number): Condition {
  return ({ envelope }) =>
    envelope.recipients.length > limit
      ? { why: `it has ${envelope.recipients.length} recipients, more than ${limit}`, reason: 'policy' }
      : null
}
