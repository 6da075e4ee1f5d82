/**
 * Release: held copies are sent on to their envelope recipients. One transaction turns the holdings by compare-and-set
 * and writes the release, its deliveries and an audit row for each message; delivery/ carries it out. A copy is released
 * once: whoever comes second is told who was first, and when.
 */
import type { Kysely } from 'kysely'
import { type Actor, actorName } from '../access/actor.ts'
import { seenHoldings, seesAll } from '../access/sight.ts'
import type { Context } from '../context.ts'
import type { Verdict } from '../scan/scanner.ts'
import { type Deed, writeAudit } from '../store/audit.ts'
import { changeHoldings, type Holding, holdingsOf } from '../store/holdings.ts'
import { formatId } from '../store/ids.ts'
import { insertRelease, type MessageToHandle, messagesToHandle } from '../store/releases.ts'
import type { Schema } from '../store/schema.ts'
import {
  type Along,
  checkCopies,
  checkOrder,
  copyKey,
  type Order,
  type RecipientResult,
  select,
  when,
} from './orders.ts'

export interface ReleaseOrder extends Order {
  /** Needed for mail that an antivirus scanner held. */
  confirmVirus?: boolean
  /** Why, for the record; at most 1,000 characters are kept. */
  note?: string
  /** The first attempt waits so long: until then, giving up the deliveries undoes the order. At most 60. */
  delaySeconds?: number
  /** Runs in the transaction, before its deed: of the copies that are meant only those that it names (copyKey). */
  claim?: (trx: Kysely<Schema>) => Promise<ReadonlySet<string>>
}

export interface ReleaseResult {
  id: number
  /**
   * released: at least one copy is on its way. refused: none, see the recipients. confirm: held for a virus, send the
   * order again with confirmVirus. not-found: no such message.
   */
  result: 'released' | 'refused' | 'confirm' | 'not-found'
  text: string
  /** The release, when something was released. */
  release: number | null
  recipients: RecipientResult[]
}

const noteLimitChars = 1000
const delayLimitSeconds = 60

/**
 * Results in the order of the ids, each id once. Durable when it resolves.
 * @param along what must become true together with it.
 * @throws Problem 'invalid' for an empty order or more than 1,000 ids, 'too-large' for more than 20,000 recipients.
 */
export async function release(
  ctx: Context,
  actor: Actor,
  order: ReleaseOrder,
  along?: Along<ReleaseResult>,
): Promise<ReleaseResult[]> {
  const ids = checkOrder(order)
  const { db } = ctx
  const at = ctx.clock.now()
  const by = actorName(actor)
  const note = (order.note ?? '').slice(0, noteLimitChars)
  const delayMs = Math.min(order.delaySeconds ?? 0, delayLimitSeconds) * 1000
  const releaseId = db.ids.next()

  const results = await db.transaction(async (trx) => {
    const handled = messagesToHandle(db, trx, ids)
    // Contents are locked before copies, and what is claimed is looked at after that.
    if (order.claim) await handled
    const claimed = await order.claim?.(trx)
    const [messages, found] = await Promise.all([handled, holdingsOf(trx, ids)])
    const seen = seenHoldings(actor, found).filter((copy) => claimed?.has(copyKey(copy)) ?? true)
    const holdings = Map.groupBy(seen, (holding) => holding.message_id)
    const isThere = (id: number) => seesAll(actor) || holdings.has(id)
    const plans = ids.map((id) =>
      plan(id, isThere(id) ? messages.get(id) : undefined, holdings.get(id) ?? [], order),
    )
    const wanted = plans.flatMap((planned) => planned.release)
    checkCopies(wanted.length)
    const turned = await changeHoldings(trx, wanted, {
      from: ['held', 'release-failed'],
      to: 'releasing',
      at,
      by,
      releaseId,
    })
    const done = new Set(turned.map(copyKey))
    const copies = wanted.filter((copy) => done.has(copyKey(copy)))
    const row = { id: releaseId, at, actor: by, note }
    if (copies.length > 0) await insertRelease(db, trx, row, copies, at + delayMs)
    // Whoever was faster between our look and our change has left a trace by now.
    const missed = copies.length < wanted.length ? seenHoldings(actor, await holdingsOf(trx, ids)) : []
    const now = new Map(missed.map((holding) => [copyKey(holding), holding]))
    await writeAudit(
      trx,
      plans.flatMap((planned) => {
        const mine = planned.release.filter((copy) => done.has(copyKey(copy)))
        return mine.length === 0 ? [] : [deedOf(actor, at, releaseId, planned.id, mine, order, note)]
      }),
    )
    const answers = plans.map((planned) => resultOf(planned, done, now, releaseId))
    await along?.(trx, answers)
    return answers
  })

  const released = results.filter(({ result }) => result === 'released')
  if (released.length > 0)
    ctx.events.tell({
      kind: 'released',
      release: formatId(releaseId),
      messages: released.map(({ id }) => formatId(id)),
      recipients: released.flatMap(({ recipients }) => recipients).filter(({ result }) => result === 'done')
        .length,
      actor: by,
      delayMs,
    })
  return results
}

