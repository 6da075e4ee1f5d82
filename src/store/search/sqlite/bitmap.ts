/** Sets of row numbers of one segment. */
export type Bitmap = Uint32Array

export const bitmap = (rows: number): Bitmap => new Uint32Array((rows + 31) >>> 5)

/** Rows from (inclusive) to (exclusive). */
export function range(rows: number, from: number, to: number): Bitmap {
  const bits = bitmap(rows)
  if (from < to) {
    const first = from >>> 5
    const last = (to - 1) >>> 5
    bits.fill(0xffffffff, first, last + 1)
    bits[first] = (bits[first] as number) & (0xffffffff << (from & 31))
    bits[last] = (bits[last] as number) & (0xffffffff >>> (31 - ((to - 1) & 31)))
  }
  return bits
}

export const has = (bits: Bitmap, row: number): boolean =>
  (((bits[row >>> 5] as number) >>> (row & 31)) & 1) === 1

export function add(bits: Bitmap, row: number): void {
  bits[row >>> 5] = (bits[row >>> 5] as number) | (1 << (row & 31))
}

export function remove(bits: Bitmap, row: number): void {
  bits[row >>> 5] = (bits[row >>> 5] as number) & ~(1 << (row & 31))
}

export function count(bits: Bitmap): number {
  let sum = 0
  for (let i = 0; i < bits.length; i++) if (bits[i] !== 0) sum += ones(bits[i] as number)
  return sum
}

function ones(word: number): number {
  let sum = word - ((word >>> 1) & 0x55555555)
  sum = (sum & 0x33333333) + ((sum >>> 2) & 0x33333333)
  return (((sum + (sum >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}

/** Some rows from one end of the set: leaves out the first `skip`, stops after `limit`. */
export function pick(bits: Bitmap, fromEnd: boolean, skip: number, limit: number): number[] {
  const rows: number[] = []
  let left = skip
  for (let i = 0; i < bits.length && rows.length < limit; i++) {
    const at = fromEnd ? bits.length - 1 - i : i
    let word = bits[at] as number
    const inWord = ones(word)
    if (inWord <= left) {
      left -= inWord
      continue
    }
    while (word !== 0 && rows.length < limit) {
      const bit = fromEnd ? 31 - Math.clz32(word) : 31 - Math.clz32(word & -word)
      word &= ~(1 << bit)
      if (left > 0) left--
      else rows.push(at * 32 + bit)
    }
  }
  return rows
}

/** Rows in ascending order. */
export function rowsOf(bits: Bitmap): number[] {
  const rows: number[] = []
  for (let i = 0; i < bits.length; i++)
    for (let word = bits[i] as number; word !== 0; word &= word - 1)
      rows.push(i * 32 + 31 - Math.clz32(word & -word))
  return rows
}

/** Keeps only rows that are in both; writes into the first. */
export function intersect(bits: Bitmap, other: Bitmap): void {
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i] as number) & (other[i] as number)
}

/** Takes out the rows of the second; writes into the first. */
export function subtract(bits: Bitmap, other: Bitmap): void {
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i] as number) & ~(other[i] as number)
}

export function isEmpty(bits: Bitmap): boolean {
  for (let i = 0; i < bits.length; i++) if (bits[i] !== 0) return false
  return true
}
