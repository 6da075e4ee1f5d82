/**
 * What the approved and blocked senders of a recipient mean for a mail. Pure. A sender is whom the mail names in its
 * envelope and in From. An entry is an address, or a domain with all below it; of several that fit, the most exact
 * counts (an address before a domain, a longer domain before a shorter), then `blocked`.
 *
 * Anybody can write anything into both places. Blocked senders count wherever they are named. Approved ones do not when
 * the mail's trusted Authentication-Results say that SPF, DKIM or DMARC failed for them, and not in a From with several
 * addresses; `when-passed` wants a pass for their very domain.
 */
import { domainOf } from '../mail/address.ts'
import { type AuthenticationResult, readAuthenticationResults } from '../mail/authentication-results.ts'
import { wireDomain } from '../mail/domains.ts'
import type { Envelope } from '../mail/envelope.ts'
import type { MessageFacts } from '../mail/message.ts'
import type { Verdict } from '../scan/scanner.ts'
import type { Area } from './area.ts'
import type { Decision } from './decision.ts'

export const approvals = ['unless-failed', 'when-passed', 'never'] as const
export type Approvals = (typeof approvals)[number]

/** What a recipient says of this mail's sender. */
export interface SenderEntry {
  kind: 'approved' | 'blocked'
  pattern: string
}

export interface NamedSender {
  /** Lower case. */
  address: string
  by: 'envelope' | 'from'
  /** There is no other in the same place. */
  alone: boolean
}

const fromLimit = 20
const labelsLimit = 10
const addressChars = 320

export function sendersOf(
  { sender }: Pick<Envelope, 'sender'>,
  { fromAddresses }: Pick<MessageFacts, 'fromAddresses'>,
): NamedSender[] {
  const senders: NamedSender[] = []
  if (sender !== '') senders.push({ address: sender.toLowerCase(), by: 'envelope', alone: true })
  for (const address of fromAddresses.slice(0, fromLimit))
    senders.push({ address: address.toLowerCase(), by: 'from', alone: fromAddresses.length === 1 })
  return senders.filter(({ address }) => address.length <= addressChars && domainOf(address) !== '')
}

/** Every entry that would fit an address: itself, its domain, and those above; as on the wire (RFC 5890). */
export function patternsOf(address: string): string[] {
  const written = domainOf(address)
  const domain = wireDomain(written) ?? written
  const labels = domain.split('.').slice(-labelsLimit)
  const patterns = [address.slice(0, -written.length) + domain]
  for (let n = labels.length; n > 1; n--) patterns.push(labels.slice(-n).join('.'))
  return patterns
}

/**
 * Which of a recipient's entries counts for this mail; null: none.
 * @param authentication asked once at most, when somebody is approved.
 */
export function judgeOf(
  senders: readonly NamedSender[],
  authentication: () => readonly string[],
  wanted: Approvals,
): (entries: readonly SenderEntry[]) => SenderEntry | null {
  const fitting = new Map<string, NamedSender[]>()
  for (const sender of senders)
    for (const pattern of patternsOf(sender.address))
      fitting.set(pattern, [...(fitting.get(pattern) ?? []), sender])
  const approved = new Map<string, boolean>()
  let results: AuthenticationResult[] | undefined

  function isApproved(pattern: string): boolean {
    if (wanted === 'never') return false
    results ??= authentication().flatMap(readAuthenticationResults)
    const all = results
    return (fitting.get(pattern) ?? []).some((sender) => sender.alone && isCredible(sender, all, wanted))
  }

  function counts({ kind, pattern }: SenderEntry): boolean {
    if (!fitting.has(pattern)) return false
    if (kind === 'blocked') return true
    const known = approved.get(pattern) ?? isApproved(pattern)
    approved.set(pattern, known)
    return known
  }

  return (entries) => {
    let best: SenderEntry | null = null
    for (const entry of entries) if ((best === null || isBefore(entry, best)) && counts(entry)) best = entry
    return best
  }
}

function isBefore(one: SenderEntry, other: SenderEntry): boolean {
  const difference = exactness(one) - exactness(other)
  return difference > 0 || (difference === 0 && one.kind === 'blocked')
}

/** Longer domains are the exacter ones: those that fit are parts of each other. */
const exactness = ({ pattern }: SenderEntry): number =>
  pattern.includes('@') ? Number.POSITIVE_INFINITY : pattern.length

const failures: ReadonlySet<string> = new Set(['fail', 'softfail', 'hardfail', 'policy'])

function isCredible(
  { address, by }: NamedSender,
  results: readonly AuthenticationResult[],
  wanted: Approvals,
): boolean {
  const said = results.filter(({ method }) => method === 'spf' || method === 'dkim' || method === 'dmarc')
  // The From that people see is forged: no other name makes up for that.
  if (said.some(({ method, result }) => method === 'dmarc' && failures.has(result))) return false
  if (said.some((result) => passedFor(domainOf(address), by, result))) return true
  return wanted === 'unless-failed' && !said.some(({ result }) => failures.has(result))
}

/** Whether a method vouches for this domain in this place. */
function passedFor(
  domain: string,
  by: NamedSender['by'],
  { method, result, properties }: AuthenticationResult,
) {
  if (result !== 'pass') return false
  const about = (...names: string[]) =>
    names.some((name) => {
      const value = properties.get(name)
      return value !== undefined && isAligned(value.includes('@') ? domainOf(value) : value, domain)
    })
  if (method === 'spf') return about('smtp.mailfrom', 'smtp.mail')
  if (by === 'envelope') return false
  return method === 'dmarc' ? about('header.from') : about('header.d', 'header.i')
}

/** Relaxed (RFC 7489 §3.1), without a list of public suffixes: the same, or the one below the other. */
const isAligned = (one: string, other: string): boolean =>
  one === other ||
  (one.includes('.') && other.endsWith(`.${one}`)) ||
  (other.includes('.') && one.endsWith(`.${other}`))

/** Reasons of which a recipient knows more than a filter does. */
const likeSpam: ReadonlySet<Decision['reason']> = new Set(['spam', 'bulk'])

/**
 * Whether an approved sender's mail passes a hold: one for spam, or for what a scanner suspects, in an area from which
 * the recipient could release it himself, and never with malware or phishing in it, or while a scanner has failed.
 */
export function yieldsToApproval(
  { disposition, area, reason, scanner }: Decision,
  areas: readonly Area[],
  verdicts: readonly Verdict[],
): boolean {
  if (disposition !== 'quarantine') return false
  if (!likeSpam.has(reason) && !(reason === 'content' && scanner !== '')) return false
  if (verdicts.some(({ result }) => result === 'malware' || result === 'phishing' || result === 'failed'))
    return false
  const where = areas.find(({ name }) => name === area)
  return where?.visible_to_users === true && where.releasable_by === 'recipient'
}

/** Where mail of blocked senders goes: the area that is configured, else the first that recipients may release from. */
export function areaForBlocked(areas: readonly Area[], wanted: string): string | null {
  const visible = areas.filter(({ visible_to_users }) => visible_to_users)
  const area =
    areas.find(({ name }) => name === wanted) ??
    visible.find(({ releasable_by }) => releasable_by === 'recipient') ??
    visible[0] ??
    areas[0]
  return area?.name ?? null
}
