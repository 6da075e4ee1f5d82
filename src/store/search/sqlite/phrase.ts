/**
 * Where a piece of text occurs in a segment: a join of the lists of its grams. Some of them cover the piece, so when each
 * stands at its distance from the beginning, the whole piece stands there. The shortest list comes first and the others
 * are only looked at around its rows.
 */
import { add, type Bitmap, bitmap, has } from './bitmap.ts'
import { type Column, gramAt, gramsThatBegin, type Occurrences, placeSpace, readOccurrences } from './layout.ts'

export interface Lists {
  /** Null when there is no such gram. */
  list(gram: number): Uint8Array | null
  lists(fromGram: number, toGram: number): Iterable<Uint8Array>
}

/** One piece to look for; kept for a whole query, since which gram is rare is alike in all segments. */
export class Phrase {
  readonly #column: Column
  readonly #piece: string
  /** Grams that cover the piece, the rarest first; chosen by how often they occur in the first segment. */
  #grams: readonly { gram: number; offset: number }[] | null = null

  /** @param piece as it stands in framed text; not empty. */
  constructor(column: Column, piece: string) {
    this.#column = column
    this.#piece = piece
  }

  /**
   * Rows of `within` that have the piece, or null when there are none. Of `long` rows (texts in which places repeat)
   * some may be in it wrongly.
   */
  rows(lists: Lists, within: Bitmap, long: Bitmap | null, rowCount: number): Bitmap | null {
    if (this.#piece.length < 3) return this.#beginning(lists, within, rowCount)
    this.#grams ??= cover(this.#column, this.#piece, lists)
    const space = placeSpace(this.#column)
    let places: Places | null = null
    for (const { gram, offset } of this.#grams) {
      const list = lists.list(gram)
      if (list === null) return null
      const found = readOccurrences(this.#column, list)
      places = places ? join(places, found, offset % space, space) : startsOf(found, offset, within)
      if (places.count === 0) return null
    }
    if (!places) return null
    const bits = bitmap(rowCount)
    for (let i = 0; i < places.count; i++) {
      const row = places.rows[i] as number
      const inside = (places.starts[i] as number) + this.#piece.length <= space
      if (inside || (long !== null && has(long, row))) add(bits, row)
    }
    return bits
  }

  #beginning(lists: Lists, within: Bitmap, rowCount: number): Bitmap | null {
    const bits = bitmap(rowCount)
    let any = false
    for (const list of lists.lists(...gramsThatBegin(this.#column, this.#piece))) {
      any = true
      const { rows } = readOccurrences(this.#column, list)
      for (let i = 0; i < rows.length; i++) add(bits, rows[i] as number)
    }
    for (let i = 0; i < bits.length; i++) bits[i] = (bits[i] as number) & (within[i] as number)
    return any ? bits : null
  }
}

/**
 * The cheapest grams that leave no character of the piece uncovered: the first, the last, and between two chosen ones
 * at most two left out.
 */
function cover(column: Column, piece: string, lists: Lists): { gram: number; offset: number }[] {
  const sizes: number[] = []
  const costs: number[] = []
  const before: number[] = []
  const last = piece.length - 3
  for (let offset = 0; offset <= last; offset++) {
    const size = lists.list(gramAt(column, piece, offset))?.byteLength ?? 0
    let best = offset === 0 ? -1 : offset - 1
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
    .map((offset) => ({ gram: gramAt(column, piece, offset), offset }))
}

/** Looking up a list costs about as much as reading this many bytes of it. */
const listCost = 4000

/** Possible beginnings of the piece: rows ascending, with the place modulo placeSpace. */
interface Places {
  rows: Uint16Array
  starts: Uint8Array | Uint16Array
  count: number
}

function startsOf({ rows, places }: Occurrences, offset: number, within: Bitmap): Places {
  const kept: Places = { rows: new Uint16Array(rows.length), starts: places.slice(), count: 0 }
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    if (!has(within, row)) continue
    kept.rows[kept.count] = row
    kept.starts[kept.count++] = (places[i] as number) - offset // wraps around by itself
  }
  return kept
}

/** Keeps the beginnings at whose distance the next gram stands. Writes into `known`. */
function join(known: Places, { rows, places }: Occurrences, offset: number, space: number): Places {
  const { rows: knownRows, starts } = known
  const leap = rows.length > known.count * 8
  let kept = 0
  let at = 0
  for (let i = 0; i < known.count && at < rows.length; i++) {
    const row = knownRows[i] as number
    if (leap) at = firstAtLeast(rows, row, at)
    else while (at < rows.length && (rows[at] as number) < row) at++
    const place = ((starts[i] as number) + offset) % space
    for (let j = at; j < rows.length && rows[j] === row; j++)
      if (places[j] === place) {
        knownRows[kept] = row
        starts[kept++] = starts[i] as number
        break
      }
  }
  known.count = kept
  return known
}

/** Index of the first element ≥ `value` from `from` on: in steps that double, then by halves. */
function firstAtLeast(sorted: Uint16Array, value: number, from: number): number {
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
