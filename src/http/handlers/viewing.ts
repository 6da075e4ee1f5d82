/** Looking into a message: its content, as a page, its source, its parts. The bytes are hostile; see render/. */
import { readId } from '../../api/views.ts'
import type { Context } from '../../context.ts'
import { decodeUnlabelled } from '../../mail/charset.ts'
import { Problem } from '../../problem.ts'
import { visibleSource } from '../../render/neutral.ts'
import { wholePage } from '../../render/page.ts'
import { openStudio, unreadable } from '../../render/studio.ts'
import { readMessage, type WholeMessage } from '../../store/messages.ts'
import { renderedAnswer } from '../headers.ts'
import type { Handlers, Parts } from '../parts.ts'
import { demandContent, openViewing, purgedText } from '../viewing.ts'

type Names = 'readMessage' | 'renderMessage' | 'readSource' | 'downloadPart'

const sourceBytes = 262_144

export function viewingHandlers({ ctx }: Parts): Handlers<Names> {
  const viewing = openViewing(ctx)
  const studio = openStudio()
  return {
    async readMessage({ actor, params }) {
      const message = await find(ctx, params.id)
      const content =
        message.purged_at === null
          ? await studio.content(ctx.content.open(message.content_id))
          : unreadable(purgedText)
      await viewing.seen(actor, message.id)
      return content
    },
    async renderMessage({ actor, params, query: { theme }, respond }) {
      const message = await find(ctx, params.id)
      const page =
        message.purged_at === null
          ? await studio.page(ctx.content.open(message.content_id), theme)
          : wholePage([], { theme, told: [purgedText] })
      await viewing.seen(actor, message.id)
      respond({ body: Buffer.from(page, 'utf8'), headers: renderedAnswer })
    },
    async readSource({ actor, params }) {
      const message = await find(ctx, params.id)
      demandContent(message)
      const bytes = await beginning(ctx.content.open(message.content_id), sourceBytes)
      await viewing.seen(actor, message.id)
      return {
        text: visibleSource(decodeUnlabelled(bytes)),
        isCut: message.size > bytes.length,
        size: message.size,
      }
    },
    async downloadPart({ actor, params, query, respond }) {
      const message = await find(ctx, params.id)
      respond(await viewing.downloadPart(actor, message, params.part, query.confirmVirus === 'true'))
    },
  }
}

async function find({ db }: Context, id: string): Promise<WholeMessage> {
  const message = await readMessage(db, readId(id))
  if (!message)
    throw new Problem('not-found', 'There is no such message.', 'It may have been removed; check the id.')
  return message
}

async function beginning(source: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let room = limitBytes
  for await (const piece of source) {
    pieces.push(piece.subarray(0, room))
    room -= Math.min(room, piece.length)
    if (room === 0) break
  }
  return Buffer.concat(pieces)
}
