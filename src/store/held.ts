/**
 * The rows of mail that is being kept. Everything here is appended, in one commit: content, then per decision a message,
 * its holdings, and (for copies in custody) the deliveries that are due at once.
 */
import type { Insert, Value } from './engine.ts'
import type { DeliveriesTable, HoldingsTable, MessagesTable, Schema } from './schema.ts'
import type { Entry } from './search/index.ts'

const messageColumns = [
  'id',
  'content_id',
  'via',
  'sender',
  'subject',
  'message_id',
  'area',
  'reason',
  'rule',
  'scanner',
  'explanation',
  'verdicts',
  'attachments',
  'authentication',
  'score',
  'size',
  'header_from',
  'header_to',
  'header_date',
  'body',
  'smtputf8',
  'client_ip',
  'client_name',
  'helo',
  'protocol',
  'peer_ip',
] as const satisfies (keyof MessagesTable)[]

const holdingColumns = [
  'message_id',
  'n',
  'address',
  'address_key',
  'parameters',
  'state',
  'changed_at',
  'changed_by',
  'release_id',
] as const satisfies (keyof HoldingsTable)[]

/** Also for releases.ts: the engine knows inserts again by their columns. */
export const deliveryColumns = [
  'id',
  'release_id',
  'message_id',
  'n',
  'address',
  'state',
  'attempts',
  'next_at',
  'leased_until',
  'leased_by',
  'created_at',
  'ended_at',
] as const satisfies (keyof DeliveriesTable)[]

const releaseColumns = ['id', 'at', 'actor', 'note'] as const

export interface HeldRows {
  messages: MessagesTable[]
  holdings: HoldingsTable[]
  releases: Schema['releases'][]
  deliveries: DeliveriesTable[]
}

export function heldInserts({ messages, holdings, releases, deliveries }: HeldRows): Insert[] {
  const inserts: Insert[] = [
    { table: 'messages', columns: messageColumns, rows: rowsOf(messages, messageColumns) },
    { table: 'holdings', columns: holdingColumns, rows: rowsOf(holdings, holdingColumns) },
  ]
  if (releases.length > 0)
    inserts.push({
      table: 'releases',
      columns: releaseColumns,
      rows: rowsOf(releases, releaseColumns),
    })
  if (deliveries.length > 0)
    inserts.push({ table: 'deliveries', columns: deliveryColumns, rows: rowsOf(deliveries, deliveryColumns) })
  return inserts
}

export const rowsOf = <T extends { [K in keyof T]: Value }>(
  objects: T[],
  columns: readonly (keyof T)[],
): Value[][] => objects.map((object) => columns.map((column) => object[column]))

/** What search sees of a message: lower case, bounded (an index row has its limits), one line a value. */
export function entryOf(
  message: Pick<MessagesTable, 'id' | 'sender' | 'subject' | 'message_id'>,
  recipients: readonly string[],
  attachmentNames: readonly string[],
  labels: { area: number; reason: number; rule: number; scanner: number },
): Entry {
  return {
    id: message.id,
    sender_key: key(message.sender),
    subject_key: key(message.subject),
    recipient_key: key(recipients[0] ?? ''),
    message_id_key: key(message.message_id).replace(/^<(.*)>$/s, '$1'),
    recipients_key: keys(recipients),
    attachments_key: keys(bounded(attachmentNames)),
    ...labels,
  }
}

const keyChars = 500
const key = (value: string): string =>
  (value.length > keyChars ? value.slice(0, keyChars) : value).toLowerCase().replace(/[\0-\x1f]/g, ' ')

/** Names of attachments that can be searched for, of one message: a hostile one has a thousand long ones. */
const attachmentChars = 32_768

function bounded(names: readonly string[]): string[] {
  let left = attachmentChars
  return names.filter((name) => {
    left -= Math.min(name.length, keyChars) + 1
    return name !== '' && left >= 0
  })
}

const keys = (values: readonly string[]): string =>
  values.length === 0 ? '' : `\n${values.map(key).join('\n')}\n`
