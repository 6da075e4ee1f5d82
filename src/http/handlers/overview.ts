/** The state of the whole at a glance, and events for consoles that are open. */
import { type Actor, domainsOf, isReviewer } from '../../access/actor.ts'
import { may } from '../../access/roles.ts'
import { seesAll } from '../../access/sight.ts'
import { restrictionOf } from '../../access/standing.ts'
import { lastDays } from '../../api/days.ts'
import { iso } from '../../api/views.ts'
import { dueSummary } from '../../delivery/operations.ts'
import { Problem } from '../../problem.ts'
import { engineName, storeBytes } from '../../store/counts.ts'
import { formatId } from '../../store/ids.ts'
import { growthPerDay, type OldestDelivery, oldestDelivery } from '../../store/overview.ts'
import { findSession } from '../../store/sessions.ts'
import { openDayCounts } from '../day-counts.ts'
import type { Call, Handlers, Parts } from '../parts.ts'

type Names = 'showOverview' | 'listen'

export function overviewHandlers(parts: Parts): Handlers<Names> {
  const { ctx, deps, counts, streams } = parts
  const { db, clock } = ctx
  const dayCounts = openDayCounts(ctx)

  return {
    async showOverview({ query }) {
      const now = clock.now()
      const [days, holdings, due, oldest, bytes, freeBytes, scanners] = await Promise.all([
        dayCounts.count(lastDays(query.days, now, query.timeZone)),
        counts.holdings(),
        dueSummary(db),
        oldestDelivery(db.read),
        storeBytes(db),
        deps.freeBytes?.() ?? null,
        deps.scanners?.() ?? [],
      ])
      return {
        now: iso(now),
        days: days.map(({ from, to, ...day }) => ({ ...day, from: iso(from), to: iso(to) })),
        recipients: holdings.value,
        store: {
          engine: engineName(db),
          bytes,
          freeBytes,
          growthBytesPerDay: await growthPerDay(db.read, { now, bytes }),
        },
        deliveries: { due: due.due, deferred: due.deferred, oldest: oldest && oldestView(oldest) },
        scanners: scanners.map(({ lastFailure, ...scanner }) => ({
          ...scanner,
          lastFailure: lastFailure && { ...lastFailure, at: iso(lastFailure.at) },
        })),
      }
    },
    async listen(call) {
      const { session } = call.caller
      const live = await streams.open({
        owner: session?.hash ?? call.origin,
        origin: call.origin,
        hidesMessages: !seesAll(call.actor) || isReviewer(call.actor),
        may: () => mayListen(parts, call),
      })
      // A connection of its own: when the stream ends nothing else is on it.
      const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no', connection: 'close' }
      call.respond({ live, headers })
    },
  }
}

function oldestView(row: OldestDelivery) {
  const { code, status, reply } = row
  return {
    id: formatId(row.id),
    message: formatId(row.message_id),
    recipient: row.address,
    since: iso(row.created_at),
    attemptCount: row.attempts,
    reply: [code, status, reply].filter((word) => word !== null && word !== '').join(' '),
  }
}

/** Listening is no activity: a session that is only listened with ends when it is idle. */
async function mayListen({ ctx, options }: Parts, call: Call<'listen'>): Promise<boolean> {
  const { session } = call.caller
  if (!session) return mayGoOn(call.actor, await actorOf(call))
  const now = ctx.clock.now()
  const found = await findSession(ctx.db.read, session.hash)
  if (!found || found.expires_at <= now || found.seen_at + options.idle_minutes * 60_000 <= now) return false
  const { name, role, must_change_password } = found
  const restriction = await restrictionOf(ctx.db.read, found.account_id, role)
  return mayGoOn(call.actor, {
    name,
    role,
    origin: call.origin,
    mustChangePassword: must_change_password === 1,
    ...restriction,
  })
}

/** Who sees other mail by now listens anew. */
const mayGoOn = (then: Actor, now: Actor | null): boolean =>
  now !== null &&
  may(now, 'event.listen') &&
  domainsOf(then)?.join() === domainsOf(now)?.join() &&
  isReviewer(then) === isReviewer(now)

async function actorOf(call: Call<'listen'>) {
  try {
    return (await call.identify()).actor
  } catch (error) {
    if (error instanceof Problem && error.code === 'unauthenticated') return null
    throw error
  }
}
