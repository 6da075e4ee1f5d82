/**
 * Accounts: who may sign in, with which role. There is always an enabled administrator: the first is made at the first
 * start, the last cannot be disabled or lowered. Each deed writes its audit row in its own transaction.
 */
import type { Context } from '../context.ts'
import { domainKey, domainPattern } from '../mail/domains.ts'
import { Problem } from '../problem.ts'
import { domainsOfAccount, replaceDomains } from '../store/account-domains.ts'
import {
  type AccountOverview,
  accountKey,
  accountOverview,
  anyAccount,
  countAdministrators,
  findAccount,
  insertAccount,
  lockAccount,
  updateAccount,
} from '../store/accounts.ts'
import { writeAudit } from '../store/audit.ts'
import type { AccountsTable, Role } from '../store/schema.ts'
import { dropSecondFactor } from '../store/second-factors.ts'
import { endSessionsOf } from '../store/sessions.ts'
import { type Actor, actorName, systemActor } from './actor.ts'
import { checkNewPassword, hashPassword, passwordFits, randomPassword } from './passwords.ts'

/** Names that the audit log uses for others. */
const reserved = ['system', 'local', 'cli', 'anonymous', 'retention', 'delivery']

/**
 * At the first start there is no account: makes `admin`, with this password or a random one, which is in the answer and
 * nowhere else, and must be changed: it was on a screen and may be in a log. Null when there are accounts already.
 * @throws Problem 'invalid' when the given password is no good.
 */
export async function ensureFirstAdministrator(
  ctx: Context,
  given: string | null,
): Promise<{ name: string; password: string; generated: boolean } | null> {
  if (await anyAccount(ctx.db.read)) return null
  const account = {
    name: 'admin',
    role: 'administrator' as const,
    password: given ?? randomPassword(),
    mustChangePassword: given === null,
  }
  try {
    await createAccount(ctx, systemActor, account)
  } catch (error) {
    // Another process on the same database was first.
    if (error instanceof Problem && error.code === 'conflict') return null
    throw error
  }
  return { name: account.name, password: account.password, generated: given === null }
}

/** @throws Problem 'conflict' when the name is taken, 'invalid' for a bad password. */
export async function createAccount(
  ctx: Context,
  actor: Actor,
  order: {
    name: string
    role: Role
    password: string
    mustChangePassword?: boolean
    domains?: readonly string[]
  },
): Promise<AccountOverview> {
  const { name, role, mustChangePassword = false } = order
  if (reserved.includes(accountKey(name)))
    throw new Problem('invalid', `The name ${name} is reserved.`, 'Choose another name.', { field: 'name' })
  const domains = checkDomains(role, order.domains ?? [])
  checkNewPassword(order.password, name)
  const password = await hashPassword(order.password)
  const account = {
    id: ctx.db.ids.next(),
    name,
    name_key: accountKey(name),
    role,
    password,
    created_at: ctx.clock.now(),
    disabled_at: null,
    must_change_password: mustChangePassword ? 1 : 0,
  }
  await ctx.db.transaction(async (trx) => {
    if (!(await insertAccount(trx, account)))
      throw new Problem('conflict', `There is an account ${name} already.`, 'Choose another name.', {
        field: 'name',
      })
    await replaceDomains(trx, account.id, domains)
    const details = {
      role,
      ...(domains.length > 0 ? { domains } : {}),
      ...(mustChangePassword ? { mustChangePassword } : {}),
    }
    await writeAudit(trx, [deedOf(ctx, actor, 'account.create', name, details)])
  })
  return { ...account, second_factor_at: null, domains }
}

export const domainsPerAccount = 100

/** As they are kept. @throws Problem 'invalid' for a domain administrator without domains, and others with. */
function checkDomains(role: Role, given: readonly string[]): string[] {
  const domains = [...new Set(given.map(domainKey))].sort()
  const invalid = (what: string, remedy: string) => new Problem('invalid', what, remedy, { field: 'domains' })
  const wrong = domains.find((domain) => !domainPattern.test(domain))
  if (wrong !== undefined)
    throw invalid(`"${wrong}" is no domain.`, 'Write example.org, or *.example.org for all domains below it.')
  if (domains.length > domainsPerAccount)
    throw invalid(`${domains.length} domains; at most ${domainsPerAccount} are possible.`, 'Give fewer.')
  if (role === 'domain-administrator' && domains.length === 0)
    throw invalid('A domain administrator needs at least one domain.', 'Say whose mail it is about.')
  if (role !== 'domain-administrator' && domains.length > 0)
    throw invalid(`The role ${role} is not about domains.`, 'Leave them out, or choose domain-administrator.')
  return domains
}