function deedOf(
  actor: Actor,
  at: number,
  releaseId: number,
  id: number,
  copies: readonly Holding[],
  { confirmVirus, job }: ReleaseOrder,
  note: string,
): Deed {
  return {
    at,
    actor: actorName(actor),
    origin: actor.origin,
    deed: 'message.release',
    target: formatId(id),
    details: {
      release: formatId(releaseId),
      recipients: copies.map(({ address }) => address),
      ...(confirmVirus ? { confirmVirus: true } : {}),
      ...(note === '' ? {} : { note }),
      ...(job === undefined ? {} : { job }),
    },
  }
}

/** What is to be done about one message, and what is answered whatever happens. */
interface Plan {
  id: number
  release: Holding[]
  refused: RecipientResult[]
  whole: Omit<ReleaseResult, 'id' | 'recipients' | 'release'> | null
}

function plan(
  id: number,
  message: MessageToHandle | undefined,
  holdings: Holding[],
  order: ReleaseOrder,
): Plan {
  if (!message)
    return { id, release: [], refused: [], whole: { result: 'not-found', text: 'There is no such message.' } }
  const { copies, strangers } = select(holdings, order.recipients)
  const refused = [...strangers, ...copies.filter((copy) => !releasable(copy)).map(refusal)]
  const free = copies.filter(releasable)
  if (free.length > 0 && message.purged_at !== null) {
    const text = `The content was removed on ${when(message.purged_at)}, when its retention period was over.`
    return { id, release: [], refused, whole: { result: 'refused', text } }
  }
  if (free.length > 0 && heldForVirus(message) && order.confirmVirus !== true)
    return { id, release: [], refused, whole: { result: 'confirm', text: virusWarning } }
  return { id, release: free, refused, whole: null }
}

const virusWarning =
  'A virus scanner held this message: releasing it can infect the recipient. Send the order again with confirmVirus if you are sure.'

const releasable = ({ state }: Holding): boolean => state === 'held' || state === 'release-failed'

/** Whatever reason was noted in the end: a scanner that found malware in it counts. */
export function heldForVirus({ reason, verdicts }: Pick<MessageToHandle, 'reason' | 'verdicts'>): boolean {
  if (reason === 'malware') return true
  return (
    verdicts.includes('malware') &&
    (JSON.parse(verdicts) as Verdict[]).some(({ result }) => result === 'malware')
  )
}

function refusal(holding: Holding): RecipientResult {
  const { address, state } = holding
  const first = state === 'releasing' || state === 'delivered'
  const by = (first ? holding.released_by : null) ?? holding.changed_by
  const at = (first ? holding.released_at : null) ?? holding.changed_at
  const words = {
    releasing: `Released already by ${by} on ${when(at)}; it is on its way.`,
    delivered: `Released already by ${by} on ${when(at)}; it was delivered on ${when(holding.changed_at)}.`,
    deleted: `Deleted by ${by} on ${when(at)}; restore it first.`,
    expired: `Its retention period was over on ${when(at)}; the content is gone.`,
    held: 'Somebody else is at it; try again.',
    'release-failed': 'Somebody else is at it; try again.',
  }
  return { address, result: 'refused', text: words[state], by, at }
}

function resultOf(
  { id, release: copies, refused, whole }: Plan,
  done: ReadonlySet<string>,
  now: ReadonlyMap<string, Holding>,
  releaseId: number,
): ReleaseResult {
  if (whole) return { id, ...whole, release: null, recipients: refused }
  const recipients = copies.map((copy): RecipientResult => {
    if (!done.has(copyKey(copy))) return refusal(now.get(copyKey(copy)) ?? copy)
    return { address: copy.address, result: 'done', text: 'It is on its way.' }
  })
  const count = recipients.filter(({ result }) => result === 'done').length
  const all = [...recipients, ...refused]
  if (count > 0) {
    const whom = all.length === 1 ? 'its recipient' : `${count} of ${all.length} recipients`
    const text = `Released to ${whom}.`
    return { id, result: 'released', text, release: releaseId, recipients: all }
  }
  const text = all.length === 1 ? all[0]!.text : 'No recipient of this message can be released to.'
  return { id, result: 'refused', text, release: null, recipients: all }
}
