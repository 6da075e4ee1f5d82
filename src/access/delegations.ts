/**
 * Looking after the mail of a shared mailbox or a list: a user asks for an address, and a code is mailed to it. Whoever
 * reads its mail, the user himself or an owner who tells him, can have the user enter it; it is good for that user only.
 * The answer to the wish says nothing of the address, and asking floods nobody. A code is short enough to be typed: what
 * keeps it from being guessed is that a few wrong ones end all that are open.
 */
import { randomBytes } from 'node:crypto'
import type { Context } from '../context.ts'
import { domainKey, isWithin } from '../mail/domains.ts'
import { addressKey } from '../mail/envelope.ts'
import { Problem } from '../problem.ts'
import { addAddress, countAddresses, dropDelegation } from '../store/user-addresses.ts'
import type { UserAddressesTable } from '../store/user-schema.ts'
import { countWrongCode, dropOpenToken, fewTokens, insertToken, useToken } from '../store/user-sessions.ts'
import { addressesOf, lockUser, userAddressesLimit } from '../store/users.ts'
import { type Actor, actorName } from './actor.ts'
import { tooMany } from './guesses.ts'
import { type LetterLanguage, languageOf, type Post, type Sender, writeLetterOf } from './letters/letter.ts'
import { sees } from './sight.ts'
import { isAddress } from './signin/addresses.ts'
import { Throttle } from './throttle.ts'
import { tokenHash } from './tokens.ts'
import type { UserSession } from './user-sessions.ts'
import { noUser, seenUser } from './user-sight.ts'
import { byAdministrator, existing, note, tokenMemoryMs } from './users.ts'

/** The source of an address that came by a code. */
export const byCode = 'code'

export interface DelegationSettings {
  /** Null: cannot send, or this way is switched off. */
  post: () => Post | null
  sender: Sender
  /** Only for addresses of these domains. */
  ownDomains: () => readonly string[]
  hours: () => number
}

export interface Delegations {
  /** Whether one may ask at all. */
  mayAsk(): boolean
  /**
   * Resolves when it is known whether the user asks too often, or wrote no address; whether anybody gets a letter is
   * found out later, so that nobody learns it from the time. @throws Problem 'invalid', 'too-many', 'not-found'
   */
  ask(session: UserSession, address: string, language?: LetterLanguage): Promise<void>
  /** @returns the address. @throws Problem 'invalid' for a code that is wrong or good no more, 'too-many' */
  use(session: UserSession, code: string): Promise<string>
  /** @throws Problem 'not-found' when it did not come by a code. */
  giveBack(session: UserSession, address: string): Promise<void>
}