export interface AccountChange {
  role?: Role
  /** All of them, of a domain administrator. */
  domains?: readonly string[]
  password?: string
  /** With a new password false by default. */
  mustChangePassword?: boolean
  disabled?: boolean
  secondFactor?: 'off'
}

/**
 * Changes what is given. A new password, disabling and turning the second factor off end the account's sessions.
 * @throws Problem 'not-found', 'invalid' for a bad password, 'conflict' when no administrator would be left.
 */
export async function changeAccount(
  ctx: Context,
  actor: Actor,
  name: string,
  { role, domains, password, disabled, secondFactor, ...given }: AccountChange,
): Promise<AccountOverview> {
  if (password !== undefined) checkNewPassword(password, name)
  const hash = password === undefined ? undefined : await hashPassword(password)
  const mustChange = given.mustChangePassword ?? (hash === undefined ? undefined : false)
  return await ctx.db.transaction(async (trx) => {
    const before = await findAccount(trx, name)
    if (!before)
      throw new Problem('not-found', 'There is no such account.', 'GET /api/v1/accounts lists them.')
    const disabledAt = disabled ? (before.disabled_at ?? ctx.clock.now()) : null
    const change = {
      ...(role === undefined ? {} : { role }),
      ...(hash === undefined ? {} : { password: hash }),
      ...(mustChange === undefined ? {} : { must_change_password: mustChange ? 1 : 0 }),
      ...(disabled === undefined ? {} : { disabled_at: disabledAt }),
    }
    await lockAccount(trx, before.id)
    const then = await domainsOfAccount(trx, before.id)
    const restricted = (role ?? before.role) === 'domain-administrator'
    const kept = checkDomains(role ?? before.role, domains ?? (restricted ? then : []))
    if (role !== undefined || domains !== undefined) await replaceDomains(trx, before.id, kept)
    if (Object.keys(change).length > 0) await updateAccount(trx, before.id, change)
    if (secondFactor) await dropSecondFactor(trx, before.id)
    if (hash !== undefined || disabled || secondFactor) await endSessionsOf(trx, before.id)
    const details = {
      ...(role === undefined ? {} : { role, before: before.role }),
      ...(kept.join() === then.join() ? {} : { domains: kept, domainsBefore: then }),
      ...(hash === undefined ? {} : { password: 'new' }),
      ...given,
      ...(disabled === undefined ? {} : { disabled }),
      ...(secondFactor ? { secondFactor } : {}),
    }
    await writeAudit(trx, [deedOf(ctx, actor, 'account.change', before.name, details)])
    // After the audit row, for which writers take turns: of two who lower each other, the second sees the first.
    if ((await countAdministrators(trx)) === 0)
      throw new Problem(
        'conflict',
        `${before.name} is the last administrator.`,
        'Make somebody else an administrator first.',
      )
    return await accountOverview(trx, before.id)
  })
}

/**
 * Sets the actor's own password, which must have been confirmed before; all other sessions end, and it is a first one no
 * longer.
 * @throws Problem 'invalid' for a bad password, or for the one that it was; 'conflict' when it was changed since, or the
 * account disabled: that must not be undone by whoever knew the old one.
 */
export async function changeOwnPassword(
  ctx: Context,
  actor: Actor,
  account: AccountsTable,
  password: string,
  sessionHash: string,
): Promise<void> {
  checkNewPassword(password, account.name)
  if (await passwordFits(password, account.password))
    throw new Problem('invalid', 'The new password is the old one.', 'Think of another.', {
      field: 'password',
    })
  const hash = await hashPassword(password)
  await ctx.db.transaction(async (trx) => {
    await lockAccount(trx, account.id)
    const still = await findAccount(trx, account.name)
    if (still?.password !== account.password || still.disabled_at !== null)
      throw new Problem('conflict', 'The password was changed at this moment.', 'Sign in with the new one.')
    await updateAccount(trx, account.id, { password: hash, must_change_password: 0 })
    await endSessionsOf(trx, account.id, sessionHash)
    await writeAudit(trx, [deedOf(ctx, actor, 'account.change', account.name, { password: 'new' })])
  })
}

/** What belongs to a person needs an account: the command line of this machine has none. @throws Problem 'invalid' */
export function ownAccount(account: AccountsTable | undefined): AccountsTable {
  if (account) return account
  throw new Problem(
    'invalid',
    'This belongs to an account, and the key in use has none.',
    "Sign in, or use a key of somebody's account.",
  )
}

const deedOf = (
  ctx: Context,
  actor: Actor,
  deed: string,
  target: string,
  details: Record<string, unknown>,
) => ({
  at: ctx.clock.now(),
  actor: actorName(actor),
  origin: actor.origin,
  deed,
  target,
  details,
})
