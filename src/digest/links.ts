/**
 * Signed links of digests: which user, which message, which action, until when, with HMAC-SHA-256 (160 bits of it) over
 * that and the user's address, under a key that is kept in the database and changed every 30 days. What is signed can be
 * read by anybody and changed by nobody. A link of a user who is gone, disabled or has another address is none.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from '../context.ts'
import {
  dropDigestKeys,
  insertDigestKey,
  keepDigestKey,
  newestDigestKey,
  readDigestKey,
} from '../store/digest-links.ts'
import type { DigestKeysTable } from '../store/digest-schema.ts'
import type { UsersTable } from '../store/user-schema.ts'
import { readUser } from '../store/users.ts'

/** Signed by their place: a new one goes to the end. `approve` is Not Spam that approves the sender as well. */
export const linkActions = ['not-spam', 'delete', 'unsubscribe', 'approve'] as const
export type LinkAction = (typeof linkActions)[number]

export interface Link {
  userId: number
  /** 0 where the action is about no message. */
  messageId: number
  action: LinkAction
  /** Milliseconds, a whole second. */
  expiresAt: number
}

/** Signs with one key: a run of digests takes one. */
export interface Signer {
  keyId: number
  /** @param addressKey of the user. */
  sign(link: Link, addressKey: string): string
}

export interface Links {
  signer(): Promise<Signer>
  /** Null: not one of ours, or whose it is may not use it any more. One that has expired is still known. */
  read(token: string): Promise<{ link: Link; user: UsersTable } | null>
}

const version = 1
const rotateMs = 30 * 86_400_000
const claimBytes = 25
const tagBytes = 20
/** A multiple of three bytes: base64url has one way of writing them. */
const tokenPattern = /^[A-Za-z0-9_-]{60}$/
const keysKept = 200

export function openLinks({ db, clock }: Context): Links {
  const keys = new Map<number, Buffer>()

  async function current(): Promise<DigestKeysTable> {
    const now = clock.now()
    const newest = await newestDigestKey(db.read)
    if (newest && newest.created_at + rotateMs > now) return newest
    return await db.transaction(async (trx) => {
      const before = await newestDigestKey(trx)
      // Somebody was faster.
      if (before && before.created_at + rotateMs > now) return before
      const id = (before?.id ?? 0) + 1
      const secret = randomBytes(32).toString('base64url')
      await insertDigestKey(trx, { id, secret, created_at: now, needed_until: now })
      await dropDigestKeys(trx, now)
      const made = await newestDigestKey(trx)
      if (!made) throw new Error('the key that was just written is not there')
      return made
    })
  }

  async function secretOf(id: number): Promise<Buffer | null> {
    const known = keys.get(id)
    if (known) return known
    const row = await readDigestKey(db.read, id)
    if (!row) return null
    const secret = Buffer.from(row.secret, 'base64url')
    if (keys.size >= keysKept) keys.clear()
    keys.set(id, secret)
    return secret
  }

  return {
    async signer() {
      const { id, secret } = await current()
      const key = Buffer.from(secret, 'base64url')
      return {
        keyId: id,
        sign(link, addressKey) {
          const claim = claimOf(id, link)
          return Buffer.concat([claim, tagOf(key, claim, addressKey)]).toString('base64url')
        },
      }
    },
    async read(token) {
      if (!tokenPattern.test(token)) return null
      const bytes = Buffer.from(token, 'base64url')
      const claim = bytes.subarray(0, claimBytes)
      const parsed = parse(claim)
      if (!parsed) return null
      const [key, user] = await Promise.all([secretOf(parsed.keyId), readUser(db.read, parsed.link.userId)])
      if (!key || !user || user.disabled_at !== null) return null
      if (!timingSafeEqual(bytes.subarray(claimBytes), tagOf(key, claim, user.name_key))) return null
      return { link: parsed.link, user }
    },
  }
}

/** In the transaction in which links of this key are queued: it is kept until the last of them ends. */
export const keepKey = keepDigestKey

function claimOf(keyId: number, { userId, messageId, action, expiresAt }: Link): Buffer {
  const claim = Buffer.alloc(claimBytes)
  claim.writeUInt8(version, 0)
  claim.writeUInt32BE(keyId, 1)
  writeLong(claim, userId, 5)
  writeLong(claim, messageId, 12)
  claim.writeUInt8(linkActions.indexOf(action), 19)
  claim.writeUIntBE(Math.floor(expiresAt / 1000), 20, 5)
  return claim
}

function parse(claim: Buffer): { keyId: number; link: Link } | null {
  const action = linkActions[claim.readUInt8(19)]
  const userId = readLong(claim, 5)
  const messageId = readLong(claim, 12)
  if (claim.readUInt8(0) !== version || !action) return null
  if (!Number.isSafeInteger(userId) || !Number.isSafeInteger(messageId)) return null
  const expiresAt = claim.readUIntBE(20, 5) * 1000
  return { keyId: claim.readUInt32BE(1), link: { userId, messageId, action, expiresAt } }
}

/** Seven bytes: every id fits. */
function writeLong(into: Buffer, value: number, at: number): void {
  into.writeUInt8(Math.floor(value / 2 ** 48), at)
  into.writeUIntBE(value % 2 ** 48, at + 1, 6)
}

const readLong = (from: Buffer, at: number): number =>
  from.readUInt8(at) * 2 ** 48 + from.readUIntBE(at + 1, 6)

const tagOf = (key: Buffer, claim: Buffer, addressKey: string): Buffer =>
  createHmac('sha256', key)
    .update('lazaret digest link\0')
    .update(claim)
    .update(addressKey)
    .digest()
    .subarray(0, tagBytes)
