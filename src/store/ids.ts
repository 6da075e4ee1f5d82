/**
 * Time-ordered ids: milliseconds since 2020-01-01 times 4096, plus a number within the millisecond (which starts with
 * the node's own four bits). Below 2^53 until 2089, so a JavaScript number, a SQLite row id and a PostgreSQL bigint
 * alike. An id carries the time of receipt: a range of dates is a range of ids, and "newest first" is key order.
 * Outside they are written as 11 characters of base 32 (Crockford's alphabet, lower case), which sort the same way.
 */
import type { Clock } from '../clock.ts'

const epochMs = Date.UTC(2020, 0, 1)
const perMs = 4096
const perNode = 256
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

export interface IdSource {
  /** Greater than every id given before, and than `after` at construction. */
  next(): number
}

/**
 * @param node 0 to 15: two processes on one database must differ.
 * @param after the greatest id already in the database, so that a clock set back repeats nothing.
 */
export function idSource(clock: Clock, node: number, after: number): IdSource {
  let lastMs = Math.floor(after / perMs) + 1
  let n = 0
  return {
    next() {
      const ms = clock.now() - epochMs
      if (ms > lastMs) {
        lastMs = ms
        n = 0
      } else if (n === perNode) {
        lastMs++ // more than 256 in a millisecond: the ids run ahead of the clock a little
        n = 0
      }
      return lastMs * perMs + node * perNode + n++
    },
  }
}

/** The time in an id, milliseconds since the Unix epoch. */
export const idTime = (id: number): number => Math.floor(id / perMs) + epochMs

/** The smallest id that a message received at `ms` or later can have. */
export const idAt = (ms: number): number => Math.max(0, (Math.floor(ms) - epochMs) * perMs)

export function formatId(id: number): string {
  let text = ''
  for (let rest = id, i = 0; i < 11; i++) {
    text = alphabet[rest % 32] + text
    rest = Math.floor(rest / 32)
  }
  return text
}

/** Null when `text` is not an id. */
export function parseId(text: string): number | null {
  if (text.length !== 11) return null
  let id = 0
  for (const char of text.toLowerCase()) {
    const digit = alphabet.indexOf(char)
    if (digit < 0) return null
    id = id * 32 + digit
  }
  return Number.isSafeInteger(id) ? id : null
}
