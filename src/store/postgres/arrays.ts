/**
 * A column of rows as one parameter: an array in PostgreSQL's binary format (array_send in its array functions: number of
 * dimensions, whether there are nulls, the elements' type, length, lowest index; then each element behind its length).
 * As text each byte of mail would be two digits, escaped by us and read twice by the server.
 */
import type { Value } from '../engine.ts'

/** A value that its column cannot have. */
export class Unfit extends Error {
  override readonly name = 'Unfit'
}

interface ElementType {
  oid: number
  fits(value: Value): boolean
  /** Bytes of an element. */
  size(value: Value): number
  /** @param at where the element begins, after its length. */
  write(into: Buffer, at: number, value: Value): void
}

const elementTypes: Record<string, ElementType> = {
  bigint: {
    oid: 20,
    fits: Number.isSafeInteger,
    size: () => 8,
    write: (into, at, value) => into.writeBigInt64BE(BigInt(value as number), at),
  },
  'double precision': {
    oid: 701,
    fits: (value) => typeof value === 'number',
    size: () => 8,
    write: (into, at, value) => into.writeDoubleBE(value as number, at),
  },
  text: {
    oid: 25,
    fits: (value) => typeof value === 'string',
    size: (value) => Buffer.byteLength(value as string),
    write: (into, at, value) => into.write(value as string, at),
  },
  bytea: {
    oid: 17,
    fits: (value) => value instanceof Uint8Array,
    size: (value) => (value as Uint8Array).byteLength,
    write: (into, at, value) => into.set(value as Uint8Array, at),
  },
}

const headBytes = 20
const nullLength = -1

/**
 * @param type of the elements, as format_type() names it.
 * @throws Unfit for a value of another type; Error for a type that no column of ours has.
 */
export function binaryArray(type: string, values: readonly Value[]): Buffer {
  const element = elementTypes[type]
  if (!element) throw new Error(`no arrays of ${type}`)
  const unfit = values.find((value) => value !== null && !element.fits(value))
  if (unfit !== undefined) throw new Unfit(`not a value for a column of type ${type}: ${typeof unfit}`)
  const sizes = values.map((value) => (value === null ? 0 : element.size(value)))
  const into = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + 4 + size, headBytes))
  const head = [1, values.includes(null) ? 1 : 0, element.oid, values.length, 1]
  for (const [i, number] of head.entries()) into.writeInt32BE(number, i * 4)
  let at = headBytes
  values.forEach((value, i) => {
    const size = sizes[i] as number
    at = into.writeInt32BE(value === null ? nullLength : size, at)
    if (value !== null) element.write(into, at, value)
    at += size
  })
  return into
}

/** Bytes of content in one statement, roughly: the server takes memory anew for each that is much larger. */
const sliceBytes = 128 << 10

/** Rows in pieces, each for a statement of its own. */
export function slicesOf(rows: Value[][]): Value[][][] {
  const slices: Value[][][] = []
  let room = 0
  for (const row of rows) {
    if (room <= 0) {
      slices.push([])
      room = sliceBytes
    }
    slices.at(-1)?.push(row)
    for (const value of row) room -= value === null || typeof value === 'number' ? 8 : value.length
  }
  return slices
}
