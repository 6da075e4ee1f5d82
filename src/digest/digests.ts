/**
 * Digests are due by each user's schedule. A round plans who has none planned, takes those that are due under a lease,
 * some thousands at a time, and writes them: the mail is queued and the watermark moved in one transaction, which only
 * the holder of the lease can make. So a crash anywhere gives nobody none and nobody two, and several nodes share the
 * work. What was missed while nothing ran is made up for with one digest.
 */
import type { Kysely } from 'kysely'
import { type Actor, actorName } from '../access/actor.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { writeAudit } from '../store/audit.ts'
import { listedMessages } from '../store/digest-items.ts'
import {
  anyDigestDue,
  claimDigestOf,
  claimDigests,
  type DoneDigest,
  endStaleDigestLeases,
  finishDigests,
  giveBackDigests,
  plannedUsers,
  type Recipient,
  recipients,
  writePlans,
} from '../store/digests.ts'
import { formatId, idAt } from '../store/ids.ts'
import { insertPosts, type NewPost } from '../store/posts.ts'
import type { Schema } from '../store/schema.ts'
import type { UsersTable } from '../store/user-schema.ts'
import { composeDigest, type DigestDeps, digestPost, type LinkTo, linkPath } from './compose.ts'
import { type Found, gather } from './gather.ts'
import { keepKey, openLinks } from './links.ts'
import { planOf, type Standing, standings } from './plan.ts'
import { type Language, planner, type Schedule } from './schedule.ts'
import type { WrittenDigest } from './write.ts'

export interface RoundReport {
  users: number
  sent: number
}

export interface Digests extends AsyncDisposable {
  /** One round now, or the one under way. Rejects when the database fails. */
  round(): Promise<RoundReport>
  /** What would be sent now, with links that do nothing. Null: nothing is new. @throws Problem 'not-found' */
  preview(userId: number, everything: boolean): Promise<WrittenDigest | null>
  /** What holds for whoever has chosen nothing else. */
  usual(): Schedule & { timeZone: string; language: Language }
  /** When these get digests, in the same order. */
  standings(
    users: readonly Pick<UsersTable, 'id' | 'locale' | 'time_zone' | 'disabled_at'>[],
  ): Promise<Standing[]>
  /** Sends it now, whatever the schedule says; false: nothing is new. @throws Problem 'not-found', 'conflict' */
  send(actor: Actor, userId: number, everything: boolean): Promise<boolean>
}

const tickMs = 60_000
const planEveryMs = 15 * 60_000
const plansPerTransaction = 1000
const usersPerClaim = 2000
const usersPerWrite = 200
const itemsPerWrite = 2000
const leaseMs = 10 * 60_000
/** What came in the last minute waits for the next digest: on PostgreSQL another process may still be committing it. */
const settleMs = 60_000
/** What somebody's first digest goes back to. */
const firstLookBackMs = 7 * 86_400_000
const unsubscribeMs = 180 * 86_400_000

