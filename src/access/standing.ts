/**
 * What somebody may do by now: whose mail a domain administrator sees, looked up at every request; and who ordered
 * something earlier, when the order goes on and who gave it may be gone.
 */
import type { Kysely } from 'kysely'
import { domainsOfAccount } from '../store/account-domains.ts'
import { findAccount } from '../store/accounts.ts'
import type { Role, Schema } from '../store/schema.ts'
import type { Actor } from './actor.ts'
import { lesserRole, roles } from './roles.ts'

/** What the actor of an account is restricted to, by the role that the account has. */
export async function restrictionOf(
  read: Kysely<Schema>,
  accountId: number,
  accountRole: Role,
): Promise<Pick<Actor, 'domains'>> {
  return accountRole === 'domain-administrator' ? { domains: await domainsOfAccount(read, accountId) } : {}
}

/**
 * The actor with the lesser of the role of then and of now; null when the account is disabled. Who has no account (the
 * command line of this machine, the product itself) stays as he was. Who was restricted to domains then or is now gets
 * those that he has now: none, when he is no domain administrator any more.
 */
export async function actorByNow(read: Kysely<Schema>, actor: Actor): Promise<Actor | null> {
  const role = roles.find((name) => name === actor.role)
  const account = role && (await findAccount(read, actor.name))
  if (!role || !account) return actor
  if (account.disabled_at !== null) return null
  const { domains: then, owner, ...rest } = actor
  const now = await restrictionOf(read, account.id, account.role)
  return {
    ...rest,
    role: lesserRole(role, account.role),
    ...(owner ? { owner: account.role } : {}),
    ...(then ? { domains: now.domains ?? [] } : now),
  }
}
