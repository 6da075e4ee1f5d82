/** How the consoles look to somebody: kept with the account, so that they look alike on every machine. */
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { findAccount, lockAccount, updateAccount } from '../store/accounts.ts'
import type { AccountsTable } from '../store/schema.ts'
import { ownAccount } from './accounts.ts'
import type { Actor } from './actor.ts'

export interface Preferences {
  /** IANA name; null: the browser's. */
  timeZone: string | null
  theme: 'auto' | 'light' | 'dark'
  rowsPerPage: number
  /** Null: as the product has them. */
  columns: string[] | null
}

const usual: Preferences = { timeZone: null, theme: 'auto', rowsPerPage: 50, columns: null }

/** Of whoever has no account (the command line): the usual ones. */
export const preferencesOf = (account: AccountsTable | undefined): Preferences => ({
  ...usual,
  ...(account ? (JSON.parse(account.preferences) as Partial<Preferences>) : {}),
})

/** @throws Problem 'invalid' for a time zone that there is not, or for an actor without an account. */
export async function setPreferences(
  { db }: Context,
  actor: Actor,
  change: Partial<Preferences>,
): Promise<Preferences> {
  if (typeof change.timeZone === 'string') checkTimeZone(change.timeZone)
  return await db.transaction(async (trx) => {
    const { id } = ownAccount(await findAccount(trx, actor.name))
    await lockAccount(trx, id)
    const before = await findAccount(trx, actor.name)
    const set = { ...(JSON.parse(before?.preferences ?? '{}') as Partial<Preferences>), ...change }
    await updateAccount(trx, id, { preferences: JSON.stringify(set) })
    return { ...usual, ...set }
  })
}

/** @throws Problem 'invalid' */
export function checkTimeZone(name: string): void {
  if (isTimeZone(name)) return
  throw new Problem(
    'invalid',
    `There is no time zone ${name}.`,
    'Give its IANA name, such as Europe/Berlin, or null.',
    { field: 'timeZone' },
  )
}

/** By its name: offsets (`+02:00`), which Intl takes as well, know nothing of summer time. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
