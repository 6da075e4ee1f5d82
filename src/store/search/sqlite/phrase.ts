/**
 * Which values of a dictionary contain a piece of text: a join of the lists of its grams. Some of them cover the piece,
 * so when each stands at its distance from the beginning, the whole piece stands there. The shortest list comes first
 * and the others are only looked at around its values.
 */
import {
  type Column,
  gramAt,
  gramsThatBegin,
  type Numbers,
  type Occurrences,
  occurrencesIn,
  placeSpace,
} from './layout.ts'

export interface Lists {
  /** Null when there is no such list. */
  list(key: number): Uint8Array | null
  lists(fromKey: number, toKey: number): Iterable<Uint8Array>
}

/** Values that are long. */
export type Long = Pick<ReadonlySet<number>, 'has' | 'size'>

/** Value numbers in ascending order. */
export type Values = Numbers | readonly number[]

/** One piece to look for; kept for a whole query, since which gram is rare is alike in all segments. */
export class Phrase {
  readonly #dictionary: Column
  readonly #piece: string
  /** Grams that cover the piece, the rarest first; chosen by how often they occur in the first segment. */
  #grams: readonly { gram: number; offset: number }[] | null = null

  /** @param piece as it stands in framed values; not empty. */
  constructor(dictionary: Column, piece: string) {
    this.#dictionary = dictionary
    this.#piece = piece
  }

  /** One or two characters: every gram that begins with them must be looked at. */
  get isShort(): boolean {
    return this.#piece.length < 3
  }

  /**
   * @param long values in which places repeat: of them some may be in the answer wrongly.
   * @param within only these are wanted, when they are given.
   */
  values(lists: Lists, long: Long, dictionarySize: number, within: readonly number[] | null): Values {
    if (this.isShort) return this.#beginning(lists, dictionarySize)
    this.#grams ??= cover(this.#dictionary, this.#piece, lists)
    let found: Beginnings | null = null
    for (const { gram, offset } of this.#grams) {
      const list = lists.list(gram)
      if (list === null) return []
      const occurrences = occurrencesIn(list, dictionarySize)
      found = found ? join(found, occurrences, offset) : beginnings(occurrences, offset, within)
      if (found.count === 0) return []
    }
    return found ? this.#distinct(found, long) : []
  }

  #distinct({ values, places, count }: Beginnings, long: Long): Values {
    const distinct: number[] = []
    for (let i = 0; i < count; i++) {
      const value = values[i] as number
      const inside = (places[i] as number) + this.#piece.length <= placeSpace
      if (value !== distinct.at(-1) && (inside || long.has(value))) distinct.push(value)
    }
    return distinct
  }

  /** One or two characters: every gram that begins with them. */
  #beginning(lists: Lists, dictionarySize: number): Values {
    const has = new Uint8Array(dictionarySize)
    for (const list of lists.lists(...gramsThatBegin(this.#dictionary, this.#piece))) {
      const { values } = occurrencesIn(list, dictionarySize)
      for (let i = 0; i < values.length; i++) has[values[i] as number] = 1
    }
    const distinct: number[] = []
    for (let value = 0; value < has.length; value++) if (has[value] === 1) distinct.push(value)
    return distinct
  }
}

/** Looking up a list costs about as much as reading this many bytes of it. */
const listCost = 4000

/**
 * The cheapest grams that leave no character of the piece uncovered: the first, the last, and between two chosen ones
 * at most two left out.
 */
function cover(dictionary: Column, piece: string, lists: Lists): { gram: number; offset: number }[] {
  const sizes: number[] = []
  const costs: number[] = []
  const before: number[] = []
  const last = piece.length - 3
  for (let offset = 0; offset <= last; offset++) {
    const size = lists.list(gramAt(dictionary, piece, offset))?.byteLength ?? 0
    let best = offset - 1
    for (let other = offset - 2; other >= Math.max(0, offset - 3); other--)
      if ((costs[other] as number) < (costs[best] as number)) best = other
    sizes.push(size)
    before.push(best)
    costs.push(size + listCost + (costs[best] ?? 0))
  }
  const offsets: number[] = []
  for (let offset = last; offset >= 0; offset = before[offset] as number) offsets.push(offset)
  return offsets
    .sort((a, b) => (sizes[a] as number) - (sizes[b] as number))
    .map((offset) => ({ gram: gramAt(dictionary, piece, offset), offset }))
}

/** Where the piece may begin: values ascending, with the place modulo placeSpace. */
interface Beginnings {
  values: Numbers
  places: Uint8Array
  count: number
}

function beginnings(occurrences: Occurrences, offset: number, within: readonly number[] | null): Beginnings {
  const { values, places } = within ? only(occurrences, within) : occurrences
  const starts = new Uint8Array(places.length)
  for (let i = 0; i < places.length; i++) starts[i] = (places[i] as number) - offset // wraps around by itself
  return { values: values.slice(), places: starts, count: values.length }
}

/** Those in the wanted values, which are few. */
function only({ values, places }: Occurrences, wanted: readonly number[]): Occurrences {
  const kept: number[] = []
  let at = 0
  for (const value of wanted) {
    at = firstAtLeast(values, value, at)
    for (; at < values.length && values[at] === value; at++) kept.push(at)
  }
  return {
    values: Uint32Array.from(kept, (i) => values[i] as number),
    places: Uint8Array.from(kept, (i) => places[i] as number),
  }
}

/**
 * Keeps the beginnings at whose distance the next gram stands. Writes into `known`. Linear, though a value may have the
 * same gram at hundreds of places (`aaaaaaa`).
 */
function join(known: Beginnings, { values, places }: Occurrences, offset: number): Beginnings {
  const leap = values.length > known.count * 8
  /** Number of the value that was last seen with the gram at this place; numbers begin at 1. */
  const seen = new Uint32Array(placeSpace)
  let kept = 0
  let at = 0
  for (let from = 0, to = 0; from < known.count && at < values.length; from = to) {
    const value = known.values[from] as number
    while (to < known.count && known.values[to] === value) to++
    if (leap) at = firstAtLeast(values, value, at)
    else while (at < values.length && (values[at] as number) < value) at++
    for (; at < values.length && values[at] === value; at++) seen[places[at] as number] = value + 1
    for (let i = from; i < to; i++) {
      const place = known.places[i] as number
      if (seen[(place + offset) % placeSpace] !== value + 1) continue
      known.values[kept] = value
      known.places[kept++] = place
    }
  }
  known.count = kept
  return known
}

/** Index of the first element ≥ `value` from `from` on: in steps that double, then by halves. */
function firstAtLeast(sorted: Numbers, value: number, from: number): number {
  let low = from
  let step = 1
  while (low + step < sorted.length && (sorted[low + step] as number) < value) {
    low += step
    step *= 2
  }
  let high = Math.min(sorted.length, low + step)
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}
