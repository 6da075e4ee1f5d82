/** Rows of the store in the words of the API. Times become ISO 8601, numbers of rows become ids. */
import type { Attachment } from '../mail/message.ts'
import { Problem } from '../problem.ts'
import type { Verdict } from '../scan/scanner.ts'
import type { ListedDelivery } from '../store/delivery-list.ts'
import type { Holding } from '../store/holdings.ts'
import { formatId, idTime, parseId } from '../store/ids.ts'
import type { ListedMessage, WholeMessage } from '../store/messages.ts'
import type { AttemptsTable, AuditTable, DeliveriesTable } from '../store/schema.ts'
import type { AnswerOf } from './routes.ts'

export type MessageItem = AnswerOf<'findMessages'>['items'][number]
export type MessageDetail = AnswerOf<'showMessage'>
type Attempt = MessageDetail['recipients'][number]['deliveries'][number]['attempts'][number]

export const iso = (ms: number): string => new Date(ms).toISOString()
export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms))

/** @throws Problem 'not-found': what is no id is nobody's. */
export function readId(text: string): number {
  const id = parseId(text)
  if (id === null) throw new Problem('not-found', `There is nothing with the id ${text}.`, 'Check the id.')
  return id
}

export function itemView(row: ListedMessage): MessageItem {
  return {
    id: formatId(row.id),
    receivedAt: iso(idTime(row.id)),
    sender: row.sender,
    recipients: row.recipients,
    subject: row.subject,
    reason: row.reason,
    area: row.area,
    rule: row.rule,
    scanner: row.scanner,
    messageId: row.message_id,
    size: row.size,
    attachments: JSON.parse(row.attachments) as Attachment[],
    explanation: row.explanation,
    score: row.score,
  }
}

export interface DetailRows {
  message: WholeMessage
  holdings: readonly Holding[]
  deliveries: readonly ListedDelivery[]
  attempts: readonly AttemptsTable[]
  headers: MessageDetail['headers']
  audit: readonly AuditTable[]
  /** Milliseconds. */
  keptUntil: number | null
}

export function detailView(rows: DetailRows): MessageDetail {
  const { message, headers, audit } = rows
  return {
    ...itemView({ ...message, recipients: [] }),
    recipients: recipientViews(rows),
    headerFrom: message.header_from,
    headerTo: message.header_to,
    headerDate: message.header_date,
    sha256: message.sha256,
    purgedAt: isoOrNull(message.purged_at),
    keptUntil: isoOrNull(rows.keptUntil),
    via: message.via,
    body: message.body,
    smtputf8: message.smtputf8 !== 0,
    client: {
      ip: message.client_ip,
      name: message.client_name,
      helo: message.helo,
      protocol: message.protocol,
      peerIp: message.peer_ip,
    },
    headers,
    verdicts: JSON.parse(message.verdicts) as Verdict[],
    authentication: JSON.parse(message.authentication) as string[],
    audit: audit.map(auditView),
  }
}

function recipientViews({ holdings, deliveries, attempts }: DetailRows): MessageDetail['recipients'] {
  const byRecipient = Map.groupBy(deliveries, ({ n }) => n)
  const byDelivery = Map.groupBy(attempts, ({ delivery_id }) => delivery_id)
  return holdings.map((holding) => ({
    address: holding.address,
    state: holding.state,
    changedAt: iso(holding.changed_at),
    changedBy: holding.changed_by,
    releasedAt: isoOrNull(holding.released_at),
    releasedBy: holding.released_by,
    deliveries: (byRecipient.get(holding.n) ?? []).map((delivery) => ({
      ...deliveryView(delivery),
      attempts: (byDelivery.get(delivery.id) ?? []).map(attemptView),
    })),
  }))
}

export const deliveryView = (row: DeliveriesTable) => ({
  id: formatId(row.id),
  state: row.state,
  createdAt: iso(row.created_at),
  endedAt: isoOrNull(row.ended_at),
  nextAttemptAt: row.state === 'due' ? iso(row.next_at) : null,
  attemptCount: row.attempts,
})

export const attemptView = (row: AttemptsTable): Attempt => ({
  at: iso(row.at),
  tookMs: row.took_ms,
  outcome: row.outcome,
  host: row.host,
  tls: row.tls,
  code: row.code,
  status: row.status,
  reply: row.reply,
})

export const auditView = (row: AuditTable): AnswerOf<'listAudit'>['items'][number] => ({
  seq: row.seq,
  at: iso(row.at),
  actor: row.actor,
  origin: row.origin,
  deed: row.deed,
  target: row.target,
  details: JSON.parse(row.details) as Record<string, unknown>,
  hash: row.hash,
})
