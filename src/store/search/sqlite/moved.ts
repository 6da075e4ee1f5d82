/**
 * Which copies of some recipients are not held any more. Copies that are held are in no index, so that the mail path
 * writes nothing for it: only those that moved are looked at, for ever longer stretches of ids, since a query goes on from
 * part to part.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Filter } from '../index.ts'
import { add, type Bitmap, bitmap, has, remove } from './bitmap.ts'
import { lowerBound } from './layout.ts'

/** A part of the index, as the copies that it has for these recipients. */
export interface CopyRows {
  rows: number
  minId: number
  maxId: number
  /** Null: it has none of this message. */
  find(id: number): Found | null
}

export interface Found {
  row: number
  /** How many copies of the message are for these recipients. */
  copies: number
}

interface Moved {
  copies: number
  /** Whether one of them is in a wanted state. */
  isWanted: boolean
}

export class MovedCopies {
  readonly #moved: StatementSync
  readonly #recipients: readonly string[]
  readonly #states: ReadonlySet<string>
  /** What is known so far: ids from and to, inclusive. */
  #from = 0
  #to = -1
  /** By id, of messages that have any. */
  #known = new Map<number, Moved>()
  /** Ascending. */
  #ids = new Float64Array()

  constructor(main: DatabaseSync, { recipients, states }: NonNullable<Filter['copies']>) {
    this.#recipients = [...new Set(recipients)]
    this.#states = new Set(states)
    this.#moved = main.prepare(
      `select message_id, state from holdings
        where address_key = ? and state <> 'held' and message_id >= ? and message_id <= ?`,
    )
    this.#moved.setReturnArrays(true)
  }

  /** Takes out rows of `part` that have no copy in a wanted state; each has a copy for one of the recipients. */
  keep(bits: Bitmap, part: CopyRows): void {
    if (part.minId < this.#from || part.maxId > this.#to) this.#readFor(part)
    const heldWanted = this.#states.has('held')
    if (this.#known.size === 0 && heldWanted) return
    const kept = heldWanted ? bits : bitmap(part.rows)
    const ids = this.#ids
    for (let at = lowerBound(ids.length, (i) => (ids[i] as number) < part.minId); at < ids.length; at++) {
      const id = ids[at] as number
      if (id > part.maxId) break
      const found = part.find(id)
      if (!found || !has(bits, found.row)) continue
      const moved = this.#known.get(id) as Moved
      // What did not move is held.
      if (heldWanted && !moved.isWanted && moved.copies >= found.copies) remove(kept, found.row)
      else if (!heldWanted && moved.isWanted) add(kept, found.row)
    }
    if (!heldWanted) bits.set(kept)
  }

  #readFor({ minId, maxId }: CopyRows): void {
    const width = Math.max(maxId - minId, (this.#to - this.#from) * 2)
    const goesDown = this.#to >= 0 && minId < this.#from
    this.#from = goesDown ? maxId - width : minId
    this.#to = this.#from + width
    this.#known = new Map()
    for (const recipient of this.#recipients) {
      const rows = this.#moved.all(recipient, this.#from, this.#to)
      for (const [id, state] of rows as unknown as [number, string][]) {
        const known = this.#known.get(id)
        const isWanted = known?.isWanted === true || this.#states.has(state)
        this.#known.set(id, { copies: (known?.copies ?? 0) + 1, isWanted })
      }
    }
    this.#ids = Float64Array.from(this.#known.keys()).sort()
  }
}
