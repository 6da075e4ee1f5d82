/** One release as lines: for each message and recipient what is known by now, from the order's answer and its delivery. */
import type { DeedMessage } from './held.ts'
import type { Delivery, ReleaseResult } from './useRelease.ts'

export type LineState =
  | 'waiting'
  | 'delivered'
  | 'deferred'
  | 'failed'
  | 'heldAgain'
  | 'refused'
  | 'confirm'
  | 'not-found'

export interface Line {
  key: string
  state: LineState
  /** '' when the line is about the whole message. */
  recipient: string
  /** Why it was refused, in the words of our server. */
  text: string
  delivery: Delivery | undefined
}

export interface MessageOutcome {
  message: DeedMessage
  lines: Line[]
}

/** What went wrong first; then in the order of the messages. The order stays as long as the panel is open. */
export function outcomesOf(
  messages: readonly DeedMessage[],
  results: ReadonlyMap<string, ReleaseResult>,
  deliveries: readonly Delivery[] = [],
): MessageOutcome[] {
  const found = new Map(deliveries.map((delivery) => [keyOf(delivery.message, delivery.recipient), delivery]))
  const all = messages.flatMap((message) => {
    const result = results.get(message.id)
    return result ? [{ message, lines: linesOf(result, found) }] : []
  })
  const bad = ({ message }: MessageOutcome) => results.get(message.id)?.result !== 'released'
  return [...all.filter(bad), ...all.filter((outcome) => !bad(outcome))]
}

const keyOf = (message: string, recipient: string) => `${message} ${recipient}`

function linesOf(result: ReleaseResult, deliveries: ReadonlyMap<string, Delivery>): Line[] {
  const { id, text, recipients } = result
  if (result.result === 'confirm' || result.result === 'not-found')
    return [{ key: id, state: result.result, recipient: '', text, delivery: undefined }]
  if (recipients.length === 0)
    return [{ key: id, state: 'refused', recipient: '', text, delivery: undefined }]
  return recipients.map(({ address, result: one, text: why }) => {
    const key = keyOf(id, address)
    if (one === 'refused')
      return { key, state: 'refused', recipient: address, text: why, delivery: undefined }
    const delivery = deliveries.get(key)
    return { key, state: stateOf(delivery), recipient: address, text: '', delivery }
  })
}

function stateOf(delivery: Delivery | undefined): LineState {
  if (!delivery) return 'waiting'
  const { state, attemptCount } = delivery
  if (state === 'done') return 'delivered'
  if (state === 'failed') return 'failed'
  if (state === 'cancelled') return 'heldAgain'
  return attemptCount > 0 ? 'deferred' : 'waiting'
}

export function countStates(outcomes: readonly MessageOutcome[]): Map<LineState, number> {
  const counts = new Map<LineState, number>()
  for (const { lines } of outcomes)
    for (const { state } of lines) counts.set(state, (counts.get(state) ?? 0) + 1)
  return counts
}
