/**
 * Inserts on their way to the writer thread. A table's name and columns travel once, as a shape, and a caller's rows as
 * one flat list: shape, number of rows, values; as text where that can be (wire.ts), with the bytes beside it.
 */
import type { Insert, Value } from '../engine.ts'
import { valuesOf, type WiredValues, wireValues } from './wire.ts'

export interface Shape {
  number: number
  table: string
  columns: readonly string[]
  zstd: number | undefined
  again: Insert['again']
}

export interface EncodedGroup {
  /** The flat list; null where bytes belong. */
  values: WiredValues
  /** Where, and which. */
  places: number[]
  bytes: Uint8Array[]
}

export interface EncodedBatch {
  /** Shapes that the writer has not seen yet. */
  newShapes: Shape[]
  groups: EncodedGroup[]
}

/** In the writer thread: the flat list of a group. */
export function flatOf({ values, places, bytes }: EncodedGroup): Value[] {
  const flat = valuesOf(values) as Value[]
  for (const [i, place] of places.entries()) flat[place] = bytes[i]!
  return flat
}

export class InsertEncoder {
  /** By the columns' identity: they are constants of the code that inserts. */
  readonly #known = new Map<readonly string[], { table: string; again: Insert['again']; number: number }[]>()
  #shapes = 0

  encode(groups: Insert[][]): EncodedBatch {
    const newShapes: Shape[] = []
    return { groups: groups.map((group) => this.#encode(group, newShapes)), newShapes }
  }

  /** Whether the writer has seen the new shapes of this batch is not known: they travel again, under other numbers. */
  forget({ newShapes }: EncodedBatch): void {
    for (const { columns, number } of newShapes) {
      const others = this.#known.get(columns)?.filter((shape) => shape.number !== number) ?? []
      if (others.length > 0) this.#known.set(columns, others)
      else this.#known.delete(columns)
    }
  }

  #encode(group: Insert[], newShapes: Shape[]): EncodedGroup {
    const flat: Value[] = []
    const places: number[] = []
    const bytes: Uint8Array[] = []
    for (const insert of group) {
      if (insert.rows.length === 0) continue
      flat.push(this.#shapeOf(insert, newShapes), insert.rows.length)
      for (const row of insert.rows)
        for (const value of row)
          if (value instanceof Uint8Array) {
            places.push(flat.length)
            bytes.push(value)
            flat.push(null)
          } else flat.push(value)
    }
    return { values: wireValues(flat), places, bytes }
  }

  #shapeOf({ table, columns, zstd, again }: Insert, newShapes: Shape[]): number {
    const known = this.#known.get(columns) ?? []
    const found = known.find((shape) => shape.table === table && shape.again === again)
    if (found) return found.number
    const number = this.#shapes++
    newShapes.push({ number, table, columns, zstd, again })
    if (this.#known.size < shapesKept) this.#known.set(columns, [...known, { table, again, number }])
    return number
  }
}

/** Columns that are made anew for each call would fill the map: beyond this they get a new shape each time. */
const shapesKept = 200

/** Buffers that go to the writer without being copied. */
export function given(groups: Insert[][]): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = []
  for (const group of groups)
    for (const { rows, zstd } of group)
      if (zstd !== undefined)
        for (const row of rows) {
          const bytes = row[zstd]
          if (bytes instanceof Uint8Array && bytes.byteLength === bytes.buffer.byteLength)
            buffers.push(bytes.buffer as ArrayBuffer)
        }
  return buffers
}