export function startDigests(ctx: Context, deps: DigestDeps): Digests {
  const { db, clock, events } = ctx
  const { options } = deps
  const links = openLinks(ctx)
  const stop = new AbortController()
  let running: Promise<RoundReport> | null = null
  /** When everybody's plan was looked at, and when whoever is new was; the newest of them. */
  let plannedAt = Number.NEGATIVE_INFINITY
  let lookedAt = Number.NEGATIVE_INFINITY
  let newestUser = 0
  let prepared = false

  /** Whoever is new is planned in each round, others whose plan changed every quarter of an hour. */
  async function plan(all = plannedAt + planEveryMs <= clock.now()): Promise<void> {
    const now = clock.now()
    // A time that came since the last look is not passed over.
    const lastLook = all ? plannedAt : lookedAt
    const reckon = planner(lastLook < 0 ? now : Math.max(lastLook, now - planEveryMs))
    for (let after = all ? 0 : newestUser; ; ) {
      const users = await plannedUsers(db.read, after, plansPerTransaction)
      const changed = users.flatMap((user) => {
        const { plan, next_at } = planOf(options, user, reckon)
        return plan === user.plan ? [] : [{ user_id: user.id, before: user.plan, plan, next_at }]
      })
      if (changed.length > 0)
        await db.transaction((trx) => writePlans(trx, changed, idAt(now - firstLookBackMs)))
      const last = users.at(-1)
      newestUser = Math.max(newestUser, last?.id ?? 0)
      if (!last || users.length < plansPerTransaction || stop.signal.aborted) break
      after = last.id
    }
    lookedAt = now
    if (all) plannedAt = now
  }

  async function work(): Promise<RoundReport> {
    const report = { users: 0, sent: 0 }
    if (!prepared) await endStaleDigestLeases(db)
    prepared = true
    await plan()
    while (!stop.signal.aborted && (await anyDigestDue(db.read, clock.now()))) {
      const by = `d${formatId(db.ids.next())}`
      const now = clock.now()
      const due = await claimDigests(db, { by, now, until: now + leaseMs }, usersPerClaim)
      if (due.length === 0) break
      try {
        const until = idAt(now - settleMs) - 1
        const found = await gather(ctx, deps.areas(), due, until)
        for (const group of groupsOf(due, found)) {
          if (stop.signal.aborted) break
          report.sent += await finish(by, group, found, until)
          report.users += group.length
        }
      } catch (error) {
        // Due again when the lease ends, or now if that can be written.
        await giveBackDigests(db, by).catch((again) =>
          events.tell({ kind: 'failure', where: 'digests', error: again }),
        )
        throw error
      }
      if (stop.signal.aborted) await giveBackDigests(db, by)
    }
    return report
  }

  /** Queues their digests and moves their watermarks. Returns how many were queued. */
  async function finish(
    by: string,
    group: readonly Recipient[],
    found: ReadonlyMap<number, Found>,
    until: number,
    along?: (trx: Kysely<Schema>) => Promise<void>,
  ): Promise<number> {
    const now = clock.now()
    const ids = group.flatMap(({ id }) => found.get(id)?.items.map((item) => item.id) ?? [])
    const messages = await listedMessages(db.read, [...new Set(ids)])
    const signer = await links.signer()
    const reckon = planner(now)
    let keyUntil = 0
    const done: DoneDigest[] = []
    const posts = new Map<number, NewPost>()
    for (const user of group) {
      const url: LinkTo = (messageId, action, expiresAt) => {
        keyUntil = Math.max(keyUntil, expiresAt)
        const link = { userId: user.id, messageId, action, expiresAt }
        return `${deps.baseUrl()}${linkPath}${signer.sign(link, user.name_key)}`
      }
      try {
        const unsubscribeUrl = url(0, 'unsubscribe', now + unsubscribeMs)
        const written = composeDigest(deps, user, found.get(user.id), messages, url, unsubscribeUrl)
        const planned = planOf(options, user, reckon)
        if (written) posts.set(user.id, digestPost(ctx, deps, user, written, unsubscribeUrl))
        done.push({ user_id: user.id, ...planned, sent: written !== null })
      } catch (error) {
        // One digest that cannot be written keeps nobody else from theirs; it is tried again when the lease ends.
        events.tell({ kind: 'failure', where: `digest of ${user.name}`, error })
      }
    }
    const sent = await db.transaction(async (trx) => {
      const finished = await finishDigests(trx, by, done, until, now)
      const mine = [...posts].flatMap(([userId, post]) => (finished.has(userId) ? [post] : []))
      if (mine.length > 0 && !(await keepKey(trx, signer.keyId, keyUntil)))
        throw new Error('the key of these links was removed meanwhile')
      await insertPosts(db, trx, mine, now)
      if (mine.length > 0) await along?.(trx)
      return mine.length
    })
    if (sent > 0) events.tell({ kind: 'posted', posts: sent, what: 'digest' })
    return sent
  }

  /** @throws Problem 'not-found' */
  async function one(userId: number, everything: boolean): Promise<{ user: Recipient; until: number }> {
    const [user] = await recipients(db.read, [userId], idAt(clock.now() - firstLookBackMs))
    if (!user || user.disabled_at !== null)
      throw new Problem('not-found', 'There is no such user, or the user is disabled.', 'Look at the users.')
    const until = idAt(clock.now() - settleMs) - 1
    return { user: everything ? { ...user, watermark: 0 } : user, until }
  }

  const failed = (error: unknown) => events.tell({ kind: 'failure', where: 'digests', error })
  const round = () => {
    running ??= work().finally(() => {
      running = null
    })
    return running
  }
  const timer = deps.rounds
    ? clock.every(deps.tickMs ?? tickMs, async () => void (await round()), failed)
    : null
  // What was missed while nothing ran waits no longer.
  timer?.wake()
  return {
    round,
    usual: () => ({
      times: options.times,
      days: options.days,
      timeZone: options.time_zone,
      language: options.language,
    }),
    standings: (users) => standings(ctx, options, users),
    async preview(userId, everything) {
      const { user, until } = await one(userId, everything)
      const found = (await gather(ctx, deps.areas(), [user], until)).get(userId)
      const messages = await listedMessages(db.read, found?.items.map(({ id }) => id) ?? [])
      // Whoever previews a digest must not act in its user's name.
      const nowhere = `${deps.baseUrl()}${linkPath}preview`
      return composeDigest(deps, user, found, messages, () => nowhere, nowhere)
    },
    async send(actor, userId, everything) {
      const { user, until } = await one(userId, everything)
      // There must be a row whose watermark can be moved.
      await plan(true)
      const found = await gather(ctx, deps.areas(), [user], until)
      const now = clock.now()
      const by = `d${formatId(db.ids.next())}`
      const lease = { by, now, until: now + leaseMs }
      if (!(await db.transaction((trx) => claimDigestOf(trx, userId, lease))))
        throw new Problem('conflict', 'The digest of this user is being written.', 'Try again in a moment.')
      try {
        const deed = { actor: actorName(actor), origin: actor.origin, deed: 'digest.send', target: user.name }
        const sent = await finish(by, [user], found, until, (trx) =>
          writeAudit(trx, [{ at: now, ...deed, details: everything ? { everything } : {} }]),
        )
        return sent > 0
      } finally {
        await giveBackDigests(db, by)
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await timer?.[Symbol.asyncDispose]()
      await running?.catch(failed)
    },
  }
}

/** As many as are written in one transaction. */
function* groupsOf(due: readonly Recipient[], found: ReadonlyMap<number, Found>): Generator<Recipient[]> {
  let group: Recipient[] = []
  let items = 0
  for (const user of due) {
    group.push(user)
    items += found.get(user.id)?.items.length ?? 0
    if (group.length < usersPerWrite && items < itemsPerWrite) continue
    yield group
    group = []
    items = 0
  }
  if (group.length > 0) yield group
}
