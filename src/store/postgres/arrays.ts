/**
 * A column of rows as one parameter: an array in PostgreSQL's binary format (array_send in its array functions: number of
 * dimensions, whether there are nulls, the elements' type, length, lowest index; then each element behind its length).
 * As text each byte of mail would be two digits, escaped by us and read twice by the server.
 */
import type { Value } from '../engine.ts'

interface ElementType {
  oid: number
  /** Bytes of an element. */
  size(value: Value): number
  /** @param at where the element begins, after its length. */
  write(into: Buffer, at: number, value: Value): void
}

const textOf = (value: Value): string => (typeof value === 'string' ? value : String(value))

const elementTypes: Record<string, ElementType> = {
  bigint: {
    oid: 20,
    size: () => 8,
    write: (into, at, value) => into.writeBigInt64BE(BigInt(value as number), at),
  },
  'double precision': {
    oid: 701,
    size: () => 8,
    write: (into, at, value) => into.writeDoubleBE(value as number, at),
  },
  text: {
    oid: 25,
    size: (value) => Buffer.byteLength(textOf(value)),
    write: (into, at, value) => into.write(textOf(value), at),
  },
  bytea: {
    oid: 17,
    size: (value) => (value as Uint8Array).byteLength,
    write: (into, at, value) => into.set(value as Uint8Array, at),
  },
}

const headBytes = 20
const nullLength = -1

/** @param type of the elements, as format_type() names it. Throws for one that no column of ours has. */
export function binaryArray(type: string, values: readonly Value[]): Buffer {
  const element = elementTypes[type]
  if (!element) throw new Error(`no arrays of ${type}`)
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
