/**
 * Which users an account sees and changes. Who is restricted to domains sees those who have an address there, of their
 * addresses those that are there, and changes only users who have no others: whoever acts for an address of another
 * domain is not his to let in, keep out or give addresses to.
 */
import type { Kysely } from 'kysely'
import { Problem } from '../problem.ts'
import type { Schema } from '../store/schema.ts'
import type { UserAddressesTable, UsersTable } from '../store/user-schema.ts'
import { addressesOf } from '../store/users.ts'
import type { Actor } from './actor.ts'
import { seenCopies, seenName, sees, seesAll } from './sight.ts'

export interface SeenUser<U> {
  user: U
  addresses: UserAddressesTable[]
  /** Has addresses that are not seen: may be looked at only. */
  elsewhere: boolean
}

/** Null: not there for the actor. */
export function seenUser<U extends Pick<UsersTable, 'name' | 'display'>>(
  actor: Actor,
  user: U,
  all: readonly UserAddressesTable[],
): SeenUser<U> | null {
  if (seesAll(actor)) return { user, addresses: [...all], elsewhere: false }
  const addresses = seenCopies(actor, all).map((row) => ({ ...row, added_by: seenName(actor, row.added_by) }))
  const [first] = addresses
  if (!first) return null
  const isNameSeen = sees(actor, user.name)
  const elsewhere = addresses.length < all.length || !isNameSeen
  // What somebody calls himself may be the other address.
  const display = elsewhere && user.display.includes('@') ? '' : user.display
  return { user: { ...user, display, name: isNameSeen ? user.name : first.address }, addresses, elsewhere }
}

/** @throws Problem 'not-found' or 'forbidden' for who is restricted, when it is not his to change. */
export async function demandUser(read: Kysely<Schema>, actor: Actor, user: UsersTable): Promise<void> {
  if (seesAll(actor)) return
  const seen = seenUser(actor, user, await addressesOf(read, [user.id]))
  if (!seen) throw noUser()
  if (seen.elsewhere)
    throw new Problem(
      'forbidden',
      'This user has addresses of domains that you do not look after.',
      'Ask an administrator.',
    )
}

/** @throws Problem 'invalid' when one of them is not for the actor to give. */
export function demandAddresses(actor: Actor, given: Record<string, readonly string[] | undefined>): void {
  for (const [field, addresses = []] of Object.entries(given)) {
    const other = addresses.find((address) => !sees(actor, address))
    if (other !== undefined)
      throw new Problem(
        'invalid',
        `${other} is not in a domain that you look after.`,
        'Give addresses of your domains only.',
        { field },
      )
  }
}

export const noUser = (): Problem =>
  new Problem('not-found', 'There is no such user.', 'GET /api/v1/users lists them.')
