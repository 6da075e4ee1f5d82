/** What somebody who ordered something earlier may do by now: the order goes on, and who gave it may be gone. */
import type { Kysely } from 'kysely'
import { findAccount } from '../store/accounts.ts'
import type { Schema } from '../store/schema.ts'
import type { Actor } from './actor.ts'
import { lesserRole, roles } from './roles.ts'

/**
 * The actor with the lesser of the role of then and of now; null when the account is disabled. Who has no account (the
 * command line of this machine, the product itself) stays as he was.
 */
export async function actorByNow(read: Kysely<Schema>, actor: Actor): Promise<Actor | null> {
  const role = roles.find((name) => name === actor.role)
  const account = role && (await findAccount(read, actor.name))
  if (!role || !account) return actor
  return account.disabled_at === null ? { ...actor, role: lesserRole(role, account.role) } : null
}
