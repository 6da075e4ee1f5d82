/** One digest: its items with what their links may do, and the mail that it becomes. */
import { randomBytes } from 'node:crypto'
import { senderOf } from '../access/sender-patterns.ts'
import type { Context } from '../context.ts'
import { domainOf } from '../mail/address.ts'
import { writeLetter } from '../mail/letter.ts'
import type { ListedMessage } from '../store/digest-items.ts'
import type { Recipient } from '../store/digests.ts'
import { formatId, idTime } from '../store/ids.ts'
import type { NewPost } from '../store/posts.ts'
import { type DigestArea, type Found, mayInDigest } from './gather.ts'
import type { LinkAction } from './links.ts'
import type { DigestOptions } from './options.ts'
import { zoneAndLanguage } from './plan.ts'
import { type DigestItem, type WrittenDigest, writeDigest } from './write.ts'

export interface DigestDeps {
  options: DigestOptions
  /** Asked at every use: a reload may have changed it. */
  areas(): readonly DigestArea[]
  isMalware(message: ListedMessage): boolean
  sender(): { name: string; address: string }
  /** Where users reach their quarantine: from the configuration only. */
  baseUrl(): string
  organisation(): string
  /** False: this node only previews and sends by hand. */
  rounds: boolean
  /** How often it is looked whose digest is due; each minute without it. */
  tickMs?: number
}

export const linkPath = '/digest/'

export type LinkTo = (messageId: number, action: LinkAction, expiresAt: number) => string

/** Null: nothing to tell of. */
export function composeDigest(
  deps: DigestDeps,
  user: Recipient,
  found: Found | undefined,
  messages: ReadonlyMap<number, ListedMessage>,
  url: LinkTo,
  unsubscribeUrl: string,
): WrittenDigest | null {
  const areas = deps.areas()
  const addresses = new Map(user.addresses.map(({ address_key, address }) => [address_key, address]))
  const items = (found?.items ?? []).flatMap(({ id, addressKeys }): DigestItem[] => {
    const message = messages.get(id)
    const area = areas.find(({ name }) => name === message?.area)
    if (!message || !area) return []
    const may = mayInDigest(areas, message, deps.isMalware(message), addressKeys)
    const expiresAt = Math.floor((idTime(id) + area.keepDays * 86_400_000) / 1000) * 1000
    return [
      {
        sender: message.sender,
        headerFrom: message.header_from,
        subject: message.subject,
        reason: message.reason,
        receivedAt: idTime(id),
        expiresAt,
        to:
          addressKeys.length === 1 && addressKeys[0] === user.name_key
            ? []
            : addressKeys.map((key) => addresses.get(key) ?? key),
        notSpamUrl: may.notSpam ? url(id, 'not-spam', expiresAt) : null,
        approveUrl:
          may.notSpam && senderOf(message, (key) => addresses.has(key)) !== null
            ? url(id, 'approve', expiresAt)
            : null,
        deleteUrl: url(id, 'delete', expiresAt),
      },
    ]
  })
  if (items.length === 0) return null
  const missing = (found?.items.length ?? 0) - items.length
  return writeDigest({
    ...zoneAndLanguage(deps.options, user),
    organisation: deps.organisation(),
    items,
    total: (found?.total ?? 0) - missing,
    consoleUrl: `${deps.baseUrl()}/`,
    unsubscribeUrl,
  })
}

/** RFC 8058: a mail client ends the digests with one click, without opening anything. */
export function digestPost(
  { db, clock }: Context,
  deps: DigestDeps,
  user: Recipient,
  written: WrittenDigest,
  unsubscribeUrl: string,
): NewPost {
  const from = deps.sender()
  const bytes = writeLetter({
    from,
    to: user.name,
    ...written,
    atMs: clock.now(),
    messageId: `${formatId(db.ids.next())}.${randomBytes(9).toString('base64url')}@${domainOf(from.address)}`,
    headers: [
      ['List-Unsubscribe', `<${unsubscribeUrl}>`],
      ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
    ],
  })
  return { kind: 'digest', recipient: user.name, smtputf8: /[^\x00-\x7f]/.test(user.name), bytes }
}
