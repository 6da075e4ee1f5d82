/**
 * For which addresses a user may act, and the one function that decides what he may do with a copy of a message that was
 * for one of them. Nothing else in the product decides that. What he may not see he is told is not there.
 */
import type { Kysely } from 'kysely'
import type { HoldingState, Schema } from '../store/schema.ts'
import { addressesOf } from '../store/users.ts'
import { isUsersName } from './actor.ts'

/** Keys of addresses (lower case). */
export type Scope = ReadonlySet<string>

export async function scopeOf(read: Kysely<Schema>, userId: number): Promise<Scope> {
  return new Set((await addressesOf(read, [userId])).map(({ address_key }) => address_key))
}

/** What of an area matters to users. */
export interface AreaForUsers {
  name: string
  releasableBy: readonly string[]
  visibleToUsers: boolean
  usersDownloadParts: boolean
}

export type UserAction = 'see' | 'download' | 'not-spam' | 'delete' | 'restore' | 'request'

/** The copy of one recipient. */
export interface Copy {
  address_key: string
  state: HoldingState
  changed_by: string
}

export interface MessageOfCopy {
  area: string
  /** Whatever else it was held for: a scanner found malware in it. */
  malware: boolean
}

/** Areas whose mail users see. One that the configuration no longer names is closed to them. */
export const visibleAreas = (areas: readonly AreaForUsers[]): string[] =>
  areas.filter(({ visibleToUsers }) => visibleToUsers).map(({ name }) => name)

/** The states in which a user sees a copy; what is deleted he can take back. */
const seen: readonly HoldingState[] = ['held', 'release-failed', 'releasing', 'delivered', 'deleted']

/** `yes`; `no`: it is seen, but this may not be done; `hidden`: it is not there for this user. */
export type Decision = 'yes' | 'no' | 'hidden'

/** The one decision: (user, message, recipient, action). */
export function decideForUser(
  scope: Scope,
  message: MessageOfCopy,
  copy: Copy,
  action: UserAction,
  areas: readonly AreaForUsers[],
): Decision {
  const area = areas.find(({ name }) => name === message.area)
  if (!scope.has(copy.address_key) || !area?.visibleToUsers || !seen.includes(copy.state)) return 'hidden'
  switch (action) {
    case 'see':
      return 'yes'
    case 'download':
      // What is deleted he takes back first, if he may.
      return !message.malware && area.usersDownloadParts && copy.state !== 'deleted' ? 'yes' : 'no'
    case 'not-spam':
      return !message.malware && area.releasableBy.includes('recipient') ? 'yes' : 'no'
    case 'request':
      return !message.malware && !area.releasableBy.some((who) => who === 'recipient' || who === 'nobody')
        ? 'yes'
        : 'no'
    case 'delete':
      return 'yes'
    case 'restore':
      // What an administrator has deleted stays deleted.
      return copy.state === 'deleted' && isUsersName(copy.changed_by) ? 'yes' : 'no'
  }
}
