/**
 * Writes the lists of a dictionary's grams: in which values each three characters stand, and where. Hostile mail can
 * bring as many different grams as it has characters, so they are counted in flat arrays, and a part of them at a time:
 * those that begin with the same characters. Memory is that of one part.
 */
import { randomInt } from 'node:crypto'
import { type Column, framed, gramAt, numberBytes, occurrencesIn } from './layout.ts'
import type { ListPacker } from './lists.ts'

/** Nobody outside can know which grams meet in one slot. */
const seed = randomInt(2 ** 32)

/** Occurrences in one part, roughly: all those of a first character stay together. */
const partOccurrences = 1 << 19

export function addGrams(dictionary: Column, values: readonly string[], lists: ListPacker): void {
  for (const part of partsOf(values)) addPart(dictionary, values, part, lists)
}

/** Grams whose first character is in a range. */
interface Part {
  /** Character codes, from inclusive, to exclusive. */
  from: number
  to: number
  occurrences: number
}

function* partsOf(values: readonly string[]): Generator<Part, void> {
  const beginning = new Uint32Array(0x10000)
  for (const value of values) {
    beginning[10] = (beginning[10] as number) + 1 // the line feed that frames it
    for (let i = 0; i < value.length; i++) {
      const char = value.charCodeAt(i)
      beginning[char] = (beginning[char] as number) + 1
    }
  }
  let from = 0
  let occurrences = 0
  for (let char = 0; char < beginning.length; char++) {
    const more = beginning[char] as number
    if (occurrences > 0 && occurrences + more > partOccurrences) {
      yield { from, to: char, occurrences }
      from = char
      occurrences = 0
    }
    occurrences += more
  }
  if (occurrences > 0) yield { from, to: beginning.length, occurrences }
}

/** Two passes over the occurrences: how often each gram occurs, then where. */
function addPart(
  dictionary: Column,
  values: readonly string[],
  { from, to, occurrences }: Part,
  lists: ListPacker,
): void {
  const grams = new GramNumbers(dictionary)
  const seen = new Uint32Array(occurrences)
  const seenIn = new Uint32Array(occurrences)
  const seenAt = new Uint8Array(occurrences)
  let count = 0
  for (let value = 0; value < values.length; value++) {
    const text = framed(values[value] as string)
    for (let i = 0; i < text.length - 2; i++) {
      const char = text.charCodeAt(i)
      if (char < from || char >= to) continue
      seen[count] = grams.count(text, i)
      seenIn[count] = value
      seenAt[count++] = i // wraps around by itself
    }
  }
  const starts = grams.starts()
  const next = starts.slice()
  const inValues = new Uint32Array(count)
  const places = new Uint8Array(count)
  for (let at = 0; at < count; at++) {
    const number = seen[at] as number
    const slot = next[number] as number
    next[number] = slot + 1
    inValues[slot] = seenIn[at] as number
    places[slot] = seenAt[at] as number
  }
  const width = numberBytes(values.length) + 1
  for (const [gram, number] of grams.inOrder()) {
    const [first, end] = [starts[number] as number, starts[number + 1] as number]
    const list = new Uint8Array((end - first) * width)
    const found = occurrencesIn(list, values.length)
    found.values.set(inValues.subarray(first, end))
    found.places.set(places.subarray(first, end))
    lists.add(gram, list)
  }
}

/** Grams of one dictionary, numbered as they come, each with how often it came. Open addressing, at most half full. */
class GramNumbers {
  readonly #dictionary: Column
  #size = 0
  #slots = 1 << 12
  /** Key of the gram in each slot; -1 for none. */
  #keys = new Float64Array(this.#slots).fill(-1)
  #numbers = new Uint32Array(this.#slots)
  #counts = new Uint32Array(this.#slots / 2)

  constructor(dictionary: Column) {
    this.#dictionary = dictionary
  }

  /** Counts the gram that begins at `i`; its number. */
  count(text: string, i: number): number {
    if (this.#size === this.#counts.length) this.#grow()
    const key = gramAt(this.#dictionary, text, i)
    const slot = this.#slotOf(key)
    if (this.#keys[slot] === -1) {
      this.#keys[slot] = key
      this.#numbers[slot] = this.#size++
    }
    const number = this.#numbers[slot] as number
    this.#counts[number] = (this.#counts[number] as number) + 1
    return number
  }

  /** Where the occurrences of each gram begin, by number, with one more at the end. */
  starts(): Uint32Array {
    const starts = new Uint32Array(this.#size + 1)
    for (let number = 0; number < this.#size; number++)
      starts[number + 1] = (starts[number] as number) + (this.#counts[number] as number)
    return starts
  }

  /** Keys in ascending order, with their numbers. */
  *inOrder(): Generator<[key: number, number: number], void> {
    const sorted = this.#keys.filter((key) => key !== -1).sort()
    for (const key of sorted) yield [key, this.#numbers[this.#slotOf(key)] as number]
  }

  /** The slot of this key, or the free one where it belongs. */
  #slotOf(key: number): number {
    const mask = this.#slots - 1
    const high = Math.floor(key / 0x1_0000_0000)
    let mixed = Math.imul((key - high * 0x1_0000_0000) ^ seed, 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13) ^ high, 0xc2b2ae35)
    let slot = (mixed ^ (mixed >>> 16)) & mask
    for (; this.#keys[slot] !== -1 && this.#keys[slot] !== key; slot = (slot + 1) & mask);
    return slot
  }

  #grow(): void {
    const [keys, numbers, counts] = [this.#keys, this.#numbers, this.#counts]
    this.#slots *= 2
    this.#keys = new Float64Array(this.#slots).fill(-1)
    this.#numbers = new Uint32Array(this.#slots)
    this.#counts = new Uint32Array(this.#slots / 2)
    this.#counts.set(counts)
    keys.forEach((key, old) => {
      if (key === -1) return
      const slot = this.#slotOf(key)
      this.#keys[slot] = key
      this.#numbers[slot] = numbers[old] as number
    })
  }
}
