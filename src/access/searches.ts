/**
 * Saved searches: everybody's own, and those that somebody shares. What is shared is seen by others, so sharing, changing
 * what is shared and taking it back write an audit row; the own ones are nobody else's business.
 */
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { findAccount, lockAccount } from '../store/accounts.ts'
import { writeAudit } from '../store/audit.ts'
import { formatId } from '../store/ids.ts'
import {
  countSearches,
  deleteSearch,
  findSearch,
  findSearchByName,
  insertSearch,
  listSearches,
  type SearchOfAccount,
  updateSearch,
} from '../store/searches.ts'
import { ownAccount } from './accounts.ts'
import { type Actor, actorName } from './actor.ts'
import { may } from './roles.ts'
import { seesAll } from './sight.ts'

const searchesPerAccount = 100

/** The own ones and the shared ones, by name; whose mail others search for is not for who is restricted to domains. */
export async function searchesFor({ db }: Context, actor: Actor): Promise<SearchOfAccount[]> {
  const account = await findAccount(db.read, actor.name)
  const found = await listSearches(db.read, account?.id ?? 0)
  return seesAll(actor) ? found : found.filter(({ account_id }) => account_id === account?.id)
}

export interface NewSearch {
  name: string
  query: string
  shared: boolean
}

/**
 * An own one of the same name is replaced, and keeps its id.
 * @throws Problem 'conflict' when the account has too many, 'invalid' for an actor without an account.
 */
export async function saveSearch(ctx: Context, actor: Actor, order: NewSearch): Promise<SearchOfAccount> {
  if (order.shared && !seesAll(actor))
    throw new Problem(
      'forbidden',
      'Who looks after some domains only shares no searches.',
      'Save it for yourself alone.',
      { field: 'shared' },
    )
  const { name, query } = order
  const shared = order.shared ? 1 : 0
  const fresh = ctx.db.ids.next()
  const now = ctx.clock.now()
  return await ctx.db.transaction(async (trx) => {
    const account = ownAccount(await findAccount(trx, actor.name))
    await lockAccount(trx, account.id)
    const before = await findSearchByName(trx, account.id, name)
    if (before) await updateSearch(trx, before.id, { name, query, shared })
    else {
      if ((await countSearches(trx, account.id)) >= searchesPerAccount)
        throw new Problem(
          'conflict',
          `You have ${searchesPerAccount} saved searches already.`,
          'Drop those that are no longer used.',
        )
      const row = { id: fresh, account_id: account.id, name, query, shared, created_at: now }
      await insertSearch(trx, row)
    }
    const saved = await findSearch(trx, before?.id ?? fresh)
    if (!saved) throw new Error('the search that was just written is not there')
    const deed = shared === 1 ? 'search.share' : before?.shared === 1 ? 'search.unshare' : null
    if (deed) await writeAudit(trx, [deedOf(actor, now, deed, saved)])
    return saved
  })
}

/** @throws Problem 'not-found', also for a search of somebody else, unless it is shared and the actor an administrator. */
export async function dropSearch(ctx: Context, actor: Actor, id: number): Promise<void> {
  await ctx.db.transaction(async (trx) => {
    const found = await findSearch(trx, id)
    const own = found?.owner === actor.name
    if (
      !found ||
      !(own || (found.shared === 1 && may(actor, 'account.manage'))) ||
      !(await deleteSearch(trx, id))
    )
      throw new Problem('not-found', 'There is no such search of yours.', 'GET /api/v1/searches lists them.')
    if (found.shared === 1) await writeAudit(trx, [deedOf(actor, ctx.clock.now(), 'search.drop', found)])
  })
}

const deedOf = (actor: Actor, at: number, deed: string, { id, owner, name, query }: SearchOfAccount) => ({
  at,
  actor: actorName(actor),
  origin: actor.origin,
  deed,
  target: owner,
  details: { search: formatId(id), name, query },
})
