/**
 * Makes one outcome of what was decided for each recipient. SMTP has one answer for all recipients, LMTP one for each
 * (RFC 2033 §4.2); so that no answer loses mail or makes a second copy of it, SMTP's recipients are reconciled: one
 * `defer` puts all off; `reject` stands only if it is unanimous, and is a hold otherwise; a clean copy that the next hop
 * refuses when others are kept already is taken into custody. Pure.
 */
import type { CourierOutcome } from '../delivery/courier.ts'
import type { Envelope } from '../mail/envelope.ts'
import { isPermanent, isPositive, type Reply, replyLine } from '../mail/reply.ts'
import type { Decision } from '../policy/decision.ts'
import { explanationChars, heldInstead, plain } from '../policy/explain.ts'
import type { HeldGroup } from '../quarantine/accept.ts'
import { nextHopReply } from './forward.ts'

/** What is to be done with a mail, before anything was. Numbers are indices of the envelope's recipients. */
export interface Plan {
  /** Refused or put off without keeping anything: by recipient, null where something else happens. */
  refusals: (Reply | null)[]
  held: { group: HeldGroup; members: number[] }[]
  passed: number[]
}

export function planOf(envelope: Envelope, decisions: readonly Decision[]): Plan {
  const effective = envelope.via === 'smtp' ? agreed(decisions) : decisions
  const plan: Plan = { refusals: effective.map(refusal), held: [], passed: [] }
  const groups = new Map<string, Plan['held'][number]>()
  for (const decision of effective) {
    const { recipient, disposition, area, rule, scanner, explanation } = decision
    if (disposition === 'deliver') plan.passed.push(recipient)
    if (disposition !== 'quarantine') continue
    const reason = decision.reason ?? 'policy'
    const key = [area, reason, rule, scanner, explanation].join('\0')
    let held = groups.get(key)
    if (!held) {
      held = { group: { area, reason, rule, scanner, explanation, recipients: [] }, members: [] }
      groups.set(key, held)
      plan.held.push(held)
    }
    const { address, parameters } = envelope.recipients[recipient]!
    held.group.recipients.push({ address, parameters, state: 'held' })
    held.members.push(recipient)
  }
  return plan
}

/** What the recipients of one SMTP answer can agree on. */
function agreed(decisions: readonly Decision[]): readonly Decision[] {
  const defer = decisions.find(({ disposition }) => disposition === 'defer')
  if (defer) return decisions.map(({ recipient }) => ({ ...defer, recipient }))
  if (decisions.every(({ disposition }) => disposition === 'reject')) return decisions
  return decisions.map((decision) =>
    decision.disposition === 'reject'
      ? { ...decision, disposition: 'quarantine', explanation: heldInstead(decision.explanation) }
      : decision,
  )
}

function refusal({ disposition, explanation }: Decision): Reply | null {
  if (disposition === 'reject') return { code: 550, status: '5.7.1', text: explanation }
  if (disposition === 'defer') return { code: 451, status: '4.7.1', text: explanation }
  return null
}

/**
 * Clean copies that the next hop did not take, though the mail's one answer will be yes: `later` becomes a due
 * delivery, `never` is shown as release-failed. None over LMTP, and none when nobody's copy was kept or taken: there
 * the answer can say it.
 *
 * @param outcomes in the order of plan.passed.
 */
export function custody(
  envelope: Envelope,
  plan: Plan,
  outcomes: readonly CourierOutcome[],
  area: string,
): HeldGroup[] {
  const kept = plan.held.length > 0 || outcomes.some(({ outcome }) => outcome === 'delivered')
  if (envelope.via === 'lmtp' || !kept) return []
  const groups = new Map<string, HeldGroup>()
  plan.passed.forEach((recipient, i) => {
    const { outcome } = outcomes[i]!
    if (outcome === 'delivered') return
    const state = outcome === 'deferred' ? 'releasing' : 'release-failed'
    const said = plain(replyLine(nextHopReply(outcomes[i]!)), explanationChars - 120)
    const explanation = `Clean, but the next hop did not take it: ${said}. Kept, since other copies of it were accepted.`
    const key = `${state} ${explanation}`
    const group = groups.get(key) ?? {
      area,
      reason: 'policy',
      rule: '',
      scanner: '',
      explanation,
      recipients: [],
    }
    groups.set(key, group)
    const { address, parameters } = envelope.recipients[recipient]!
    group.recipients.push({ address, parameters, state })
  })
  return [...groups.values()]
}

/**
 * The replies, after everything was done: one for SMTP, one for each recipient for LMTP.
 *
 * @param ids of the held messages, as people see them, in the order of plan.held.
 */
export function answers(
  envelope: Envelope,
  plan: Plan,
  ids: readonly string[],
  outcomes: readonly CourierOutcome[],
): Reply[] {
  const replies: Reply[] = []
  plan.refusals.forEach((reply, i) => {
    if (reply) replies[i] = reply
  })
  plan.held.forEach(({ members }, i) => {
    for (const recipient of members)
      replies[recipient] = { code: 250, status: '2.0.0', text: `Ok: held as ${ids[i]}` }
  })
  plan.passed.forEach((recipient, i) => {
    replies[recipient] = nextHopReply(outcomes[i]!)
  })
  if (envelope.via === 'lmtp') return replies
  // One yes: everything else was kept. Otherwise nothing was, and `later` brings the mail back as a whole.
  const yes = replies[plan.held[0]?.members[0] ?? -1] ?? replies.find(isPositive)
  const later = replies.find((reply) => !isPermanent(reply))
  return [yes ?? later ?? replies[0]!]
}
