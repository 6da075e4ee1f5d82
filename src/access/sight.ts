/**
 * What an account sees of held mail, and the one place that decides it. Who is restricted to domains sees the copies of
 * their recipients and nothing of the others: a message without such a copy is not there for him, and of one that has
 * some the other recipients, and what became of their copies, are not told. A reviewer sees the messages that users have
 * asked for. Handlers and orders ask here; the search index gets the same domains (Filter.domains), so that nobody can
 * find what he does not see.
 */
import type { Kysely } from 'kysely'
import { domainOf } from '../mail/address.ts'
import { isWithin } from '../mail/domains.ts'
import { Problem } from '../problem.ts'
import type { Database } from '../store/database.ts'
import { type Holding, recipientsOf } from '../store/holdings.ts'
import { readMessage, type WholeMessage } from '../store/messages.ts'
import { wasRequested } from '../store/requests.ts'
import type { AuditTable, Schema } from '../store/schema.ts'
import type { Filter } from '../store/search/index.ts'
import { type Actor, domainsOf, isReviewer } from './actor.ts'

/** The decision about one recipient. */
export function sees(actor: Actor, address: string): boolean {
  const domains = domainsOf(actor)
  return domains === null || isWithin(address, domains)
}

export const seesAll = (actor: Actor): boolean => domainsOf(actor) === null

/** The search as it may be asked. */
export function seenFilter(actor: Actor, filter: Filter): Filter {
  const domains = domainsOf(actor)
  return domains === null ? filter : { ...filter, domains }
}

export const seenCopies = <Copy extends { address: string }>(actor: Actor, copies: readonly Copy[]): Copy[] =>
  copies.filter(({ address }) => sees(actor, address))

/** The holdings that are seen, and who changed them as far as that may be told. */
export function seenHoldings(actor: Actor, holdings: readonly Holding[]): Holding[] {
  if (seesAll(actor)) return [...holdings]
  return seenCopies(actor, holdings).map((holding) => ({
    ...holding,
    changed_by: seenName(actor, holding.changed_by),
    released_by: holding.released_by === null ? null : seenName(actor, holding.released_by),
  }))
}

/** Of these messages those that are there for the actor, in the same order. */
export async function seenMessages(
  read: Kysely<Schema>,
  actor: Actor,
  ids: readonly number[],
): Promise<number[]> {
  if (seesAll(actor)) return [...ids]
  const seen = new Set(seenCopies(actor, await recipientsOf(read, ids)).map(({ message_id }) => message_id))
  return ids.filter((id) => seen.has(id))
}

/** @throws Problem 'not-found', the same for what is not there and what is not there for the actor. */
export async function readSeen(db: Database, actor: Actor, id: number): Promise<WholeMessage> {
  const message = await readMessage(db, id)
  const isShown = !isReviewer(actor) || (await wasRequested(db.read, id))
  if (message && isShown && (await seenMessages(db.read, actor, [id])).length > 0) return message
  throw new Problem('not-found', 'There is no such message.', 'It may have been removed; check the id.')
}

/** Who did something. That it was somebody with an address of another domain is told, not which. */
export function seenName(actor: Actor, name: string): string {
  if (seesAll(actor)) return name
  const words = name.split(/[\s()]+/)
  return words.every((word) => domainOf(word) === '' || sees(actor, word))
    ? name
    : 'somebody of another domain'
}

/** A text of others' making, such as a scanner's, without the addresses of recipients who are not seen. */
export function seenText(actor: Actor, text: string, recipients: readonly { address: string }[]): string {
  if (seesAll(actor)) return text
  let shown = text
  for (const { address } of recipients) {
    if (address === '' || sees(actor, address)) continue
    shown = shown.replace(new RegExp(RegExp.escape(address), 'giu'), '…')
  }
  return shown
}

/** What others have said about a message, without the recipients who are not seen. */
export function seenMessage<M extends Pick<WholeMessage, 'explanation' | 'verdicts'>>(
  actor: Actor,
  message: M,
  recipients: readonly { address: string }[],
): M {
  // In JSON a quoted local part is written otherwise.
  const inJson = recipients.map(({ address }) => ({ address: JSON.stringify(address).slice(1, -1) }))
  return {
    ...message,
    explanation: seenText(actor, message.explanation, recipients),
    verdicts: seenText(actor, message.verdicts, inJson),
  }
}

/**
 * What was done to a message, as far as it was done to copies that are seen, or by the actor himself. Where others came
 * from, what they noted, and the hash, by which guesses at the rest could be proved, are left out.
 */
export function seenDeeds(actor: Actor, rows: readonly AuditTable[]): AuditTable[] {
  if (seesAll(actor)) return [...rows]
  return rows.flatMap((row) => {
    const { recipients, recipient, delivery, confirmVirus, ...rest } = JSON.parse(row.details) as Record<
      string,
      unknown
    >
    const own = row.actor === actor.name || row.actor.startsWith(`${actor.name} (key `)
    const mine = Array.isArray(recipients) ? recipients.filter((one) => sees(actor, String(one))) : []
    const isOfMine = mine.length > 0 || (typeof recipient === 'string' && sees(actor, recipient))
    const isOfNobody = recipients === undefined && recipient === undefined
    if (!isOfMine && !(own && isOfNobody)) return []
    const details = {
      ...(own ? rest : {}),
      ...(mine.length > 0 ? { recipients: mine } : {}),
      ...(isOfMine && recipient !== undefined ? { recipient, delivery } : {}),
      ...(confirmVirus === undefined ? {} : { confirmVirus }),
    }
    return [
      {
        ...row,
        actor: seenName(actor, row.actor),
        origin: own ? row.origin : '',
        details: JSON.stringify(details),
        previous: '',
        hash: '',
      },
    ]
  })
}
