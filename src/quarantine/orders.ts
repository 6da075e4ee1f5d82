/**
 * What orders on held mail have in common: a bounded list of messages, perhaps only some of their recipients, and an
 * answer for each of them. One recipient of one message is a copy.
 */
import type { Kysely } from 'kysely'
import { addressKey } from '../mail/envelope.ts'
import { Problem } from '../problem.ts'
import type { Holding } from '../store/holdings.ts'
import type { Schema } from '../store/schema.ts'

export const messagesPerOrder = 1000
export const recipientsPerOrder = 1000
/** Copies that one order may change: the transaction stays short. */
const copiesPerOrder = 20_000

export interface Order {
  ids: readonly number[]
  /** Only these envelope recipients, compared without case; all when absent. */
  recipients?: readonly string[]
  /** The job whose doing it is, for the record. */
  job?: string
}

/** Runs in the transaction of an order, after its deed, with what is going to be answered. */
export type Along<Result> = (trx: Kysely<Schema>, results: readonly Result[]) => Promise<void>

export interface RecipientResult {
  address: string
  result: 'done' | 'refused'
  /** What happened, or why not and who was first; one sentence. */
  text: string
  /** Who was first, and when (milliseconds), where somebody was. */
  by?: string
  at?: number
}

/** @returns the ids, each once. @throws Problem 'invalid' for an order that is empty or too long. */
export function checkOrder({ ids, recipients }: Order): number[] {
  const unique = [...new Set(ids)]
  if (unique.length === 0) throw new Problem('invalid', 'No message is named', 'Give at least one id.')
  if (unique.length > messagesPerOrder)
    throw new Problem(
      'invalid',
      `${unique.length} messages in one order; at most ${messagesPerOrder} are taken`,
      'Send several orders.',
    )
  if (recipients && (recipients.length === 0 || recipients.length > recipientsPerOrder))
    throw new Problem(
      'invalid',
      `${recipients.length} recipients are named; it takes 1 to ${recipientsPerOrder}`,
      'Leave recipients out to mean all of them.',
    )
  return unique
}

/** @throws Problem 'too-large' when the messages have too many recipients for one transaction. */
export function checkCopies(count: number): void {
  if (count > copiesPerOrder)
    throw new Problem(
      'too-large',
      `These messages have ${count} recipients together; at most ${copiesPerOrder} are taken in one order`,
      'Send several orders with fewer messages.',
    )
}

export interface Selection {
  copies: Holding[]
  /** Recipients that were asked for and are not in this envelope. */
  strangers: RecipientResult[]
}

/** The copies of one message that the order means. */
export function select(holdings: readonly Holding[], recipients: readonly string[] | undefined): Selection {
  if (!recipients) return { copies: [...holdings], strangers: [] }
  const wanted = new Map(recipients.map((address) => [addressKey(address), address]))
  const copies = holdings.filter((holding) => wanted.has(holding.address_key))
  for (const holding of copies) wanted.delete(holding.address_key)
  const strangers = [...wanted.values()].map((address) => ({
    address,
    result: 'refused' as const,
    text: 'This address is not a recipient of the message.',
  }))
  return { copies, strangers }
}

/** `2026-01-15 09:00:00 UTC`, for sentences. */
export const when = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`

export const copyKey = ({ message_id, n }: { message_id: number; n: number }): string => `${message_id} ${n}`
