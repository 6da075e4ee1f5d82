/** By which schedule, in which time zone and language a user gets digests: the own ones, else as the configuration says. */
import { type Actor, actorName } from '../access/actor.ts'
import type { Context } from '../context.ts'
import { writeAudit } from '../store/audit.ts'
import { digestsOf } from '../store/digest-list.ts'
import { writeSchedule } from '../store/digests.ts'
import { idAt } from '../store/ids.ts'
import type { UsersTable } from '../store/user-schema.ts'
import { lockUser } from '../store/users.ts'
import type { DigestOptions } from './options.ts'
import { isTimeZone, type Language, languages, planner, type Schedule } from './schedule.ts'

/** What a schedule is worked out from. */
interface Planned {
  time_zone: string
  disabled_at: number | null
  /** JSON; '' and null: as the configuration says. */
  schedule: string | null
}

type Reckon = ReturnType<typeof planner>

export function planOf(options: DigestOptions, user: Planned, reckon: Reckon): ReturnType<Reckon> {
  if (user.disabled_at !== null) return { plan: 'disabled', next_at: null }
  return reckon(scheduleOf(options, user.schedule ?? ''), zoneOf(options, user.time_zone))
}

export const scheduleOf = (options: DigestOptions, schedule: string): Schedule =>
  schedule === '' ? { times: options.times, days: options.days } : (JSON.parse(schedule) as Schedule)

/** A time zone that this system does not know (any more) must not keep anybody's mail. */
const zoneOf = ({ time_zone }: DigestOptions, own: string): string => (isTimeZone(own) ? own : time_zone)

export const zoneAndLanguage = (
  options: DigestOptions,
  { time_zone, locale }: Pick<UsersTable, 'time_zone' | 'locale'>,
): { timeZone: string; language: Language } => ({
  timeZone: zoneOf(options, time_zone),
  language: languages.find((one) => one === locale) ?? options.language,
})

export interface Standing {
  /** Null: as the configuration says. */
  own: Schedule | null
  timeZone: string
  language: Language
  /** Null: none is due any more. */
  nextAt: number | null
  sentAt: number | null
}

/** What somebody's digests are planned by, and when: reckoned anew where the plan is not (yet) written that way. */
function standingOf(
  options: DigestOptions,
  user: Planned &
    Pick<UsersTable, 'locale'> & { plan: string | null; next_at: number | null; sent_at: number | null },
  reckon: Reckon,
): Standing {
  const fresh = planOf(options, user, reckon)
  return {
    own: user.schedule ? (JSON.parse(user.schedule) as Schedule) : null,
    ...zoneAndLanguage(options, user),
    nextAt: user.plan === fresh.plan ? user.next_at : fresh.next_at,
    sentAt: user.sent_at,
  }
}

export const standing = async (ctx: Context, options: DigestOptions, user: UsersTable): Promise<Standing> =>
  (await standings(ctx, options, [user]))[0]!

/** When these get digests, in the same order. */
export async function standings(
  { db, clock }: Context,
  options: DigestOptions,
  users: readonly Pick<UsersTable, 'id' | 'locale' | 'time_zone' | 'disabled_at'>[],
): Promise<Standing[]> {
  const reckon = planner(clock.now())
  const rows = await digestsOf(
    db.read,
    users.map(({ id }) => id),
  )
  const none = { schedule: null, plan: null, next_at: null, sent_at: null }
  return users.map((user) => standingOf(options, { ...user, ...(rows.get(user.id) ?? none) }, reckon))
}

/** @param schedule null: as the configuration says. No days: no digests. */
export async function setSchedule(
  { db, clock }: Context,
  options: DigestOptions,
  actor: Actor,
  user: Pick<UsersTable, 'id' | 'name' | 'time_zone' | 'disabled_at'>,
  schedule: Schedule | null,
): Promise<void> {
  const now = clock.now()
  const text = schedule === null ? '' : JSON.stringify(schedule)
  const planned = planOf(options, { ...user, schedule: text }, planner(now))
  await db.transaction(async (trx) => {
    await lockUser(trx, user.id)
    // Who begins to get digests is told of what comes from now on.
    await writeSchedule(trx, user.id, { schedule: text, ...planned }, idAt(now))
    const deed = { actor: actorName(actor), origin: actor.origin, deed: 'digest.schedule', target: user.name }
    await writeAudit(trx, [{ at: now, ...deed, details: { ...schedule } }])
  })
}
