/** Who does something: a person, a program with a key, or the system itself. Goes into every audit row. */
import type { Role } from '../store/schema.ts'

export interface Actor {
  /** Account name; the name of a user; `system` for the product itself. */
  name: string
  role: Role | 'user' | 'system'
  /** Where the request came from: an IP address, `cli`, `system`. */
  origin: string
  /** Name of the API key that was used, if one was. */
  key?: string
  /** The role of the account whose key it is: neither more than the key's role may, nor more than this one. */
  owner?: Role
  /** The domains of a domain administrator, also of his keys: he sees and touches their mail alone. Absent: all mail. */
  domains?: readonly string[]
  /** In a session that began with a first password: it may do nothing but change that (and session.own). */
  mustChangePassword?: boolean
}

export const systemActor: Actor = { name: 'system', role: 'system', origin: 'system' }

/** How an actor is written in `changed_by`, `releases.actor` and the audit log. */
export const actorName = ({ name, role, key }: Actor): string =>
  key ? `${name} (key ${key})` : role === 'user' ? `${name}${userMark}` : name

/** Tells users from accounts, whose names may look alike. No account's name can have it: it holds a blank. */
const userMark = ' (user)'

/** Whether it was a user who changed something, by what stands in `changed_by`. */
export const isUsersName = (changedBy: string): boolean => changedBy.endsWith(userMark)

/** Whether somebody sees only what was asked for, also by a key of another role. */
export const isReviewer = ({ role, owner }: Actor): boolean => role === 'reviewer' || owner === 'reviewer'

/** To which domains somebody is restricted; null: to none. Who has lost them all is restricted to nothing. */
export const domainsOf = ({ role, domains }: Actor): readonly string[] | null =>
  domains ?? (role === 'domain-administrator' ? [] : null)
