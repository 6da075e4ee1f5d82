/**
 * Requests for release, as they are decided on: approving releases that recipient's copy in the same transaction, with
 * its delivery and audit row; denying leaves it held and tells the user why. A request is decided once: who comes second
 * is told who was first, and when. What is not seen (access/sight.ts) is not there.
 */
import type { Kysely } from 'kysely'
import { type Actor, actorName } from '../access/actor.ts'
import { mayDecideIn } from '../access/roles.ts'
import { seenName, sees } from '../access/sight.ts'
import type { Context } from '../context.ts'
import { type Deed, writeAudit } from '../store/audit.ts'
import { lockHoldings } from '../store/holdings.ts'
import { formatId } from '../store/ids.ts'
import { decideRequests, type ListedRequest, requestsById } from '../store/requests.ts'
import type { Schema } from '../store/schema.ts'
import type { ReleaseRule } from './area-rules.ts'
import { checkOrder, copyKey, when } from './orders.ts'
import { heldForVirus, release } from './release.ts'

export interface Decision {
  /** Of requests. */
  ids: readonly number[]
  decision: 'approve' | 'deny'
  /** What the user is told besides. */
  answer: string
}

export interface DecisionResult {
  id: number
  result: 'done' | 'refused' | 'not-found'
  text: string
  /** Who was first, and when (milliseconds), where somebody was. */
  by?: string
  at?: number
}

/**
 * Results in the order of the ids, each id once. Durable when it resolves.
 * @throws Problem 'invalid' for an empty order or more than 1,000 ids
 */
export async function decideOnRequests(
  ctx: Context,
  actor: Actor,
  { ids, decision, answer }: Decision,
  rules: readonly ReleaseRule[],
): Promise<DecisionResult[]> {
  const unique = checkOrder({ ids })
  const { db } = ctx
  const rows = new Map(
    [...(await requestsById(db.read, unique))].filter(([, { address }]) => sees(actor, address)),
  )
  const refused = new Map<number, string>()
  for (const [id, row] of rows) {
    const why = refusal(actor, row, decision, rules)
    if (why !== null) refused.set(id, why)
  }
  const wanted = [...rows.values()].filter(({ id, state }) => state === 'open' && !refused.has(id))
  const done = new Set(wanted.length === 0 ? [] : await carryOut(ctx, actor, wanted, decision, answer))
  // Whoever was faster has left a trace by now.
  const missed = unique.filter((id) => rows.has(id) && !done.has(id))
  const now = await requestsById(db.read, missed)
  const told = [...rows.values()].filter(({ id }) => done.has(id))
  if (told.length > 0)
    ctx.events.tell({
      kind: 'request-ended',
      how: endOf[decision],
      messages: [...new Set(told.map(({ message_id }) => formatId(message_id)))],
      recipients: told.length,
      actor: actorName(actor),
    })
  return unique.map((id): DecisionResult => {
    if (done.has(id)) return { id, result: 'done', text: doneText[decision] }
    const row = now.get(id)
    if (!rows.has(id) || !row) return { id, result: 'not-found', text: 'There is no such request.' }
    if (row.state !== 'open') return { id, result: 'refused', ...whoWasFirst(actor, row) }
    return { id, result: 'refused', text: refused.get(id) ?? 'Somebody else is at it; try again.' }
  })
}

const endOf = { approve: 'approved', deny: 'denied' } as const
const doneText = { approve: 'Approved; the mail is on its way.', deny: 'Denied; the mail stays held.' }

function refusal(
  actor: Actor,
  row: ListedRequest,
  decision: Decision['decision'],
  rules: readonly ReleaseRule[],
): string | null {
  const rule = rules.find(({ name }) => name === row.area)
  if (rule && !mayDecideIn(actor.role, rule.releasableBy)) {
    const who = rule.releasableBy.filter((one) => one !== 'nobody').join(' or ') || 'nobody'
    return `About requests for mail of the area ${row.area} only ${who} may decide.`
  }
  return decision === 'approve' && heldForVirus(row)
    ? 'A virus scanner held this message: it is not released on request.'
    : null
}

/** Ids of the requests that this decided. */
function carryOut(
  ctx: Context,
  actor: Actor,
  rows: readonly ListedRequest[],
  decision: Decision['decision'],
  answer: string,
): Promise<number[]> {
  const { db } = ctx
  const at = ctx.clock.now()
  const ids = rows.map(({ id }) => id)
  const decide = (trx: Kysely<Schema>) =>
    decideRequests(trx, ids, { state: endOf[decision], at, by: actorName(actor), answer })
  const note = (trx: Kysely<Schema>, decided: ReadonlySet<number>) =>
    writeAudit(trx, deedsOf(actor, decision, rows, decided, at, answer))
  if (decision === 'deny')
    return db.transaction(async (trx) => {
      const decided = await decide(trx)
      await note(trx, new Set(decided))
      return decided
    })
  return approve(ctx, actor, rows, decide, note)
}

async function approve(
  ctx: Context,
  actor: Actor,
  rows: readonly ListedRequest[],
  decide: (trx: Kysely<Schema>) => Promise<number[]>,
  note: (trx: Kysely<Schema>, decided: ReadonlySet<number>) => Promise<void>,
): Promise<number[]> {
  let decided: ReadonlySet<number> = new Set()
  await release(
    ctx,
    actor,
    {
      ids: rows.map(({ message_id }) => message_id),
      note: 'requested by the recipient',
      async claim(trx) {
        await lockHoldings(ctx.db, trx, rows)
        decided = new Set(await decide(trx))
        return new Set(rows.filter(({ id }) => decided.has(id)).map(copyKey))
      },
    },
    async (trx, results) => {
      const gone = new Set(
        results.flatMap(({ id, recipients }) =>
          recipients.filter(({ result }) => result === 'done').map(({ address }) => `${id} ${address}`),
        ),
      )
      const left = rows.find(
        ({ id, message_id, address }) => decided.has(id) && !gone.has(`${message_id} ${address}`),
      )
      // A copy with an open request is held, and its bytes are there: holdings.ts sees to it.
      if (left) throw new Error(`a request was open for a copy that is not held: ${formatId(left.id)}`)
      await note(trx, decided)
    },
  )
  return [...decided]
}

function deedsOf(
  actor: Actor,
  decision: Decision['decision'],
  rows: readonly ListedRequest[],
  decided: ReadonlySet<number>,
  at: number,
  answer: string,
): Deed[] {
  return rows
    .filter(({ id }) => decided.has(id))
    .map(({ id, message_id, address }) => ({
      at,
      actor: actorName(actor),
      origin: actor.origin,
      deed: `request.${decision}`,
      target: formatId(message_id),
      // Not who asked, who may be unknown to those who see this; the request has it.
      details: {
        request: formatId(id),
        recipients: [address],
        ...(answer === '' ? {} : { answer }),
      },
    }))
}

function whoWasFirst(
  actor: Actor,
  { state, decided_by, decided_at, copy_state }: ListedRequest,
): Pick<DecisionResult, 'text' | 'by' | 'at'> {
  const by = seenName(actor, decided_by)
  const at = decided_at ?? 0
  const words = {
    approved: 'Approved already by',
    denied: 'Denied already by',
    withdrawn: 'Withdrawn by',
    void:
      copy_state === 'expired' ? 'Its retention was ended by' : 'The copy was released or deleted already by',
    open: 'Open:',
  }
  return { text: `${words[state]} ${by} on ${when(at)}.`, by, at }
}
