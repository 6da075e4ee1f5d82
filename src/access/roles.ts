/**
 * Who may do what: one table, and the one function that reads it. A permission that is not in the table does not
 * compile; an actor without a role that has it is refused, whoever asks.
 */
import { Problem } from '../problem.ts'
import type { Role } from '../store/schema.ts'
import { type Actor, domainsOf } from './actor.ts'

/** From the one who may most to the one who may least. */
export const roles = [
  'administrator',
  'domain-administrator',
  'operator',
  'reviewer',
  'auditor',
] as const satisfies readonly Role[]

/** All but domain administrators and reviewers: what they may is said by `scoped` and `reviewing`. */
const everybody: readonly Role[] = ['administrator', 'operator', 'auditor']
const operators: readonly Role[] = ['administrator', 'operator']
const administrators: readonly Role[] = ['administrator']

/** And domain administrators: whatever asks for it sees to it that they get what is of their domains only (sight.ts). */
const scoped = (others: readonly Role[]): readonly Role[] => [...others, 'domain-administrator']

/** And reviewers, who decide about requests: they see what was asked for (sight.ts) and nothing else. */
const reviewing = (others: readonly Role[]): readonly Role[] => [...others, 'reviewer']

const table = {
  'session.own': reviewing(scoped(everybody)),
  'message.find': scoped(everybody),
  'message.view': reviewing(scoped(everybody)),
  'message.download': scoped(everybody),
  'message.release': scoped(operators),
  'message.delete': scoped(operators),
  'message.restore': scoped(operators),
  'request.view': reviewing(scoped(everybody)),
  'request.decide': reviewing(scoped(operators)),
  'event.listen': reviewing(scoped(everybody)),
  'delivery.view': scoped(everybody),
  'delivery.change': scoped(operators),
  'audit.view': ['administrator', 'auditor'],
  'area.view': scoped(everybody),
  'status.view': everybody,
  'account.manage': administrators,
  'user.view': scoped(everybody),
  'user.manage': scoped(administrators),
  'key.own': reviewing(scoped(everybody)),
  'key.all': administrators,
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof table

export const permissions = Object.keys(table) as Permission[]

export const rolesWith = (permission: Permission): readonly Role[] => table[permission]

export const permissionsOf = (actor: Actor): Permission[] =>
  permissions.filter((permission) => may(actor, permission))

/**
 * The one decision. The system itself has no permissions here: it never comes in from outside; nor have users, whose mail
 * is held: what they may is decided in scope.ts. Somebody with a first
 * password, which others may know, has what belongs to the own session until it is changed.
 */
export const may = (actor: Actor | null, permission: Permission): boolean =>
  actor !== null &&
  actor.role !== 'system' &&
  actor.role !== 'user' &&
  rolesWith(permission).includes(actor.role) &&
  // A key of a lesser role does no more than its owner either, who is none of the others.
  (domainsOf(actor) === null || rolesWith(permission).includes('domain-administrator')) &&
  (actor.owner === undefined || rolesWith(permission).includes(actor.owner)) &&
  (!actor.mustChangePassword || permission === 'session.own')

/** @throws Problem 'unauthenticated' or 'forbidden'. */
export function demand(actor: Actor | null, permission: Permission): asserts actor is Actor {
  if (may(actor, permission)) return
  if (actor === null)
    throw new Problem(
      'unauthenticated',
      'This needs a session or an API key.',
      'Sign in with POST /api/v1/session, or send Authorization: Bearer with an API key.',
    )
  if (actor.mustChangePassword)
    throw new Problem(
      'forbidden',
      'Your password is a first one, which others may know; it must be changed before anything else.',
      'Change it with POST /api/v1/session/password, or in the console.',
      { mustChangePassword: true, permission },
    )
  throw new Problem(
    'forbidden',
    `The role ${actor.role} may not do this.`,
    `Ask somebody with the role ${rolesWith(permission).join(' or ')}.`,
    { role: actor.role, permission, roles: rolesWith(permission) },
  )
}

/**
 * Whether a role may release from an area, which names those who may: they and everybody above them. `recipient` stands
 * below all roles; an area that names nobody is closed to all.
 */
export const mayReleaseFrom = (role: Actor['role'], releasers: readonly string[]): boolean =>
  rolesWith('message.release').some((name) => name === role) &&
  roles.some(
    (name, rank) =>
      name === role && [...roles.slice(rank), 'recipient'].some((one) => releasers.includes(one)),
  )

/** Whether a role may decide about requests for mail of an area; a reviewer where an operator may release. */
export const mayDecideIn = (role: Actor['role'], releasers: readonly string[]): boolean =>
  mayReleaseFrom(role === 'reviewer' ? 'operator' : role, releasers)

/** The lesser of two roles: what a key may do for its owner. */
export const lesserRole = (a: Role, b: Role): Role => (roles.indexOf(a) > roles.indexOf(b) ? a : b)
