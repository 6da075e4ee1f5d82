/** Entries of messages that the index lacks, read from the main database: after a crash, or to build the index anew. */
import type { Engine } from '../../engine.ts'
import { entryOf } from '../../held.ts'
import type { Entry } from '../index.ts'

const pageRows = 1000

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
    const messages = await engine.all<MessageRow>(
      `select id, sender, subject, message_id, area, reason, rule, scanner, attachments
       from messages where id > $1 order by id limit ${pageRows}`,
      [last],
    )
    const first = messages[0]?.id
    const end = messages.at(-1)?.id
    if (first === undefined || end === undefined) return
    const recipients = await recipientsOf(engine, first, end)
    if (
      messages.some((message) => !labels.has(`area ${message.area}`) || !labels.has(`rule ${message.rule}`))
    )
      await readLabels(engine, labels)
    const number = (kind: string, value: string) => labels.get(`${kind} ${value}`) ?? 0
    yield messages.map((message) =>
      entryOf(message, recipients.get(message.id) ?? [], attachmentNames(message.attachments), {
        area: number('area', message.area),
        reason: number('reason', message.reason),
        rule: number('rule', message.rule),
        scanner: number('scanner', message.scanner),
      }),
    )
    if (messages.length < pageRows) return
    last = end
  }
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
