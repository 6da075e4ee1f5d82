/** Messages as the recipients of some of their copies see them: nothing of the copies of others is read. */
import type { Database } from './database.ts'
import { pieces } from './lists.ts'
import type { HoldingState, MessagesTable } from './schema.ts'

const columns = [
  'id',
  'content_id',
  'sender',
  'subject',
  'header_from',
  'area',
  'reason',
  'verdicts',
  'explanation',
  'attachments',
  'size',
] as const satisfies (keyof MessagesTable)[]

export interface OwnCopy {
  n: number
  address: string
  address_key: string
  state: HoldingState
  changed_at: number
  changed_by: string
}

export interface MyMessage extends Pick<MessagesTable, (typeof columns)[number]> {
  copies: OwnCopy[]
}

/** Those of `ids` that have a copy for one of these addresses, in that order. */
export async function myMessages(
  { read }: Database,
  ids: readonly number[],
  addressKeys: readonly string[],
): Promise<MyMessage[]> {
  if (addressKeys.length === 0) return []
  const found = new Map<number, MyMessage>()
  const copies: (OwnCopy & { message_id: number })[] = []
  for (const piece of pieces(ids)) {
    const [messages, holdings] = await Promise.all([
      read.selectFrom('messages').select(columns).where('id', 'in', piece).execute(),
      read
        .selectFrom('holdings')
        .select(['message_id', 'n', 'address', 'address_key', 'state', 'changed_at', 'changed_by'])
        .where('message_id', 'in', piece)
        .where('address_key', 'in', addressKeys)
        .orderBy('message_id')
        .orderBy('n')
        .execute(),
    ])
    for (const message of messages) found.set(message.id, { ...message, copies: [] })
    copies.push(...holdings)
  }
  for (const { message_id, ...copy } of copies) found.get(message_id)?.copies.push(copy)
  return ids.flatMap((id) => {
    const message = found.get(id)
    return message && message.copies.length > 0 ? [message] : []
  })
}
