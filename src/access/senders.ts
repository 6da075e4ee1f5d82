/**
 * Approved and blocked senders, as their user puts them on the list: an address, or a domain with all below it. An entry
 * counts for the user's own addresses and aliases, or for one address that was delegated to him. Lists are bounded; every
 * change is in the audit log. What an entry does to mail is in policy/senders.ts.
 */
import type { Kysely } from 'kysely'
import type { Context } from '../context.ts'
import { addressKey } from '../mail/envelope.ts'
import { Problem } from '../problem.ts'
import type { Schema } from '../store/schema.ts'
import type { SenderKind, SendersTable } from '../store/sender-schema.ts'
import {
  countSenders,
  deleteExpiredSenders,
  deleteSender,
  insertSenders,
  readSender,
  sendersNamed,
  updateSender,
} from '../store/senders.ts'
import type { UsersTable } from '../store/user-schema.ts'
import { addressesOf, lockUser } from '../store/users.ts'
import type { Actor } from './actor.ts'
import { senderPattern } from './sender-patterns.ts'
import { demandUser, noUser } from './user-sight.ts'
import { note } from './users.ts'

type Owner = Pick<UsersTable, 'id' | 'name'>

export interface SenderWish {
  kind: SenderKind
  pattern: string
  /** '': the own addresses and aliases. */
  addressKey: string
  /** Absent, as expiresAt: as it is, where the entry is there already. */
  note?: string | undefined
  expiresAt?: number | null | undefined
}

/** `there`: it stood there like that. `full`: the list has no room. */
export type Listed = 'added' | 'changed' | 'there' | 'full'

const orderedLimit = 100

export interface NewSender {
  sender: string
  kind: SenderKind
  /** Absent: the own addresses and aliases. */
  address?: string | undefined
  note?: string | undefined
  expiresAt?: number | null | undefined
}

/**
 * All of them or none. @returns the entries as they are now, each once.
 * @throws Problem 'invalid' for what is no sender or an address that is not delegated, 'conflict' when there is no room
 */
export async function addSenders(
  ctx: Context,
  actor: Actor,
  user: Owner,
  senders: readonly NewSender[],
  limit: number,
): Promise<SendersTable[]> {
  if (senders.length > orderedLimit)
    throw new Problem(
      'invalid',
      `At most ${orderedLimit} senders are taken at once.`,
      'Send several orders.',
      {
        field: 'senders',
      },
    )
  const wishes = senders.map((sender) => wishOf(ctx, sender))
  return await ctx.db.transaction(async (trx) => {
    await demandDelegated(
      trx,
      user,
      wishes.map((wish) => wish.addressKey),
    )
    const listed = await putSenders(ctx, trx, actor, user, wishes, limit)
    if (listed.includes('full'))
      throw new Problem(
        'conflict',
        `The list is full: it has room for ${limit} senders.`,
        'Remove some, or list a domain instead of many addresses.',
        { limit },
      )
    const rows = new Map<number, SendersTable>()
    for (const { addressKey: key, pattern } of wishes)
      for (const row of await sendersNamed(trx, user.id, key, [pattern])) rows.set(row.id, row)
    return [...rows.values()]
  })
}

function wishOf(
  { clock }: Context,
  { sender, kind, address = '', note: why, expiresAt }: NewSender,
): SenderWish {
  const pattern = senderPattern(sender)
  if (pattern === null)
    throw new Problem(
      'invalid',
      sender.trim() === '' || sender.trim() === '<>'
        ? 'Mail without a sender can be neither approved nor blocked.'
        : `${sender.trim().slice(0, 100)} is neither an address nor a domain.`,
      'Give an address such as anna@example.org, or a domain such as example.org.',
      { field: 'sender' },
    )
  demandFuture(expiresAt, clock.now())
  return { kind, pattern, addressKey: addressKey(address.trim()), note: why?.trim(), expiresAt }
}

function demandFuture(expiresAt: number | null | undefined, now: number): void {
  if (expiresAt !== null && expiresAt !== undefined && expiresAt <= now)
    throw new Problem('invalid', 'This time is over already.', 'Give a time that is to come, or none.', {
      field: 'expiresAt',
    })
}

async function demandDelegated(trx: Kysely<Schema>, user: Owner, keys: readonly string[]): Promise<void> {
  const wanted = keys.filter((key) => key !== '')
  if (wanted.length === 0) return
  const delegated = await delegatedTo(trx, user)
  const other = wanted.find((key) => !delegated.has(key))
  if (other !== undefined)
    throw new Problem(
      'invalid',
      `${other} is no address of others that you look after.`,
      'Leave the address out to mean all of your own.',
      { field: 'address' },
    )
}

