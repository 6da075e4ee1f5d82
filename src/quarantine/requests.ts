/**
 * Requests for release, as users make them: for own copies that they may not release themselves (access/scope.ts). A
 * copy has one open request, whoever acts for its address; one that was declined cannot be asked for again. What is
 * answered names no other user and no administrator.
 */
import { actorName } from '../access/actor.ts'
import type { UserAction } from '../access/scope.ts'
import type { Context } from '../context.ts'
import { type Deed, writeAudit } from '../store/audit.ts'
import { holdingsOf, lockHoldings } from '../store/holdings.ts'
import { formatId, idAt } from '../store/ids.ts'
import { type MyMessage, myMessages, type OwnCopy } from '../store/my-messages.ts'
import type { RequestsTable } from '../store/request-schema.ts'
import { countOfUser, insertRequests, lastRequests, withdrawRequests } from '../store/requests.ts'
import { lockUser } from '../store/users.ts'
import { type Holder, type MyResult, mayDo, mayWith, seenCopies } from './mine.ts'
import { checkOrder, copyKey } from './orders.ts'
import { heldForVirus } from './release.ts'

/** Somebody who asks. */
export interface Asker extends Holder {
  userId: number
}

export const openPerUser = 100
export const askedPerDay = 500
const dayMs = 86_400_000

/** What was asked for last of each copy, by copyKey. */
export type Asked = ReadonlyMap<string, RequestsTable>

export async function askedFor({ db }: Context, messages: readonly MyMessage[]): Promise<Asked> {
  const rows = await lastRequests(
    db.read,
    messages.map(({ id }) => id),
  )
  return new Map(rows.map((row) => [copyKey(row), row]))
}

/** How the own copies of a message stand: an open request first, one of the user's own before others'; else the last. */
export function requestFor(asker: Asker, message: MyMessage, asked: Asked): RequestsTable | null {
  const rank = ({ state, user_id }: RequestsTable) =>
    state === 'open' ? (user_id === asker.userId ? 2 : 1) : 0
  const [first] = seenCopies(asker, message)
    .flatMap(({ n }) => asked.get(copyKey({ message_id: message.id, n })) ?? [])
    .filter(({ state }) => state !== 'withdrawn' && state !== 'void')
    .sort((a, b) => rank(b) - rank(a) || b.id - a.id)
  return first ?? null
}

/** Copies that the user may ask for now. */
export const requestable = (asker: Asker, message: MyMessage, asked: Asked): OwnCopy[] =>
  message.copies.filter((copy) => {
    const last = asked.get(copyKey({ message_id: message.id, n: copy.n }))?.state
    return isHeld(copy) && mayAsk(asker, message, copy) && last !== 'open' && last !== 'denied'
  })

const isHeld = ({ state }: Pick<OwnCopy, 'state'>): boolean => state === 'held' || state === 'release-failed'
const mayAsk = (asker: Asker, message: MyMessage, copy: OwnCopy): boolean =>
  mayWith(asker, message, copy, 'request')

/**
 * Results in the order of the ids, each id once. Durable when it resolves.
 * @throws Problem 'invalid' for an empty order or more than 1,000 ids
 */
