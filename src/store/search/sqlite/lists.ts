/**
 * Lists of a segment, packed in the order of their keys into pages of about the size of a database page: most lists are
 * tiny, and a row for each would cost more than the list. A directory has the first key of each page.
 *
 * A page: number of lists (Uint32, twice), keys (Float64 each), ends (Uint32 each), then the lists, each at a multiple
 * of four bytes, so that they can be read in place.
 */
import { pageBytes } from './layout.ts'

const headBytes = 8
const aligned = (at: number): number => (at + 3) & ~3

export class ListPacker {
  readonly #write: (page: number, bytes: Uint8Array) => void
  readonly #directory: number[] = []
  #keys: number[] = []
  #lists: Uint8Array[] = []
  #bytes = 0

  constructor(write: (page: number, bytes: Uint8Array) => void) {
    this.#write = write
  }

  /** Keys in ascending order. */
  add(key: number, list: Uint8Array): void {
    const more = 12 + aligned(list.byteLength)
    if (this.#bytes > 0 && this.#bytes + more > pageBytes - headBytes) this.#flush()
    this.#keys.push(key)
    this.#lists.push(list)
    this.#bytes += more
  }

  /** Writes what is left. The directory. */
  finish(): Float64Array {
    if (this.#bytes > 0) this.#flush()
    return Float64Array.from(this.#directory)
  }

  #flush(): void {
    const count = this.#keys.length
    const first = aligned(headBytes + count * 12)
    const page = new Uint8Array(first + this.#lists.reduce((sum, list) => sum + aligned(list.byteLength), 0))
    new Uint32Array(page.buffer, 0, 2).fill(count)
    new Float64Array(page.buffer, headBytes, count).set(this.#keys)
    const ends = new Uint32Array(page.buffer, headBytes + count * 8, count)
    let at = first
    this.#lists.forEach((list, i) => {
      page.set(list, at)
      ends[i] = at + list.byteLength
      at += aligned(list.byteLength)
    })
    this.#write(this.#directory.length, page)
    this.#directory.push(this.#keys[0] as number)
    this.#keys = []
    this.#lists = []
    this.#bytes = 0
  }
}

export class PackedLists {
  readonly #directory: Float64Array
  readonly #read: (page: number) => Uint8Array

  constructor(directory: Float64Array, read: (page: number) => Uint8Array) {
    this.#directory = directory
    this.#read = read
  }

  list(key: number): Uint8Array | null {
    const page = lastAtMost(this.#directory, key)
    if (page < 0) return null
    const { keys, at } = open(this.#read(page))
    const i = lastAtMost(keys, key)
    return i >= 0 && keys[i] === key ? at(i) : null
  }

  /** Lists of keys from (inclusive) to (exclusive). */
  *lists(from: number, to: number): Generator<Uint8Array, void> {
    for (let page = Math.max(0, lastAtMost(this.#directory, from)); page < this.#directory.length; page++) {
      if ((this.#directory[page] as number) >= to) return
      const { keys, at } = open(this.#read(page))
      for (let i = Math.max(0, lastAtMost(keys, from)); i < keys.length && (keys[i] as number) < to; i++)
        if ((keys[i] as number) >= from) yield at(i)
    }
  }
}

function open(page: Uint8Array): { keys: Float64Array; at: (i: number) => Uint8Array } {
  const { buffer, byteOffset } = page
  const count = new Uint32Array(buffer, byteOffset, 1)[0] as number
  const keys = new Float64Array(buffer, byteOffset + headBytes, count)
  const ends = new Uint32Array(buffer, byteOffset + headBytes + count * 8, count)
  const at = (i: number) =>
    page.subarray(aligned(i === 0 ? headBytes + count * 12 : (ends[i - 1] as number)), ends[i] as number)
  return { keys, at }
}

/** Index of the last element ≤ value; -1 when all are greater. */
function lastAtMost(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}
