/**
 * A sample of all entries, which tells how many of them have some characters. Taken from blocks all over the table, anew
 * after some minutes: mail changes slowly.
 */
import type { Tx } from '../../engine.ts'

/** What the trigram index has. */
const lettersColumns = [
  'sender_letters',
  'subject_letters',
  'recipients_letters',
  'attachments_letters',
] as const
export type LettersColumn = (typeof lettersColumns)[number]

type Row = Record<LettersColumn, string>

/** A bit for each row of a sample. */
export type Bits = Uint32Array<ArrayBuffer>

const rowsWanted = 1000
/** Of a value: a message may have a thousand recipients. */
const valueChars = 1000
const mostKnown = 2000
const staleMs = 10 * 60_000

export class Sampler {
  readonly #from: number
  #sample: Sample | null = null
  #takenAt = Number.NEGATIVE_INFINITY

  /** @param from how many entries there must be; fewer are found soon whatever is asked. */
  constructor(from: number) {
    this.#from = from
  }

  /** Null for a small table, and for one that the server knows nothing about yet (it was never analyzed). */
  async take(tx: Tx): Promise<Sample | null> {
    if (performance.now() - this.#takenAt < staleMs) return this.#sample
    const [table] = await tx.all<{ entries: number }>(
      `select reltuples::bigint as entries from pg_class where oid = 'entries'::regclass`,
    )
    const entries = table?.entries ?? 0
    this.#sample = entries < this.#from ? null : new Sample(entries, await rowsOf(tx, entries))
    this.#takenAt = performance.now()
    return this.#sample
  }
}

const rowsOf = (tx: Tx, entries: number): Promise<Row[]> => {
  const texts = lettersColumns.map((column) => `left(${column}, ${valueChars}) as ${column}`)
  return tx.all<Row>(`select ${texts} from entries tablesample system ($1::float4) limit ${2 * rowsWanted}`, [
    Math.min(100, (100 * rowsWanted) / entries),
  ])
}

export class Sample {
  /** In the table, as the server estimates. */
  readonly entries: number
  readonly #rows: readonly Row[]
  /** What was asked for lately: who searches asks again and again. */
  readonly #known = new Map<string, Bits>()

  constructor(entries: number, rows: readonly Row[]) {
    this.entries = entries
    this.#rows = rows
  }

  get size(): number {
    return this.#rows.length
  }

  /** The rows whose value has this in it. */
  having(column: LettersColumn, letters: string): Bits {
    const name = `${column} ${letters}`
    const known = this.#known.get(name)
    if (known) return known
    const bits = new Uint32Array(Math.ceil(this.size / 32))
    this.#rows.forEach((row, i) => {
      if (row[column].includes(letters)) bits[i >> 5] = (bits[i >> 5] as number) | (1 << (i & 31))
    })
    if (this.#known.size >= mostKnown) this.#known.clear()
    this.#known.set(name, bits)
    return bits
  }
}

export const both = (a: Bits, b: Bits): Bits => a.map((word, i) => word & (b[i] as number))

export function count(bits: Bits): number {
  let sum = 0
  for (let word of bits) for (; word !== 0; word &= word - 1) sum++
  return sum
}
