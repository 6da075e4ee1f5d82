/**
 * What a segment knows of the copies of each recipient, kept together: a search for some recipients' copies reads these
 * alone, however many rows the segment has.
 */
import { add, type Bitmap, bitmap, has } from './bitmap.ts'
import { type Column, columns, segmentRowsLimit } from './layout.ts'

/** Numbers of a copy: its row, the combination of its labels, its sender's and its subject's value. */
export const copyNumbers = 4
const [rowAt, labelsAt, senderAt, subjectAt] = [0, 1, 2, 3]

/** @param rows of all recipients, in the order of recipients. */
export function packCopies(
  rows: Uint16Array,
  ofRow: { labels: Uint16Array; sender: Uint16Array; subject: Uint16Array },
): Uint16Array {
  const packed = new Uint16Array(rows.length * copyNumbers)
  rows.forEach((row, i) => {
    packed.set(
      [row, ofRow.labels[row] as number, ofRow.sender[row] as number, ofRow.subject[row] as number],
      i * copyNumbers,
    )
  })
  return packed
}

/** Copies of some recipients; a row may be there more than once. */
export class Copies {
  readonly #numbers: readonly number[]

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers
  }

  /** Those whose combination of labels is wanted; null: whatever it is. */
  rows(count: number, wanted: Uint8Array | null): Bitmap {
    const bits = bitmap(count)
    for (let at = 0; at < this.#numbers.length; at += copyNumbers)
      if (wanted === null || wanted[this.#numbers[at + labelsAt] as number] === 1)
        add(bits, this.#numbers[at + rowAt] as number)
    return bits
  }

  /** Whether it knows which value of this column a row has. */
  static knows(column: Column): boolean {
    return column === columns.sender || column === columns.subject
  }

  /** Those of `bits` with the numbers of their values, in the order of values, then of rows. */
  inOrder(column: Column, bits: Bitmap): { rows: Uint32Array; values: Uint32Array } {
    const place = column === columns.sender ? senderAt : subjectAt
    const pairs: number[] = []
    for (let at = 0; at < this.#numbers.length; at += copyNumbers) {
      const row = this.#numbers[at + rowAt] as number
      if (has(bits, row)) pairs.push((this.#numbers[at + place] as number) * segmentRowsLimit + row)
    }
    return unpaired(Float64Array.from(pairs).sort())
  }
}

/** Of pairs of a value and a row, ascending; each once. */
export function unpaired(pairs: Float64Array): { rows: Uint32Array; values: Uint32Array } {
  const distinct = pairs.filter((pair, i) => pair !== pairs[i - 1])
  return {
    rows: Uint32Array.from(distinct, (pair) => pair % segmentRowsLimit),
    values: Uint32Array.from(distinct, (pair) => Math.floor(pair / segmentRowsLimit)),
  }
}
