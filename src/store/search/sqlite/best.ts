/** The first few of many in an order, without sorting all of them: what would come behind those is passed over. */
import { compareKeys } from '../pattern.ts'

export interface Keyed {
  key: string
  id: number
}

export class Best {
  readonly #limit: number
  readonly #direction: 1 | -1
  #kept: Keyed[] = []
  /** Whatever comes behind it is none of the first. */
  #last: Keyed | undefined

  /** @param direction 1: ascending by key, then by id; -1: the reverse. */
  constructor(limit: number, direction: 1 | -1) {
    this.#limit = limit
    this.#direction = direction
  }

  /** Whether it could be among the first. */
  takes(one: Keyed): boolean {
    return this.#last === undefined || this.#compare(one, this.#last) < 0
  }

  add(one: Keyed): void {
    this.#kept.push(one)
    if (this.#kept.length >= this.#limit * 2 + 64) this.#cut()
  }

  /** In order, each id once. */
  first(): Keyed[] {
    this.#cut()
    return this.#kept
  }

  #cut(): void {
    this.#kept.sort((a, b) => this.#compare(a, b))
    this.#kept = this.#kept.filter(({ id }, i) => id !== this.#kept[i - 1]?.id).slice(0, this.#limit)
    this.#last = this.#kept.length === this.#limit ? this.#kept.at(-1) : undefined
  }

  #compare(a: Keyed, b: Keyed): number {
    return (compareKeys(a.key, b.key) || a.id - b.id) * this.#direction
  }
}
