/**
 * Decides about a mail: one decision for each envelope recipient. The first enabled rule that matches a recipient's
 * copy decides; without one it is delivered. But a copy that would be delivered while a scanner has failed is held
 * or put off instead, since unscanned is never clean; only a rule that names the result `failed` may say otherwise.
 * Senders whom the recipient has approved or blocked count last (senders.ts): rules that hold spam of approved ones are
 * passed over, and what would be delivered of blocked ones is held.
 */
import { domainOf } from '../mail/address.ts'
import type { Area } from './area.ts'
import { type Condition, conditionsOf, type Holds, type Judged } from './condition.ts'
import type { Decision } from './decision.ts'
import { explain, plain, verdictReason } from './explain.ts'
import { anyMatch, type Match } from './glob.ts'
import type { Rule } from './rule.ts'
import { type Approvals, areaForBlocked, type SenderEntry, yieldsToApproval } from './senders.ts'

export interface PolicySettings {
  /** What a failed scanner means for mail that would pass otherwise. */
  onScannerFailure: 'hold' | 'defer'
  unscannedArea: string
  /** `example.com`, `*.example.com`. */
  ownDomains: readonly string[]
  /** When senders whom users have approved count; `unless-failed` when left out. */
  approvedSenders?: Approvals
  /** Where mail of blocked senders goes; '' or left out: the first area from which recipients release. */
  blockedArea?: string
}

/** Made by compilePolicy; does not change. */
export interface Policy {
  readonly areas: readonly Area[]
  readonly rules: readonly Rule[]
  readonly settings: PolicySettings
  readonly compiled: readonly CompiledRule[]
}

export interface CompiledRule {
  rule: Rule
  /** Null: everybody. */
  sender: Match | null
  recipient: Match | null
  client: Match | null
  direction: 'in' | 'out' | 'any'
  isOwn: Match
  conditions: Condition[]
  mayPassUnscanned: boolean
}

export function compileRule(rule: Rule, settings: PolicySettings): CompiledRule {
  const { who, when } = rule
  return {
    rule,
    sender: who.senders ? anyMatch(who.senders) : null,
    recipient: who.recipients ? anyMatch(who.recipients) : null,
    client: who.clients ? anyMatch(who.clients) : null,
    direction: who.direction ?? 'any',
    isOwn: anyMatch(settings.ownDomains),
    conditions: conditionsOf(when),
    mayPassUnscanned: when.results?.includes('failed') ?? false,
  }
}

/**
 * One decision for each recipient, in the envelope's order.
 * @param entries what each recipient says of the sender; null: nobody says anything.
 */
export function decide(
  policy: Policy,
  mail: Judged,
  entries: readonly (SenderEntry | null)[] | null = null,
): Decision[] {
  // What a rule says of the mail as a whole is asked once, however many recipients there are.
  const answers = new Map<CompiledRule, Holds[] | null>()
  const answerOf = (compiled: CompiledRule): Holds[] | null => {
    let answer = answers.get(compiled)
    if (answer === undefined) {
      answer = holds(compiled, mail)
      answers.set(compiled, answer)
    }
    return answer
  }
  return mail.envelope.recipients.map(({ address }, recipient) => {
    const entry = entries?.[recipient] ?? null
    /** The first hold that was passed over since the sender is approved. */
    let waived: Decision | null = null
    for (const compiled of policy.compiled) {
      if (!concerns(compiled, address)) continue
      const answer = answerOf(compiled)
      if (answer === null) continue
      const decision = decisionOf(policy, mail, recipient, compiled, answer)
      if (entry?.kind === 'approved' && yieldsToApproval(decision, policy.areas, mail.verdicts))
        waived ??= decision
      else return withEntry(policy, decision, entry, waived)
    }
    const passed: Decision = {
      recipient,
      disposition: 'deliver',
      area: '',
      reason: null,
      rule: '',
      scanner: '',
      explanation: 'Passed because no rule holds it.',
    }
    return withEntry(policy, unlessUnscanned(policy, mail, passed), entry, waived)
  })
}

/** Nobody is worse off for having approved a sender; what is held for something else keeps its reason. */
function withEntry(
  { areas, settings }: Policy,
  decision: Decision,
  entry: SenderEntry | null,
  waived: Decision | null,
): Decision {
  const { disposition } = decision
  if (waived !== null && (disposition === 'reject' || disposition === 'defer')) return waived
  if (entry?.kind !== 'blocked' || disposition !== 'deliver') return decision
  const area = areaForBlocked(areas, settings.blockedArea ?? '')
  if (area === null) return decision
  return {
    recipient: decision.recipient,
    disposition: 'quarantine',
    area,
    reason: 'sender',
    rule: '',
    scanner: '',
    explanation: explain('quarantine', [`its recipient has blocked ${plain(entry.pattern)}`], ''),
  }
}

function holds({ sender, client, conditions }: CompiledRule, mail: Judged): Holds[] | null {
  const { envelope } = mail
  if (sender !== null && !sender(envelope.sender === '' ? '<>' : envelope.sender)) return null
  if (client !== null && !client(envelope.client.ip) && !client(envelope.peerIp)) return null
  const answers: Holds[] = []
  for (const condition of conditions) {
    const answer = condition(mail)
    if (answer === null) return null
    answers.push(answer)
  }
  return answers
}

function concerns({ recipient, direction, isOwn }: CompiledRule, address: string): boolean {
  if (recipient !== null && !recipient(address)) return false
  return direction === 'any' || isOwn(domainOf(address)) === (direction === 'in')
}

function decisionOf(
  policy: Policy,
  mail: Judged,
  recipient: number,
  { rule, mayPassUnscanned }: CompiledRule,
  answers: readonly Holds[],
): Decision {
  const { disposition } = rule
  const keepsAside = disposition === 'quarantine' || disposition === 'reject'
  const why = answers.length > 0 ? answers.map((answer) => answer.why) : [whoReason(rule)]
  const decision: Decision = {
    recipient,
    disposition,
    area: keepsAside ? rule.area : '',
    reason: keepsAside ? (rule.reason ?? answers[0]?.reason ?? 'policy') : null,
    rule: rule.name,
    scanner: answers.find((answer) => answer.scanner)?.scanner ?? '',
    explanation: explain(disposition, why, rule.name),
  }
  return disposition === 'deliver' && !mayPassUnscanned ? unlessUnscanned(policy, mail, decision) : decision
}

function whoReason({ who }: Rule): string {
  if (who.senders && who.recipients) return 'its sender and recipient are listed'
  if (who.senders) return 'its sender is listed'
  if (who.recipients) return 'its recipient is listed'
  if (who.clients) return 'the sending host is listed'
  if (who.direction === 'in' || who.direction === 'out')
    return `it is ${who.direction === 'in' ? 'incoming' : 'outgoing'} mail`
  return 'the rule holds for all mail'
}

/** Unscanned is never clean: what would be delivered is held or put off when a scanner has failed. */
function unlessUnscanned({ settings }: Policy, { verdicts }: Judged, decision: Decision): Decision {
  const failed = verdicts.find(({ result }) => result === 'failed')
  if (failed === undefined) return decision
  const isHeld = settings.onScannerFailure === 'hold'
  const disposition = isHeld ? 'quarantine' : 'defer'
  return {
    recipient: decision.recipient,
    disposition,
    area: isHeld ? settings.unscannedArea : '',
    reason: 'unscanned',
    rule: '',
    scanner: failed.scanner,
    explanation: explain(disposition, [verdictReason(failed, null)], ''),
  }
}