/** Keys of the addresses of others that a user looks after: each has entries of its own. */
export async function delegatedTo(trx: Kysely<Schema>, { id }: Pick<Owner, 'id'>): Promise<Set<string>> {
  const addresses = await addressesOf(trx, [id])
  return new Set(addresses.flatMap(({ kind, address_key }) => (kind === 'delegated' ? [address_key] : [])))
}

/**
 * Puts as many on the list as there is room for; what is there already becomes what is wished. In the transaction of the
 * deed that it belongs to. @returns what became of each.
 */
export async function putSenders(
  ctx: Context,
  trx: Kysely<Schema>,
  actor: Actor,
  user: Owner,
  wishes: readonly SenderWish[],
  limit: number,
): Promise<Listed[]> {
  if (wishes.length === 0) return []
  const now = ctx.clock.now()
  // Whoever counts waits for whoever adds.
  await lockUser(trx, user.id)
  let room = limit - (await countSenders(trx, { userId: user.id }))
  if (room < wishes.length) room += await deleteExpiredSenders(trx, user.id, now)
  const listed: Listed[] = []
  for (const wish of wishes) {
    const { kind, pattern, addressKey: key, note: why, expiresAt } = wish
    const [before] = await sendersNamed(trx, user.id, key, [pattern])
    if (before) {
      const isOver = before.expires_at !== null && before.expires_at <= now
      const stays = before.kind === kind && !isOver
      const after = {
        kind,
        note: why ?? before.note,
        expires_at: expiresAt === undefined ? (stays ? before.expires_at : null) : expiresAt,
      }
      const isSame = stays && before.expires_at === after.expires_at && before.note === after.note
      if (!isSame) {
        await updateSender(trx, before.id, after)
        await noteSender(ctx, trx, actor, 'sender.change', user, { ...before, ...after })
      }
      listed.push(isSame ? 'there' : 'changed')
      continue
    }
    if (room <= 0) {
      listed.push('full')
      continue
    }
    room--
    const row = {
      id: ctx.db.ids.next(),
      user_id: user.id,
      address_key: key,
      kind,
      pattern,
      note: why ?? '',
      created_at: now,
      expires_at: expiresAt ?? null,
    }
    await insertSenders(ctx.db, trx, [row])
    await noteSender(ctx, trx, actor, 'sender.add', user, row)
    listed.push('added')
  }
  return listed
}

export interface SenderChange {
  kind?: SenderKind | undefined
  note?: string | undefined
  expiresAt?: number | null | undefined
}

/** @throws Problem 'not-found' when it is none of this user's, 'invalid' for a time that is over. */
export async function changeSender(
  ctx: Context,
  actor: Actor,
  user: Owner,
  id: number,
  { kind, note: why, expiresAt }: SenderChange,
): Promise<SendersTable> {
  demandFuture(expiresAt, ctx.clock.now())
  return await ctx.db.transaction(async (trx) => {
    await lockUser(trx, user.id)
    const before = await readSender(trx, user.id, id)
    if (!before) throw noSender()
    const change = {
      ...(kind === undefined ? {} : { kind }),
      ...(why === undefined ? {} : { note: why.trim() }),
      ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
    }
    const after = { ...before, ...change }
    await updateSender(trx, id, change)
    await noteSender(ctx, trx, actor, 'sender.change', user, after)
    return after
  })
}

/** @throws Problem 'not-found' */
export async function removeSender(ctx: Context, actor: Actor, user: Owner, id: number): Promise<void> {
  await ctx.db.transaction(async (trx) => {
    await lockUser(trx, user.id)
    const row = await readSender(trx, user.id, id)
    if (!row) throw noSender()
    await deleteSender(trx, id)
    await noteSender(ctx, trx, actor, 'sender.remove', user, row)
  })
}

/** Whose list an administrator looks at. @throws Problem 'not-found', 'forbidden' */
export async function demandListOf(
  read: Kysely<Schema>,
  actor: Actor,
  user: UsersTable | undefined,
): Promise<UsersTable> {
  if (!user) throw noUser()
  await demandUser(read, actor, user)
  return user
}

const noSender = (): Problem =>
  new Problem('not-found', 'There is no such entry in this list.', 'Look at the list again: it has changed.')

const noteSender = (
  ctx: Context,
  trx: Kysely<Schema>,
  actor: Actor,
  deed: string,
  user: Owner,
  {
    kind,
    pattern,
    address_key,
    expires_at,
  }: Pick<SendersTable, 'kind' | 'pattern' | 'address_key' | 'expires_at'>,
) =>
  note(ctx, trx, actor, deed, user.name, {
    kind,
    sender: pattern,
    ...(address_key === '' ? {} : { address: address_key }),
    ...(expires_at === null ? {} : { expires: new Date(expires_at).toISOString() }),
  })
