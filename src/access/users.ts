/**
 * Users: people whose mail is held. An administrator invites them (invitations.ts), or a way of signing in recognises
 * them and tells their addresses. For which addresses somebody may act is what these rows say and nothing else. Each deed
 * writes its audit row in its own transaction.
 */
import type { Kysely } from 'kysely'
import type { Context } from '../context.ts'
import { addressKey } from '../mail/envelope.ts'
import { Problem } from '../problem.ts'
import { writeAudit } from '../store/audit.ts'
import type { Schema } from '../store/schema.ts'
import type { AddressKind, UserAddressesTable, UsersTable } from '../store/user-schema.ts'
import { dropTokensOf, endUserSessionsOf } from '../store/user-sessions.ts'
import {
  findUser,
  insertUser,
  lockUser,
  readUser,
  replaceAddresses,
  updateUser,
  userAddressesLimit,
} from '../store/users.ts'
import { type Actor, actorName } from './actor.ts'
import { checkTimeZone } from './preferences.ts'
import { isAddress } from './signin/addresses.ts'
import type { Recognised } from './signin/method.ts'
import type { Locale } from './user-preferences.ts'
import { demandAddresses, demandUser, noUser } from './user-sight.ts'

/** The source of what an administrator has set. */
export const byAdministrator = 'administrator'
/** Used and expired tokens are kept so long, so that somebody can be told what became of his. */
export const tokenMemoryMs = 7 * 86_400_000

export interface NewUser {
  /** The primary address. */
  name: string
  display: string
  aliases: readonly string[]
  /** Shared mailboxes and lists. */
  delegations: readonly string[]
  /** Null, both: not known. */
  locale: Locale | null
  timeZone: string | null
}

export const usedUp = (): Problem =>
  new Problem(
    'not-found',
    'This link is good no more: it was used, or its time is over.',
    'Ask for a new one.',
  )

export interface UserChange {
  display?: string
  disabled?: boolean
  /** All that an administrator has set; what a directory tells stays. */
  aliases?: readonly string[]
  delegations?: readonly string[]
  locale?: Locale | null
  timeZone?: string | null
  /** Signs in no more with a password that is kept here. */
  password?: 'none'
}

/** Disabling and taking the password away end sessions and open links. @throws Problem 'not-found', 'invalid' */
export async function changeUser(ctx: Context, actor: Actor, id: number, change: UserChange): Promise<void> {
  const { display, disabled, aliases, delegations, locale, timeZone, password } = change
  if (timeZone) checkTimeZone(timeZone)
  await ctx.db.transaction(async (trx) => {
    await lockUser(trx, id)
    const user = await existing(trx, id)
    await demandUser(trx, actor, user)
    demandAddresses(actor, { aliases, delegations })
    await updateUser(trx, id, {
      ...(display === undefined ? {} : { display }),
      ...(disabled === undefined
        ? {}
        : { disabled_at: disabled ? (user.disabled_at ?? ctx.clock.now()) : null }),
      ...(locale === undefined ? {} : { locale: locale ?? '' }),
      ...(timeZone === undefined ? {} : { time_zone: timeZone ?? '' }),
      ...(password === undefined ? {} : { password: '' }),
    })
    await setAddresses(ctx, trx, actor, user, byAdministrator, {
      ...(aliases ? { alias: aliases } : {}),
      ...(delegations ? { delegated: delegations } : {}),
    })
    if (disabled || password) {
      await endUserSessionsOf(trx, id)
      await dropTokensOf(trx, id, ['sign-in', 'invite', 'delegation'])
    }
    const details = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    await note(ctx, trx, actor, 'user.change', user.name, details)
  })
}

/**
 * Somebody whom a way of signing in has recognised: becomes a user at the first time; what that way tells of addresses
 * replaces what it told before. Null: disabled.
 */
export async function recognise(
  ctx: Context,
  trx: Kysely<Schema>,
  { name, display, addresses, source }: Recognised,
  origin: string,
): Promise<UsersTable | null> {
  const actor: Actor = { name, role: 'user', origin }
  let user = await findUser(trx, addressKey(name))
  if (user) {
    // Who sets a password or disables meanwhile waits, or is seen.
    await lockUser(trx, user.id)
    user = await readUser(trx, user.id)
  } else {
    const made = { ...blankUser(ctx, name, source), display }
    if (await insertUser(trx, made)) await note(ctx, trx, actor, 'user.create', name, { source })
    user = await findUser(trx, addressKey(name))
  }
  if (!user || user.disabled_at !== null) return null
  await updateUser(trx, user.id, {
    seen_at: ctx.clock.now(),
    ...(user.display === '' && display !== '' ? { display } : {}),
  })
  // What is kept here of a user with a local password is told by administrators, and by other ways, not by that one.
  if (source !== 'local')
    await setAddresses(ctx, trx, actor, user, source, {
      own: [name],
      alias: addresses
        .filter((address) => isAddress(address) && addressKey(address) !== addressKey(name))
        .slice(0, userAddressesLimit - 1),
    })
  return user
}

/** Whoever is signed in as this user has to do it anew. @throws Problem 'not-found', 'forbidden' */
export async function endUsersSessions(ctx: Context, actor: Actor, id: number): Promise<void> {
  await ctx.db.transaction(async (trx) => {
    const user = await existing(trx, id)
    await demandUser(trx, actor, user)
    await endUserSessionsOf(trx, id)
    await note(ctx, trx, actor, 'user.sessions.end', user.name, {})
  })
}

export const blankUser = ({ db, clock }: Context, name: string, source: string): UsersTable => ({
  id: db.ids.next(),
  name,
  name_key: addressKey(name),
  display: '',
  source,
  password: '',
  locale: '',
  time_zone: '',
  preferences: '{}',
  created_at: clock.now(),
  disabled_at: null,
  seen_at: null,
})

/** @throws Problem 'invalid' when they are too many. */
export async function setAddresses(
  { clock }: Context,
  trx: Kysely<Schema>,
  actor: Actor,
  user: UsersTable,
  source: string,
  told: Partial<Record<AddressKind, readonly string[]>>,
): Promise<void> {
  const kinds = Object.keys(told) as AddressKind[]
  if (kinds.length === 0) return
  const rows = kinds.flatMap((kind) =>
    (told[kind] ?? []).map(
      (address): UserAddressesTable => ({
        user_id: user.id,
        address_key: addressKey(address),
        address,
        kind,
        source,
        added_by: actorName(actor),
        added_at: clock.now(),
      }),
    ),
  )
  if (rows.length > userAddressesLimit)
    throw new Problem(
      'invalid',
      `${user.name} would have ${rows.length} addresses; at most ${userAddressesLimit} are possible.`,
      'Give fewer.',
    )
  await replaceAddresses(trx, { userId: user.id, source, kinds }, rows)
}

export async function existing(trx: Kysely<Schema>, id: number): Promise<UsersTable> {
  const user = await readUser(trx, id)
  if (!user) throw noUser()
  return user
}

export const note = (
  { clock }: Context,
  trx: Kysely<Schema>,
  actor: Actor,
  deed: string,
  target: string,
  details: Record<string, unknown>,
) =>
  writeAudit(trx, [{ at: clock.now(), actor: actorName(actor), origin: actor.origin, deed, target, details }])