const hourMs = 3_600_000
const wishesPerUser = 10
const lettersPerAddress = 3
const wrongCodesPerUser = 20
/** Crockford's: no letters that look like digits. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const codeChars = 8

export function openDelegations(ctx: Context, settings: DelegationSettings): Delegations {
  const { db, clock, events } = ctx
  const wishes = new Throttle(clock, { failures: wishesPerUser, windowMs: hourMs })
  const wrong = new Throttle(clock, { failures: wrongCodesPerUser, windowMs: hourMs })
  const isOurs = (key: string) => isWithin(key, settings.ownDomains().map(domainKey))

  async function mail(
    { user, scope, actor }: UserSession,
    key: string,
    post: Post,
    language?: LetterLanguage,
  ) {
    if (!isOurs(key) || scope.has(key)) return
    const code = newCode()
    const now = clock.now()
    const hours = settings.hours()
    const row = {
      hash: codeHash(user.id, code),
      user_id: user.id,
      address_key: key,
      purpose: 'delegation' as const,
      created_at: now,
      expires_at: now + hours * hourMs,
      used_at: null,
      attempts: 0,
    }
    const letter = writeLetterOf(
      languageOf(user.locale, language ?? settings.sender.language()),
      settings.sender.organisation(),
      { kind: 'delegation', code: shownCode(code), hours, who: whoIs(user), address: key },
    )
    const sent = await db.transaction(async (trx) => {
      const lately = { address_key: key, purpose: row.purpose, since: now - hourMs, limit: lettersPerAddress }
      if (!(await fewTokens(db, trx, lately))) return false
      // The newest code for an address is the one that counts.
      await dropOpenToken(trx, user.id, 'delegation', key)
      await insertToken(trx, row, now - tokenMemoryMs)
      await post.put(trx, { to: key, ...letter })
      await note(ctx, trx, actor, 'delegation.ask', user.name, { address: key })
      return true
    })
    if (sent) post.wake()
  }

  return {
    mayAsk: () => settings.post() !== null,
    async ask(session, address, language) {
      const post = settings.post()
      if (!post)
        throw new Problem('not-found', 'Addresses cannot be asked for here.', 'Ask an administrator.')
      const key = addressKey(address.trim())
      if (!isAddress(key))
        throw new Problem('invalid', 'This is no mail address.', 'Give one such as sales@example.org.', {
          field: 'address',
        })
      const wish = wishes.begin([{ key: String(session.user.id) }])
      if (typeof wish === 'number') throw tooMany(wish, 'Too many addresses were asked for.')
      mail(session, key, post, language).catch((error: unknown) =>
        events.tell({ kind: 'failure', where: 'delegation', error }),
      )
    },
    async use({ user, actor }, code) {
      const attempt = wrong.begin([{ key: String(user.id) }])
      if (typeof attempt === 'number') throw tooMany(attempt, 'Too many wrong codes.')
      const now = clock.now()
      const address = await db.transaction(async (trx) => {
        await lockUser(trx, user.id)
        const used = await useToken(trx, codeHash(user.id, code), 'delegation', now)
        if (used?.user_id !== user.id || !isOurs(used.address_key)) {
          await countWrongCode(trx, user.id)
          await note(ctx, trx, actor, 'delegation.refused', user.name, {})
          return null
        }
        if ((await countAddresses(trx, user.id)) >= userAddressesLimit)
          throw new Problem('conflict', 'These are too many addresses.', 'Give one back first.')
        const row: UserAddressesTable = {
          user_id: user.id,
          address_key: used.address_key,
          address: used.address_key,
          kind: 'delegated',
          source: byCode,
          added_by: actorName(actor),
          added_at: now,
        }
        await addAddress(trx, row)
        await note(ctx, trx, actor, 'delegation.add', user.name, { address: row.address })
        return row.address
      })
      if (address === null)
        throw new Problem(
          'invalid',
          'This code is wrong, or good no more.',
          'Look at the newest mail, or ask for a new code. After some wrong ones a code is good no more.',
          { field: 'code' },
        )
      attempt.succeeded(String(user.id))
      return address
    },
    async giveBack({ user, actor }, address) {
      const key = addressKey(address)
      await db.transaction(async (trx) => {
        if (!(await dropDelegation(trx, user.id, key, [byCode])))
          throw new Problem(
            'not-found',
            'This is no address that you have by a code.',
            'GET /api/v1/my/delegations lists them.',
          )
        await note(ctx, trx, actor, 'delegation.end', user.name, { address: key })
      })
    },
  }
}

/**
 * Takes an address from a user who has it by a code or by an administrator; what a directory tells it tells again.
 * @throws Problem 'not-found'
 */
export async function revokeDelegation(
  ctx: Context,
  actor: Actor,
  userId: number,
  address: string,
): Promise<void> {
  const key = addressKey(address)
  await ctx.db.transaction(async (trx) => {
    await lockUser(trx, userId)
    const user = await existing(trx, userId)
    const shown = seenUser(actor, user, await addressesOf(trx, [userId]))
    if (!shown) throw noUser()
    const told = shown.addresses.some(({ address_key }) => address_key === key)
    const isSeen = sees(actor, address)
    const gone = isSeen && (await dropDelegation(trx, userId, key, [byCode, byAdministrator]))
    if (!gone) {
      throw new Problem(
        'not-found',
        told
          ? 'This address is no delegation, or a directory tells of it.'
          : 'This user does not look after this address.',
        told ? 'Take it away where it comes from.' : 'GET /api/v1/users/{id} lists the addresses.',
      )
    }
    await note(ctx, trx, actor, 'delegation.revoke', user.name, { address: key })
  })
}

const newCode = (): string => [...randomBytes(codeChars)].map((byte) => alphabet[byte % 32]).join('')

const shownCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`

/** As somebody types it: in any case, with or without the hyphen, O for 0, I and L for 1. It says whose it is. */
const codeHash = (userId: number, code: string): string => {
  const plain = code
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
  return tokenHash(`delegation ${userId} ${plain}`)
}

const whoIs = ({ name, display }: { name: string; display: string }): string =>
  display === '' ? name : `${display} <${name}>`
