/**
 * API keys of accounts, for programs: `lzk_` and 256 random bits, shown once. A key can do no more than its own role and
 * no more than its owner may at that moment; it ends with its date, by revoking, or with the account.
 */
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { findAccount, firstAdministrator } from '../store/accounts.ts'
import { writeAudit } from '../store/audit.ts'
import { formatId } from '../store/ids.ts'
import {
  countLiveKeys,
  findKey,
  findKeyByHash,
  insertKey,
  type KeyOfAccount,
  listKeys,
  revokeKey as revokeRow,
  touchKey,
} from '../store/keys.ts'
import type { AccountsTable, Role } from '../store/schema.ts'
import { type Actor, actorName } from './actor.ts'
import { lesserRole, may } from './roles.ts'
import { restrictionOf } from './standing.ts'
import { randomToken, tokenHash } from './tokens.ts'

const touchEveryMs = 60_000
const keysPerAccount = 100

/** Null: unknown, revoked, expired, or its account is disabled. */
export async function findKeyActor(
  ctx: Context,
  key: string,
  origin: string,
): Promise<{ actor: Actor; expiresAt: number | null } | null> {
  if (!/^lzk_[A-Za-z0-9_-]{43}$/.test(key)) return null
  const found = await findKeyByHash(ctx.db.read, tokenHash(key))
  const now = ctx.clock.now()
  if (!found || found.revoked_at !== null || found.account_disabled_at !== null) return null
  if (found.expires_at !== null && found.expires_at <= now) return null
  if (wasScoped(found.role, found.account_role)) return null
  if (found.used_at === null || found.used_at + touchEveryMs <= now) await touch(ctx, found.id, now)
  const role = lesserRole(found.role, found.account_role)
  const restriction = await restrictionOf(ctx.db.read, found.account_id, found.account_role)
  return {
    actor: { name: found.account, role, origin, key: found.name, owner: found.account_role, ...restriction },
    expiresAt: found.expires_at,
  }
}

/** A key that was for some domains, of an account that is for all mail by now: it must not grow with it. */
const wasScoped = (role: Role, accountRole: Role): boolean =>
  role === 'domain-administrator' && accountRole !== 'domain-administrator'

async function touch({ db, events }: Context, id: number, now: number): Promise<void> {
  try {
    await db.transaction((trx) => touchKey(trx, id, now))
  } catch (error) {
    events.tell({ kind: 'failure', where: 'key', error })
  }
}

export interface NewKey {
  name: string
  /** Whose it is; the actor's own by default, for this machine's command line that of the first administrator. */
  account?: string
  /** The lesser of the account's and the actor's by default. */
  role?: Role
  expiresInDays?: number
}

/**
 * @param endsBy when the key ends with which this one is made: a key cannot outlive itself by making another.
 * @throws Problem 'forbidden' for somebody else's account or a role above the account's or the actor's, 'not-found' for
 * an account that is not there, 'conflict' when it has too many keys.
 */
export async function createKey(
  ctx: Context,
  actor: Actor,
  order: NewKey,
  endsBy: number | null = null,
): Promise<{ key: string; row: KeyOfAccount }> {
  if (order.account !== undefined && order.account !== actor.name && !may(actor, 'key.all'))
    throw new Problem('forbidden', 'Only administrators make keys for others.', 'Leave out account.')
  const key = randomToken('lzk_')
  const id = ctx.db.ids.next()
  const now = ctx.clock.now()
  const asked = order.expiresInDays === undefined ? null : now + order.expiresInDays * 86_400_000
  const expires = asked === null || endsBy === null ? (asked ?? endsBy) : Math.min(asked, endsBy)
  const row = await ctx.db.transaction(async (trx) => {
    const account = await ownerOf(trx, actor, order.account)
    const role = roleOfNewKey(actor, account.role, order.role)
    if ((await countLiveKeys(trx, account.id)) >= keysPerAccount)
      throw new Problem(
        'conflict',
        `The account has ${keysPerAccount} keys already.`,
        'Revoke those that are no longer used.',
      )
    await insertKey(trx, {
      id,
      account_id: account.id,
      name: order.name,
      hash: tokenHash(key),
      role,
      created_at: now,
      expires_at: expires,
      used_at: null,
      revoked_at: null,
    })
    const details = { key: formatId(id), name: order.name, role, expires }
    await writeAudit(trx, [
      {
        at: now,
        actor: actorName(actor),
        origin: actor.origin,
        deed: 'key.create',
        target: account.name,
        details,
      },
    ])
    return await findKey(trx, id)
  })
  if (!row) throw new Error('the key that was just written is not there')
  return { key, row }
}

