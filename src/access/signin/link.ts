/**
 * Signing in by a one-time link that is mailed to the address: whoever can read the mail of an address may look after
 * its held mail. The answer says nothing of whether the address is known, and asking cannot be used to flood anybody.
 */
import type { Context } from '../../context.ts'
import { domainOf } from '../../mail/address.ts'
import { addressKey } from '../../mail/envelope.ts'
import { Problem } from '../../problem.ts'
import { insertToken } from '../../store/user-sessions.ts'
import { userWithAddress } from '../../store/users.ts'
import { addressNetwork, Throttle } from '../throttle.ts'
import { randomToken, tokenHash } from '../tokens.ts'
import { tokenMemoryMs } from '../users.ts'
import { isAddress } from './addresses.ts'

/** Sends mail of our own. */
export interface Post {
  /** Resolves when it is sure to be sent. */
  send(letter: { to: string; subject: string; text: string }): Promise<void>
}

export interface Links {
  /** @returns when the letter is on its way or nobody is to get one; callers answer without waiting for it. */
  ask(address: string, origin: string): Promise<void>
}

export interface LinkSettings {
  /** Null: cannot send. */
  post: Post | null
  /** Where the link leads, without what follows the #. */
  page: () => string
  minutes: () => number
  /** Whose addresses need not be known before. */
  ownDomains: () => readonly string[]
  organisation: () => string
}

const hourMs = 3_600_000
const lettersPerAddress = 3
const lettersPerNetwork = 20

export function openLinks(ctx: Context, settings: LinkSettings): Links {
  const { db, clock } = ctx
  const throttle = new Throttle(clock, { failures: lettersPerNetwork, windowMs: hourMs })
  return {
    async ask(address, origin) {
      const { post } = settings
      if (!post) throw new Problem('not-found', 'There are no mailed links here.', 'Sign in in another way.')
      const key = addressKey(address.trim())
      // What is no plain address goes into no envelope of ours.
      if (!isAddress(key)) return
      const attempt = throttle.begin([
        { key: `to ${key}`, failures: lettersPerAddress },
        { key: `from ${addressNetwork(origin)}` },
      ])
      // Whoever asks too often is answered like everybody else, and nobody gets a letter.
      if (typeof attempt === 'number') return
      const user = await userWithAddress(db.read, key)
      const ours = settings.ownDomains().some((domain) => domain.toLowerCase() === domainOf(key))
      if (!user && !ours) return
      const token = randomToken()
      const now = clock.now()
      const minutes = settings.minutes()
      const row = {
        hash: tokenHash(token),
        user_id: user?.id ?? null,
        address_key: key,
        purpose: 'sign-in' as const,
        created_at: now,
        expires_at: now + minutes * 60_000,
        used_at: null,
      }
      await db.transaction((trx) => insertToken(trx, row, now - tokenMemoryMs))
      await post.send({ to: key, ...letter(`${settings.page()}#${token}`, minutes, settings.organisation()) })
    },
  }
}

function letter(link: string, minutes: number, organisation: string): { subject: string; text: string } {
  const where = organisation === '' ? 'your mail quarantine' : `the mail quarantine of ${organisation}`
  return {
    subject: 'Your link to the mail quarantine',
    text: `Somebody, most likely you, asked for a link to ${where}.\n\n${link}\n\nIt is good once, for ${minutes} minutes. If it was not you who asked, do nothing.\n`,
  }
}
