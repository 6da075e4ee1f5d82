/** Looking into a message: its content, as a page, its source, its parts. The bytes are hostile; see render/. */
import type { Actor } from '../../access/actor.ts'
import { readSeen } from '../../access/sight.ts'
import { readId } from '../../api/views.ts'
import type { Context } from '../../context.ts'
import { decodeUnlabelled } from '../../mail/charset.ts'
import { visibleSource } from '../../render/neutral.ts'
import type { WholeMessage } from '../../store/messages.ts'
import { openLooking } from '../looking.ts'
import type { Handlers, Parts } from '../parts.ts'
import { demandContent, openViewing } from '../viewing.ts'

type Names = 'readMessage' | 'renderMessage' | 'readSource' | 'downloadPart'

const sourceBytes = 262_144

export function viewingHandlers({ ctx }: Parts): Handlers<Names> {
  const viewing = openViewing(ctx)
  const looking = openLooking(ctx)
  return {
    readMessage: async ({ actor, params }) => await looking.content(actor, await find(ctx, actor, params.id)),
    async renderMessage({ actor, params, query: { theme }, respond }) {
      respond(await looking.page(actor, await find(ctx, actor, params.id), theme))
    },
    async readSource({ actor, params }) {
      const message = await find(ctx, actor, params.id)
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
      const message = await find(ctx, actor, params.id)
      respond(await viewing.downloadPart(actor, message, params.part, query.confirmVirus === 'true'))
    },
  }
}

const find = (ctx: Context, actor: Actor, id: string): Promise<WholeMessage> =>
  readSeen(ctx.db, actor, readId(id))

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
