/**
 * Which patterns stand in anybody's list of senders, in memory: a Bloom filter, so that mail of a sender whom nobody has
 * listed costs no look at the database. It says "nobody" only when that is so; "perhaps" is looked up. It knows patterns
 * only, neither users nor addresses, hence 100,000 users with 100 entries each take no more than 8 MB; what is taken
 * out of a list stays marked until it is built anew, which costs a look-up. What this process writes it knows at once,
 * what others write when `refresh` has read it. Until all has been read once, the answer is "perhaps".
 */
import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

const leastBits = 1 << 16
const mostBits = 1 << 26
/** As many as make about one of 2,000 strangers a "perhaps". */
const bitsPerPattern = 16
const hashes = 4
const rowsPerRead = 10_000

export class SenderMarks {
  #marks: Marks | null = null
  /** Of this process, perhaps not committed yet when a new one was filled: since the last reading, and before it. */
  #added: [lately: string[], before: string[]] = [[], []]
  /** The greatest `changed` that is in it. */
  #until = 0
  #reading: Promise<void> | undefined

  /** Whether all lists are empty: then nothing else needs to be asked. */
  get isEmpty(): boolean {
    return this.#marks?.patterns === 0
  }

  /** False: no list has it. */
  mayHave(pattern: string): boolean {
    return this.#marks?.has(pattern) ?? true
  }

  /** Of what is about to be written: too many marks do no harm. */
  add(pattern: string): void {
    this.#marks?.add(pattern)
    // Where nobody reads, nobody asks either.
    if (this.#added[0].length < rowsPerRead) this.#added[0].push(pattern)
  }

  /** Reads what was added since the last time, by whomever. One at a time. */
  async refresh(read: Kysely<Schema>): Promise<void> {
    this.#reading ??= this.#read(read).finally(() => {
      this.#reading = undefined
    })
    await this.#reading
  }

  async #read(read: Kysely<Schema>): Promise<void> {
    if (this.#marks) this.#until = await fill(read, this.#marks, this.#until)
    if (!this.#marks || this.#marks.isFull) {
      const { count } = await read
        .selectFrom('senders')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      const next = new Marks(Number(count))
      this.#until = await fill(read, next, 0)
      for (const pattern of this.#added.flat()) next.add(pattern)
      this.#marks = next
    }
    this.#added = [[], this.#added[0]]
  }
}

async function fill(read: Kysely<Schema>, marks: Marks, after: number): Promise<number> {
  let until = after
  for (;;) {
    const rows = await read
      .selectFrom('senders')
      .select(['changed', 'pattern'])
      .where('changed', '>', until)
      .orderBy('changed')
      .limit(rowsPerRead)
      .execute()
    for (const { pattern } of rows) marks.add(pattern)
    until = rows.at(-1)?.changed ?? until
    if (rows.length < rowsPerRead) return until
  }
}

class Marks {
  readonly bits: number
  patterns = 0
  readonly #words: Uint32Array

  constructor(patterns: number) {
    // Room to grow: it is built anew when it is full.
    const wanted = patterns * 2 * bitsPerPattern
    let bits = leastBits
    while (bits < wanted && bits < mostBits) bits *= 2
    this.bits = bits
    this.#words = new Uint32Array(bits / 32)
  }

  get isFull(): boolean {
    return this.bits < mostBits && this.patterns * bitsPerPattern > this.bits
  }

  add(pattern: string): void {
    let isNew = false
    const [first, step] = twoHashes(pattern)
    for (let n = 0; n < hashes; n++) {
      const at = (first + n * step) & (this.bits - 1)
      const word = this.#words[at >>> 5]!
      const bit = 1 << (at & 31)
      if ((word & bit) === 0) {
        isNew = true
        this.#words[at >>> 5] = word | bit
      }
    }
    if (isNew) this.patterns++
  }

  has(pattern: string): boolean {
    const [first, step] = twoHashes(pattern)
    for (let n = 0; n < hashes; n++) {
      const at = (first + n * step) & (this.bits - 1)
      if ((this.#words[at >>> 5]! & (1 << (at & 31))) === 0) return false
    }
    return true
  }
}

/** FNV-1a from two beginnings. Whoever finds collisions has his mail looked up, no more. */
function twoHashes(text: string): [number, number] {
  let a = 0x811c9dc5
  let b = 0x9747b28c
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x5bd1e995)
  }
  a ^= a >>> 15
  b ^= b >>> 13
  return [a >>> 0, (b | 1) >>> 0]
}
