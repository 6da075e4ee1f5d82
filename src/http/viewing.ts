/**
 * Looking at the content of mail, on the record: a download is in the audit log before its first byte leaves; a look at
 * the details once a minute for each actor and message, since consoles ask again and again.
 */
import { type Actor, actorName } from '../access/actor.ts'
import { openNotes } from '../access/notes.ts'
import type { Context } from '../context.ts'
import type { HeaderField } from '../mail/message.ts'
import { createReader } from '../mail/reader.ts'
import { Problem } from '../problem.ts'
import { formatId } from '../store/ids.ts'
import type { WholeMessage } from '../store/messages.ts'
import { downloadName } from './headers.ts'
import type { RawAnswer } from './parts.ts'
import { whole } from './streaming.ts'

export interface Viewing {
  /** Notes that the actor has seen the details. */
  seen(actor: Actor, messageId: number): Promise<void>
  /** @throws Problem 'not-found' when the bytes were purged. */
  download(actor: Actor, message: WholeMessage): Promise<RawAnswer>
}

const seenEveryMs = 60_000
/** Pairs of actor and message remembered. */
const seenLimit = 10_000
/** Up to this a message is read whole and checked before the answer begins. */
const atOnceBytes = 1_000_000

export function openViewing(ctx: Context): Viewing {
  const { clock, content } = ctx
  const seen = new Map<string, number>()

  const write = openNotes(ctx)
  const note = (actor: Actor, deed: string, messageId: number, details: Record<string, unknown>) =>
    write({
      at: clock.now(),
      actor: actorName(actor),
      origin: actor.origin,
      deed,
      target: formatId(messageId),
      details,
    })

  return {
    async seen(actor, messageId) {
      const pair = `${messageId} ${actorName(actor)}`
      const now = clock.now()
      if ((seen.get(pair) ?? Number.NEGATIVE_INFINITY) + seenEveryMs > now) return
      await note(actor, 'message.view', messageId, {})
      seen.delete(pair)
      seen.set(pair, now)
      const [oldest] = seen.keys()
      if (seen.size > seenLimit && oldest !== undefined) seen.delete(oldest)
    },
    async download(actor, message) {
      if (message.purged_at !== null)
        throw new Problem(
          'not-found',
          'The content of this message was removed when its retention period was over.',
          'Its details are still there.',
          { purgedAt: new Date(message.purged_at).toISOString() },
        )
      await note(actor, 'message.download', message.id, { size: message.size, sha256: message.sha256 })
      const bytes = content.open(message.content_id)
      return {
        body: message.size <= atOnceBytes ? await whole(bytes, atOnceBytes) : bytes,
        headers: {
          'content-type': 'message/rfc822',
          'content-length': String(message.size),
          'content-disposition': `attachment; filename="${downloadName(message.subject, formatId(message.id))}"`,
        },
      }
    },
  }
}

/** More of a header block than this is not shown. */
const headerLimitBytes = 262_144

/** The header fields of a stored message, as far as they are within the limit. */
export async function readHeaders({ content }: Context, contentId: number): Promise<HeaderField[]> {
  const reader = createReader()
  let taken = 0
  let tail = ''
  for await (const piece of content.open(contentId)) {
    const bytes = Buffer.from(
      piece.buffer,
      piece.byteOffset,
      Math.min(piece.length, headerLimitBytes - taken),
    )
    const end = headerEnd(tail, bytes)
    reader.push(end === null ? bytes : bytes.subarray(0, end))
    taken += bytes.length
    if (end !== null || taken >= headerLimitBytes) break
    tail = (tail + bytes.subarray(-4).toString('latin1')).slice(-4)
  }
  return reader.end().headers
}

/** Index behind the empty line in `bytes`, which follow `tail`; null when it is not there. */
function headerEnd(tail: string, bytes: Buffer): number | null {
  const start = tail.length
  const text = tail + bytes.toString('latin1')
  if (tail === '' && /^\r?\n/.test(text)) return text.indexOf('\n') + 1
  const match = /\n\r?\n/.exec(text)
  return match ? match.index + match[0].length - start : null
}
