/**
 * Entries of messages that the index lacks, read from the main database: after a crash, or to build the index anew. By
 * pages of messages, of fewer where they have very many recipients or attachments: memory stays flat.
 */
import type { Engine } from '../../engine.ts'
import { entryOf } from '../../held.ts'
import type { Entry } from '../index.ts'

const pageRows = 1000
const pageBytes = 4 << 20
/** An address and what comes with it in memory. */
const recipientBytes = 200

interface MessageRow {
  id: number
  sender: string
  subject: string
  message_id: string
  area: string
  reason: string
  rule: string
  scanner: string
  attachments: string
}

/** Pages of entries with ids above `afterId`, in order of id, up to what is committed when the last page is read. */
export async function* entriesAfter(engine: Engine, afterId: number): AsyncGenerator<Entry[], void> {
  const labels = new Map<string, number>()
  for (let last = afterId; ; ) {
    const first = last + 1
    const end = await pageEnd(engine, last)
    if (end === null) return
    const messages = await engine.all<MessageRow>(
      `select id, sender, subject, message_id, area, reason, rule, scanner, attachments
       from messages where id >= $1 and id <= $2 order by id`,
      [first, end],
    )
    const recipients = await recipientsOf(engine, first, end)
    if (
      messages.some((message) => !labels.has(`area ${message.area}`) || !labels.has(`rule ${message.rule}`))
    )
      await readLabels(engine, labels)
    const number = (kind: string, value: string) => labels.get(`${kind} ${value}`) ?? 0
    if (messages.length > 0)
      yield messages.map((message) =>
        entryOf(message, recipients.get(message.id) ?? [], attachmentNames(message.attachments), {
          area: number('area', message.area),
          reason: number('reason', message.reason),
          rule: number('rule', message.rule),
          scanner: number('scanner', message.scanner),
        }),
      )
    last = end
  }
}

/** The last message of the page behind `afterId`; null when there is none. */
async function pageEnd(engine: Engine, afterId: number): Promise<number | null> {
  const weights = await engine.all<{ id: number; bytes: number }>(
    `select id, octet_length(attachments) + ${recipientBytes} *
       (select count(*) from holdings where message_id = messages.id) as bytes
     from messages where id > $1 order by id limit ${pageRows}`,
    [afterId],
  )
  let bytes = 0
  const end = weights.findIndex((message) => {
    bytes += message.bytes
    return bytes > pageBytes
  })
  return (end > 0 ? weights[end - 1] : (weights[end] ?? weights.at(-1)))?.id ?? null
}

async function recipientsOf(engine: Engine, firstId: number, lastId: number): Promise<Map<number, string[]>> {
  const holdings = await engine.all<{ message_id: number; address: string }>(
    'select message_id, address from holdings where message_id >= $1 and message_id <= $2 order by message_id, n',
    [firstId, lastId],
  )
  const recipients = new Map<number, string[]>()
  for (const { message_id, address } of holdings) {
    const known = recipients.get(message_id)
    if (known) known.push(address)
    else recipients.set(message_id, [address])
  }
  return recipients
}

async function readLabels(engine: Engine, labels: Map<string, number>): Promise<void> {
  const rows = await engine.all<{ id: number; kind: string; value: string }>(
    'select id, kind, value from labels',
  )
  for (const { id, kind, value } of rows) labels.set(`${kind} ${value}`, id)
}

const attachmentNames = (json: string): string[] =>
  (JSON.parse(json) as { name: string }[]).map((attachment) => attachment.name)

/**
 * Not so when one of the two files was put back from a backup without the other.
 * @param id of a message that the index has; 0 when it has none.
 */
export async function belongTogether(engine: Engine, id: number): Promise<boolean> {
  if (id === 0) return true
  const rows = await engine.all(
    'select id from messages where id = $1 union all select id from forgotten where id = $1',
    [id],
  )
  return rows.length > 0
}
