/** Letters of our own: written, and queued for the post worker. What is in them is nowhere else once they have been sent. */
import { randomBytes } from 'node:crypto'
import type { Post } from '../access/letters/letter.ts'
import type { Context } from '../context.ts'
import { domainOf } from '../mail/address.ts'
import { writeLetter } from '../mail/letter.ts'
import { formatId } from '../store/ids.ts'
import { insertPosts } from '../store/posts.ts'

export function openPost(
  { db, clock, events }: Context,
  sender: () => { name: string; address: string },
): Post {
  return {
    async put(trx, { to, ...written }) {
      const from = sender()
      const now = clock.now()
      const unique = `${formatId(db.ids.next())}.${randomBytes(9).toString('base64url')}`
      const messageId = `${unique}@${domainOf(from.address)}`
      const bytes = writeLetter({ from, to, ...written, atMs: now, messageId })
      const post = { kind: 'letter' as const, recipient: to, smtputf8: /[^\x00-\x7f]/.test(to), bytes }
      await insertPosts(db, trx, [post], now)
    },
    wake: () => events.tell({ kind: 'posted', posts: 1, what: 'letter' }),
  }
}
