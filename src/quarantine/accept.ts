/**
 * Takes responsibility for mail: bytes and rows durable in one commit, only then a reply may say yes. Throws when
 * anything could not be kept; then nothing was.
 */
import { systemActor } from '../access/actor.ts'
import type { Context } from '../context.ts'
import { addressKey, type Envelope } from '../mail/envelope.ts'
import type { MessageFacts } from '../mail/message.ts'
import type { Reason } from '../policy/decision.ts'
import type { Verdict } from '../scan/scanner.ts'
import type { ReceivedContent } from '../store/content.ts'
import type { Insert } from '../store/engine.ts'
import { entryOf, type HeldRows, heldInserts } from '../store/held.ts'
import type { MessagesTable } from '../store/schema.ts'
import type { Entry } from '../store/search/index.ts'

/** Recipients of one mail who share one decision: they become one message. */
export interface HeldGroup {
  area: string
  reason: Reason
  rule: string
  scanner: string
  explanation: string
  recipients: HeldRecipient[]
}

export interface HeldRecipient {
  address: string
  parameters: Record<string, string>
  /** `releasing`: clean mail whose next hop said "later" (a due delivery is made); `release-failed`: it said "never". */
  state: 'held' | 'releasing' | 'release-failed'
}

export interface MailToHold {
  envelope: Envelope
  facts: MessageFacts
  content: ReceivedContent
  /** True when an earlier accept of the same mail has kept the content already. */
  contentKept: boolean
  verdicts: Verdict[]
  /** Authentication-Results header values written by trusted hosts. */
  authentication: string[]
  groups: HeldGroup[]
}

interface GroupLabels {
  area: number
  reason: number
  rule: number
  scanner: number
}

/** Ids of the messages made, in the order of `groups`. Durable and findable when it resolves. */
export async function accept(ctx: Context, mail: MailToHold): Promise<number[]> {
  const { db, clock } = ctx
  const labels = await Promise.all(mail.groups.map((group) => labelsOf(ctx, group)))
  const common = commonColumns(mail)
  const attachmentNames = mail.facts.attachments.map((attachment) => attachment.name)
  let entries: Entry[] = []

  // Ids are given when the commit's batch is formed: they grow in the order of commits.
  const prepare = (): Insert[] => {
    const rows: HeldRows = { messages: [], holdings: [], releases: [], deliveries: [] }
    const now = clock.now()
    entries = mail.groups.map((group, i) => {
      const message = { ...common, ...decisionColumns(group, mail.verdicts), id: db.ids.next() }
      rows.messages.push(message)
      addHoldings(rows, message.id, group, now, db.ids.next)
      const addresses = group.recipients.map((recipient) => recipient.address)
      return entryOf(message, addresses, attachmentNames, labels[i] as GroupLabels)
    })
    const content = mail.contentKept ? [] : mail.content.inserts()
    return [...content, ...heldInserts(rows), ...db.search.inserts(entries)]
  }
  await db.engine.commit(prepare)
  await db.search.added(entries)
  return entries.map((entry) => entry.id)
}

async function labelsOf({ db }: Context, group: HeldGroup): Promise<GroupLabels> {
  return {
    area: await db.labels.id('area', group.area),
    reason: await db.labels.id('reason', group.reason),
    rule: await db.labels.id('rule', group.rule),
    scanner: await db.labels.id('scanner', group.scanner),
  }
}

function addHoldings(
  rows: HeldRows,
  messageId: number,
  group: HeldGroup,
  now: number,
  nextId: () => number,
): void {
  const inCustody = group.recipients.some((recipient) => recipient.state === 'releasing')
  const releaseId = inCustody ? nextId() : null
  if (releaseId !== null)
    rows.releases.push({
      id: releaseId,
      at: now,
      actor: systemActor.name,
      note: 'passed on later: the next hop asked to wait',
    })
  group.recipients.forEach(({ address, parameters, state }, n) => {
    rows.holdings.push({
      message_id: messageId,
      n,
      address,
      address_key: addressKey(address),
      parameters: Object.keys(parameters).length > 0 ? JSON.stringify(parameters) : '',
      state,
      changed_at: now,
      changed_by: systemActor.name,
      release_id: state === 'releasing' ? releaseId : null,
    })
    if (state === 'releasing' && releaseId !== null)
      rows.deliveries.push({
        id: nextId(),
        release_id: releaseId,
        message_id: messageId,
        n,
        address,
        state: 'due',
        attempts: 0,
        next_at: now,
        leased_until: 0,
        leased_by: '',
        created_at: now,
        ended_at: null,
      })
  })
}

function decisionColumns(group: HeldGroup, verdicts: Verdict[]) {
  const counted = verdicts.find((verdict) => verdict.scanner === group.scanner && verdict.score !== null)
  const any = verdicts.find((verdict) => verdict.score !== null)
  return {
    area: group.area,
    reason: group.reason,
    rule: group.rule,
    scanner: group.scanner,
    explanation: group.explanation,
    score: (counted ?? any)?.score ?? null,
  }
}

function commonColumns({
  envelope,
  facts,
  content,
  verdicts,
  authentication,
}: MailToHold): Omit<MessagesTable, 'id' | keyof ReturnType<typeof decisionColumns>> {
  return {
    content_id: content.id,
    via: envelope.via,
    sender: envelope.sender,
    subject: facts.subject,
    message_id: facts.messageId ?? '',
    verdicts: JSON.stringify(verdicts),
    attachments: JSON.stringify(facts.attachments),
    authentication: JSON.stringify(authentication),
    size: content.size,
    header_from: facts.from,
    header_to: facts.to,
    header_date: facts.date ?? '',
    body: envelope.body ?? '',
    smtputf8: envelope.smtputf8 ? 1 : 0,
    client_ip: envelope.client.ip,
    client_name: envelope.client.name ?? '',
    helo: envelope.client.helo ?? '',
    protocol: envelope.client.protocol,
    peer_ip: envelope.peerIp,
  }
}
