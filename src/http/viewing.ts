/**
 * Looking at the content of mail, on the record: a download is in the audit log before its first byte leaves; a look at
 * the details once a minute for each actor and message, since consoles ask again and again.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { type Actor, actorName } from '../access/actor.ts'
import { openNotes } from '../access/notes.ts'
import type { Context } from '../context.ts'
import type { HeaderField } from '../mail/message.ts'
import { createReader } from '../mail/reader.ts'
import { Problem } from '../problem.ts'
import { heldForVirus } from '../quarantine/release.ts'
import { takePart } from '../render/take-part.ts'
import { formatId } from '../store/ids.ts'
import type { WholeMessage } from '../store/messages.ts'
import { attachmentHeader, downloadName } from './headers.ts'
import type { RawAnswer } from './parts.ts'
import { whole } from './streaming.ts'

export interface Viewing {
  /** Notes that the actor has seen the details. */
  seen(actor: Actor, messageId: number): Promise<void>
  /** @throws Problem 'not-found' when the bytes were purged. */
  download(actor: Actor, message: WholeMessage): Promise<RawAnswer>
  /**
   * One part, decoded, as it comes.
   * @throws Problem 'not-found' when the bytes were purged or there is no such part; 'confirm' for a virus.
   */
  downloadPart(actor: Actor, message: WholeMessage, part: number, confirmVirus: boolean): Promise<RawAnswer>
}

const seenEveryMs = 60_000
/** Pairs of actor and message remembered. */
const seenLimit = 10_000
/** Up to this a message is read whole and checked before the answer begins. */
const atOnceBytes = 1_000_000

const viewings = new WeakMap<Context, Viewing>()

/** One for each store: a look is noted once, by whatever way it is made. */
export function openViewing(ctx: Context): Viewing {
  const viewing = viewings.get(ctx) ?? createViewing(ctx)
  viewings.set(ctx, viewing)
  return viewing
}

function createViewing(ctx: Context): Viewing {
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
      demandContent(message)
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
    async downloadPart(actor, message, part, confirmVirus) {
      demandContent(message)
      if (heldForVirus(message) && !confirmVirus)
        throw new Problem(
          'confirm',
          'A virus scanner held this message: its parts can infect the computer that they are saved on.',
          'Ask again with confirmVirus=true if you are sure.',
        )
      const taker = takePart(part)
      const source = content.open(message.content_id)[Symbol.asyncIterator]()
      const first: Uint8Array[] = []
      while (taker.found === null) {
        await turn()
        const { done, value } = await source.next()
        first.push(...(done ? taker.end() : taker.push(value)))
        if (done && taker.found === null)
          throw new Problem(
            'not-found',
            `The message has no part ${part} that could be taken out.`,
            'Its content names the parts that it has.',
          )
        if (done) break
      }
      const { name, type } = taker.found ?? { name: '', type: '' }
      await note(actor, 'message.download', message.id, {
        part,
        name,
        ...(confirmVirus ? { confirmVirus } : {}),
      })
      return {
        // Read to its end, where the store proves it, though the part may be over before.
        body: (async function* () {
          yield* first
          for await (const bytes of { [Symbol.asyncIterator]: () => source }) {
            // Reading a large message is work for this thread, which has others waiting.
            await turn()
            yield* taker.push(bytes)
          }
          yield* taker.end()
        })(),
        headers: {
          'content-type': 'application/octet-stream',
          'content-disposition': attachmentHeader(name, fallbackName(part, type)),
        },
      }
    },
  }
}

/** Why there is nothing to show. */
export const purgedText = 'The content of this message was removed when its retention period was over.'

/** @throws Problem 'not-found' */
export function demandContent({ purged_at }: WholeMessage): void {
  if (purged_at !== null)
    throw new Problem('not-found', purgedText, 'Its details are still there.', {
      purgedAt: new Date(purged_at).toISOString(),
    })
}

/** Endings for parts without a name. */
const endings: Record<string, string> = {
  'message/rfc822': 'eml',
  'text/plain': 'txt',
  'text/html': 'html',
  'text/calendar': 'ics',
  'application/pdf': 'pdf',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
}

const fallbackName = (part: number, type: string): string =>
  `part-${part}.${Object.hasOwn(endings, type) ? endings[type] : 'bin'}`

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
