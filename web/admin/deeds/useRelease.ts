/**
 * One release order as long as its dialog is open: giving it (mail that a virus scanner held is ordered by itself, so
 * that its confirmation covers nothing else), what became of each message, its deliveries, and taking it back.
 */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useRef, useState } from 'react'
import { type AnswerOf, type ApiError, call } from '../../api/client.ts'
import { changed } from '../../api/hooks.ts'
import { type DeedMessage, pieces } from './held.ts'

export type ReleaseResult = AnswerOf<'releaseMessages'>['results'][number]
export type Delivery = AnswerOf<'listDeliveries'>['items'][number]

export interface ReleaseChoice {
  /** Without it all that are held. */
  recipients?: string[]
  note: string
  /** Ids of mail that is released in spite of a virus. */
  confirmed: ReadonlySet<string>
}

/** So long the first attempt waits. */
export const undoSeconds = 5
/** A panel that is open asks by itself as well, should live updates be interrupted. */
const askAgainMs = 4_000
const pagesLimit = 20

export interface Order {
  results: Map<string, ReleaseResult>
  releases: string[]
  /** Those of the last order, which can be taken back. */
  last: string[]
  /** When the last part was ordered, by the clock here. */
  at: number
}

const nothing: Order = { results: new Map(), releases: [], last: [], at: 0 }

/**
 * @param onDone an order was given, also when the dialog is gone meanwhile, which stops nothing: `ids` are the messages it
 * named, `failure` is null when all parts were answered.
 */
export function useRelease(onDone: (ids: string[], order: Order, failure: unknown) => void) {
  const client = useQueryClient()
  const [order, showOrder] = useState(nothing)
  // What is on screen comes later than what is known, and not at all when the dialog is gone.
  const known = useRef(nothing)
  const setOrder = useCallback((next: Order) => {
    known.current = next
    showOrder(next)
  }, [])
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [undone, setUndone] = useState<{ back: number; late: number } | null>(null)

  const deliveries = useQuery<Delivery[], ApiError>({
    queryKey: ['listDeliveries', { releases: order.releases }],
    queryFn: ({ signal }) => deliveriesOf(order.releases, signal),
    enabled: order.releases.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.length && state.data.every((delivery) => delivery.state !== 'due') ? false : askAgainMs,
  })

  const send = useCallback(
    async (messages: readonly DeedMessage[], choice: ReleaseChoice) => {
      setBusy(true)
      setError(null)
      setUndone(null)
      let failed: unknown = null
      setOrder({ ...known.current, last: [] })
      const plain = messages.filter(({ id }) => !choice.confirmed.has(id))
      const confirmed = messages.filter(({ id }) => choice.confirmed.has(id))
      const parts = [
        ...[...pieces(plain)].map((part) => ({ part, confirmVirus: false })),
        ...[...pieces(confirmed)].map((part) => ({ part, confirmVirus: true })),
      ]
      try {
        for (const { part, confirmVirus } of parts) {
          const { results } = await call('releaseMessages', {
            body: {
              ids: part.map(({ id }) => id),
              delaySeconds: undoSeconds,
              ...(choice.recipients ? { recipients: choice.recipients } : {}),
              ...(choice.note.trim() === '' ? {} : { note: choice.note.trim() }),
              ...(confirmVirus ? { confirmVirus } : {}),
            },
          })
          setOrder(added(known.current, results))
        }
      } catch (failure) {
        failed = failure
        setError(failure)
      }
      setBusy(false)
      changed(client, ['messages', 'deliveries', 'areas'])
      onDone(
        messages.map(({ id }) => id),
        known.current,
        failed,
      )
    },
    [client, onDone, setOrder],
  )

  const [choice, setChoice] = useState<ReleaseChoice>({ note: '', confirmed: new Set() })
  const give = useCallback(
    (messages: readonly DeedMessage[], chosen: ReleaseChoice) => {
      setChoice(chosen)
      return send(messages, chosen)
    },
    [send],
  )
  /** What was asked for before, now with these confirmed. */
  const again = useCallback(
    (messages: readonly DeedMessage[], confirmed: ReadonlySet<string>) =>
      send(messages, { ...choice, confirmed }),
    [send, choice],
  )

  const undo = useCallback(async () => {
    setError(null)
    try {
      setUndone(await takeBack(order.last))
    } catch (failure) {
      setError(failure)
    }
    changed(client, ['messages', 'deliveries', 'areas'])
  }, [client, order.last])

  return { order, busy, error, undone, give, again, undo, deliveries: deliveries.data }
}

export type Release = ReturnType<typeof useRelease>

function added(before: Order, results: ReleaseResult[]): Order {
  const now = results.flatMap(({ release }) => release ?? [])
  return {
    results: new Map([...before.results, ...results.map((result) => [result.id, result] as const)]),
    releases: [...new Set([...before.releases, ...now])],
    last: [...new Set([...before.last, ...now])],
    at: Date.now(),
  }
}

/** Deliveries come the newest first, and are younger than their release: the walk ends there. */
async function deliveriesOf(releases: readonly string[], signal?: AbortSignal): Promise<Delivery[]> {
  const oldest = releases.toSorted()[0] ?? ''
  const found: Delivery[] = []
  let cursor: string | undefined
  for (let page = 0; page < pagesLimit; page++) {
    const { items, nextCursor } = await call('listDeliveries', { query: { limit: 500, cursor } }, signal)
    found.push(...items.filter(({ release }) => releases.includes(release)))
    if (nextCursor === null || (items.at(-1)?.id ?? '') < oldest) break
    cursor = nextCursor
  }
  return found
}

/** Gives up what is not sent yet. */
export async function takeBack(releases: readonly string[]): Promise<{ back: number; late: number }> {
  const ids = (await deliveriesOf(releases)).map(({ id }) => id)
  let back = 0
  for (const part of pieces(ids)) {
    const { results } = await call('cancelDeliveries', { body: { ids: part } })
    back += results.filter(({ result }) => result === 'done').length
  }
  return { back, late: ids.length - back }
}
