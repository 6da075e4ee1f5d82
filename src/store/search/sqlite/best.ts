/** The first few of many in an order, without sorting all of them: what would come behind those is passed over. */
import type { SearchRequest } from '../index.ts'
import { compareKeyIn, compareKeys } from '../pattern.ts'

interface Keyed {
  key: string
  id: number
}

export class Best {
  readonly #limit: number
  readonly #direction: 1 | -1
  readonly #after: SearchRequest['after']
  #kept: Keyed[] = []
  /** Whatever comes behind it is none of the first. */
  #last: Keyed | undefined

  /**
   * @param direction 1: ascending by key, then by id; -1: the reverse.
   * @param after what stands there or before it is not taken.
   */
  constructor(limit: number, direction: 1 | -1, after: SearchRequest['after']) {
    this.#limit = limit
    this.#direction = direction
    this.#after = after
  }

  /** One whose key stands in `text`. The same one may come again. */
  offer(id: number, text: string, from = 0, to = text.length): void {
    const order = (other: Keyed) =>
      (compareKeyIn(text, from, to, other.key) || id - other.id) * this.#direction
    if (this.#last && order(this.#last) >= 0) return
    if (this.#after && order(this.#after) <= 0) return
    this.#kept.push({ key: ownCopy(text, from, to), id })
    if (this.#kept.length >= this.#limit * 2 + 64) this.#cut()
  }

  /** In order, each id once. */
  first(): Keyed[] {
    this.#cut()
    return this.#kept
  }

  #cut(): void {
    this.#kept.sort((a, b) => (compareKeys(a.key, b.key) || a.id - b.id) * this.#direction)
    this.#kept = this.#kept.filter(({ id }, i) => id !== this.#kept[i - 1]?.id).slice(0, this.#limit)
    this.#last = this.#kept.length === this.#limit ? this.#kept.at(-1) : undefined
  }
}

/** A slice would keep all of the text in memory. */
const ownCopy = (text: string, from: number, to: number): string =>
  to - from === text.length ? text : Buffer.from(text.slice(from, to)).toString()
