/**
 * The rows of a page of messages. A mail may have a thousand recipients and a thousand attachments, so five hundred such
 * rows would be some hundred megabytes: they are read a few at a time, and a page that gets too large is refused.
 */
import type { Actor } from '../access/actor.ts'
import { seenCopies, seenText } from '../access/sight.ts'
import { itemView, type MessageItem } from '../api/views.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { type ListedMessage, listMessages } from '../store/messages.ts'

const rowsAtOnce = 50
/** Of names and addresses on a page: fifty rows of such mail, and any page of other mail, stay below it. */
const pageLimitChars = 40_000_000

/** A few rows as the actor sees them; one that is there no more for him is missing. */
export async function seenRows(
  db: Context['db'],
  actor: Actor,
  ids: readonly number[],
): Promise<ListedMessage[]> {
  return (await listMessages(db, ids)).flatMap((row) => {
    const recipients = seenCopies(actor, row.recipients)
    if (recipients.length === 0 && row.recipients.length > 0) return []
    return { ...row, recipients, explanation: seenText(actor, row.explanation, row.recipients) }
  })
}

/** @throws Problem 'too-large' */
export async function listedItems(
  { db }: Context,
  actor: Actor,
  ids: readonly number[],
  limitChars = pageLimitChars,
): Promise<MessageItem[]> {
  const items: MessageItem[] = []
  let chars = 0
  for (let at = 0; at < ids.length; at += rowsAtOnce) {
    const rows = await seenRows(db, actor, ids.slice(at, at + rowsAtOnce))
    for (const { attachments, recipients } of rows)
      chars += attachments.length + recipients.reduce((sum, { address }) => sum + address.length + 40, 0)
    if (chars > limitChars)
      throw new Problem(
        'too-large',
        `The first ${at + rows.length} of these rows have more than ${limitChars} characters of recipients and attachments.`,
        `Ask for at most ${rowsAtOnce} rows a page, with limit.`,
        { field: 'limit' },
      )
    items.push(...rows.map(itemView))
  }
  return items
}
