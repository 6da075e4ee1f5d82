/**
 * Signing in by a one-time link that is mailed to the address: whoever can read the mail of an address may look after
 * its held mail. The answer says nothing of whether the address is known, and asking cannot be used to flood anybody.
 */
import type { Context } from '../../context.ts'
import { domainKey, isWithin } from '../../mail/domains.ts'
import { addressKey } from '../../mail/envelope.ts'
import { Problem } from '../../problem.ts'
import { isDisabledUsers } from '../../store/user-addresses.ts'
import type { UsersTable } from '../../store/user-schema.ts'
import { fewTokens, insertToken } from '../../store/user-sessions.ts'
import { userWithAddress } from '../../store/users.ts'
import { type LetterLanguage, languageOf, type Post, type Sender, writeLetterOf } from '../letters/letter.ts'
import { addressNetwork, Throttle } from '../throttle.ts'
import { randomToken, tokenHash } from '../tokens.ts'
import { tokenMemoryMs } from '../users.ts'
import { isAddress } from './addresses.ts'

export interface LinkOrder {
  address: string
  /** Of the page on which it was asked for; counts where the user has not said a language. */
  language?: LetterLanguage | undefined
  origin: string
}

export interface Links {
  /** @returns when the letter is on its way or nobody is to get one; callers answer without waiting for it. */
  ask(order: LinkOrder): Promise<void>
}

export interface LinkSettings {
  /** Null: cannot send. */
  post: Post | null
  sender: Sender
  /** Where the link leads, without what follows the #: from the configuration only. */
  page: () => string
  minutes: () => number
  /** Whether somebody becomes a user by the link; only for addresses of these domains for which mail is held. */
  createsUsers: () => boolean
  ownDomains: () => readonly string[]
  /** Areas whose mail users see. */
  areas: () => readonly string[]
}

const hourMs = 3_600_000
const lettersPerAddress = 3
const lettersPerNetwork = 20

export function openLinks(ctx: Context, settings: LinkSettings): Links {
  const { db, clock } = ctx
  const throttle = new Throttle(clock, { failures: lettersPerNetwork, windowMs: hourMs })

  /** Null: this address gets no letter. */
  async function recipientOf(key: string): Promise<{ user: UsersTable | undefined } | null> {
    const user = await userWithAddress(db.read, key)
    if (user) return { user }
    const ours = isWithin(key, settings.ownDomains().map(domainKey))
    if (!settings.createsUsers() || !ours || (await isDisabledUsers(db.read, key))) return null
    const areas = settings.areas()
    if (areas.length === 0) return null
    const filter = {
      copies: { recipients: [key], states: ['held', 'release-failed', 'releasing'] as const },
      areas,
    }
    const held = await db.search.search({
      filter,
      sort: 'timestamp',
      order: 'desc',
      limit: 1,
      offset: 0,
      countTo: 1,
    })
    return held.ids.length > 0 ? { user: undefined } : null
  }

  return {
    async ask({ address, language, origin }) {
      const { post, sender } = settings
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
      const recipient = await recipientOf(key)
      if (!recipient) return
      const { user } = recipient
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
        attempts: 0,
      }
      const letter = writeLetterOf(
        languageOf(user?.locale ?? '', language ?? sender.language()),
        sender.organisation(),
        { kind: 'signIn', url: `${settings.page()}#${token}`, minutes },
      )
      const sent = await db.transaction(async (trx) => {
        // Other services have throttles of their own; the rows are everybody's.
        const lately = {
          address_key: key,
          purpose: 'sign-in' as const,
          since: now - hourMs,
          limit: lettersPerAddress,
        }
        if (!(await fewTokens(db, trx, lately))) return false
        await insertToken(trx, row, now - tokenMemoryMs)
        await post.put(trx, { to: key, ...letter })
        return true
      })
      if (sent) post.wake()
    },
  }
}
