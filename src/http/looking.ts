/** Looking into a message, for whoever may: its content, and it as a page. The bytes are hostile; see render/. */
import type { Actor } from '../access/actor.ts'
import type { Context } from '../context.ts'
import { wholePage } from '../render/page.ts'
import { openStudio, type Studio, unreadable } from '../render/studio.ts'
import type { WholeMessage } from '../store/messages.ts'
import { renderedAnswer } from './headers.ts'
import type { RawAnswer } from './parts.ts'
import { openViewing, purgedText } from './viewing.ts'

type Looked = Pick<WholeMessage, 'id' | 'content_id' | 'purged_at'>

export interface Looking {
  content(actor: Actor, message: Looked): ReturnType<Studio['content']>
  page(actor: Actor, message: Looked, theme: 'light' | 'dark'): Promise<RawAnswer>
}

const lookings = new WeakMap<Context, Looking>()

/** One for each store: its threads are as many whoever looks. */
export function openLooking(ctx: Context): Looking {
  const looking = lookings.get(ctx) ?? createLooking(ctx)
  lookings.set(ctx, looking)
  return looking
}

function createLooking(ctx: Context): Looking {
  const viewing = openViewing(ctx)
  const studio = openStudio()
  return {
    async content(actor, { id, content_id, purged_at }) {
      const content =
        purged_at === null ? await studio.content(ctx.content.open(content_id)) : unreadable(purgedText)
      await viewing.seen(actor, id)
      return content
    },
    async page(actor, { id, content_id, purged_at }, theme) {
      const page =
        purged_at === null
          ? await studio.page(ctx.content.open(content_id), theme)
          : wholePage([], { theme, told: [purgedText] })
      await viewing.seen(actor, id)
      return { body: Buffer.from(page, 'utf8'), headers: renderedAnswer }
    },
  }
}
