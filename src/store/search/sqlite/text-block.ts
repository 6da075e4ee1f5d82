/**
 * Texts that were read together, in order of sorting. They stay one string, of which only what is asked for is taken out:
 * hundreds of strings a block would be most of what the garbage collector has to look through.
 */
import { compareKeyIn } from '../pattern.ts'
import { blockSeparator, lowerBound } from './layout.ts'

export class TextBlock {
  readonly #text: string
  /** Where each begins, and where one more would. */
  readonly #starts: number[] = [0]

  constructor(text: string) {
    this.#text = text
    for (let at = text.indexOf(blockSeparator); at >= 0; at = text.indexOf(blockSeparator, at + 1))
      this.#starts.push(at + 1)
    this.#starts.push(text.length + 1)
  }

  get length(): number {
    return this.#starts.length - 1
  }

  /** About what it takes in memory. */
  get bytes(): number {
    return this.#text.length + this.#starts.length * 8 + 200
  }

  at(i: number): string {
    return this.#text.slice(this.#starts[i], this.#end(i))
  }

  /** How many, of those from `from` on, come before `key`; or are the same, if that counts. */
  countBefore(key: string, { from = 0, orSame = false } = {}): number {
    return lowerBound(this.length - from, (i) => {
      const order = compareKeyIn(this.#text, this.#starts[from + i] as number, this.#end(from + i), key)
      return orSame ? order <= 0 : order < 0
    })
  }

  #end(i: number): number {
    return (this.#starts[i + 1] as number) - 1
  }
}