export async function askForRelease(
  ctx: Context,
  asker: Asker,
  ids: readonly number[],
  note: string,
): Promise<MyResult[]> {
  const unique = checkOrder({ ids })
  const { db } = ctx
  const at = ctx.clock.now()
  const by = actorName(asker.actor)
  const messages = await myMessages(db, unique, [...asker.scope])
  const wanted = new Map(messages.map((message) => [message.id, requestableAtAll(asker, message)]))
  const results = new Map<number, MyResult>()
  const asked = await db.transaction(async (trx) => {
    results.clear()
    await lockUser(trx, asker.userId)
    const keys = messages.flatMap(({ id }) => wanted.get(id)?.map(({ n }) => ({ message_id: id, n })) ?? [])
    await lockHoldings(db, trx, keys)
    const [holdings, last, counts] = await Promise.all([
      holdingsOf(trx, [...new Set(keys.map(({ message_id }) => message_id))]),
      lastRequests(trx, unique),
      countOfUser(trx, asker.userId, idAt(at - dayMs)),
    ])
    const stateNow = new Map(holdings.map((holding) => [copyKey(holding), holding.state]))
    const lastOf: Asked = new Map(last.map((row) => [copyKey(row), row]))
    let room = Math.min(openPerUser - counts.open, askedPerDay - counts.lately)
    const rows: RequestsTable[] = []
    for (const message of messages) {
      const now = {
        ...message,
        copies: message.copies.map((copy) => ({
          ...copy,
          state: stateNow.get(copyKey({ message_id: message.id, n: copy.n })) ?? copy.state,
        })),
      }
      if (seenCopies(asker, now).length === 0) continue
      const free = requestable(asker, now, lastOf)
      const isFull = free.length > 0 && room < free.length
      if (free.length === 0 || isFull) {
        const text = isFull ? tooMany : whyNot(asker, now, lastOf)
        results.set(message.id, { id: message.id, result: 'refused', text })
        continue
      }
      room -= free.length
      results.set(message.id, { id: message.id, result: 'done', text: 'It is asked for.' })
      for (const { n, address, address_key } of free)
        rows.push({
          id: db.ids.next(),
          message_id: message.id,
          n,
          address,
          address_key,
          user_id: asker.userId,
          asked_by: asker.actor.name,
          note,
          asked_at: at,
          state: 'open',
          decided_by: '',
          decided_at: null,
          answer: '',
        })
    }
    const inserted = new Set((await insertRequests(trx, rows)).map(copyKey))
    const done = rows.filter((row) => inserted.has(copyKey(row)))
    const details = note === '' ? {} : { note }
    await writeAudit(trx, deedsOf(asker, 'request.ask', done, at, details))
    return done
  })
  if (asked.length > 0)
    ctx.events.tell({ kind: 'requested', messages: idsOf(asked), recipients: asked.length, actor: by })
  return unique.map((id) => results.get(id) ?? notThere(id))
}

/** Takes back what the user himself has asked for. Results as above. */
export async function withdrawRequest(
  ctx: Context,
  asker: Asker,
  ids: readonly number[],
): Promise<MyResult[]> {
  const unique = checkOrder({ ids })
  const { db } = ctx
  const at = ctx.clock.now()
  const by = actorName(asker.actor)
  const messages = await myMessages(db, unique, [...asker.scope])
  const seen = messages.filter((message) => seenCopies(asker, message).length > 0).map(({ id }) => id)
  const ended = await db.transaction(async (trx) => {
    const rows = await withdrawRequests(trx, { userId: asker.userId, messageIds: seen, at, by })
    await writeAudit(trx, deedsOf(asker, 'request.withdraw', rows, at, {}))
    return rows
  })
  const changed = new Set(ended.map(({ message_id }) => message_id))
  if (ended.length > 0)
    ctx.events.tell({
      kind: 'request-ended',
      how: 'withdrawn',
      messages: idsOf(ended),
      recipients: ended.length,
      actor: by,
    })
  return unique.map((id) => {
    if (changed.has(id)) return { id, result: 'done', text: 'It is not asked for any more.' }
    if (!seen.includes(id)) return notThere(id)
    return { id, result: 'refused', text: 'There is no open request of yours for it.' }
  })
}

const notThere = (id: number): MyResult => ({
  id,
  result: 'not-found',
  text: 'There is no such message for you.',
})

const idsOf = (rows: readonly RequestsTable[]): string[] => [
  ...new Set(rows.map(({ message_id }) => formatId(message_id))),
]

/** Whatever has been asked for before. */
const requestableAtAll = (asker: Asker, message: MyMessage): OwnCopy[] =>
  message.copies.filter((copy) => mayAsk(asker, message, copy))

function deedsOf(
  { actor }: Asker,
  deed: string,
  rows: readonly RequestsTable[],
  at: number,
  details: Record<string, unknown>,
): Deed[] {
  const byMessage = Map.groupBy(rows, ({ message_id }) => message_id)
  return [...byMessage].map(([id, some]) => ({
    at,
    actor: actorName(actor),
    origin: actor.origin,
    deed,
    target: formatId(id),
    details: { recipients: some.map(({ address }) => address), ...details },
  }))
}

const tooMany = 'You have asked for very many messages: wait until they are decided on.'

function whyNot(asker: Asker, message: MyMessage, asked: Asked): string {
  const can = (action: UserAction) => mayDo(asker, message, action)
  if (heldForVirus(message)) return 'A virus scanner held it: it cannot be released to you.'
  if (can('not-spam')) return 'You can release it yourself.'
  if (!can('request')) return 'Mail of this kind is not released.'
  if (!message.copies.some(isHeld)) return 'It is not held any more: look again.'
  const last = requestFor(asker, message, asked)?.state
  return last === 'denied' ? 'An administrator has declined it.' : 'It is asked for already.'
}
