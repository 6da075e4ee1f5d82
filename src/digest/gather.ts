/** What is held for users and is new since their last digest: for many of them in one walk, in bounded memory. */
import { type AreaForUsers, decideForUser } from '../access/scope.ts'
import type { Context } from '../context.ts'
import { type HeldCopy, heldCopies, type ListedMessage } from '../store/digest-items.ts'
import type { Recipient } from '../store/digests.ts'
import { idAt } from '../store/ids.ts'

export interface DigestArea extends AreaForUsers {
  keepDays: number
  inDigest: boolean
}

export const itemsLimit = 100
/** Whoever had no digest for longer is not told of what is older. */
const lookBackMs = 31 * 86_400_000
const rowsPerRead = 20_000

export interface FoundItem {
  id: number
  addressKeys: string[]
}

export interface Found {
  /** The newest first. */
  items: FoundItem[]
  /** Including those that are not among `items`. */
  total: number
}

/** @param until the greatest message id that is looked at. */
export async function gather(
  { db, clock }: Context,
  areas: readonly DigestArea[],
  recipients: readonly Recipient[],
  until: number,
  rows = rowsPerRead,
): Promise<Map<number, Found>> {
  const oldest = idAt(clock.now() - lookBackMs)
  const names = areas.filter((area) => area.visibleToUsers && area.inDigest).map(({ name }) => name)
  const listening = new Map<string, { since: number; found: Found }[]>()
  const result = new Map<number, Found>()
  let after = until
  for (const { id, disabled_at, watermark, addresses } of recipients) {
    const found: Found = { items: [], total: 0 }
    result.set(id, found)
    if (disabled_at !== null) continue
    const since = Math.max(watermark, oldest)
    after = Math.min(after, since)
    for (const { address_key } of addresses) {
      const others = listening.get(address_key)
      if (others) others.push({ since, found })
      else listening.set(address_key, [{ since, found }])
    }
  }
  if (names.length === 0 || listening.size === 0) return result
  const addressKeys = [...listening.keys()]
  const last = new Map<Found, number>()
  const take = ({ message_id, address_key }: HeldCopy) => {
    for (const { since, found } of listening.get(address_key) ?? []) {
      if (message_id <= since) continue
      if (last.get(found) === message_id) {
        const item = found.items.at(-1)
        if (item?.id === message_id && !item.addressKeys.includes(address_key))
          item.addressKeys.push(address_key)
        continue
      }
      last.set(found, message_id)
      if (found.total++ < itemsLimit) found.items.push({ id: message_id, addressKeys: [address_key] })
    }
  }
  for (let upTo = until; ; ) {
    const copies = await heldCopies(db, { addressKeys, areas: names, after, until: upTo }, rows)
    const cut = copies.length < rows ? undefined : copies.at(-1)?.message_id
    // The rest of the last message comes with the next read, unless it is all that there is.
    const whole = cut === undefined ? copies : copies.filter(({ message_id }) => message_id !== cut)
    for (const copy of whole.length > 0 ? whole : copies) take(copy)
    if (cut === undefined) return result
    upTo = whole.length > 0 ? cut : cut - 1
  }
}

/** What the links of an item may do, by the one decision. */
export function mayInDigest(
  areas: readonly DigestArea[],
  { area }: ListedMessage,
  malware: boolean,
  addressKeys: readonly string[],
): { notSpam: boolean; delete: boolean } {
  const scope = new Set(addressKeys)
  const may = (action: 'not-spam' | 'delete') =>
    addressKeys.some(
      (address_key) =>
        decideForUser(
          scope,
          { area, malware },
          { address_key, state: 'held', changed_by: '' },
          action,
          areas,
        ) === 'yes',
    )
  return { notSpam: may('not-spam'), delete: may('delete') }
}
