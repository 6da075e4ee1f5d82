/**
 * What a job on everything that matches would work on: walks through the result in large pages and sorts out what the
 * job must leave alone. Bounded in messages and in time; it changes nothing.
 */
import { type Actor, domainsOf } from '../access/actor.ts'
import { seenFilter } from '../access/sight.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { idTime } from '../store/ids.ts'
import { type CandidateMessage, candidateMessages } from '../store/job-scope.ts'
import type { Filter, SearchResult } from '../store/search/index.ts'
import { areaRefusal, type ReleaseRule } from './area-rules.ts'
import { heldForVirus } from './release.ts'

export type JobAction = 'release' | 'delete'

export interface JobOrder {
  action: JobAction
  filter: Filter
  /** Messages with greater ids came in later and are not in it. */
  asOf: number
}

export interface JobLimits {
  /** That a job works on. */
  messages: number
  /** How long may be looked. */
  lookMs: number
  /** Messages of a batch, which is one transaction: mail that comes in meanwhile waits for so many. */
  batchMessages: number
}

export const jobLimits: JobLimits = { messages: 100_000, lookMs: 20_000, batchMessages: 100 }

interface Count {
  name: string
  messages: number
}

export interface Scope {
  /** In order. */
  messages: number[]
  /** Copies that would change. */
  recipients: number
  /** The most first. */
  byReason: Count[]
  byArea: Count[]
  left: { virus: number; forbidden: number; nothingHeld: number }
  /** There are more messages than a job takes: what is counted is only a part. */
  tooMany: boolean
}

const pageMessages = 10_000
const statementMessages = 2000

/** Looks at a time: each reads for seconds, and holds what it has found. */
export const looksAtOnce = 8
let looks = 0

/** @throws Problem 'unavailable' when looking takes too long, or enough others look. */
export async function scopeOf(...given: Parameters<typeof look>): Promise<Scope> {
  if (looks >= looksAtOnce)
    throw new Problem('unavailable', 'Too many results are being counted.', 'Try again shortly.', {
      retryAfterS: 5,
    })
  looks++
  try {
    return await look(...given)
  } finally {
    looks--
  }
}

async function look(
  ctx: Context,
  actor: Actor,
  rules: readonly ReleaseRule[],
  { action, filter, asOf }: JobOrder,
  limits: JobLimits,
): Promise<Scope> {
  const until = performance.now() + limits.lookMs
  const refusal = areaRefusal(actor, rules)
  const releases = action === 'release'
  /** Without the verdicts, which are long. */
  const found: Omit<CandidateMessage, 'verdicts'>[] = []
  const left = { virus: 0, forbidden: 0, nothingHeld: 0 }
  const take = (message: CandidateMessage) => {
    if (message.copies === 0) left.nothingHeld++
    else if (releases && heldForVirus(message)) left.virus++
    else if (releases && refusal(message.area) !== null) left.forbidden++
    else {
      const { id, area, reason, copies } = message
      found.push({ id, area, reason, copies })
    }
  }
  const inTime = {
    ...seenFilter(actor, filter),
    to: Math.min(filter.to ?? Number.MAX_SAFE_INTEGER, idTime(asOf) + 1),
  }
  let after: SearchResult['next'] | undefined
  while (after !== null && found.length <= limits.messages) {
    const page: SearchResult = await ctx.db.search.search({
      filter: inTime,
      sort: 'timestamp',
      order: 'desc',
      limit: pageMessages,
      ...(after ? { after } : {}),
    })
    const ids = page.ids.filter((id) => id <= asOf)
    for (let at = 0; at < ids.length && found.length <= limits.messages; at += statementMessages) {
      if (performance.now() >= until) throw tooSlow(limits)
      const some = ids.slice(at, at + statementMessages)
      for (const message of await candidateMessages(
        ctx.db,
        some,
        ['held', 'release-failed'],
        domainsOf(actor),
      ))
        take(message)
    }
    after = page.next
  }
  const tooMany = found.length > limits.messages
  if (tooMany) found.length = limits.messages
  return {
    messages: found.map(({ id }) => id).sort((a, b) => a - b),
    recipients: found.reduce((sum, { copies }) => sum + copies, 0),
    byReason: counted(found.map(({ reason }) => reason)),
    byArea: counted(found.map(({ area }) => area)),
    left,
    tooMany,
  }
}

function counted(names: readonly string[]): Count[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .map(([name, messages]) => ({ name, messages }))
    .sort((a, b) => b.messages - a.messages || (a.name < b.name ? -1 : 1))
}

const tooSlow = ({ lookMs }: JobLimits) =>
  new Problem(
    'unavailable',
    `Counting what matches took longer than ${lookMs / 1000} seconds and was given up.`,
    'Narrow the criteria: a range of dates, an area, a reason, or the state held.',
  )
