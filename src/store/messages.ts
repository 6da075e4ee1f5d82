/**
 * Reads messages for people: the rows of a result list, in two queries whatever its length, and everything about one.
 * A message that is not there is simply missing from the answer.
 */
import type { Database } from './database.ts'
import { pieces } from './lists.ts'
import type { HoldingState, MessagesTable } from './schema.ts'

const listColumns = [
  'id',
  'sender',
  'subject',
  'message_id',
  'area',
  'reason',
  'rule',
  'scanner',
  'explanation',
  'attachments',
  'score',
  'size',
] as const satisfies (keyof MessagesTable)[]

export interface ListedMessage extends Pick<MessagesTable, (typeof listColumns)[number]> {
  recipients: { address: string; state: HoldingState }[]
}

/** The messages of `ids`, in that order. */
export async function listMessages({ read }: Database, ids: readonly number[]): Promise<ListedMessage[]> {
  const found = new Map<number, ListedMessage>()
  const copies: { message_id: number; address: string; state: HoldingState }[] = []
  for (const piece of pieces(ids)) {
    const [messages, holdings] = await Promise.all([
      read.selectFrom('messages').select(listColumns).where('id', 'in', piece).execute(),
      read
        .selectFrom('holdings')
        .select(['message_id', 'address', 'state'])
        .where('message_id', 'in', piece)
        .orderBy('message_id')
        .orderBy('n')
        .execute(),
    ])
    for (const message of messages) found.set(message.id, { ...message, recipients: [] })
    copies.push(...holdings)
  }
  for (const { message_id, address, state } of copies)
    found.get(message_id)?.recipients.push({ address, state })
  return ids.flatMap((id) => found.get(id) ?? [])
}

export interface WholeMessage extends MessagesTable {
  sha256: string
  /** Null: its bytes are there. */
  purged_at: number | null
}

/** Undefined when there is no such message. */
export async function readMessage({ read }: Database, id: number): Promise<WholeMessage | undefined> {
  return await read
    .selectFrom('messages')
    .innerJoin('contents', 'contents.id', 'messages.content_id')
    .selectAll('messages')
    .select(['contents.sha256', 'contents.purged_at'])
    .where('messages.id', '=', id)
    .executeTakeFirst()
}

/** The area of each of these messages that is there. */
export async function areasOf({ read }: Database, ids: readonly number[]): Promise<Map<number, string>> {
  const found = new Map<number, string>()
  for (const piece of pieces(ids))
    for (const { id, area } of await read
      .selectFrom('messages')
      .select(['id', 'area'])
      .where('id', 'in', piece)
      .execute())
      found.set(id, area)
  return found
}