async function ownerOf(
  trx: Parameters<typeof findAccount>[0],
  actor: Actor,
  wanted: string | undefined,
): Promise<AccountsTable> {
  const account =
    (await findAccount(trx, wanted ?? actor.name)) ??
    (wanted === undefined && may(actor, 'key.all') ? await firstAdministrator(trx) : undefined)
  if (account) return account
  throw new Problem(
    'not-found',
    `There is no account ${wanted ?? actor.name}.`,
    'Say whose key it shall be.',
    {
      field: 'account',
    },
  )
}

/** Users have no keys, and no route leads them here. */
function roleInKeys({ role }: Actor): Role | 'system' {
  if (role === 'user') throw new Error('a user at the keys of accounts')
  return role
}

function roleOfNewKey(actor: Actor, accountRole: Role, wanted: Role | undefined): Role {
  const own = roleInKeys(actor)
  const most = own === 'system' ? accountRole : lesserRole(accountRole, own)
  const role = wanted ?? most
  if (wasScoped(role, accountRole))
    throw new Problem(
      'forbidden',
      'Only the keys of a domain administrator have this role.',
      'Make an account with the role domain-administrator and its domains.',
      { field: 'role' },
    )
  if (lesserRole(role, most) !== role)
    throw new Problem(
      'forbidden',
      `A key with the role ${role} would be above what it may be, which is ${most}.`,
      `Choose ${most} or a lesser role.`,
      { field: 'role' },
    )
  return role
}

/** Own keys, or everybody's. @throws Problem 'forbidden' */
export async function keysFor(ctx: Context, actor: Actor, all: boolean): Promise<KeyOfAccount[]> {
  if (all && !may(actor, 'key.all'))
    throw new Problem('forbidden', 'Only administrators see all keys.', 'Leave out all to see your own.')
  // The command line of this machine has no keys of its own.
  return await listKeys(ctx.db.read, all || actor.origin === 'cli' ? undefined : actor.name)
}

/**
 * Revoking twice is no error.
 * @throws Problem 'not-found', also for a key of somebody else; 'forbidden' for a key that may do more than the one in use.
 */
export async function revokeKey(ctx: Context, actor: Actor, id: number): Promise<void> {
  const now = ctx.clock.now()
  await ctx.db.transaction(async (trx) => {
    const found = await findKey(trx, id)
    if (!found || (found.account !== actor.name && !may(actor, 'key.all')))
      throw new Problem('not-found', 'There is no such key.', 'GET /api/v1/keys lists your keys.')
    const own = roleInKeys(actor)
    if (lesserRole(found.role, own === 'system' ? found.role : own) !== found.role)
      throw new Problem(
        'forbidden',
        `The key ${found.name} has the role ${found.role}, which is above yours here.`,
        'Sign in, or use a key with that role.',
      )
    if (!(await revokeRow(trx, id, now))) return
    await writeAudit(trx, [
      {
        at: now,
        actor: actorName(actor),
        origin: actor.origin,
        deed: 'key.revoke',
        target: found.account,
        details: { key: formatId(id), name: found.name },
      },
    ])
  })
}
